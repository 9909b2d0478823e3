"""Days, weeks, months, quarters and years of the calendar, and of a fiscal year."""

from __future__ import annotations

from datetime import date, timedelta

from analyst.periods.period import Grain, Span

MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
DAYS_OF = {"day": 1, "week": 7}


def day(of: date) -> Span:
    """One day."""
    return Span(start=of, end=of + timedelta(days=1), grain="day")


def week(of: date, *, week_start: int) -> Span:
    """The week that holds a day; `week_start` is 1 for Monday to 7 for Sunday."""
    first = of - timedelta(days=(of.isoweekday() - week_start) % 7)
    return Span(start=first, end=first + timedelta(days=7), grain="week")


def numbered_week(year: int, number: int, *, week_start: int) -> Span:
    """A week by its number: ISO weeks when they begin on Monday, else week 1 holds 1 January; ValueError."""
    if week_start == 1:
        return week(date.fromisocalendar(year, number, 1), week_start=1)
    first = week(date(year, 1, 1), week_start=week_start).start
    found = Span(start=first + timedelta(weeks=number - 1), end=first + timedelta(weeks=number), grain="week")
    if number < 1 or found.start.year > year:
        raise ValueError(f"{year} has no week {number}")
    return found


def months(first: date, count: int, grain: Grain) -> Span:
    """So many months from the first day of one."""
    return Span(start=first, end=moved(first, count), grain=grain)


def month(year: int, number: int) -> Span:
    """A month of a year."""
    return months(date(year, number, 1), 1, "month")


def quarter(year: int, number: int, *, fiscal_start: int = 1) -> Span:
    """A quarter of a year, which is named after the calendar year that it ends in."""
    return months(moved(year_of(year, fiscal_start=fiscal_start).start, 3 * (number - 1)), 3, "quarter")


def half(year: int, number: int) -> Span:
    """The first or second half of a calendar year."""
    return months(date(year, 6 * number - 5, 1), 6, "range")


def year_of(year: int, *, fiscal_start: int = 1) -> Span:
    """A year by its number; a fiscal one is named after the calendar year that it ends in."""
    first = date(year, 1, 1) if fiscal_start == 1 else date(year - 1, fiscal_start, 1)
    return months(first, 12, "year")


def around(of: date, unit: str, *, week_start: int, fiscal_start: int = 1) -> Span:
    """The day, week, month, quarter or year that holds a day."""
    if unit == "day":
        return day(of)
    if unit == "week":
        return week(of, week_start=week_start)
    length = MONTHS_OF[unit]
    past = (of.month - fiscal_start) % length
    return months(moved(of.replace(day=1), -past), length, _GRAINS[unit])


def moved(of: date, count: int, unit: str = "month") -> date:
    """A day so many days, weeks, months, quarters or years later; the 31st becomes a month's last day."""
    if unit in DAYS_OF:
        return of + timedelta(days=count * DAYS_OF[unit])
    whole = of.year * 12 + of.month - 1 + count * MONTHS_OF[unit]
    first = date(whole // 12, whole % 12 + 1, 1)
    return first.replace(day=min(of.day, days_in(first)))


def days_in(first: date) -> int:
    """How many days a month has."""
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return (following - first).days


def year_before(span: Span) -> Span:
    """The same days a year before; for a week, the one 52 weeks before, so that its days are the same."""
    if span.grain == "week":
        back = timedelta(weeks=52)
        return Span(start=span.start - back, end=span.end - back, grain="week")
    return Span(start=moved(span.start, -1, "year"), end=_end_before(span), grain=span.grain)


def _end_before(span: Span) -> date:
    return (
        moved(span.last, -1, "year") + timedelta(days=1)
        if span.grain in ("range", "day")
        else moved(span.end, -1, "year")
    )


_GRAINS: dict[str, Grain] = {"month": "month", "quarter": "quarter", "year": "year"}
