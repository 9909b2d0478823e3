"""Questions that are offered where one could not be answered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyst import suggesting
from analyst.catalog import Catalog, Column, Link, Table


def column(name: str, type: str = "integer", *values: str, reach: tuple[str, str] = ("", "")) -> Column:
    return Column(
        name=name, type=type, values=values, values_complete=bool(values), lowest=reach[0], highest=reach[1]
    )


def table(name: str, *columns: Column, rows: int | None = 1000, schema: str = "public") -> Table:
    return Table(schema=schema, name=name, rows=rows, primary_key=("id",), columns=columns)


ORDERS = table(
    "orders",
    column("id"),
    column("customer_id"),
    column("pin_code", "text", "1", "2", "3"),
    column("sales_channel", "text", "web", "shop"),
    column("placed_on", "date", reach=("2019-01-01", "2021-12-31")),
    column("net_amount", "numeric", reach=("1", "90")),
)
CUSTOMERS = table(
    "customers",
    column("id"),
    column("user_password_hash", "text", "a", "b"),
    column("birth_date", "date"),
    column("salary", "numeric"),
    rows=50,
)
CATALOG = Catalog(
    source="s",
    dialect="postgres",
    tables=(CUSTOMERS, ORDERS),
    links=(Link(table=ORDERS.key, columns=("customer_id",), to_table=CUSTOMERS.key, to_columns=("id",)),),
)


def catalog(*tables: Table) -> Catalog:
    return Catalog(source="s", dialect="postgres", tables=tables)


def test_a_count_an_average_and_the_largest_in_plain_words() -> None:
    assert suggesting.made(CATALOG) == (
        "How many orders are there per sales channel?",
        "What is the average net amount of orders by month?",
        "Which customers have the most orders?",
    )


def test_it_is_the_same_every_time_whatever_the_order_of_the_tables() -> None:
    turned = replace(CATALOG, tables=tuple(reversed(CATALOG.tables)))
    assert suggesting.made(turned) == suggesting.made(CATALOG)


def test_tables_near_to_the_question_come_first() -> None:
    weather = table("weather", column("station", "text", "north", "south"), rows=10)
    both = catalog(ORDERS, weather)
    assert suggesting.made(both, most=1) == ("How many orders are there per sales channel?",)
    near = suggesting.made(both, about="Will the weather be better tomorrow?", most=1)
    assert near == ("How many weather rows are there per station?",)


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "user_pwd",
        "userpassword",
        "api_token",
        "accessToken",
        "ssn",
        "e_mail",
        "pin",
        "secretword",
    ],
)
def test_nothing_leads_to_what_is_private(name: str) -> None:
    kept = table("things", column(name, "text", "a", "b"), column(f"{name}_amount", "numeric"))
    assert suggesting.made(catalog(kept)) == ("How many things are there?",)
    assert suggesting.made(catalog(replace(kept, name=name))) == ()


@pytest.mark.parametrize(
    "columns",
    [
        (column("flight", "integer"), column("day", "date")),
        (column("dep_time", "integer"), column("day", "date")),
        (column("amount", "numeric", reach=("1", "1")), column("day", "date")),
        (column("amount", "numeric"), column("birth_date", "date")),
        (column("amount", "text"), column("day", "date")),
    ],
)
def test_only_a_measure_that_varies_is_averaged_and_only_over_events(columns: tuple[Column, ...]) -> None:
    assert suggesting.made(catalog(table("events", *columns))) == ("How many events are there?",)


@pytest.mark.parametrize(
    ("reach", "steps"),
    [
        (("2021-01-01", "2021-01-20"), "by day"),
        (("2020-01-01", "2021-12-31"), "by month"),
        (("1990-01-01 00:00:00+00", "2021-12-31 10:00:00+00"), "by year"),
        (("0044-03-15 BC", "2021-12-31"), "by year"),
        (("-infinity", "infinity"), "by month"),
        (("", ""), "by month"),
    ],
)
def test_time_is_parted_by_how_much_of_it_there_is(reach: tuple[str, str], steps: str) -> None:
    sales = table("sales", column("price", "numeric"), column("sold_at", "timestamp", reach=reach))
    assert suggesting.made(catalog(sales)) == (
        f"What is the average price of sales {steps}?",
        "How many sales are there?",
    )


@pytest.mark.parametrize(
    ("name", "rows"),
    [("city", "cities"), ("boxes", "boxes"), ("box", "boxes"), ("address", "addresses"), ("staff", "staff rows"),
     ("orderItem", "order items"), ("day", "days")],
)  # fmt: skip
def test_tables_are_called_by_their_rows(name: str, rows: str) -> None:
    assert suggesting.made(catalog(table(name))) == (f"How many {rows} are there?",)


def test_what_all_names_begin_with_is_left_out() -> None:
    names = ("dim_store", "dim_item", "dim_day", "dim_guest")
    made = suggesting.made(catalog(*(table(name) for name in names)), most=9)
    assert set(made) == {f"How many {n} are there?" for n in ("stores", "items", "days", "guests")}


def test_empty_and_unsayable_tables_are_passed_over() -> None:
    assert suggesting.made(
        catalog(table("empty", rows=0), table("Größe"), table("x" * 63), table('a"b\nc'))
    ) == ("How many a b cs are there?",)
    assert suggesting.made(catalog()) == ()


def test_near_questions_come_first_then_approved_ones_and_never_the_same_again() -> None:
    near, approved = ("Near?", "asked"), ("near", "Other one?", "Third?", "Fourth?", "Fifth?")
    found = suggesting.instead("Asked?", CATALOG, near=near, approved=approved)
    assert found == ("Near?", "Other one?", "Third?", "Fourth?")


def test_where_hardly_any_is_approved_some_are_made() -> None:
    found = suggesting.instead(
        "What is love?", CATALOG, approved=("How many orders are there per sales channel",)
    )
    assert found == (
        "How many orders are there per sales channel",
        "What is the average net amount of orders by month?",
        "Which customers have the most orders?",
    )
