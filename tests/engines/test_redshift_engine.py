"""Redshift over the wire, on a Postgres that takes what Redshift takes: see `redshift_stand_in` for its limits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from conformance import Collected, EngineConformance, run
from redshift_cases import CELLS, FAILING, LONG_DECIMAL, NUMBERS, SETUP, SLOW, STOPPED
from redshift_stand_in import RedshiftWire
from tcp_proxy import through, upstream_of

from analyst import errors
from analyst.draft import Query
from analyst.engines.postgres_errors import too_long
from analyst.engines.redshift import RedshiftEngine
from analyst.engines.redshift_errors import translate_text
from analyst.engines.redshift_session import for_driver
from analyst.engines.redshift_types import reader_of_oid
from analyst.errors import Cancelled, DatabaseError, DatabaseUnavailable, QueryFailed, WrongUsage
from analyst.result import Kind

MakeQuery = Callable[..., Query]


@pytest.fixture(scope="module")
def database(make_database: Callable[[str, str], str]) -> str:
    return make_database("engine_redshift", SETUP)


@pytest.fixture(scope="module")
def wire(database: str) -> Iterator[RedshiftWire]:
    with RedshiftWire(upstream_of(database)) as proxy:
        yield proxy  # type: ignore[misc]


@pytest.fixture(scope="module")
def url(wire: RedshiftWire, database: str) -> str:
    return through(database, wire.port, scheme="redshift")


@pytest.fixture
def engine(url: str, wire: RedshiftWire) -> Iterator[RedshiftEngine]:
    yield RedshiftEngine(url, query_id="q-1")
    for _ in range(40):
        if not wire.open_connections:
            break
        threading.Event().wait(0.05)
    assert wire.open_connections == 0, "a connection was left open"


@pytest.fixture(scope="module")
def make_query(make_query: MakeQuery) -> MakeQuery:  # type: ignore[misc]
    def make(sql: str, **changes: Any) -> Query:
        return make_query(sql, **{"dialect": "redshift", **changes})

    return make


def _execute(url: str, sql: str) -> None:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        connection.cursor().execute(sql)


class TestRedshift(EngineConformance):
    """The suite that every engine passes."""

    dialect = "redshift"
    numbers_sql = NUMBERS
    slow_sql = SLOW
    failing_sql = FAILING
    cells = CELLS

    def test_operators_see_whose_work_it_is(self, engine: RedshiftEngine, make_query: MakeQuery) -> None:
        handles: list[Mapping[str, Any]] = []
        sql = "SELECT current_setting('query_group'), current_setting('transaction_read_only')"
        got, _ = run(engine, make_query(sql), on_handle=handles.append)
        assert got.all == [["analyst:q-1", "on"]]
        assert handles[0]["application"] == "analyst:q-1"

    def test_no_batch_is_larger_than_one_node_gives(
        self, engine: RedshiftEngine, make_query: MakeQuery
    ) -> None:
        got, _ = run(engine, make_query(NUMBERS.format(count=4000), row_limit=5000))
        assert (len(got.all), max(got.batches)) == (4000, 1000)

    def test_public_comes_first_for_bare_names(self, engine: RedshiftEngine, make_query: MakeQuery) -> None:
        assert run(engine, make_query("SELECT a FROM same"))[0].all == [[1]]

    def test_reserved_and_foreign_names_and_a_column_of_nulls(
        self, engine: RedshiftEngine, make_query: MakeQuery
    ) -> None:
        got, _ = run(engine, make_query('SELECT * FROM "Größe ""x""; --" ORDER BY "select"'))
        assert got.names == ["Überschrift %s", "select", "empty"]
        assert (got.kinds[2], got.all) == (Kind.INTEGER, [["ja", 1, None], ["nein", 2, None]])

    def test_position_is_that_in_the_query(self, engine: RedshiftEngine, make_query: MakeQuery) -> None:
        query = make_query("SELECT 'ü', nope FROM public.same")
        with pytest.raises(QueryFailed) as running:
            run(engine, query)
        with pytest.raises(QueryFailed) as planning:
            engine.explain(query, timeout_seconds=5)
        assert running.value.position == planning.value.position == 13

    def test_nothing_is_ever_written(
        self, engine: RedshiftEngine, make_query: MakeQuery, database: str
    ) -> None:
        for sql in (
            "INSERT INTO public.same VALUES (9)",
            "WITH x AS (DELETE FROM public.same RETURNING a) SELECT * FROM x",
            "SELECT a INTO public.copied FROM public.same",
        ):
            with pytest.raises(QueryFailed):
                run(engine, make_query(sql))
        assert run(engine, make_query("SELECT count(*) FROM public.same"))[0].all == [[1]]

    def test_only_the_named_query_is_cancelled(self, engine: RedshiftEngine, make_query: MakeQuery) -> None:
        answers: list[bool] = []

        def others(handle: Mapping[str, Any]) -> None:
            answers.append(engine.cancel({**handle, "application": "analyst:another"}))
            answers.append(engine.cancel({**handle, "pid": handle["pid"] + 1_000_000}))
            answers.append(engine.cancel({"pid": "1; DROP TABLE x", "application": None}))
            answers.append(engine.cancel({}))

        assert run(engine, make_query("SELECT 1"), on_handle=others)[0].all == [[1]]
        assert answers == [False] * 4

    def test_a_table_dropped_or_changed_between_plan_and_run(
        self, engine: RedshiftEngine, make_query: MakeQuery, database: str
    ) -> None:
        _execute(database, "CREATE TABLE public.fleeting (a integer); INSERT INTO public.fleeting VALUES (1)")
        query = make_query("SELECT a FROM public.fleeting")
        engine.explain(query, timeout_seconds=5)
        _execute(database, "ALTER TABLE public.fleeting ALTER a TYPE text")
        got, _ = run(engine, query)
        assert (got.kinds, got.all) == ([Kind.TEXT], [["1"]])
        _execute(database, "DROP TABLE public.fleeting")
        with pytest.raises(QueryFailed) as caught:
            run(engine, query)
        assert caught.value.error_class == "undefined table"

    @pytest.mark.parametrize(("state", "message", "detail", "kind", "part"), STOPPED)
    def test_what_stops_a_query(
        self,
        engine: RedshiftEngine,
        make_query: MakeQuery,
        caplog: pytest.LogCaptureFixture,
        state: str,
        message: str,
        detail: str,
        kind: str,
        part: str,
    ) -> None:
        caplog.set_level(logging.DEBUG)
        sql = f"SELECT stand_in.fail('{state}', $m${message}$m$, $m${detail}$m$)"
        with pytest.raises(DatabaseError, match=part) as caught:
            run(engine, make_query(sql))
        assert type(caught.value) is getattr(errors, kind)
        assert "canary" not in str(caught.value) + caplog.text
        told = translate_text(f"ERROR: {message} Detail: {detail}")
        assert (type(told), str(told)) == (type(caught.value), str(caught.value))

    def test_the_role_s_rights(self, engine: RedshiftEngine, url: str, database: str) -> None:
        assert engine.can_write()
        _execute(
            database, "CREATE ROLE redshift_reader LOGIN; GRANT USAGE ON SCHEMA sales TO redshift_reader"
        )
        try:
            reader = RedshiftEngine(url.replace("postgres@", "redshift_reader@"))
            assert not reader.can_write()
            _execute(database, "GRANT UPDATE ON sales.orders TO redshift_reader")
            assert reader.can_write()
        finally:
            _execute(database, "DROP OWNED BY redshift_reader; DROP ROLE redshift_reader")

    def test_a_wish_while_the_catalog_has_to_begin_anew(self, engine: RedshiftEngine) -> None:
        with engine._session(seconds=5) as opened:
            assert opened.try_rows("SELECT 1 / 0", seconds=1) is None
            assert opened.rows("SELECT current_setting('transaction_read_only')") == [("on",)]
            assert opened.rows("SELECT current_setting('query_group')") == [("analyst:q-1",)]

    def test_cut_mid_stream(self, engine: RedshiftEngine, make_query: MakeQuery, wire: RedshiftWire) -> None:
        sink = Collected(after_batch=wire.reset)
        with pytest.raises(DatabaseUnavailable, match="lost"):
            run(engine, make_query(NUMBERS.format(count=9000), row_limit=9000), sink=sink)


def test_cancelled_from_outside(database: str, engine: RedshiftEngine, make_query: MakeQuery) -> None:
    def stop(handle: Mapping[str, Any]) -> None:
        sql = f"SELECT pg_cancel_backend({handle['pid']})"
        threading.Timer(0.3, lambda: _execute(database, sql)).start()

    with pytest.raises(Cancelled):
        run(engine, make_query(SLOW), on_handle=stop)


@pytest.mark.parametrize("option", ["options=-cwork_mem%3D1MB", "client_encoding=utf8"])
def test_the_stand_in_refuses_what_redshift_refuses(url: str, option: str) -> None:
    with pytest.raises(psycopg2.Error):
        psycopg2.connect(f"{for_driver(url)}&{option}").close()


@pytest.mark.parametrize(
    "sql", ["SAVEPOINT a", "SET LOCAL cursor_tuple_fraction = 1", "SELECT unnest(a) FROM x"]
)
def test_the_stand_in_refuses_what_redshift_lacks(url: str, sql: str) -> None:
    with closing(psycopg2.connect(for_driver(url))) as connection, pytest.raises(psycopg2.Error):
        connection.cursor().execute(sql)


def test_types_that_only_redshift_has() -> None:
    found = {oid: reader_of_oid(oid) for oid in (4000, 6551, 3000, 3001, 2935, 1266, 1188)}
    kinds = [Kind.JSON, Kind.BYTES, Kind.TEXT, Kind.TEXT, Kind.TEXT, Kind.TIME, Kind.INTERVAL]
    assert [r.kind for r in found.values()] == kinds
    read_super, read_bytes = found[4000].read, found[6551].read
    assert read_super and read_super('{"a":[1,2]}') == {"a": [1, 2]}
    assert read_bytes and read_bytes("ab" * 1200) == "ab" * 1000 + "…"
    assert str(int(LONG_DECIMAL)) == LONG_DECIMAL and len(LONG_DECIMAL) == 38


def test_tls_is_verified_unless_the_url_says_otherwise() -> None:
    made = for_driver("redshift://u:p@c.x.eu-central-1.redshift.amazonaws.com:5439/d")
    assert made.startswith(
        "postgresql://u:p@c.x.eu-central-1.redshift.amazonaws.com:5439/d?sslmode=verify-full"
    )
    assert "sslrootcert=" in made and made.endswith("cacert.pem")
    assert for_driver("redshift://u@h/d?sslmode=disable") == "postgresql://u@h/d?sslmode=disable"
    own = for_driver("redshift://u@h/d?sslrootcert=/etc/own.pem")
    assert own == "postgresql://u@h/d?sslrootcert=/etc/own.pem&sslmode=verify-full"


def test_a_server_without_tls_is_refused(url: str) -> None:
    with pytest.raises(DatabaseError, match="secure connection"):
        RedshiftEngine(url.replace("sslmode=disable", "sslmode=verify-full")).can_write()


def test_url_that_cannot_be_read() -> None:
    with pytest.raises(WrongUsage) as caught:
        RedshiftEngine("redshift://u:SECRET@h:port:9/d?nope=1")
    assert "SECRET" not in str(caught.value)


def test_words_of_the_data_api() -> None:
    told = translate_text(
        'ERROR: column "canary" does not exist in same\n  Position: 16; [ErrorId: 1-2]', lead=8
    )
    assert isinstance(told, QueryFailed)
    assert (told.error_class, told.position) == ("undefined column", 8)
    assert type(translate_text("ERROR: Query cancelled on user's request")) is Cancelled
    assert str(translate_text("ERROR: canceling statement due to statement timeout")) == str(too_long())
    assert "Data API carries" in str(translate_text("Database response exceeded size limit"))
    assert type(translate_text("FATAL: terminating connection")) is DatabaseUnavailable
    assert type(translate_text("")) is QueryFailed
