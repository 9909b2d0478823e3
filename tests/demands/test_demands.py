"""What questions plainly ask for, and that drafts do it; that right drafts keep their text."""

from __future__ import annotations

from dataclasses import replace

import pytest
from demand_cases import HERE, Case, cases, catalogs, create
from houses import NewDatabase, execute
from hypothesis import given, settings
from hypothesis import strategies as st

from analyst import guard
from analyst.catalog import Catalog
from analyst.demands import Demands, demands, heed
from analyst.errors import Refused
from analyst.policy import Policy
from analyst.repairing import Rewritten

HEEDED, UNCHANGED = cases("heeded.sql"), cases("unchanged.sql")
FOUNDING = (("founding customers", "those who joined before 2011-04-01"),)
SAID = [
    tuple(part.strip() for part in line.split("|"))
    for line in (HERE / "said.txt").read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
]


def catalog(case: Case) -> Catalog:
    return replace(catalogs(case.dialect)[case.catalog], glossary=FOUNDING)


def asked(case: Case) -> Demands:
    said = case.said
    return demands(said["question"], context=said.get("beside", ""), earlier=said.get("earlier", ""))


def heeded(sql: str, case: Case, wanted: Demands | None = None) -> Rewritten:
    return heed(sql, asked=wanted or asked(case), dialect=case.dialect, catalog=catalog(case))


def named(case: Case) -> str:
    return f"{case.said['question'][:50]} {case.before[:40]}"


def test_the_files_hold_something() -> None:
    assert len(SAID) > 60 and len(HEEDED) > 15 and len(UNCHANGED) > 40


@pytest.mark.parametrize(("question", "expected"), SAID, ids=[s[0] for s in SAID])
def test_what_is_asked_for(question: str, expected: str) -> None:
    words = dict(w.partition("=")[::2] for w in expected.split())
    wanted = {
        "leading": int(words["leading"]) if "leading" in words else None,
        "unit": words.get("unit", ""),
        **{flag: flag in words for flag in ("one", "some", "ratio", "median", "timed")},
    }
    found = demands(question)
    assert {name: getattr(found, name) for name in wanted} == wanted


def test_a_plain_question_asks_for_nothing_special() -> None:
    found = demands("List all the customers of the shop.")
    assert not (found.one or found.some or found.ratio or found.median or found.timed)
    assert (found.leading, found.unit, found.numbers) == (None, "", frozenset())


def test_what_stands_beside_a_question_counts_where_it_is_about_it() -> None:
    question = "How many premium customers are in the North?"
    assert demands(question, context="Premium customers joined recently.").timed
    assert not demands(question, context="TAC = total active customers who joined recently").timed
    assert demands("What is the share?", context="Shares are in percent").ratio is False


def test_what_was_said_earlier_still_counts() -> None:
    before = "Show the top 5 customers by income in May 2023."
    found = demands("And those from the South?", earlier=before)
    assert found.timed and found.some and {5.0, 2023.0} <= found.numbers
    assert found.leading is None


@pytest.mark.parametrize("case", HEEDED, ids=named)
def test_a_draft_does_what_is_asked(case: Case) -> None:
    assert heeded(case.before, case) == Rewritten(sql=case.after, notes=case.notes)


@pytest.mark.parametrize("case", HEEDED, ids=named)
def test_a_second_time_changes_nothing(case: Case) -> None:
    assert heeded(case.after, case) == Rewritten(sql=case.after)


@pytest.mark.parametrize("case", UNCHANGED, ids=named)
def test_left_as_it_is(case: Case) -> None:
    assert heeded(case.before, case) == Rewritten(sql=case.before)


def test_postgres_plans_every_draft(new_database: NewDatabase) -> None:
    for name, known in catalogs().items():
        url = new_database(create(known))
        for case in (c for c in HEEDED + UNCHANGED if c.catalog == name and c.dialect == "postgres"):
            query = guard.check(case.after, dialect="postgres", catalog=known, policy=Policy())
            execute(url, f"EXPLAIN {query.sql}")


@pytest.mark.parametrize("case", [c for c in HEEDED if c.dialect != "postgres"], ids=named)
def test_the_guard_lets_other_dialects_through(case: Case) -> None:
    assert guard.check(case.after, dialect=case.dialect, catalog=catalog(case), policy=Policy()).tables


@settings(max_examples=300, deadline=None)
@given(
    case=st.sampled_from(HEEDED + UNCHANGED),
    question=st.sampled_from([s[0] for s in SAID]),
    dialect=st.sampled_from(["postgres", "redshift", "athena"]),
)
def test_any_draft_for_any_question(case: Case, question: str, dialect: str) -> None:
    """Whatever is asked for, a draft stays SQL that the guard lets through, and is settled at once."""
    there = replace(case, dialect=dialect)
    wanted = demands(question)
    found = heeded(case.before, there, wanted)
    assert (found.sql == case.before) == (found.notes == ())
    assert heeded(found.sql, there, wanted) == Rewritten(sql=found.sql)
    if _passes(case.before, there):
        assert _passes(found.sql, there), found


def _passes(sql: str, case: Case) -> bool:
    try:
        guard.check(sql, dialect=case.dialect, catalog=catalog(case), policy=Policy())
    except Refused:
        return False
    return True


@pytest.mark.parametrize(
    "sql", ["", "SELEC", "SELECT 1; SELECT 2", "DELETE FROM orders LIMIT 10", "x" * 30_000]
)
def test_what_cannot_be_read_keeps_its_text(sql: str) -> None:
    known = catalogs()["shop"]
    found = heed(sql, asked=demands("Which customers are there?"), dialect="postgres", catalog=known)
    assert found == Rewritten(sql=sql)
