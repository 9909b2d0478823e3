"""The cache's probes: each runs, and each proves something."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

import probe_cache
from analyst.engines import open_engine
from analyst.example import Example
from analyst.local.postgres import EmbeddedPostgres
from analyst.matching import Verdict
from probe_cache import KINDS, LIBRARY, LITERALS, NEAR_MISSES, PARAPHRASE, Outcome, Place, Probe

PROBES = probe_cache.read_probes()
MISS = Verdict(kind="miss", reason="Nothing is the same.")


@pytest.fixture(scope="module")
def places(postgres: EmbeddedPostgres, flights: str) -> dict[str, Place]:
    postgres.ensure_database("probe_library")
    url = postgres.url("probe_library")
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(LIBRARY.read_text())
        cursor.execute("ANALYZE")
    return {
        "flights": Place(open_engine(flights), name="flights"),
        "library": Place(open_engine(url), name="library"),
    }


def golden(question: str, example: Example, catalog: object) -> Verdict:
    """A cache that knows everything."""
    gold = next(p.gold for p in PROBES if (p.question, p.stored_question) == (question, example.question))
    return Verdict(kind="bound", reason="It is known.", sql=gold)


def gullible(question: str, example: Example, catalog: object) -> Verdict:
    """A cache that serves whatever is near."""
    return Verdict(kind="same", reason="It is near.", sql=example.sql)


def test_there_are_enough_of_every_kind() -> None:
    counts = Counter(probe.kind for probe in PROBES)
    assert len(PROBES) >= 320 and set(counts) == set(KINDS)
    assert counts[PARAPHRASE] >= 150
    assert sum(counts[kind] for kind in LITERALS) >= 60
    assert sum(counts[kind] for kind in NEAR_MISSES) >= 150
    assert min(count for kind, count in counts.items() if kind != "grown_old") >= 6


def test_each_probe_is_there_once() -> None:
    assert len({probe.id for probe in PROBES}) == len(PROBES)
    # Only where the same words were said on another day may the question be the stored one.
    asked = [(p.database, p.question) for p in PROBES if p.question != p.stored_question]
    asked += sorted({(p.database, p.stored_question) for p in PROBES})
    assert {p.kind for p in PROBES if p.question == p.stored_question} == {"grown_old"}
    assert [again for again, count in Counter(asked).items() if count > 1] == []


def test_a_paraphrase_is_right_when_the_stored_sql_is_served() -> None:
    assert all((p.gold == p.stored_sql) is (p.kind == PARAPHRASE) for p in PROBES)


def test_the_halves_are_about_as_large_and_share_no_stored_question() -> None:
    questions = Counter(half for half, _ in {(p.half, p.stored_question) for p in PROBES})
    assert min(questions.values()) >= 25
    for half in probe_cache.HALVES:
        probes = probe_cache.read_probes(half=half)
        assert len(probes) >= 200 and len({p.database for p in probes}) == 2
        assert {p.group for p in probes} == {PARAPHRASE, "literals", "near misses"}


@pytest.mark.parametrize("database", ["flights", "library"])
def test_all_sql_passes_the_guard_and_finds_rows(places: dict[str, Place], database: str) -> None:
    for probe in PROBES:
        if probe.database == database:
            for sql in (probe.stored_sql, probe.gold):
                rows = places[database].rows(sql)
                assert rows and any(cell != "-" for row in rows for cell in row), (probe.id, sql)


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


def test_the_library_holds_the_same_rows_whenever_it_is_loaded(places: dict[str, Place]) -> None:
    sums = "sum(copy_id * id % 97) % 1000, sum(member_id * id % 97) % 1000, sum(due_on - borrowed_on) % 1000"
    loans = places["library"].rows(f"SELECT count(*), {sums}, max(borrowed_on) FROM loans")
    assert loans == [("n900", "n374", "n908", "n708", "t2024-12-31")]
    fines = places["library"].rows("SELECT count(*), sum(amount) % 1000, sum(loan_id % 97) % 1000 FROM fines")
    assert fines == [("n363", "n383", "n944")]


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
    def only_elsewhere(question: str, example: Example, catalog: object) -> Verdict:
        return MISS if example.question == first.stored_question else gullible(question, example, catalog)

    first = PROBES[0]
    other = next(p for p in PROBES if p.stored_question != first.stored_question)
    pair = [first, other]
    found = list(probe_cache.all_judged(pair, places, by=only_elsewhere, across=True))
    assert [(f.probe.id, f.beside, f.outcome) for f in found] == [
        (first.id, "", Outcome.MISSED),
        (first.id, other.stored_question, Outcome.WRONG),
        (other.id, "", Outcome.RIGHT),
    ]
    assert "wrong answers: 1, of them beside another stored question: 1" in probe_cache.report(found)[0]


def test_sql_that_the_guard_refuses_is_served_to_nobody(places: dict[str, Place]) -> None:
    def broken(question: str, example: Example, catalog: object) -> Verdict:
        return Verdict(kind="bound", reason="One literal differs.", sql="DELETE FROM loans")

    probe: Probe = next(p for p in PROBES if p.database == "library")
    assert probe_cache.judged(probe, places["library"], by=broken).outcome is Outcome.FAILED


@pytest.mark.parametrize(("old", "new"), [('"swap"', '"swapped"'), ('"gold"', '"golden"'), ("{", "[")])
def test_a_file_of_something_else_is_one_sentence(
    tmp_path: Path, old: str, new: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "probes.jsonl"
    file.write_text(probe_cache.PROBES.read_text().replace(old, new))
    assert probe_cache.main(["--url", "postgresql://nowhere.invalid/x", "--probes", str(file)]) == 2
    said = capsys.readouterr().err
    assert re.fullmatch(r"probe_cache: (Line \d+|The probe on line \d+) is [\w ]+\.\n", said)


def test_all_probes_of_a_stored_question_are_in_one_half_whatever_else_is_there(tmp_path: Path) -> None:
    file = tmp_path / "probes.jsonl"
    file.write_text("\n".join(reversed(probe_cache.PROBES.read_text().splitlines()[::3])))
    halves = {probe.id: probe.half for probe in PROBES}
    fewer = probe_cache.read_probes(file, half="held")
    assert fewer and {halves[probe.id] for probe in fewer} == {"held"}
