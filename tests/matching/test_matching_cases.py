"""Which questions an approved one answers, with which SQL, and which it must not answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flight_catalog import flight_catalog

from analyst.catalog import Catalog
from analyst.example import Example, ExampleStatus
from analyst.matching import Verdict, compare, marking, masked

TODAY = date(2013, 12, 31)
CATALOG = flight_catalog()


def _example(question: str, sql: str) -> Example:
    return Example(
        id=1,
        source="flights",
        dialect="postgres",
        question=question,
        sql=sql,
        status=ExampleStatus.APPROVED,
    )


def _cases() -> list[tuple[str, str, str, str, str]]:
    made, stored, sql = [], "", ""
    for line in Path(__file__).with_name("cases.txt").read_text(encoding="utf-8").splitlines():
        mark, text = line[:1], line[2:].strip()
        if mark == "?":
            stored, sql = (part.strip() for part in text.split(" | "))
        elif mark in ("=", ">", "!"):
            question, _, bound = (part.strip() for part in text.partition(" => "))
            made.append((mark, stored, sql, question, bound))
    return made


def _compared(stored: str, sql: str, question: str, catalog: Catalog = CATALOG) -> Verdict:
    return compare(question, _example(stored, sql), catalog=catalog, today=TODAY)


@pytest.mark.parametrize(("mark", "stored", "sql", "question", "bound"), _cases())
def test_cases(mark: str, stored: str, sql: str, question: str, bound: str) -> None:
    verdict = _compared(stored, sql, question)
    assert verdict.kind == {"=": "same", ">": "bound", "!": "miss"}[mark], verdict.reason
    assert verdict.sql == {"=": sql, ">": bound, "!": ""}[mark]
    assert verdict.reason.endswith(".")
    assert bool(verdict.swaps) == (mark == ">")


def test_no_wording_is_found_without_what_it_is_looked_for_after() -> None:
    odd = "at LEAST ONCE, 5+ of #of, no. of and nr of, w/ or w/o it; month of March, Sept. 5, top-10, ≥5, ≤ 5, ONE-WISE"
    texts = [odd, *(text for case in _cases() for text in (case[1], case[3]))]
    for cue, pattern, _ in marking._SAID:
        assert all(cue in marking._cues(text) for text in texts if pattern.search(text)), cue
        assert not pattern.search("flights")


@pytest.mark.parametrize(("mark", "stored", "sql", "question", "bound"), [c for c in _cases() if c[0] == "!"])
def test_a_miss_is_a_miss_the_other_way_round(
    mark: str, stored: str, sql: str, question: str, bound: str
) -> None:
    if question != stored:
        assert _compared(question, sql, stored).kind == "miss"


def test_what_was_bound_is_said() -> None:
    verdict = _compared(
        "Flights of United", "SELECT count(*) FROM flights WHERE carrier = 'UA'", "Flights of Delta"
    )
    assert verdict.reason == "The same but for United -> Delta."
    assert [(s.old, s.new, s.column) for s in verdict.swaps] == [("United", "Delta", "carrier")]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM flights WHERE origin = 'JFK' AND dest = 'JFK'",
        "SELECT count(*) FROM flights WHERE origin LIKE '%JFK%'",
        "SELECT 'JFK', count(*) FROM flights WHERE origin = 'JFK'",
        "SELECT count(*) FROM flights",
    ],
)
def test_a_name_is_put_only_where_it_is_plain(sql: str) -> None:
    assert _compared("Flights from JFK", sql, "Flights from LGA").kind == "miss"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM flights WHERE dep_delay > 30 AND arr_delay > 30",
        "SELECT count(*) FROM flights WHERE dep_delay < 30",
        "SELECT count(*) FROM flights WHERE dep_delay > 0.5",
        "SELECT count(*) + 30 FROM flights WHERE dep_delay > 30",
    ],
)
def test_a_number_is_put_only_where_it_is_plain(sql: str) -> None:
    stored, asked = "Flights more than 30 minutes late", "Flights more than 40 minutes late"
    assert _compared(stored, sql, asked).kind == "miss"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM flights WHERE flown_on >= '2013-12-01'",
        "SELECT count(*) FROM flights WHERE flown_on >= '2013-11-01' AND flown_on < '2014-01-01'",
        "SELECT count(*) FROM flights WHERE flown_on >= make_date(2013, 12, 1)",
        "SELECT count(*) FROM flights",
    ],
)
def test_days_are_put_only_where_they_are_plain(sql: str) -> None:
    assert _compared("Flights in December 2013", sql, "Flights in June 2013").kind == "miss"


def test_days_of_the_day_it_is_may_serve() -> None:
    sql = "SELECT count(*) FROM flights WHERE flown_on >= '2013-11-01' AND flown_on < '2013-12-01'"
    assert _compared("Flights last month", sql, "Flights in the last month").kind != "bound"
    assert _compared("Flights last month", sql, "flights last month?").kind == "same"


def test_other_databases_and_broken_sql_never_serve() -> None:
    example = replace(_example("Flights", "SELECT count(*) FROM flights"), dialect="redshift")
    assert compare("Flights", example, catalog=CATALOG, today=TODAY).kind == "miss"
    assert _compared("Flights", "SELECT count( FROM", "Flights").kind == "miss"


def test_words_that_a_database_tells_apart_are_kept_apart() -> None:
    sql = "SELECT count(*) FROM planes"
    assert _compared("How many planes are there?", sql, "number of aircraft").kind == "same"
    aircraft = replace(CATALOG.tables[2], name="aircraft")
    both = replace(CATALOG, tables=(*CATALOG.tables, aircraft))
    assert _compared("How many planes are there?", sql, "number of aircraft", both).kind == "miss"


def test_case_in_quotes_counts() -> None:
    sql = "SELECT count(*) FROM planes WHERE tailnum = 'n1'"
    assert _compared("Planes with tail number 'n1'", sql, "Planes with tail number 'N1'").kind == "miss"


def test_very_long_and_foreign_questions_are_misses() -> None:
    sql = "SELECT count(*) FROM flights"
    assert _compared("How many flights?", sql, "How many flights? " * 200).kind == "miss"
    assert _compared("How many flights?", sql, "Wie viele Flüge gab es?").kind == "miss"
    assert _compared("How many flights?", sql, "?").kind == "miss"


def test_literals_are_masked() -> None:
    assert masked("Top 5 carriers in March 2013", CATALOG) == masked("Top 9 carriers in May 2012", CATALOG)
    assert masked("Flights of United", CATALOG) == masked("Flights of Delta", CATALOG)
    assert masked("Flights over 20 minutes late") != masked("Flights under 20 minutes late")
