"""What an example's SQL reads is noted exactly, and only changes of that count."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyst import guard, upkeep
from analyst.catalog import Catalog, Column, Table
from analyst.example import Example, ExampleStatus

FLIGHTS = Table(
    schema="public",
    name="flights",
    columns=(
        Column(name="id", type="integer"),
        Column(name="carrier", type="text"),
        Column(name="delay", type="integer"),
    ),
    primary_key=("id",),
)
AIRLINES = Table(
    schema="public",
    name="airlines",
    columns=(Column(name="carrier", type="text"), Column(name="name", type="text")),
    primary_key=("carrier",),
)
CATALOG = Catalog(source="air", dialect="postgres", tables=(FLIGHTS, AIRLINES))
COUNTED = "SELECT carrier, count(*) AS n FROM flights GROUP BY carrier"
JOINED = (
    "SELECT a.name, avg(f.delay) AS delay FROM flights AS f"
    " JOIN airlines AS a ON a.carrier = f.carrier GROUP BY a.name"
)


def example(sql: str = COUNTED, *, catalog: Catalog = CATALOG) -> Example:
    query = guard.check(sql, dialect="postgres", catalog=catalog)
    return Example(
        id=1,
        source="air",
        dialect="postgres",
        question="How many?",
        sql=query.readable,
        status=ExampleStatus.APPROVED,
        fingerprint=catalog.fingerprint(),
        reads=upkeep.reads(query, catalog),
    )


def changed(table: Table, *, drop: str = "", add: Column | None = None, **changes: object) -> Table:
    columns = tuple(c for c in table.columns if c.name != drop) + ((add,) if add else ())
    return replace(table, columns=columns, **changes)  # type: ignore[arg-type]


def with_tables(*tables: Table) -> Catalog:
    return replace(CATALOG, tables=tables)


def test_reads_are_the_tables_and_columns_of_the_sql_alone() -> None:
    assert example().reads == (("public.flights", "", "id"), ("public.flights", "carrier", "text"))
    assert ("public.airlines", "name", "text") in example(JOINED).reads
    assert ("public.flights", "id", "integer") not in example(JOINED).reads


UNRELATED = [
    with_tables(FLIGHTS, AIRLINES, replace(AIRLINES, name="planes")),
    with_tables(FLIGHTS),
    with_tables(changed(FLIGHTS, drop="delay"), AIRLINES),
    with_tables(changed(FLIGHTS, add=Column(name="gate", type="text")), AIRLINES),
    with_tables(FLIGHTS, changed(AIRLINES, primary_key=())),
]


@pytest.mark.parametrize("whole", UNRELATED)
def test_what_it_does_not_read_may_change(whole: Catalog) -> None:
    assert whole.fingerprint() != CATALOG.fingerprint()
    assert upkeep.changes(example(), whole) == ""
    assert list(upkeep.serving([example()], whole)) == [example()]


CHANGES = [
    (COUNTED, with_tables(AIRLINES), "The table public.flights is gone."),
    (
        COUNTED,
        with_tables(changed(FLIGHTS, drop="carrier"), AIRLINES),
        "The column public.flights.carrier is gone.",
    ),
    (
        COUNTED,
        with_tables(changed(FLIGHTS, drop="carrier", add=Column(name="carrier", type="integer"))),
        "The column public.flights.carrier is integer now and was text.",
    ),
    (
        JOINED,
        with_tables(FLIGHTS, changed(AIRLINES, primary_key=())),
        "The table public.airlines has another primary key.",
    ),
    (
        "SELECT * FROM airlines",
        with_tables(FLIGHTS, changed(AIRLINES, add=Column(name="secret", type="text"))),
        "The column public.airlines.secret is read now and was not before.",
    ),
    (
        "SELECT name, delay FROM flights JOIN airlines USING (carrier)",
        with_tables(FLIGHTS, changed(AIRLINES, add=Column(name="delay", type="integer"))),
        "It would be refused now: ",
    ),
    (COUNTED, replace(CATALOG, dialect="redshift"), "Its SQL was written for postgres"),
]


@pytest.mark.parametrize(("sql", "whole", "why"), CHANGES)
def test_what_it_reads_may_not(sql: str, whole: Catalog, why: str) -> None:
    assert upkeep.changes(example(sql), whole).startswith(why)
    assert list(upkeep.serving([example(sql)], whole)) == []


def test_of_many_changes_some_are_told() -> None:
    columns = tuple(Column(name=f"c{n}", type="text") for n in range(9))
    wide = with_tables(replace(AIRLINES, columns=columns, primary_key=()))
    narrow = with_tables(replace(AIRLINES, columns=columns[:1], primary_key=()))
    told = upkeep.changes(example("SELECT * FROM airlines", catalog=wide), narrow)
    assert told.count("is gone") == 3 and told.endswith("5 more things have changed.")


def test_where_nothing_was_noted_the_fingerprint_counts() -> None:
    old = replace(example(), reads=())
    assert upkeep.changes(old, CATALOG) == ""
    assert upkeep.changes(old, with_tables(FLIGHTS)) == "Tables have changed since it was approved."


def test_only_what_is_approved_and_can_be_read_serves() -> None:
    for status in ExampleStatus:
        found = list(upkeep.serving([replace(example(), status=status)], CATALOG))
        assert bool(found) == (status is ExampleStatus.APPROVED)
    broken = replace(example(), sql="SELECT FROM WHERE", fingerprint="other")
    assert list(upkeep.serving([broken], CATALOG)) == []
