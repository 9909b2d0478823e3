"""The cache's probes: each runs, and each proves something."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import probe_cache
from analyst.catalog import Catalog
from analyst.engines import open_engine
from analyst.example import Example
from analyst.local.postgres import EmbeddedPostgres
from analyst.matching import Verdict
from probe_cache import KINDS, PARAPHRASE, Outcome, Place, Probe

PROBES = probe_cache.read_probes()
DATABASES = ["flights", *sorted(file.stem for file in probe_cache.PROBES.glob("*.sql"))]
GOLD = {(probe.database, probe.stored_question, probe.question): probe.gold for probe in PROBES}
MISS = Verdict(kind="miss", reason="Nothing is the same.")


@pytest.fixture(scope="module")
def places(postgres: EmbeddedPostgres, flights: str) -> dict[str, Place]:
    urls = {"flights": flights}
    for name in DATABASES[1:]:
        postgres.ensure_database(f"probe_{name}")
        urls[name] = postgres.url(f"probe_{name}")
        probe_cache.load_rows(urls[name], (probe_cache.PROBES / f"{name}.sql").read_text())
    return {name: Place(open_engine(url), name=name) for name, url in urls.items()}


def golden(question: str, example: Example, catalog: Catalog) -> Verdict:
    """A cache that knows everything."""
    gold = GOLD[catalog.source, example.question, question]
    return Verdict(kind="bound", reason="It is known.", sql=gold)


def gullible(question: str, example: Example, catalog: Catalog) -> Verdict:
    """A cache that serves whatever is near."""
    return Verdict(kind="same", reason="It is near.", sql=example.sql)


def test_there_are_enough_of_every_kind_in_every_database() -> None:
    counts = Counter(probe.kind for probe in PROBES)
    assert len(PROBES) >= 2500 and set(counts) == set(KINDS)
    assert min(count for kind, count in counts.items() if kind != "grown_old") >= 6
    groups = Counter((probe.database, probe.group) for probe in PROBES)
    assert {database for database, _ in groups} == set(DATABASES)
    for database in DATABASES:
        assert groups[database, PARAPHRASE] >= 60 and groups[database, "literals"] >= 25
        assert groups[database, "near misses"] >= 100


def test_each_probe_is_there_once() -> None:
    assert len({probe.id for probe in PROBES}) == len(PROBES)
    # Only where the same words were said on another day may the question be the stored one.
    assert {p.kind for p in PROBES if p.question == p.stored_question} == {"grown_old"}
    beside = Counter((p.database, p.stored_question, p.question.casefold().strip(" .?!")) for p in PROBES)
    assert [again for again, count in beside.items() if count > 1] == []


def test_a_paraphrase_is_right_when_the_stored_sql_is_served() -> None:
    assert all((p.gold == p.stored_sql) is (p.kind == PARAPHRASE) for p in PROBES)


def test_the_halves_are_about_as_large_and_share_no_stored_question() -> None:
    questions = Counter(half for half, _ in {(p.half, p.stored_question) for p in PROBES})
    assert min(questions.values()) >= 25
    for half in probe_cache.HALVES:
        probes = probe_cache.read_probes(half=half)
        assert len(probes) >= 1000 and {p.database for p in probes} == set(DATABASES)
        assert {p.group for p in probes} == {PARAPHRASE, "literals", "near misses"}


@pytest.mark.parametrize("database", DATABASES)
def test_all_sql_passes_the_guard_and_finds_rows(places: dict[str, Place], database: str) -> None:
    statements = {sql: p.id for p in PROBES if p.database == database for sql in (p.gold, p.stored_sql)}
    with ThreadPoolExecutor(2) as pool:  # there are over a thousand, and Postgres has a process for each
        for (sql, probe), rows in zip(
            statements.items(), pool.map(places[database].rows, statements), strict=True
        ):
            assert rows and any(cell != "-" for row in rows for cell in row), (probe, sql)


def test_what_the_stored_sql_returns_is_wrong_for_every_other_question(places: dict[str, Place]) -> None:
    for probe in PROBES:
        if probe.kind != PARAPHRASE:
            place = places[probe.database]
            stored, gold = place.rows(probe.stored_sql), place.rows(probe.gold)
            assert not probe_cache.alike(stored, gold, kind=probe.kind), probe.id


@pytest.mark.parametrize("half", probe_cache.HALVES)
def test_the_cache_serves_enough_and_nothing_wrong(places: dict[str, Place], half: str) -> None:
    probes = probe_cache.read_probes(half=half)
    text, good = probe_cache.report(probe_cache.all_judged(probes, places))
    assert good and "wrong answers: 0," in text, text


def test_a_database_holds_the_same_rows_whenever_it_is_loaded(places: dict[str, Place]) -> None:
    def found(database: str, table: str, *sums: str) -> list[str]:
        [row] = places[database].rows(f"SELECT count(*), {', '.join(sums)} FROM {table}")
        return list(row)

    ids = ("sum(copy_id * id % 97) % 1000", "sum(member_id * id % 97) % 1000")
    loans = found("library", "loans", *ids, "sum(due_on - borrowed_on) % 1000", "max(borrowed_on)")
    assert loans == ["n900", "n374", "n908", "n708", "t2024-12-31"]
    fines = found("library", "fines", "sum(amount) % 1000", "sum(loan_id % 97) % 1000")
    assert fines == ["n363", "n383", "n944"]
    items = found(
        "company", "order_items", "sum(quantity * unit_price) % 1000", "sum(product_id % 97) % 1000"
    )
    assert items == ["n5208", "n23", "n620"]
    tickets = found("company", "tickets", "sum(customer_id % 97) % 1000", "max(opened_at)::date")
    assert tickets == ["n1500", "n704", "t2024-12-25"]
    invoices = found("clinic", "invoices", "sum(amount) % 1000", "max(paid_on)")
    assert invoices == ["n2103", "n486.1", "t2024-03-21"]
    drugs = found("clinic", "prescriptions", "sum(quantity * dose_mg) % 1000", "sum(patient_id % 97) % 1000")
    assert drugs == ["n2600", "n675", "n999"]


def test_a_cache_that_serves_whatever_is_near_is_found_out(places: dict[str, Place]) -> None:
    found = list(probe_cache.all_judged(PROBES, places, by=gullible))
    text, good = probe_cache.report(found)
    assert not good and "paraphrase: 100.0 % served right" in text and "literals: 0.0 % served right" in text
    assert {f.probe.id for f in found if f.outcome is Outcome.WRONG} == {
        p.id for p in PROBES if p.kind != PARAPHRASE
    }


def test_a_cache_that_knows_everything_is_good_and_one_that_knows_nothing_is_not(
    places: dict[str, Place],
) -> None:
    text, good = probe_cache.report(probe_cache.all_judged(PROBES, places, by=golden))
    assert good and "wrong answers: 0" in text
    text, good = probe_cache.report(probe_cache.all_judged(PROBES, places, by=lambda *_: MISS))
    assert not good and "wrong answers: 0" in text and "paraphrase: 0.0 % served right" in text


def test_another_stored_question_may_serve_wrongly_too(places: dict[str, Place]) -> None:
    def only_elsewhere(question: str, example: Example, catalog: Catalog) -> Verdict:
        return MISS if example.question == first.stored_question else gullible(question, example, catalog)

    paraphrases = [p for p in PROBES if p.kind == PARAPHRASE and p.database == "library"]
    first = paraphrases[0]
    other = next(p for p in paraphrases if p.stored_question != first.stored_question)
    pair = [first, other]
    found = list(probe_cache.all_judged(pair, places, by=only_elsewhere, across=True))
    assert [(f.probe.id, f.beside, f.outcome) for f in found] == [
        (first.id, "", Outcome.MISSED),
        (first.id, other.stored_question, Outcome.WRONG),
        (other.id, "", Outcome.RIGHT),
    ]
    assert "wrong answers: 1, of them beside another stored question: 1" in probe_cache.report(found)[0]


def test_sql_that_the_guard_refuses_is_served_to_nobody(places: dict[str, Place]) -> None:
    def broken(question: str, example: Example, catalog: Catalog) -> Verdict:
        return Verdict(kind="bound", reason="One literal differs.", sql="DELETE FROM loans")

    probe: Probe = next(p for p in PROBES if p.database == "library")
    assert probe_cache.judged(probe, places["library"], by=broken).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("old", "new"), [('"swap"', '"swapped"'), ('"library"', '"shop"'), ('"gold"', '"golden"'), ("{", "[")]
)
def test_a_file_of_something_else_is_one_sentence(
    tmp_path: Path, old: str, new: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "probes.jsonl"
    file.write_text((probe_cache.PROBES / "probes.jsonl").read_text().replace(old, new))
    for path in (file, tmp_path):
        assert probe_cache.main(["--url", "postgresql://nowhere.invalid/x", "--probes", str(path)]) == 2
        said = capsys.readouterr().err
        place = r"line \d+ of probes\.jsonl"
        assert re.fullmatch(
            rf"probe_cache: (There is no probe on {place}|The probe on {place} is of an unknown (kind|database))\.\n",
            said,
        )


def test_all_probes_of_a_stored_question_are_in_one_half_whatever_else_is_there(tmp_path: Path) -> None:
    file = tmp_path / "probes.jsonl"
    file.write_text("\n".join(reversed((probe_cache.PROBES / "probes.jsonl").read_text().splitlines()[::3])))
    halves = {probe.id: probe.half for probe in PROBES}
    fewer = probe_cache.read_probes(file, half="held")
    assert fewer and {halves[probe.id] for probe in fewer} == {"held"}
