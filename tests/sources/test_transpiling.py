"""SQL for another source: its schemas, its dialect, and the same numbers; or a sentence that says why not."""

from __future__ import annotations

import pytest

from analyst import guard
from analyst.catalog import Catalog, Column, Table
from analyst.errors import Refused
from analyst.transpiling import transpiled

COLUMNS = {
    "id": "bigint",
    "n": "integer",
    "day": "date",
    "due": "date",
    "at": "timestamp without time zone",
    "amount": "numeric(10,2)",
    "weight": "double precision",
    "status": "text",
}


def catalog(dialect: str, schema: str, *more: str) -> Catalog:
    columns = tuple(Column(name=name, type=type_) for name, type_ in COLUMNS.items())
    tables = tuple(Table(schema=s, name="orders", columns=columns) for s in (schema, *more))
    return Catalog(source=dialect, dialect=dialect, default_schema=schema, tables=tables)


POSTGRES = catalog("postgres", "public")
ATHENA, REDSHIFT = catalog("athena", "lake"), catalog("redshift", "sales")
TARGETS = {"athena": ATHENA, "redshift": REDSHIFT}


def moved(sql: str, target: Catalog, source: Catalog = POSTGRES) -> str:
    """The SQL for the other source, which its guard takes, on one line."""
    found = transpiled(sql, source=source, target=target)
    guard.check(found, dialect=target.dialect, catalog=target)
    return " ".join(found.split())


@pytest.mark.parametrize(
    ("dialect", "sql", "said"),
    [
        ("athena", "sum(id) / count(*)", "CAST(SUM(id) AS DOUBLE) / COUNT(*)"),
        ("athena", "sum(n) / count(*)", "SUM(n) / COUNT(*)"),
        ("athena", "sum(n)::numeric / count(*)", "CAST(SUM(n) AS DOUBLE) / COUNT(*)"),
        ("athena", "max(amount) / 3", "CAST(MAX(amount) AS DOUBLE) / 3"),
        ("athena", "sum(weight) / 3", "SUM(weight) / 3"),
        ("athena", "avg(amount)", "AVG(CAST(amount AS DOUBLE))"),
        ("athena", "avg(n)", "AVG(n)"),
        ("athena", "max(day - due)", "MAX(DATE_DIFF('DAY', due, day))"),
        ("athena", "count(*) FILTER (WHERE day >= '2026-01-01')", "FILTER(WHERE day >= CAST('2026-01-01' AS DATE))"),
        ("athena", "count(*) FILTER (WHERE at < '2026-01-01')", "at < CAST('2026-01-01' AS TIMESTAMP)"),
        ("athena", "count(*) FILTER (WHERE status = '2026-01-01')", "status = '2026-01-01'"),
        ("athena", "count(*) FILTER (WHERE status ILIKE '%a%')", "LOWER(status) LIKE LOWER('%a%')"),
        ("athena", "max(day) + interval '1 month'", "MAX(day) + INTERVAL '1' MONTH"),
        ("redshift", "avg(n)", "AVG(CAST(n AS DOUBLE PRECISION))"),
        ("redshift", "avg(weight)", "AVG(weight)"),
        ("redshift", "max(n)::numeric / 3", "CAST(MAX(n) AS DOUBLE PRECISION) / 3"),
        ("redshift", "count(*) FILTER (WHERE n > 1)", "COUNT(CASE WHEN n > 1 THEN 1 END)"),
        ("redshift", "count(DISTINCT n) FILTER (WHERE n > 1)", "COUNT(DISTINCT CASE WHEN n > 1 THEN n END)"),
        ("redshift", "max(amount::numeric(10, 2))", "CAST(amount AS DECIMAL(10, 2))"),
        ("redshift", "max(day - due)", "MAX(day - due)"),
    ],
)  # fmt: skip
def test_the_same_numbers(dialect: str, sql: str, said: str) -> None:
    assert said in moved(f"SELECT {sql} AS x FROM public.orders", TARGETS[dialect])


def test_nulls_stay_where_they_were() -> None:
    assert "NULLS FIRST" in moved("SELECT status FROM orders ORDER BY status DESC", ATHENA)


def test_tables_are_found_in_their_other_schema() -> None:
    assert " FROM lake.orders" in moved("SELECT id FROM public.orders", ATHENA)
    assert (
        moved("SELECT orders.id FROM orders", catalog("postgres", "sales")) == "SELECT orders.id FROM orders"
    )
    other = moved("SELECT public.orders.id FROM public.orders", catalog("postgres", "sales"))
    assert other == "SELECT sales.orders.id FROM sales.orders"
    named = moved("WITH orders AS (SELECT 1 AS id) SELECT id FROM orders", ATHENA)
    assert "lake" not in named
    same = "SELECT  id FROM public.orders"
    assert transpiled(same, source=POSTGRES, target=catalog("postgres", "public", "old")) == same


@pytest.mark.parametrize(
    ("sql", "source", "target", "said"),
    [
        ("SELECT a FROM absent", POSTGRES, ATHENA, "There is no table absent there."),
        ("SELECT id FROM old.orders", catalog("postgres", "x", "old"), catalog("athena", "a", "b"), "several tables"),
        ("SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY n) FROM orders", POSTGRES, ATHENA, "only approximates"),
        ("SELECT day - due AS d FROM orders", ATHENA, POSTGRES, "takes one date from another"),
        ("SELECT (((", POSTGRES, ATHENA, "has no word for"),
        ("SELECT " + "(" * 5000 + "1" + ")" * 5000, POSTGRES, ATHENA, "nested too deeply"),
    ],
)  # fmt: skip
def test_what_stands_in_the_way_is_said(sql: str, source: Catalog, target: Catalog, said: str) -> None:
    with pytest.raises(Refused) as refused:
        transpiled(sql, source=source, target=target)
    assert said in str(refused.value) and refused.value.rule == "transpile"
