"""What was read, put into words: for the model, and for the receipt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from analyst.catalog import Catalog
from analyst.numerals import MONTHS
from analyst.periods.period import Anchor, Period, Span

MOST_LINES = 6
_STATED_DAY = re.compile(r"\b\d{1,2}(?:st|nd|rd|th)?\b(?! (?:day|week|month|quarter|year))")


def hints(periods: Sequence[Period], *, anchor: Anchor, condition: bool = True, absolute: bool = True) -> str:
    """A line a time word with its first and last day, and the condition on a column unless that is not wanted.

    Only for time words that a model would have to reckon with; empty without any. A month whose year nobody
    named is told where the data's own last day says which one is the latest. Without `absolute`, and where the
    anchor is today, words that count from today are given as SQL that does so, too, where that can be said.
    """
    moving = not absolute and anchor.follow == "today"
    lines = [
        _moving_hint(period) if moving and condition and all(period.sides) else _hint(period, condition)
        for period in _sure(periods, anchor)
        if _needs_hint(period)
    ]
    return "\n".join(list(dict.fromkeys(lines))[:MOST_LINES])


def _moving_hint(period: Period) -> str:
    start, end = period.sides
    line = f'"{period.phrase}" means column >= {start} AND column < {end}'
    if period.compared_to is not None:
        line += f"; the year before: {_condition(period.compared_to)}"
    return line + "."


def notes(periods: Sequence[Period], *, anchor: Anchor, today: date) -> tuple[str, ...]:
    """Plain sentences on how time words were read, from which day they count, and what is not complete yet."""
    periods = _sure(periods, anchor)
    said = [_reading(period) for period in periods if period.relative or period.reading]
    if anchor.day != today and any(period.relative for period in periods):
        said.append(f"{anchor.why.rstrip('.')}, not from today.")
    said += [_incomplete(period, anchor) for period in periods if not period.complete]
    return tuple(dict.fromkeys(filter(None, said)))


def counts_in_numbers(catalog: Catalog) -> bool:
    """True where a table keeps years and months as numbers, so that a condition on a date need not fit."""
    return any({"year", "month"} <= {c.name.lower() for c in table.columns} for table in catalog.tables)


def _sure(periods: Sequence[Period], anchor: Anchor) -> list[Period]:
    return [period for period in periods if not period.assumed or anchor.follow == "data"]


def _needs_hint(period: Period) -> bool:
    """True where days have to be reckoned: not for a stated day or year, or for a range of such."""
    if not period.phrase.isprintable():
        return False
    if period.relative or period.compared_to or period.reading:
        return True
    whole_years = (period.start.month, period.start.day, period.end.month, period.end.day) == (1, 1, 1, 1)
    return (
        period.bounded and period.grain != "day" and not whole_years and not _STATED_DAY.search(period.phrase)
    )


def _hint(period: Period, condition: bool) -> str:
    line = f'"{period.phrase}" means {_days(period)}'
    if condition:
        line += f": {_condition(period)}"
    if period.compared_to is not None:
        line += (
            f"; the year before: {_condition(period.compared_to) if condition else _days(period.compared_to)}"
        )
    return line + "."


def _condition(span: Span) -> str:
    sides = []
    if span.start > date.min:
        sides.append(f"column >= DATE '{span.start}'")
    if span.end < date.max:
        sides.append(f"column < DATE '{span.end}'")
    return " AND ".join(sides)


def _days(span: Span) -> str:
    if span.start == date.min:
        return f"up to {span.last}"
    if span.end == date.max:
        return f"from {span.start} on"
    return f"{span.start}" if span.start == span.last else f"{span.start} to {span.last}"


def _reading(period: Period) -> str:
    how = f" ({period.reading})" if period.reading else ""
    beside = f", set beside {_days(period.compared_to)}" if period.compared_to else ""
    return f'"{period.phrase}" was read as {_days(period)}{how}{beside}.'


def _incomplete(period: Period, anchor: Anchor) -> str:
    if period.start > anchor.day:
        which = "the last day of the data" if anchor.follow == "data" else "today"
        return f"{_name(period)} begins after {anchor.day}, which is {which}."
    if period.grain == "day":
        return ""
    return f"{_name(period)} is only complete up to {anchor.day}."


def _name(period: Period) -> str:
    """The period as a calendar calls it: December 2013."""
    if period.grain == "month":
        names = [name for name, number in MONTHS.items() if number == period.start.month]
        return f"{names[0].capitalize()} {period.start.year}"
    if period.grain == "year" and period.start.month == 1:
        return f"The year {period.start.year}"
    if period.grain == "quarter" and period.start.month % 3 == 1:
        return f"Quarter {period.start.month // 3 + 1} of {period.start.year}"
    return f'"{period.phrase}"'
