"""Time words of questions: tables of what is read, and of what is not."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analyst.periods import Period, doubts, find, finding, joined

_CASES = Path(__file__).parent / "cases"
_DAY = date(2013, 12, 14)


def _lines(name: str) -> list[str]:
    lines = (_CASES / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("# ")]


def _written(period: Period) -> str:
    ends = ("..." if end in (date.min, date.max) else str(end) for end in (period.start, period.end))
    return f"{' '.join(ends)} {period.grain}"


@pytest.mark.parametrize("line", _lines("found.txt"))
def test_found(line: str) -> None:
    question, frame, expected = line.split(" | ")
    day, _, start = frame.partition(" fiscal ")
    found = find(question, anchor=date.fromisoformat(day), fiscal_start=int(start or 1))
    assert "; ".join(map(_written, found)) == expected


@pytest.mark.parametrize("question", _lines("nothing.txt"))
def test_nothing(question: str) -> None:
    assert find(question, anchor=_DAY) == ()


_OPENINGS = (
    *(
        "prior to",
        "earlier than",
        "later than",
        "no later than",
        "not later than",
        "on or after",
        "ever since",
    ),
    *(
        "starting on",
        "beginning with",
        "up until",
        "up to",
        "till",
        "the week commencing 5",
        "week beginning 5",
    ),
    *(
        "week starting on 5",
        "the final day of",
        "fifth week of",
        "as of",
        "the corresponding period last year in",
    ),
    *(
        "so far this year,",
        "thus far this year,",
        "to date this year,",
        "up to now this year,",
        "year-on-year in",
    ),
    *(
        "yoy in",
        "y/y in",
        "5 till 9",
        "5 through 9",
        "5 until 9",
        "5-9",
        "5 of",
        "the 5th of",
        "twelve days ago,",
    ),
    *("the day before yesterday,", "the day after tomorrow,", "calendar week 5 of 2012,", "CW 5 of 2012,"),
    *(
        "week no. 5 of 2012,",
        "week number 5 of 2012,",
        "Q 1 of 2012,",
        "FY'12,",
        "financial year 2012,",
        "H1 2012,",
    ),
    *(
        "christmas of 2012,",
        "new year's eve of 2012,",
        "month to date,",
        "the quarter-to-date,",
        "mtd,",
        "trailing 5 days,",
    ),
)


def test_no_time_is_passed_over_for_its_first_words(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces, chosen = _lines("pieces.txt")[0].split(), Random(1)
    texts = [line.split(" | ")[0] for line in (*_lines("found.txt"), *_lines("nothing.txt"))]
    texts += [" ".join(chosen.choices(pieces, k=6)) for _ in range(300)]
    texts += [f"{opening} March 2013" for opening in _OPENINGS]
    quickly = [find(text, anchor=_DAY) for text in texts]
    for module, name in ((finding, "may_lead"), (finding, "may_begin"), (joined, "may_begin")):
        monkeypatch.setattr(module, name, lambda text, at: True)
    assert quickly == [find(text, anchor=_DAY) for text in texts]


def test_there_are_enough_cases() -> None:
    assert len(_lines("found.txt")) >= 150
    assert len(_lines("nothing.txt")) >= 60


def _one(question: str, **frame: int) -> Period:
    (period,) = find(question, anchor=_DAY, **frame)
    return period


@pytest.mark.parametrize(
    ("week_start", "first"), [(1, 9), (2, 10), (3, 11), (4, 12), (5, 13), (6, 14), (7, 8)]
)
def test_weeks_begin_where_they_are_said_to(week_start: int, first: int) -> None:
    assert _one("sales this week", week_start=week_start).start == date(2013, 12, first)


def test_numbered_weeks_that_begin_on_sunday() -> None:
    assert _one("sales in week 1 of 2013", week_start=7).start == date(2012, 12, 30)
    assert find("sales in week 54 of 2013", anchor=_DAY, week_start=7) == ()


def test_the_phrase_is_the_questions() -> None:
    assert (
        _one("Sales  of\nthe Last 7 Days, inclusive of today?").phrase
        == "the Last 7 Days, inclusive of today"
    )
    assert _one("Sales from March to May 2013, by day").phrase == "from March to May 2013"
    assert _one("last month’s sales").phrase == "last month"


def test_what_means_other_days_tomorrow_is_relative() -> None:
    assert _one("sales last month").relative
    assert _one("sales in March").relative and _one("sales in March").assumed
    assert not _one("sales in March 2013").relative
    assert not any(p.relative or p.assumed for p in find("in March, and in all of 2012", anchor=_DAY))


def test_what_has_not_ended_is_not_complete() -> None:
    for question in (
        "sales this month",
        "sales in December 2013",
        "sales in 2013",
        "in Q1 2014",
        "from June to December",
    ):
        assert not _one(question).complete, question
    for question in (
        "month to date",
        "past 7 days",
        "today",
        "last month",
        "since June 2013",
        "in November 2013",
    ):
        assert _one(question).complete, question


def test_the_same_days_a_year_before() -> None:
    this, same = find("sales this month and in the same month last year", anchor=_DAY)
    assert this.compared_to is not None
    assert (this.compared_to.start, this.compared_to.end) == (same.start, same.end)
    growth = _one("year over year growth in Q1 2013").compared_to
    assert growth is not None and (growth.start, growth.end) == (date(2012, 1, 1), date(2012, 4, 1))
    so_far = _one("What is the YoY growth of sales?")
    assert (so_far.start, so_far.end) == (date(2013, 1, 1), date(2013, 12, 15))
    assert so_far.compared_to is not None and so_far.compared_to.end == date(2012, 12, 15)


def test_a_leap_day_a_year_before() -> None:
    (period,) = find("YTD sales against the same period last year"[:9], anchor=date(2012, 2, 29))
    assert period.end == date(2012, 3, 1)
    pair = find("YTD sales against the same period last year", anchor=date(2012, 2, 29))
    assert [(p.start, p.end) for p in pair][1] == (date(2011, 1, 1), date(2011, 3, 1))


def test_what_the_context_defines_is_left_to_it() -> None:
    question = "sales in the last 7 days inclusive of today"
    assert (
        find(question, anchor=_DAY, context="Join first. Last 7 days = CURRENT_DATE - 7 to CURRENT_DATE.")
        == ()
    )
    assert find(question, anchor=_DAY, context="ACP = average price of the last 7 days, inclusive of today")


def test_days_in_doubtful_order_are_told() -> None:
    question = "orders between 03/04/2013 and 05/04/2013, and on 13/04/2013"
    assert [p.phrase for p in find(question, anchor=_DAY)] == ["13/04/2013"]
    assert doubts(question) == (
        '"03/04/2013" could be two days, so it was left as it is; 2013-12-31 is clear.',
        '"05/04/2013" could be two days, so it was left as it is; 2013-12-31 is clear.',
    )
    assert doubts("orders on 2013-04-03 and 13/04/2013 and 99/99/2013") == ()


_DAYS = st.dates(min_value=date(1, 1, 1), max_value=date(9999, 12, 31))
_QUESTIONS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(_lines("pieces.txt")[0].split()), max_size=14).map(" ".join),
)


@settings(max_examples=400, deadline=None)
@given(_QUESTIONS, _DAYS, st.integers(1, 12), st.integers(1, 7))
@example("next 9999 years", date(9999, 12, 31), 1, 1)
@example("tomorrow", date(9999, 12, 31), 1, 1)
@example("last 3 weeks excluding the current week", date(1, 1, 3), 1, 7)
@example("year to date compared with the same period last year", date(1, 1, 1), 7, 1)
def test_any_text_is_read(question: str, day: date, fiscal_start: int, week_start: int) -> None:
    for period in find(question, anchor=day, fiscal_start=fiscal_start, week_start=week_start):
        assert period.start < period.end
        assert period.phrase
        if period.compared_to is not None:
            assert period.compared_to.start < period.compared_to.end
    doubts(question)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 400), st.dates(min_value=date(1950, 1, 1), max_value=date(2050, 1, 1)))
def test_windows_end_with_the_day(count: int, day: date) -> None:
    (period,) = find(f"orders in the last {count} days", anchor=day)
    assert (period.start, period.end) == (day - timedelta(days=count), day + timedelta(days=1))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["week", "month", "quarter", "year"]), st.dates(date(1950, 1, 1), date(2050, 1, 1)))
def test_the_last_one_ends_where_this_one_begins(unit: str, day: date) -> None:
    (last,) = find(f"sales last {unit}", anchor=day)
    (this,) = find(f"sales this {unit}", anchor=day)
    (following,) = find(f"sales next {unit}", anchor=day)
    assert last.end == this.start <= day < this.end == following.start
