"""Which day "today" is: today, or the last day that the data knows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date
from typing import Literal

from analyst.catalog import Catalog, Column, Table
from analyst.periods import spans
from analyst.periods.period import Anchor
from analyst.periods.vocabulary import words

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?!\d)")
_DATED = ("date", "timestamp", "datetime")
_WHOLE = ("int", "small", "big", "num", "dec", "tiny")
_FIRST_YEAR = 1900
_PART = re.compile(r"[^\W_]+")


def anchor(
    catalog: Catalog,
    *,
    today: date,
    follow: Literal["today", "data"],
    tables: Collection[tuple[str, str]] = (),
) -> Anchor:
    """The day that time words count from; with "data", the last one in the largest table with events.

    `tables` are the keys of the tables to look at first; those without a date are passed over for all others.
    """
    if follow == "today":
        return Anchor(day=today, why="Time words count from today.")
    near = [table for table in catalog.tables if table.key in tables]
    found = _last_day(near, today) or _last_day(catalog.tables, today)
    if found is None:
        return Anchor(day=today, why="Time words count from today, since no date of the data is known.")
    day, where = found
    why = f"Time words count from {day}, the last day in {where}."
    return Anchor(day=day, why=why, follow="data")


def _last_day(tables: Collection[Table], today: date) -> tuple[date, str] | None:
    """The last day of the largest table that has one, and where it was found."""
    largest_first = sorted(tables, key=lambda table: -(table.rows or 0))
    for days in (_by_column, _by_numbers):
        for table in largest_first:
            found = max(days(table, today), default=None)
            if found is not None:
                return found
    return None


def _by_column(table: Table, today: date) -> list[tuple[date, str]]:
    """The last day of each column with dates of events; of when rows were written where there is no other."""
    known = [(day, column) for column in table.columns if (day := _highest(column)) and day <= today]
    events = [(day, column) for day, column in known if not _parts(column).intersection(words("not events"))]
    happened = [(day, column) for day, column in events if not _parts(column).intersection(words("written"))]
    return [(day, f"{table.name}.{column.name}") for day, column in happened or events]


def _highest(column: Column) -> date | None:
    if not column.type.lower().startswith(_DATED):
        return None
    match = _DAY.match(column.highest)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _parts(column: Column) -> set[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column.name)
    return {part.lower() for part in _PART.findall(spaced)}


def _by_numbers(table: Table, today: date) -> Iterator[tuple[date, str]]:
    """The last day of columns year, month and day: a month's highest number is only known of a table of one year."""
    columns = {c.name.lower(): c for c in table.columns if c.type.lower().startswith(_WHOLE)}
    year = _number(columns.get("year"), "highest")
    if year is None or not _FIRST_YEAR <= year <= today.year:
        return
    one_year = _number(columns.get("year"), "lowest") == year
    month = _number(columns.get("month"), "highest") if one_year else None
    if month is None or not 1 <= month <= 12:
        month = 12
    last = spans.month(year, month).last
    one_month = one_year and _number(columns.get("month"), "lowest") == month
    number = _number(columns.get("day"), "highest") if one_month else None
    if number is not None and 1 <= number < last.day:
        last = last.replace(day=number)
    if last <= today:
        yield last, f"the numbers of {table.name}.{columns['year'].name}"


def _number(column: Column | None, end: str) -> int | None:
    text = getattr(column, end) if column is not None else ""
    return int(text) if text.isdigit() else None
