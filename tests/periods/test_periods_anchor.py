"""The day that time words count from, as catalogs tell it."""

from __future__ import annotations

from datetime import date

import pytest

from analyst.catalog import Catalog, Column, Table
from analyst.periods import anchor

_TODAY = date(2014, 6, 1)


def _table(name: str, rows: int | None, **columns: tuple[str, str, str] | tuple[str, str]) -> Table:
    """A table of columns, each with its type, its highest value and perhaps its lowest."""
    made = [
        Column(name=column, type=type_, highest=highest, lowest=lowest[0] if lowest else "")
        for column, (type_, highest, *lowest) in columns.items()
    ]
    return Table(schema="public", name=name, columns=tuple(made), rows=rows)


def _anchor(*tables: Table, near: tuple[tuple[str, str], ...] = ()) -> tuple[date, str]:
    catalog = Catalog(source="s", dialect="postgres", tables=tables)
    found = anchor(catalog, today=_TODAY, follow="data", tables=near)
    assert (found.follow == "data") == (found.day != _TODAY)
    return found.day, found.why


def test_today_is_today_unless_the_data_is_to_be_followed() -> None:
    catalog = Catalog(source="s", dialect="postgres", tables=(_table("a", 9, at=("date", "2013-01-01")),))
    found = anchor(catalog, today=_TODAY, follow="today")
    assert (found.day, found.follow, found.why) == (_TODAY, "today", "Time words count from today.")


def test_the_largest_table_with_a_date_decides() -> None:
    small = _table("holidays", 10, on=("date", "2014-05-01"))
    large = _table(
        "orders", 1000, at=("timestamp with time zone", "2013-12-31 23:59:00+00"), note=("text", "zzz")
    )
    huge = _table("points", 9999, x=("double precision", "12.5"))
    day, why = _anchor(small, large, huge)
    assert day == date(2013, 12, 31)
    assert why == "Time words count from 2013-12-31, the last day in orders.at."


def test_tables_that_are_asked_come_first() -> None:
    small = _table("holidays", 10, on=("date", "2014-05-01"))
    large = _table("orders", 1000, at=("date", "2013-12-31"))
    plain = _table("colours", 5000, colour=("text", "red"))
    assert _anchor(small, large, plain, near=(("public", "holidays"),))[0] == date(2014, 5, 1)
    assert _anchor(small, large, plain, near=(("public", "colours"),))[0] == date(2013, 12, 31)


@pytest.mark.parametrize(
    ("columns", "day"),
    [
        ({"at": ("date", "2013-05-01"), "expires": ("date", "2019-01-01")}, date(2013, 5, 1)),
        ({"at": ("date", "2013-05-01"), "valid_until": ("date", "2014-01-01")}, date(2013, 5, 1)),
        (
            {"at": ("date", "2013-05-01"), "updated_at": ("timestamp", "2014-03-01 10:00:00")},
            date(2013, 5, 1),
        ),
        ({"birthDate": ("date", "2010-05-01"), "joined": ("date", "2009-01-01")}, date(2009, 1, 1)),
        ({"updated_at": ("timestamp", "2014-03-01 10:00:00")}, date(2014, 3, 1)),
        ({"begun": ("date", "2013-05-01"), "ended": ("date", "2013-06-01")}, date(2013, 6, 1)),
        ({"birth_date": ("date", "2010-05-01")}, _TODAY),
        ({"at": ("date", "2019-05-01")}, _TODAY),
        ({"at": ("date", "")}, _TODAY),
        ({"at": ("date", "infinity")}, _TODAY),
        ({"at": ("date", "2013-99-01")}, _TODAY),
        ({"at": ("text", "2013-05-01")}, _TODAY),
    ],
)
def test_dates_of_events(columns: dict[str, tuple[str, str]], day: date) -> None:
    assert _anchor(_table("orders", 10, **columns))[0] == day


@pytest.mark.parametrize(
    ("columns", "day"),
    [
        ({"year": ("integer", "2012", "2010")}, date(2012, 12, 31)),
        ({"year": ("integer", "2012", "2010"), "month": ("integer", "6", "1")}, date(2012, 12, 31)),
        ({"year": ("bigint", "2012", "2012"), "month": ("smallint", "6", "1")}, date(2012, 6, 30)),
        (
            {
                "year": ("integer", "2012", "2012"),
                "month": ("integer", "2", "2"),
                "day": ("integer", "20", "1"),
            },
            date(2012, 2, 20),
        ),
        (
            {
                "year": ("integer", "2012", "2012"),
                "month": ("integer", "2", "1"),
                "day": ("integer", "20", "1"),
            },
            date(2012, 2, 29),
        ),
        ({"year": ("integer", "2014", "2010")}, _TODAY),
        ({"year": ("integer", "12", "1")}, _TODAY),
        ({"year": ("text", "2012", "2010")}, _TODAY),
    ],
)
def test_years_and_months_as_numbers(columns: dict[str, tuple[str, str, str]], day: date) -> None:
    assert _anchor(_table("papers", 10, **columns))[0] == day


def test_a_date_anywhere_is_better_than_numbers() -> None:
    papers = _table("papers", 1000, year=("integer", "2012", "2010"))
    visits = _table("visits", 10, at=("date", "2013-05-01"))
    assert _anchor(papers, visits)[0] == date(2013, 5, 1)


def test_without_any_date_it_is_today_and_said_so() -> None:
    assert _anchor() == (_TODAY, "Time words count from today, since no date of the data is known.")
