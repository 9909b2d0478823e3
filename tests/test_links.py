"""Which links are inferred from names and types, and which are better left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyst.catalog import Column, Link, Table
from analyst.links import infer_links


def _table(name: str, columns: str, *, key: str = "", schema: str = "public", kind: str = "table") -> Table:
    """A table from "name type, name! type"; an exclamation mark says that the column is required."""
    pairs = [column.strip().split(" ", 1) for column in columns.split(",")]
    return Table(
        schema=schema,
        name=name,
        columns=tuple(Column(name=n.rstrip("!"), type=t, nullable=not n.endswith("!")) for n, t in pairs),
        primary_key=tuple(key.split()),
        kind=kind,
    )


def _inferred(*tables: Table, declared: tuple[Link, ...] = ()) -> list[str]:
    links = infer_links(tables, declared)
    assert not any(link.declared for link in links)
    return [f"{k.table[1]}.{k.columns[0]} -> {'.'.join((*k.to_table, *k.to_columns))}" for k in links]


CUSTOMERS = _table("customers", "id bigint, name text", key="id")


@pytest.mark.parametrize(
    "column",
    [
        "customer_id integer",
        "customerid bigint",
        "CustomerId smallint",
        "id_customer bigint",
        "customers_id bigint",
    ],
)
def test_column_named_after_a_table(column: str) -> None:
    name = column.split(maxsplit=1)[0]
    orders = _table("orders", f"id bigint, {column}", key="id")
    assert _inferred(CUSTOMERS, orders) == [f"orders.{name} -> public.customers.id"]


@pytest.mark.parametrize(
    "column",
    ["customer_id uuid", "customer_id text", "customer bigint", "id bigint", "name text", "paid bigint"],
)
def test_wrong_type_or_name(column: str) -> None:
    assert _inferred(CUSTOMERS, _table("orders", column)) == []


@pytest.mark.parametrize(("one", "many"), [("country", "countries"), ("box", "boxes"), ("day", "days")])
def test_plurals(one: str, many: str) -> None:
    target, source = _table(many, "id integer", key="id"), _table("facts", f"{one}_id integer")
    assert _inferred(target, source) == [f"facts.{one}_id -> public.{many}.id"]


def test_same_name_as_a_key() -> None:
    carriers = _table("carriers", "carrier_code character varying(2), name text", key="carrier_code")
    flights = _table("flights", "carrier_code text, name text")
    assert _inferred(carriers, flights) == ["flights.carrier_code -> public.carriers.carrier_code"]


def test_same_name_that_says_nothing() -> None:
    countries = _table("countries", "code text", key="code")
    assert _inferred(countries, _table("currencies", "code text")) == []


def test_same_name_of_two_keys_is_ambiguous_unless_one_table_has_that_name() -> None:
    users = _table("users", "user_id integer", key="user_id")
    details = _table("details", "user_id integer", key="user_id")
    people = _table("people", "user_id integer", key="user_id")
    orders = _table("orders", "user_id integer")
    assert _inferred(details, people, orders) == []
    assert _inferred(details, users, orders) == [
        "details.user_id -> public.users.user_id",
        "orders.user_id -> public.users.user_id",
    ]


def test_the_same_schema_comes_first() -> None:
    here, there = (_table("users", "id integer", key="id", schema=s) for s in ("a", "b"))
    orders = _table("orders", "user_id integer", schema="b")
    assert _inferred(here, there, orders) == ["orders.user_id -> b.users.id"]
    elsewhere = _table("orders", "user_id integer", schema="c")
    assert _inferred(here, there, elsewhere) == []


def test_a_key_of_several_columns_is_no_target_but_may_point_elsewhere() -> None:
    lines = _table("lines", "customer_id bigint, line integer", key="customer_id line")
    other = _table("other", "customer_id bigint")
    assert _inferred(lines, other) == []
    assert _inferred(CUSTOMERS, lines) == ["lines.customer_id -> public.customers.id"]


def test_declared_links_are_left_alone() -> None:
    orders = _table("orders", "customer_id bigint")
    declared = Link(
        table=orders.key, columns=("customer_id",), to_table=("public", "clients"), to_columns=("nr",)
    )
    assert _inferred(CUSTOMERS, orders, declared=(declared,)) == []


def test_without_keys_the_only_required_id_counts() -> None:
    author = _table("author", "aid! bigint, name text, oid bigint")
    organization = _table("organization", "name text, oid! bigint")
    writes = _table("writes", "aid! bigint, pid! bigint")
    assert _inferred(author, organization, writes) == [
        "author.oid -> public.organization.oid",
        "writes.aid -> public.author.aid",
    ]


def test_without_keys_other_ids_do_not_count() -> None:
    visits = _table("visits", "patient_id! bigint")
    assert _inferred(visits, _table("bills", "patient_id bigint")) == []


def test_without_keys_a_plain_id_counts() -> None:
    restaurant = _table("restaurant", "id bigint, name text")
    location = _table("location", "restaurant_id bigint")
    assert _inferred(restaurant, location) == ["location.restaurant_id -> public.restaurant.id"]


def test_views_point_but_are_not_pointed_at() -> None:
    view = _table("customer", "id! bigint, customer_id bigint", kind="view")
    assert _inferred(view, _table("orders", "customer_id bigint")) == []
    assert _inferred(CUSTOMERS, view) == ["customer.customer_id -> public.customers.id"]


def test_nothing_to_link() -> None:
    assert _inferred() == []
    assert _inferred(CUSTOMERS) == []


def test_a_key_of_several_columns_is_joined_on_all_of_them() -> None:
    weather = _table("weather", "station text, hour timestamp, wind numeric", key="station hour")
    flights = _table("flights", "nr integer, station text, hour timestamp", key="nr")
    (link,) = infer_links([weather, flights])
    assert (link.table, link.columns) == (flights.key, ("station", "hour"))
    assert (link.to_table, link.to_columns, link.declared) == (weather.key, ("station", "hour"), False)


def test_a_key_of_several_columns_that_two_tables_have_links_nothing() -> None:
    one = _table("one", "station text, hour timestamp", key="station hour")
    two = _table("two", "station text, hour timestamp", key="station hour")
    flights = _table("flights", "nr integer, station text, hour timestamp", key="nr")
    assert infer_links([one, two, flights]) == ()
    half = _table("half", "nr integer, station text", key="nr")
    assert infer_links([one, half]) == ()


def test_names_that_all_begin_alike_are_compared_by_their_ends() -> None:
    people = _table("sbcustomer", "sbcustid text, sbcustname text", key="sbcustid")
    papers = _table("sbticker", "sbtickerid text, sbtickername text", key="sbtickerid")
    deals = _table("sbtransaction", "sbtxid text, sbtxcustid text, sbtxtickerid text", key="sbtxid")
    assert _inferred(people, papers, deals) == [
        "sbtransaction.sbtxcustid -> public.sbcustomer.sbcustid",
        "sbtransaction.sbtxtickerid -> public.sbticker.sbtickerid",
    ]
    number = _table("sbtransaction", "sbtxid text, sbtxcustid bigint", key="sbtxid")
    assert _inferred(people, papers, number) == []


def test_values_that_the_key_does_not_hold_speak_against_a_link() -> None:
    def having(table: Table, *values: str) -> Table:
        first, *rest = table.columns
        return replace(table, columns=(replace(first, values=values, values_complete=True), *rest))

    people = having(_table("sbcustomer", "sbcustid text", key="sbcustid"), "C1", "C2")
    deals = _table("sbtransaction", "sbtxcustid text", key="")
    assert len(_inferred(people, having(deals, "C2"))) == 1
    assert _inferred(people, having(deals, "C2", "C9")) == []
