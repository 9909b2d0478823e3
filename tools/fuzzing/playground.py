"""A database in which everything could go wrong: its role may write, and what is hidden lies in plain sight."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from analyst.catalog import Catalog, Table
from analyst.policy import Policy

CANARY = "CANARY"
TIMEOUT = "500ms"
_ROWS = 3
_SAMPLES = {
    "integer": "{n}",
    "bigint": "{n}",
    "numeric": "{n}.5",
    "boolean": "true",
    "date": "2024-01-0{n}",
    "timestamp with time zone": "2024-01-0{n} 10:00+00",
    "timestamp without time zone": "2024-01-0{n} 10:00",
    "jsonb": '{{"a": {n}}}',
    "json": '{{"a": {n}}}',
    "ARRAY": "{{a,b}}",
}
_WRITERS = """
CREATE SEQUENCE fuzz_numbers;
CREATE TABLE fuzz_trace (at timestamptz DEFAULT now());
CREATE FUNCTION fuzz_writes() RETURNS int LANGUAGE sql AS 'INSERT INTO fuzz_trace DEFAULT VALUES; SELECT 1';
CREATE FUNCTION fuzz_writes_too(int) RETURNS int LANGUAGE sql AS 'INSERT INTO fuzz_trace DEFAULT VALUES; SELECT 1';
"""
_STATE = """
SELECT (SELECT string_agg(concat(c.oid, c.relname, c.relacl), ',' ORDER BY c.oid) FROM pg_class c
        WHERE relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg\\_%')),
       (SELECT count(*)::text || max(oid)::text FROM pg_proc), (SELECT count(*) FROM pg_namespace),
       (SELECT count(*) FROM pg_largeobject_metadata), (SELECT last_value::text || is_called FROM fuzz_numbers),
       (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
       (SELECT count(*) FROM pg_prepared_statements),
       (SELECT count(*) FROM pg_cursors), (SELECT string_agg(setting, ',' ORDER BY name) FROM pg_settings)
"""


class Playground:
    """One connection of a role that owns everything; every statement is committed."""

    def __init__(self, url: str, catalog: Catalog, policy: Policy) -> None:
        self._url = url
        self._catalog = catalog
        self._policy = policy
        self._connection = self._connected()
        self._filled()
        self._before = self._state()

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def run(self, statement: str) -> tuple[str, str]:
        """All rows as one text, and how it ended: "rows" or the class of the database's error."""
        with self._connection.cursor() as cursor:
            try:
                cursor.execute(statement)
                return (repr(cursor.fetchmany(1000)) if cursor.description else ""), "rows"
            except psycopg2.Error as error:
                return "", type(error).__name__
            finally:
                if self._connection.closed:
                    self._connection = self._connected()

    def changed(self) -> bool:
        """True when anything in the database or the session differs from the beginning."""
        try:
            return self._state() != self._before
        except psycopg2.Error:  # what was there is there no more
            return True

    def renew(self) -> None:
        """Begin anew."""
        self._connection.close()
        self._connection = self._connected()
        self._filled()
        self._before = self._state()

    def _connected(self) -> Connection:
        connection = psycopg2.connect(self._url)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = '{TIMEOUT}'; SET work_mem = '4MB'")
        return connection

    def _state(self) -> tuple[object, ...]:
        with self._connection.cursor() as cursor:
            cursor.execute(_STATE)
            found: tuple[object, ...] = tuple(cursor.fetchone() or ())
            for table in self._catalog.tables:
                name = sql.Identifier(table.schema, table.name)
                rows = sql.SQL("SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {} t")
                cursor.execute(rows.format(name))
                found = (*found, cursor.fetchone())
            cursor.execute("SELECT count(*) FROM fuzz_trace")
            return (*found, cursor.fetchone())

    def _filled(self) -> None:
        with self._connection.cursor() as cursor:
            for schema in sorted({"public", *(t.schema for t in self._catalog.tables)}):
                name = sql.Identifier(schema)
                cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(name))
                cursor.execute(sql.SQL("CREATE SCHEMA {}").format(name))
            cursor.execute(_WRITERS)
            for table in self._catalog.tables:
                self._fill(cursor, table)

    def _fill(self, cursor: psycopg2.extensions.cursor, table: Table) -> None:
        name = sql.Identifier(table.schema, table.name)
        columns = sql.SQL(", ").join(
            sql.SQL("{} {}").format(
                sql.Identifier(c.name), sql.SQL("text[]" if c.type == "ARRAY" else c.type)
            )
            for c in table.columns
        )
        cursor.execute(sql.SQL("CREATE TABLE {} ({})").format(name, columns))
        for n in range(1, _ROWS + 1):
            values = [self._sample(table, c.name, c.type, n) for c in table.columns]
            cursor.execute(sql.SQL("INSERT INTO {} VALUES %s").format(name), (tuple(values),))

    def _sample(self, table: Table, column: str, kind: str, n: int) -> str | None:
        if kind in _SAMPLES:
            return _SAMPLES[kind].format(n=n)
        hidden = (table.schema, table.name) in self._policy.hidden
        if kind in ("text", "character varying") or hidden:
            private = (table.schema, table.name, column) in self._policy.private
            return f"{CANARY} {n}" if hidden or private else f"{column} {n}"
        return None


@contextmanager
def opened(url: str, catalog: Catalog, policy: Policy) -> Iterator[Playground]:
    """A playground in that database, which is filled anew; everything in it is dropped."""
    with closing(Playground(url, catalog, policy)) as playground:
        yield playground
