"""Which queries may be shown the rows of an earlier run, and which must run each time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from houses import execute

from analyst import guard, word_files
from analyst.catalog import Catalog, Column, Table
from analyst.errors import Refused
from analyst.guard.words import names
from analyst.reusing import lasts

ORDERS = Table(
    schema="public",
    name="orders",
    columns=tuple(
        Column(name=name, type=kind)
        for name, kind in (
            ("id", "integer"),
            ("amount", "numeric"),
            ("state", "text"),
            ("day", "date"),
            ("at", "timestamp"),
        )
    ),
)
CATALOG = Catalog(source="s", dialect="postgres", tables=(ORDERS,))
_STABLE = """
    array_to_json array_to_string concat concat_ws convert_from convert_to date date_add date_part
    date_subtract date_trunc extract format generate_series json_agg json_agg_strict json_build_array
    json_build_object json_object_agg json_to_record json_to_recordset jsonb_agg jsonb_agg_strict
    jsonb_build_array jsonb_build_object jsonb_path_exists_tz jsonb_path_match_tz jsonb_path_query_array_tz
    jsonb_path_query_first_tz jsonb_path_query_tz jsonb_to_record jsonb_to_recordset length make_timestamptz
    overlaps phraseto_tsquery plainto_tsquery quote_literal quote_nullable row_to_json timezone to_char
    to_date to_json to_jsonb to_number to_timestamp to_tsquery to_tsvector ts_headline websearch_to_tsquery
"""
STABLE = frozenset(_STABLE.split())
"""Stable for Postgres because of the session's time zone, language and formats, which are those of the connection."""


def judged(sql: str, *, dialect: str = "postgres", kind: str = "table") -> bool:
    catalog = replace(CATALOG, dialect=dialect, tables=(replace(ORDERS, kind=kind),))
    return lasts(guard.check(sql, dialect=dialect, catalog=catalog), catalog)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM orders",
        "SELECT state, sum(amount) AS total FROM orders GROUP BY state ORDER BY total DESC LIMIT 5",
        "SELECT date_trunc('month', at) AS m, avg(amount) FROM orders WHERE day >= DATE '2013-01-01' GROUP BY 1",
        "SELECT CASE WHEN amount > 5 AND state LIKE 'p%' THEN upper(state) ELSE coalesce(state, '-') END FROM orders",
        "SELECT extract(year FROM day), count(DISTINCT state) FROM orders WHERE state IN ('known', 'snow') GROUP BY 1",
        "WITH t AS (SELECT id, rank() OVER (ORDER BY amount) AS r FROM orders) SELECT id FROM t WHERE r < 3",
        "SELECT CAST(day AS timestamp) + INTERVAL '1 day' FROM orders WHERE EXISTS (SELECT 1 FROM orders)",
    ],
)
def test_what_the_data_alone_decides_lasts(sql: str) -> None:
    assert judged(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM orders WHERE day = CURRENT_DATE",
        "SELECT count(*) FROM orders WHERE at < CURRENT_TIMESTAMP",
        "SELECT count(*) FROM orders WHERE at < LOCALTIMESTAMP",
        "SELECT id, CURRENT_TIME FROM orders",
        "SELECT count(*) FROM orders WHERE at < now()",
        "SELECT count(*) FROM orders WHERE at < clock_timestamp()",
        "SELECT count(*) FROM orders WHERE at < (SELECT now() - INTERVAL '1 day')",
        "SELECT age(day) FROM orders",
        "SELECT id FROM orders ORDER BY random() LIMIT 5",
        "SELECT gen_random_uuid() FROM orders",
        "SELECT count(*) FROM orders TABLESAMPLE SYSTEM (10)",
        "SELECT count(*) FROM orders WHERE day < 'today'",
        "SELECT count(*) FROM orders WHERE day < CAST('Yesterday' AS date)",
        "SELECT count(*) FROM orders WHERE at < TIMESTAMP 'now'",
        "SELECT count(*) FROM orders WHERE at < 'today12:00'",
        "SELECT 1",
        "SELECT similarity_of_mine(state) FROM orders",
    ],
)
def test_the_moment_chance_and_what_is_not_known_do_not(sql: str) -> None:
    try:
        assert not judged(sql)
    except Refused:  # what does not even run is not reused either
        assert "of_mine" in sql


@pytest.mark.parametrize("kind", ["view", "foreign table", "something new"])
def test_a_relation_that_may_ask_for_the_time_itself_does_not(kind: str) -> None:
    assert not judged("SELECT count(*) FROM orders", kind=kind)
    assert judged("SELECT count(*) FROM orders", kind="materialized view")


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [
        ("redshift", "SELECT count(*) FROM orders WHERE at < getdate()", False),
        ("redshift", "SELECT count(*) FROM orders WHERE at < sysdate", False),
        ("redshift", "SELECT dateadd(day, 1, day) FROM orders", True),
        ("athena", "SELECT count(*) FROM orders WHERE at < now()", False),
        ("athena", "SELECT rand() FROM orders", False),
        ("athena", "SELECT date_trunc('month', at), approx_distinct(id) FROM orders GROUP BY 1", True),
    ],
)
def test_the_other_dialects(dialect: str, sql: str, expected: bool) -> None:
    assert judged(sql, dialect=dialect) is expected


def test_postgres_itself_calls_none_of_the_listed_functions_volatile(postgres_url: str) -> None:
    listed = word_files.words("analyst.reusing", "lasting")
    rows = execute(
        postgres_url,
        "SELECT proname, provolatile FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace",
    )
    known = names("functions/postgres.txt")
    found = {(str(name), kind) for name, kind in rows if name in listed & known}
    assert {name for name, kind in found if kind == "v"} == set()
    assert {name for name, kind in found if kind == "s"} == STABLE
