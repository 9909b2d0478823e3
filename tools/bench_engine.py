"""What the engine costs over the bare driver, and how long a large catalog takes to read."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import closing

import psycopg2
from psycopg2.extensions import UNICODE, string_types

from analyst.catalog import Catalog, Column, Table
from analyst.draft import Query
from analyst.engines.postgres import MOST_ROWS_A_BATCH, PostgresEngine
from analyst.guard import check
from analyst.policy import Policy
from analyst.ports import Cancellation
from analyst.result import Cell, ResultColumn
from bench_figures import Figure
from scratch_postgres import scratch_postgres

ROWS = 1_000_000
REPEATED = 11
MOST_PERCENT = 5.0
TABLES, COLUMNS = 1_000, 20
CATALOG_SECONDS = 5.0
COUNTED_SECONDS = 1.5
"""The server counts changes a little late."""
_SQL = "SELECT id, day, amount, city FROM sales"
_FILL = f"""
CREATE UNLOGGED TABLE sales AS
SELECT g::integer AS id, DATE '2020-01-01' + (g % 2000) AS day, round((g % 99991) * 1.37, 2) AS amount,
       'City of number ' || g % 5000 AS city
FROM generate_series(1, {ROWS}) AS g
"""
_WIDE = f"""
DO $$ BEGIN
    FOR t IN 1..{TABLES} LOOP
        EXECUTE format('CREATE UNLOGGED TABLE t%s (%s)', t, (
            SELECT string_agg(format('c%s %s', n, (ARRAY['integer', 'text', 'date', 'numeric'])[1 + n % 4]), ', ')
            FROM generate_series(1, {COLUMNS}) AS n));
    END LOOP;
END $$
"""
_ROW = """
DO $$ BEGIN
    FOR t IN 1..{tables} LOOP
        EXECUTE format('INSERT INTO t%s (c1, c2, c4) SELECT ''word '' || g %% 7, DATE ''2020-01-01'' + g, g'
                       || ' FROM generate_series(1, 200) AS g', t);
    END LOOP;
END $$
"""


class _Nowhere:
    """Takes rows and forgets them."""

    def __init__(self) -> None:
        self.count = 0

    def columns(self, columns: Sequence[ResultColumn]) -> None:
        """Nothing."""

    def rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Count them."""
        self.count += len(rows)


def measure_engine() -> Iterator[Figure]:
    """The same rows by the engine and by the driver alone, in turn."""
    with scratch_postgres() as server:
        server.ensure_database("sales")
        url = server.url("sales")
        _run(url, _FILL, "VACUUM ANALYZE sales")
        table = Table(
            schema="public",
            name="sales",
            columns=tuple(Column(name=name, type="text") for name in ("id", "day", "amount", "city")),
        )
        catalog = Catalog(source="bench", dialect="postgres", tables=(table,))
        query = check(_SQL, dialect="postgres", catalog=catalog, policy=Policy(row_limit=ROWS))
        times = [(_bare(url, query.sql), _engine(url, query)) for _ in range(REPEATED + 1)][1:]
    bare, engine = (min(spent) for spent in zip(*times, strict=True))
    median = statistics.median(of_engine / of_bare for of_bare, of_engine in times)
    yield Figure(
        part="engine",
        title="The engine's overhead over the bare driver",
        unit="%",
        # Whatever else the machine does only ever adds time, so the fastest of each tell most.
        values={"value": 100 * (engine / bare - 1)},
        target=("value", MOST_PERCENT),
        counted=(
            f"{ROWS:,} rows of an integer, a date, a numeric and a text, read to the end, {REPEATED} times in turn:"
            f" {engine:.2f} s by the engine, {bare:.2f} s by a server-side cursor whose values stay text, each the"
            f" fastest (median of the ratios {median:.2f}). The engine's cells have the"
            " types of JSON."
        ),
    )


def _bare(url: str, sql: str) -> float:
    began = time.perf_counter()
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        for oid in string_types:
            connection.string_types[oid] = UNICODE
        cursor.execute(f"DECLARE bare NO SCROLL CURSOR FOR {sql}")
        while True:
            cursor.execute(f"FETCH FORWARD {MOST_ROWS_A_BATCH} FROM bare")
            if not cursor.fetchall():
                return time.perf_counter() - began


def _engine(url: str, query: Query) -> float:
    began = time.perf_counter()
    with closing(PostgresEngine(url)) as engine:
        engine.run(
            query, _Nowhere(), timeout_seconds=600, on_handle=lambda _: None, cancellation=Cancellation()
        )
    return time.perf_counter() - began


def measure_catalog() -> Iterator[Figure]:
    """A thousand tables, empty and filled, read whole; then again, of which one has changed."""
    with scratch_postgres() as server:
        server.ensure_database("wide")
        url = server.url("wide")
        _run(url, _WIDE)
        yield _catalog(url, f"Catalog of {TABLES:,} empty tables", "as they are after CREATE TABLE")
        _run(url, _ROW.format(tables=TABLES), "ANALYZE")
        yield _catalog(url, f"Catalog of {TABLES:,} filled tables", "200 rows each, after ANALYZE")
        yield _again(url)


def _again(url: str) -> Figure:
    """One table has new rows, and one has another column."""
    title = f"Catalog of {TABLES:,} filled tables, read again after two changed"
    with closing(PostgresEngine(url)) as engine:
        known = engine.catalog(source="bench")
        _run(url, "INSERT INTO t1 (c1) VALUES ('new')", "ALTER TABLE t2 ADD added integer")
        time.sleep(COUNTED_SECONDS)
        began = time.perf_counter()
        found = engine.renewed(known)
        seconds = time.perf_counter() - began
        same = found == engine.catalog(source="bench")
    kept = sum(a.mark == b.mark for a, b in zip(known.tables, found.tables, strict=True))
    return Figure(
        part="catalog",
        title=title,
        unit="s",
        values={"value": seconds},
        target=("value", CATALOG_SECONDS),
        counted=f"{kept:,} of {TABLES:,} tables kept; {'the same' if same else 'NOT the same'} as when read whole.",
    )


def _catalog(url: str, title: str, told: str) -> Figure:
    with closing(PostgresEngine(url)) as engine:
        began = time.perf_counter()
        found = engine.catalog(source="bench")
        seconds = time.perf_counter() - began
    columns = sum(len(table.columns) for table in found.tables)
    values = sum(len(column.known_values) for table in found.tables for column in table.columns)
    return Figure(
        part="catalog",
        title=title,
        unit="s",
        values={"value": seconds},
        target=("value", CATALOG_SECONDS),
        counted=f"{len(found.tables):,} tables with {columns:,} columns and {values:,} values, {told}.",
    )


def _run(url: str, *statements: str) -> None:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for sql in statements:
                cursor.execute(sql)
