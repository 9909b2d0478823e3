"""The Postgres engine on a real server: the conformance suite, and what only Postgres has."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import Any, ClassVar

import psycopg2
import pytest
from conformance import Collected, EngineConformance, run

from analyst.draft import Query
from analyst.engines import open_engine
from analyst.engines.postgres import PostgresEngine
from analyst.errors import (
    Cancelled,
    DatabaseError,
    DatabaseUnavailable,
    QueryFailed,
    QueryTimeout,
    WrongUsage,
)
from analyst.ports import Cancellation
from analyst.result import Cell, Kind

_SETUP = '''
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE TYPE pair AS (a integer, b text);
CREATE SCHEMA other;
CREATE TABLE public.same (a integer);
CREATE TABLE other.same (a integer);
INSERT INTO public.same VALUES (1);
INSERT INTO other.same VALUES (2);
CREATE TABLE "Größe ""x""; --" ("Überschrift %s" text, "a ""b""" integer);
INSERT INTO "Größe ""x""; --" VALUES ('ja', 1);
'''

_SLOW = "SELECT count(*) FROM generate_series(1, 30000) a, generate_series(1, 30000) b WHERE a.a + b.b = -1"


@pytest.fixture(scope="module")
def url(make_database: Callable[[str, str], str]) -> str:
    return make_database("engine_values", _SETUP)


@pytest.fixture
def engine(url: str) -> Iterator[PostgresEngine]:
    engine = PostgresEngine(url, query_id="q-1")
    yield engine
    assert _others(url) == [], "a connection was left open"


def _ask(url: str, sql: str, *arguments: object) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(sql, arguments or None)
        return cursor.fetchall() if cursor.description else []


def _others(url: str) -> list[tuple[Any, ...]]:
    """Connections of this engine that the server still has, after a moment to take its leave."""
    sql = """
        SELECT pid FROM pg_stat_activity
        WHERE application_name LIKE 'analyst%' AND datname = current_database()
    """
    for _ in range(40):
        left = _ask(url, sql)
        if not left:
            break
        time.sleep(0.05)
    return left


class TestPostgres(EngineConformance):
    """The suite that every engine passes."""

    dialect = "postgres"
    numbers_sql = "SELECT n FROM generate_series(0, {count} - 1) AS t (n)"
    slow_sql = _SLOW
    failing_sql: ClassVar[Mapping[str, str]] = {
        "undefined column": "SELECT nope FROM public.same WHERE 'a' = '{secret}'",
        "undefined table": "SELECT * FROM canary_{secret}",
        "ambiguous column": "SELECT a FROM public.same x, other.same y WHERE '{secret}' > ''",
        "column must appear in GROUP BY or be used in an aggregate": "SELECT a, count(*) FROM public.same",
        "aggregate not allowed here": "SELECT 1 FROM public.same WHERE count(*) > 1",
        "window function not allowed here": "SELECT 1 FROM public.same WHERE row_number() OVER () = 1",
        "operator does not exist for these types": "SELECT DATE '2020-01-01' + '{secret}'::text",
        "function does not exist for these types": "SELECT round(1.5::float8, 2)",
        "undefined type or object": "SELECT 1::canary",
        "undefined schema": "SELECT canary.f(1)",
        "types do not match": "SELECT 1 UNION SELECT '{secret}'::text",
        "type cannot be cast": "SELECT DATE '2020-01-01'::integer",
        "table alias used twice": "SELECT 1 FROM public.same x, other.same x",
        "ORDER BY expression must be in the select list": "SELECT DISTINCT a FROM same ORDER BY a + 1",
        "syntax error": "SELECT 1 FROM WHERE '{secret}'",
        "division by zero": "SELECT 1 / (a - 1) FROM public.same",
        "number out of range": "SELECT 2147483647 + a FROM public.same",
        "text cannot be read as that type": "SELECT (a || '{secret}')::integer FROM public.same",
        "text cannot be read as a date or time": "SELECT (a || '{secret}')::date FROM public.same",
        "date or time out of range": "SELECT ('2020-02-3' || a)::date FROM public.same",
        "invalid regular expression": "SELECT 'a' ~ (a || '(') FROM public.same",
        "subquery used as a value returned more than one row": (
            "SELECT (SELECT a FROM public.same UNION ALL SELECT a FROM other.same)"
        ),
        "statement is not read-only": "SELECT a FROM public.same FOR UPDATE",
        "not supported by the database": (
            "WITH x AS (INSERT INTO public.same VALUES (3) RETURNING a) SELECT * FROM x"
        ),
        "statement not valid": "SELECT 'a' COLLATE \"C\" < 'b' COLLATE \"POSIX\"",
        "value does not suit the operation": "SELECT sqrt(-a) FROM public.same",
        "invalid column reference": "SELECT * FROM unnest(array[1]) WITH ORDINALITY AS t (a, b, c)",
    }
    cells: ClassVar[Mapping[str, tuple[Kind, Cell]]] = {
        "9223372036854775807": (Kind.INTEGER, 9223372036854775807),
        "(-1)::smallint": (Kind.INTEGER, -1),
        "7::positive": (Kind.INTEGER, 7),
        "0.1::float8": (Kind.NUMBER, 0.1),
        "0.1::float4": (Kind.NUMBER, 0.1),
        "1::float8 / 3": (Kind.NUMBER, 1 / 3),
        "'NaN'::float8": (Kind.NUMBER, "NaN"),
        "'Infinity'::float8": (Kind.NUMBER, "Infinity"),
        "'-Infinity'::float4": (Kind.NUMBER, "-Infinity"),
        "12.50": (Kind.DECIMAL, "12.50"),
        "123456789012345678901234567890.0000000001": (
            Kind.DECIMAL,
            "123456789012345678901234567890.0000000001",
        ),
        "'NaN'::numeric": (Kind.DECIMAL, "NaN"),
        "'-Infinity'::numeric": (Kind.DECIMAL, "-Infinity"),
        "'ünï ☃ 😀'::text": (Kind.TEXT, "ünï ☃ 😀"),
        "''": (Kind.TEXT, ""),
        "'ab'::char(4)": (Kind.TEXT, "ab  "),
        "'happy'::mood": (Kind.TEXT, "happy"),
        "'12.50'::money": (Kind.TEXT, "$12.50"),
        "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid": (Kind.TEXT, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        "'10.0.0.1/8'::inet": (Kind.TEXT, "10.0.0.1/8"),
        "int4range(1, 5)": (Kind.TEXT, "[1,5)"),
        "point(1, 2)": (Kind.TEXT, "(1,2)"),
        "(1, 'x')::pair": (Kind.TEXT, "(1,x)"),
        "B'101'": (Kind.TEXT, "101"),
        "true": (Kind.BOOLEAN, True),
        "1 = 2": (Kind.BOOLEAN, False),
        "'2013-01-31'::date": (Kind.DATE, "2013-01-31"),
        "'1582-10-04'::date": (Kind.DATE, "1582-10-04"),
        "'0044-03-15 BC'::date": (Kind.DATE, "0044-03-15 BC"),
        "'12345-01-01'::date": (Kind.DATE, "12345-01-01"),
        "'infinity'::date": (Kind.DATE, "infinity"),
        "'17:45:00'::time": (Kind.TIME, "17:45:00"),
        "'17:45:00.5+05:30'::timetz": (Kind.TIME, "17:45:00.5+05:30"),
        "'24:00'::time": (Kind.TIME, "24:00:00"),
        "'2013-01-31 17:45'::timestamp": (Kind.TIMESTAMP, "2013-01-31T17:45:00"),
        "'1850-01-31 17:45:00.123456'::timestamp": (Kind.TIMESTAMP, "1850-01-31T17:45:00.123456"),
        "'0044-03-15 10:00 BC'::timestamp": (Kind.TIMESTAMP, "0044-03-15 10:00:00 BC"),
        "'12345-01-01 10:00'::timestamp": (Kind.TIMESTAMP, "12345-01-01 10:00:00"),
        "'-infinity'::timestamp": (Kind.TIMESTAMP, "-infinity"),
        "'2013-01-31 17:45-05'::timestamptz": (Kind.INSTANT, "2013-01-31T22:45:00+00:00"),
        "'1850-01-31 17:45:00.5 America/New_York'::timestamptz": (
            Kind.INSTANT,
            "1850-01-31T22:41:02.5+00:00",
        ),
        "'infinity'::timestamptz": (Kind.INSTANT, "infinity"),
        "'0044-03-15 10:00+00 BC'::timestamptz": (Kind.INSTANT, "0044-03-15 10:00:00+00 BC"),
        "'1 year -2 days 02:00'::interval": (Kind.INTERVAL, "1 year -2 days +02:00:00"),
        "'\\x00ff'::bytea": (Kind.BYTES, "\\x00ff"),
        "''::bytea": (Kind.BYTES, "\\x"),
        "decode(repeat('ab', 2000), 'hex')": (Kind.BYTES, "\\x" + "ab" * 1000 + "…"),
        """'{"a": [1, 2.5, null], "b": "\\u00fc"}'::jsonb""": (Kind.JSON, {"a": [1, 2.5, None], "b": "ü"}),
        """'"text"'::json""": (Kind.JSON, "text"),
        "'null'::jsonb": (Kind.JSON, None),
        "'1e400'::json": (Kind.JSON, "1e400"),
        """'"\\ud800"'::json""": (Kind.JSON, '"\\ud800"'),
        """'"\\u0000"'::json""": (Kind.JSON, "\x00"),
        "'[1e2, 123456789012345678901234567890]'::json": (Kind.JSON, [100.0, 123456789012345678901234567890]),
        "repeat('[', 5000)::text || repeat(']', 5000)": (Kind.TEXT, "[" * 5000 + "]" * 5000),
        "ARRAY[1, NULL, 3]": (Kind.JSON, [1, None, 3]),
        "ARRAY[[1.50, 2], ['NaN', 4]]::numeric[]": (Kind.JSON, [["1.50", "2"], ["NaN", "4"]]),
        """ARRAY['a,"b\\c', 'NULL', NULL, '']::text[]""": (Kind.JSON, ['a,"b\\c', "NULL", None, ""]),
        "'{}'::integer[]": (Kind.JSON, []),
        "'[0:1]={5,6}'::integer[]": (Kind.JSON, [5, 6]),
        "ARRAY['happy', 'sad']::mood[]": (Kind.JSON, ["happy", "sad"]),
        "ARRAY[1, 2]::positive[]": (Kind.JSON, [1, 2]),
        """ARRAY['{"a": 1}']::jsonb[]""": (Kind.JSON, [{"a": 1}]),
        "ARRAY['2013-01-31 17:45+00']::timestamptz[]": (Kind.JSON, ["2013-01-31T17:45:00+00:00"]),
        "ARRAY[true, false]": (Kind.JSON, [True, False]),
        "ARRAY['(0,0),(1,1)', '(0,0),(2,2)']::box[]": (Kind.TEXT, "{(1,1),(0,0);(2,2),(0,0)}"),
        "'1 2'::int2vector": (Kind.JSON, "1 2"),
        "NULL::jsonb": (Kind.JSON, None),
        "NULL": (Kind.TEXT, None),
    }

    def test_quoted_and_foreign_names(self, engine: PostgresEngine, make_query: Callable[..., Query]) -> None:
        got, _ = run(engine, make_query('SELECT * FROM "Größe ""x""; --"'))
        assert (got.names, got.all) == (["Überschrift %s", 'a "b"'], [["ja", 1]])

    def test_same_table_in_two_schemas(
        self, engine: PostgresEngine, make_query: Callable[..., Query]
    ) -> None:
        got, _ = run(engine, make_query("SELECT x.a, y.a FROM public.same x, other.same y"))
        assert got.all == [[1, 2]]

    def test_of_the_role_s_own_settings_only_the_time_zone_counts(
        self, url: str, make_query: Callable[..., Query]
    ) -> None:
        options = (
            "&?"["?" not in url]
            + "options=-cTimeZone%3DAsia/Kolkata%20-cDateStyle%3DGerman%20-cIntervalStyle%3Diso_8601"
        )
        engine = PostgresEngine(url + options + "%20-cbytea_output%3Descape")
        sql = "SELECT DATE '2013-01-31', TIMESTAMPTZ '2013-01-31 00:00+00', INTERVAL '1 day', '\\xff'::bytea"
        got, _ = run(engine, make_query(sql))
        assert got.all == [["2013-01-31", "2013-01-31T05:30:00+05:30", "1 day", "\\xff"]]

    def test_what_the_query_s_transaction_is_like(
        self, engine: PostgresEngine, make_query: Callable[..., Query]
    ) -> None:
        names = ("transaction_read_only", "application_name", "client_connection_check_interval")
        got, _ = run(engine, make_query("SELECT " + ", ".join(f"current_setting('{n}')" for n in names)))
        assert got.all == [["on", "analyst:q-1", "2s"]]

    def test_long_rows_come_in_small_batches(
        self, engine: PostgresEngine, make_query: Callable[..., Query]
    ) -> None:
        sql = "SELECT repeat('x', 20000) FROM generate_series(1, 2000)"
        got, _ = run(engine, make_query(sql, row_limit=5000))
        assert (len(got.all), max(got.batches)) == (2000, 200)

    def test_position_is_that_in_the_query(
        self, engine: PostgresEngine, make_query: Callable[..., Query]
    ) -> None:
        query = make_query("SELECT 'ü', nope FROM public.same")
        with pytest.raises(QueryFailed) as running:
            run(engine, query)
        with pytest.raises(QueryFailed) as planning:
            engine.explain(query, timeout_seconds=5)
        assert running.value.position == planning.value.position == 13

    def test_characters_that_cannot_be_sent(
        self, engine: PostgresEngine, make_query: Callable[..., Query]
    ) -> None:
        for sql in ("SELECT 1 \x00; DROP TABLE public.same", "SELECT '\ud800'"):
            with pytest.raises(QueryFailed):
                run(engine, make_query(sql))

    def test_the_timeout_covers_all_batches_together(
        self, engine: PostgresEngine, make_query: Callable[..., Query]
    ) -> None:
        with pytest.raises(QueryTimeout):
            sql = "SELECT pg_sleep(0.002) FROM generate_series(1, 100000)"
            run(engine, make_query(sql, row_limit=100_000), timeout_seconds=0.9)

    def test_a_slow_sink_costs_the_query_no_time(
        self, engine: PostgresEngine, make_query: Callable[..., Query]
    ) -> None:
        sink = Collected(after_batch=lambda: time.sleep(0.6))
        run(engine, make_query("SELECT 1 FROM generate_series(1, 2000)"), timeout_seconds=0.5, sink=sink)
        assert len(sink.batches) == 2

    def test_only_the_named_query_is_cancelled(
        self, engine: PostgresEngine, make_query: Callable[..., Query]
    ) -> None:
        answers: list[bool] = []

        def others(handle: Mapping[str, Any]) -> None:
            answers.append(engine.cancel({**handle, "application": "analyst:another"}))
            answers.append(engine.cancel({**handle, "pid": handle["pid"] + 1_000_000}))
            answers.append(engine.cancel({"pid": "1; DROP TABLE x", "application": None}))
            answers.append(engine.cancel({}))

        got, _ = run(engine, make_query("SELECT 1"), on_handle=others)
        assert (answers, got.all) == ([False] * 4, [[1]])

    def test_cancelled_from_outside(
        self, engine: PostgresEngine, make_query: Callable[..., Query], url: str
    ) -> None:
        def stop(handle: Mapping[str, Any]) -> None:
            sql = "SELECT pg_cancel_backend(%s)"
            threading.Timer(0.3, lambda: _ask(url, sql, handle["pid"])).start()

        with pytest.raises(Cancelled):
            run(engine, make_query(_SLOW), on_handle=stop)

    def test_backend_ended_mid_query(
        self, engine: PostgresEngine, make_query: Callable[..., Query], url: str
    ) -> None:
        def end(handle: Mapping[str, Any]) -> None:
            sql = "SELECT pg_terminate_backend(%s)"
            threading.Timer(0.3, lambda: _ask(url, sql, handle["pid"])).start()

        with pytest.raises(DatabaseUnavailable, match="lost"):
            run(engine, make_query(_SLOW), on_handle=end)

    def test_backend_ended_between_batches(
        self, engine: PostgresEngine, make_query: Callable[..., Query], url: str
    ) -> None:
        handles: list[Mapping[str, Any]] = []
        sink = Collected(after_batch=lambda: _end(url, handles[0]["pid"]))
        with pytest.raises(DatabaseUnavailable, match="lost"):
            query = make_query("SELECT 1 FROM generate_series(1, 9000)", row_limit=9000)
            run(engine, query, on_handle=handles.append, sink=sink)

    def test_nothing_is_ever_written(
        self, engine: PostgresEngine, make_query: Callable[..., Query], url: str
    ) -> None:
        for sql in (
            "INSERT INTO public.same VALUES (9)",
            "WITH x AS (DELETE FROM public.same RETURNING a) SELECT * FROM x",
            "SELECT setval('nothing', 1)",
            "SELECT a INTO public.copied FROM public.same",
        ):
            with pytest.raises(QueryFailed):
                run(engine, make_query(sql))
        assert _ask(url, "SELECT a FROM public.same") == [(1,)]

    def test_no_data_in_the_logs(
        self,
        engine: PostgresEngine,
        make_query: Callable[..., Query],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level(logging.DEBUG)
        with pytest.raises(QueryFailed):
            run(engine, make_query("SELECT 'CANARY'::integer"))
        assert "22P02" in caplog.text
        assert "CANARY" not in caplog.text


def _end(url: str, pid: int) -> None:
    _ask(url, "SELECT pg_terminate_backend(%s, 2000)", pid)


_MILLION = """
import sys
from pathlib import Path
from analyst import draft
from analyst.engines import open_engine
from analyst.ports import Cancellation

class Counting:
    count = most = 0
    def columns(self, columns): pass
    def rows(self, rows):
        self.count += len(rows)
        self.most = max(self.most, len(rows))

def peak():
    # Not getrusage: it remembers the process that started this one.
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])

def run(count):
    sql = "SELECT n, n / 3.0 AS d, md5(n::text), now() FROM generate_series(1, %d) AS s (n)" % count
    query = draft.Query(draft._SEAL, sql=sql, readable=sql, dialect="postgres", tables=(), columns=(),
                        filters=(), row_limit=1_000_000)
    sink = Counting()
    more = open_engine(sys.argv[1]).run(
        query, sink, timeout_seconds=120, on_handle=lambda handle: None, cancellation=Cancellation())
    return sink.count, sink.most, more

run(10_000)
before = peak()
got = run(1_000_001)
after = peak()
print(*got, after - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak memory from /proc")
def test_a_million_rows_in_bounded_memory(url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _MILLION, url], capture_output=True, text=True, check=True, timeout=180
    )
    count, most, more, grown = done.stdout.split()
    assert (count, most, more) == ("1000000", "2000", "True")
    assert int(grown) < 20 * 1024


def test_no_driver_is_imported_by_listing_the_engines() -> None:
    code = "import sys, analyst.engines; print([m for m in sys.modules if 'psycopg2' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("url", ["mysql://u:SECRET@h/d", "SECRET", "", "://SECRET", "analyst://SECRET"])
def test_unknown_engine(url: str) -> None:
    with pytest.raises(WrongUsage, match="postgresql://") as caught:
        open_engine(url)
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize("url", ["postgresql://u:SECRET@h:port:9/d?nope=1", "postgres://h/d?SECRET=1"])
def test_url_that_cannot_be_read(url: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        open_engine(url)
    assert "SECRET" not in str(caught.value)


def test_application_name_is_the_one_the_server_knows(url: str, make_query: Callable[..., Query]) -> None:
    handles: list[Mapping[str, Any]] = []
    engine = open_engine(url, query_id="ä" * 80, application="tests")
    with pytest.raises(Cancelled):
        cancellation = Cancellation()

        def stop(handle: Mapping[str, Any]) -> None:
            handles.append(handle)
            threading.Timer(0.2, lambda: engine.cancel(handle)).start()

        run(engine, make_query(_SLOW), on_handle=stop, cancellation=cancellation)
    assert handles[0]["application"].startswith("tests:")
    assert len(handles[0]["application"]) <= 63


def _failure(url: str) -> DatabaseError:
    with pytest.raises(DatabaseError) as caught:
        open_engine(url).can_write()
    assert "SECRET" not in str(caught.value)
    assert caught.value.__suppress_context__
    return caught.value


def test_connecting_to_what_is_not_there(postgres_url: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        error = _failure(f"postgresql://u:SECRET@127.0.0.1:{port}/d")
    assert isinstance(error, DatabaseUnavailable)
    assert "Nothing answers" in str(error)


def test_unknown_host() -> None:
    error = _failure("postgresql://u:SECRET@no-such-host.invalid/d")
    assert isinstance(error, DatabaseUnavailable)
    assert "host name" in str(error)


def test_server_that_accepts_and_says_nothing() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)
        error = _failure(f"postgresql://u:SECRET@127.0.0.1:{silent.getsockname()[1]}/d?sslmode=disable")
    assert isinstance(error, DatabaseUnavailable)
    assert "in time" in str(error)


def _refuse_password(server: socket.socket) -> None:
    """Speak as much of the server's protocol as it takes to turn one client away."""
    client, _ = server.accept()
    with client:
        client.recv(1000)
        client.sendall(b"R" + (8).to_bytes(4, "big") + (3).to_bytes(4, "big"))
        client.recv(1000)
        fields = b'SFATAL\0C28P01\0Mpassword authentication failed for user "SECRET"\0\0'
        client.sendall(b"E" + (4 + len(fields)).to_bytes(4, "big") + fields)


def test_wrong_password() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(1)
        threading.Thread(target=_refuse_password, args=(server,), daemon=True).start()
        options = "sslmode=disable&gssencmode=disable"
        error = _failure(f"postgresql://u:SECRET@127.0.0.1:{server.getsockname()[1]}/d?{options}")
    assert "user name or password" in str(error)
    assert not error.retryable


def test_unknown_database_and_user(url: str) -> None:
    assert "no database" in str(_failure(url.replace("engine_values", "engine_nowhere")))
    assert "no user" in str(_failure(url.replace("postgres@", "engine_nobody:SECRET@")))
