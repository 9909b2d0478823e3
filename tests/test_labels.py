from __future__ import annotations

import pytest

from analyst import labels
from analyst.result import Kind, ResultColumn


def column(name: str, kind: Kind = Kind.INTEGER) -> ResultColumn:
    return ResultColumn(name=name, kind=kind)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("avg_dep_delay", "avg dep delay"),
        ("avgDepDelay", "avg dep delay"),
        ("HTTPStatus", "http status"),
        ("Total Amount (EUR)", "total amount eur"),
        ("?column?", ""),
        ("größe", "größe"),
        ("%", "%"),
        ("", ""),
    ],
)
def test_names_are_read_as_words(name: str, label: str) -> None:
    assert labels.readable(name) == label


@pytest.mark.parametrize(
    "name",
    [
        "id",
        "flight_id",
        "customerid",
        "customerId",
        "zip_code",
        "airportcode",
        "tailnum",
        "order_num",
        "account_no",
        "sku",
    ],
)
def test_names_of_things_are_ids(name: str) -> None:
    assert labels.is_id(column(name))


@pytest.mark.parametrize(
    "name",
    [
        "paid",
        "amount_paid",
        "grid",
        "valid",
        "num",
        "n",
        "count",
        "flights",
        "num_flights",
        "id_count",
        "bid",
    ],
)
def test_names_of_measures_are_no_ids(name: str) -> None:
    assert not labels.is_id(column(name))


@pytest.mark.parametrize("name", ["year", "month", "dep_hour", "day", "birthYear", "sched_dow", "max_year"])
def test_parts_of_time_are_an_axis(name: str) -> None:
    assert labels.is_time_part(column(name))


@pytest.mark.parametrize(
    "name", ["months", "flights_per_day", "count_month", "yearly", "day_count", "sum_minute", "delay"]
)
def test_counts_of_time_are_no_axis(name: str) -> None:
    assert not labels.is_time_part(column(name))


def test_text_is_no_part_of_time() -> None:
    assert not labels.is_time_part(column("month", Kind.TEXT))
