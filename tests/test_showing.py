"""How tables are written for a model."""

from __future__ import annotations

import pytest

from analyst.catalog import Catalog, Column, Link, Table
from analyst.showing import quoted, schema_text, short_type

STATES = ("new", "it's paid")
ORDERS = Table(
    schema="public",
    name="orders",
    comment="One row an order.",
    rows=1200,
    primary_key=("id",),
    columns=(
        Column(name="id", type="integer", lowest="1", highest="1200"),
        Column(name="Customer Id", type="integer", comment="Who ordered."),
        Column(name="state", type="character varying(20)", values=STATES, values_complete=True),
        Column(name="note", type="text", values=tuple(f"note {i}" for i in range(9))),
        Column(name="amount", type="numeric(10,2)"),
        Column(name="weight", type="double precision"),
        Column(name="placed", type="date", lowest="2020-01-01", highest="2020-12-31"),
        Column(name="year", type="integer", lowest="2019", highest="2020"),
        Column(name="shop", type="integer"),
        Column(name="till", type="integer"),
    ),
)
CUSTOMERS = Table(
    schema="crm",
    name="customers",
    primary_key=("id",),
    columns=(
        Column(name="id", type="text", values=("C1", "C2"), values_complete=True),
        Column(
            name="mail",
            type="text",
            values=tuple(f"{i}@mail.example" for i in range(12)),
            values_complete=True,
        ),
    ),
)
TILLS = Table(
    schema="public",
    name="tills",
    primary_key=("shop", "till"),
    columns=(Column(name="shop", type="integer"), Column(name="till", type="integer")),
)


def between(table: Table, columns: tuple[str, ...], to: Table, *, declared: bool) -> Link:
    return Link(
        table=table.key, columns=columns, to_table=to.key, to_columns=to.primary_key, declared=declared
    )


SHOP = Catalog(
    source="shop",
    dialect="postgres",
    tables=(ORDERS, CUSTOMERS, TILLS),
    links=(
        between(ORDERS, ("Customer Id",), CUSTOMERS, declared=False),
        between(ORDERS, ("shop", "till"), TILLS, declared=True),
    ),
    glossary=(("revenue", "the sum of paid orders"),),
)
TEXT = """CREATE TABLE orders ( -- One row an order.
id int PRIMARY KEY, "Customer Id" int, -- Who ordered; joins crm.customers(id)
state text, -- 'new', 'it''s paid'
note text, -- like 'note 0', 'note 1'
amount numeric, weight float, placed date, -- 2020-01-01 to 2020-12-31
year int, -- 2019 to 2020
shop int, till int, FOREIGN KEY (shop, till) REFERENCES tills(shop, till))

CREATE TABLE crm.customers (id text PRIMARY KEY, -- like 'C1'
mail text) -- like '0@mail.example', '1@mail.example'

CREATE TABLE tills (shop int, till int, PRIMARY KEY (shop, till))

-- revenue: the sum of paid orders"""


def test_the_schema_is_short_and_says_what_decides() -> None:
    assert schema_text(SHOP) == TEXT


def test_a_declared_link_of_one_column_stands_with_its_column() -> None:
    links = (between(ORDERS, ("Customer Id",), CUSTOMERS, declared=True),)
    text = schema_text(Catalog(source="s", dialect="postgres", tables=(ORDERS, CUSTOMERS), links=links))
    assert '"Customer Id" int REFERENCES crm.customers(id), -- Who ordered' in text


@pytest.mark.parametrize(
    ("type", "short"),
    [
        ("character varying(20)", "text"),
        ("timestamp without time zone", "timestamp"),
        ("timestamp(6) with time zone", "timestamptz"),
        ("numeric(10,2)", "numeric"),
        ("mood", "mood"),
    ],
)
def test_types_by_their_shortest_names(type: str, short: str) -> None:
    assert short_type(type) == short


@pytest.mark.parametrize(("name", "sql"), [("plain_1", "plain_1"), ("Mixed", '"Mixed"'), ('a"b', '"a""b"')])
def test_names_are_quoted_where_they_must_be(name: str, sql: str) -> None:
    assert quoted(name) == sql
