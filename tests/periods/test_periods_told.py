"""What is said about time words: to the model, and on the receipt."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from period_shop import shop
from sqlglot import exp

from analyst.catalog import Catalog, Column, Table
from analyst.guard.dialects import tongue
from analyst.guard.parsing import tree_of
from analyst.guard.text import tokens_of
from analyst.periods import Anchor, counts_in_numbers, find, hints, notes
from analyst.periods.sql_days import day_of

_DAY = date(2013, 12, 14)
_TODAY = Anchor(day=_DAY, why="Time words count from today.")
_DATA = Anchor(
    day=_DAY, why="Time words count from 2013-12-14, the last day in orders.sent_at.", follow="data"
)


def _hints(question: str, anchor: Anchor = _TODAY, *, condition: bool = True) -> str:
    return hints(find(question, anchor=anchor.day), anchor=anchor, condition=condition)


def _notes(question: str, anchor: Anchor = _TODAY, today: date = _DAY) -> tuple[str, ...]:
    return notes(find(question, anchor=anchor.day), anchor=anchor, today=today)


def test_a_line_for_what_has_to_be_reckoned() -> None:
    assert _hints("sales last month") == (
        "\"last month\" means 2013-11-01 to 2013-11-30: column >= DATE '2013-11-01' AND column < DATE '2013-12-01'."
    )
    assert _hints("sales yesterday", condition=False) == '"yesterday" means 2013-12-13.'
    assert _hints("sales since last month", condition=False) == '"since last month" means from 2013-11-01 on.'
    assert _hints("sales since last month").endswith("on: column >= DATE '2013-11-01'.")
    assert _hints("sales before last month", condition=False) == '"before last month" means up to 2013-10-31.'
    assert _hints("this month and the same month last year").count("\n") == 1
    assert _hints("sales last month, I mean last month").count("\n") == 0


@pytest.mark.parametrize(
    "question", ["sales in Q1 2013", "sales in March 2013", "sales in H1 2013", "sales in FY13", "sales YTD"]
)
def test_quarters_months_and_fiscal_years_are_told(question: str) -> None:
    assert _hints(question).count("\n") == 0
    assert " means 2013-0" in _hints(question)


@pytest.mark.parametrize(
    "question",
    [
        "sales",
        "sales on 2013-07-04",
        "sales on July 4, 2013",
        "sales in 2013",
        "sales between 2010 and 2013",
        "sales from 2013-01-05 to 2013-03-31",
        "sales between Jan 1, 2013 and Mar 31, 2013 (inclusive)",
        "sales since June 2013",
        "sales before 5 July 2013",
    ],
)
def test_stated_days_and_years_need_no_line(question: str) -> None:
    assert _hints(question) == ""


def test_a_month_without_its_year_is_told_where_the_data_says_which_is_the_latest() -> None:
    assert _hints("sales in March") == "" and _notes("sales in March") == ()
    assert _hints("sales in March", _DATA, condition=False) == '"March" means 2013-03-01 to 2013-03-31.'
    assert _notes("sales in March", _DATA)[0] == (
        '"March" was read as 2013-03-01 to 2013-03-31 (the latest one, since the question names no year).'
    )


def test_the_year_before_is_in_the_line() -> None:
    assert _hints("YoY growth in Q1 2013", condition=False) == (
        '"Q1 2013" means 2013-01-01 to 2013-03-31; the year before: 2012-01-01 to 2012-03-31.'
    )


def test_days_counted_from_today_in_sql() -> None:
    periods = find("sales last month, in the past 2 weeks, in May 2013", anchor=_DAY)
    assert hints(periods, anchor=_TODAY, absolute=False).splitlines() == [
        "\"last month\" means column >= DATE_TRUNC('month', CURRENT_DATE) - INTERVAL '1' MONTH"
        " AND column < DATE_TRUNC('month', CURRENT_DATE).",
        "\"the past 2 weeks\" means column >= CURRENT_DATE - INTERVAL '14' DAY"
        " AND column < CURRENT_DATE + INTERVAL '1' DAY.",
        "\"May 2013\" means 2013-05-01 to 2013-05-31: column >= DATE '2013-05-01' AND column < DATE '2013-06-01'.",
    ]
    assert hints(periods, anchor=_DATA, absolute=False) == hints(periods, anchor=_DATA)


_MOVING = [
    *("today", "yesterday", "tomorrow", "5 days ago", "this week", "last week", "next week", "last month"),
    *(
        "this quarter",
        "last quarter",
        "next quarter",
        "this year",
        "last year",
        "the previous month",
        "past month",
    ),
    *("past year", "past week", "last 7 days", "last 7 days including today", "last 7 days excluding today"),
    *(
        "last 3 months",
        "last 3 months excluding the current month",
        "last 8 weeks including the current week",
    ),
    *(
        "last 2 quarters",
        "previous 2 years",
        "last 1 months",
        "next 3 weeks",
        "MTD",
        "QTD",
        "YTD",
        "week to date",
    ),
]


def _read(side: str) -> exp.Expr:
    sql, speech = f"SELECT {side}", tongue("postgres")
    (end,) = tree_of(tokens_of(sql, speech), sql, speech).expressions
    return end


@given(st.sampled_from(_MOVING), st.dates(date(1950, 1, 1), date(2050, 1, 1)))
@settings(max_examples=300, deadline=None)
def test_sql_that_counts_from_today_means_the_same_days(words: str, day: date) -> None:
    (period,) = find(f"sales {words}", anchor=day)
    ends = [_read(side) for side in period.sides]
    assert [day_of(end, today=day) for end in ends] == [period.start, period.end]


def test_weeks_and_years_that_begin_elsewhere_are_told_as_days() -> None:
    week = find("sales last week", anchor=_DAY, week_start=7)
    year = find("sales last fiscal year", anchor=_DAY, fiscal_start=7)
    for periods in (week, year):
        assert periods and hints(periods, anchor=_TODAY, absolute=False) == hints(periods, anchor=_TODAY)


def test_lines_are_few() -> None:
    many = " and ".join(f"Q{n} {year}" for year in range(2010, 2013) for n in range(1, 5))
    assert len(_hints(many).splitlines()) == 6


def test_how_words_were_read_is_noted() -> None:
    assert _notes("sales last month") == (
        '"last month" was read as 2013-11-01 to 2013-11-30 (the calendar month before).',
    )
    assert _notes("sales in the past month") == (
        '"the past month" was read as 2013-11-14 to 2013-12-14 (from 1 month before the day up to and with it).',
    )
    assert _notes("sales in 2012") == ()


def test_the_day_that_is_not_today_is_noted() -> None:
    said = _notes("sales yesterday", _DATA, date(2026, 1, 1))
    assert said[1] == ("Time words count from 2013-12-14, the last day in orders.sent_at, not from today.")
    assert len(_notes("sales in March 2013", _DATA, date(2026, 1, 1))) == 0


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("sales in December 2013", "December 2013 is only complete up to 2013-12-14."),
        ("sales in 2013", "The year 2013 is only complete up to 2013-12-14."),
        ("sales in Q4 2013", "Quarter 4 of 2013 is only complete up to 2013-12-14."),
        ("sales this week", '"this week" is only complete up to 2013-12-14.'),
        (
            "sales between June and December 2013",
            '"between June and December 2013" is only complete up to 2013-12-14.',
        ),
        ("sales in January 2014", "January 2014 begins after 2013-12-14, which is today."),
    ],
)
def test_what_is_not_complete_is_noted(question: str, note: str) -> None:
    assert _notes(question)[-1] == note


def test_days_after_the_data() -> None:
    assert _notes("sales in 2014", _DATA) == (
        "The year 2014 begins after 2013-12-14, which is the last day of the data.",
    )


def test_tables_that_keep_the_year_as_a_number() -> None:
    assert not counts_in_numbers(shop())
    numbers = (Column(name="Year", type="integer"), Column(name="month", type="integer"))
    table = Table(schema="public", name="flights", columns=numbers)
    assert counts_in_numbers(Catalog(source="s", dialect="postgres", tables=(table,)))
