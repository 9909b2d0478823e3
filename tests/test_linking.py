"""Which tables a question gets to see, and how they are written for a model."""

from __future__ import annotations

import pytest

from analyst.catalog import Catalog, Column, Link, Table
from analyst.linking import link, mentions, stem, words
from analyst.showing import schema_text


def table(name: str, *columns: str, schema: str = "public", comment: str = "") -> Table:
    return Table(
        schema=schema,
        name=name,
        comment=comment,
        columns=tuple(Column(name=c, type="text") for c in columns),
        primary_key=columns[:1],
    )


SHOP = Catalog(
    source="shop",
    dialect="postgres",
    tables=(
        Table(
            schema="public",
            name="orders",
            comment="One row an order.",
            rows=1200,
            primary_key=("id",),
            columns=(
                Column(name="id", type="integer"),
                Column(name="Customer Id", type="integer", comment="Who ordered"),
                Column(name="state", type="text", values=("new", "it's paid"), values_complete=True),
                Column(name="note", type="text", values=tuple(f"note {i}" for i in range(9))),
                Column(name="placed", type="date", lowest="2020-01-01", highest="2020-12-31"),
            ),
        ),
        table("customers", "id", "name", schema="crm"),
    ),
    links=(
        Link(
            table=("public", "orders"),
            columns=("Customer Id",),
            to_table=("crm", "customers"),
            to_columns=("id",),
            declared=False,
        ),
    ),
    glossary=(("revenue", "the sum of paid orders"),),
)


def test_a_small_catalog_goes_in_whole_and_always_the_same() -> None:
    assert link("anything", SHOP) is SHOP
    assert schema_text(link("one", SHOP)) == schema_text(link("two", SHOP))


def test_of_a_large_catalog_the_tables_asked_for_come_first() -> None:
    many = tuple(table(f"thing_{i}", *(f"column_{i}_{k}" for k in range(40))) for i in range(60))
    invoices = table("invoices", "id", "amount", comment="What customers owe")
    large = Catalog(source="x", dialect="postgres", tables=(*many, invoices))
    small = link("What is the amount of all invoices?", large)
    assert invoices in small.tables
    assert len(schema_text(small)) < 12_000 < len(schema_text(large))


@pytest.mark.parametrize(
    ("word", "plain"),
    [
        ("flights", "flight"),
        ("carriers", "carrier"),
        ("delayed", "delay"),
        ("cities", "city"),
        ("gas", "gas"),
    ],
)
def test_plain_forms(word: str, plain: str) -> None:
    assert stem(word) == plain
    assert words(f"The {word}!") == ["the", plain]


def test_a_word_may_be_part_of_a_longer_name() -> None:
    catalog = Catalog(source="b", dialect="postgres", tables=(table("sbticker", "sbtickersymbol"),))
    assert mentions(catalog, {"ticker"})
    assert not mentions(catalog, {"salary"}) and not mentions(catalog, {"tic"})
