"""Connections that outlive a call: never shared, never stale, never too many."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any, ClassVar

import psycopg2
import pytest
from conformance import Collected, EngineConformance, run
from tcp_proxy import TcpProxy, through, upstream_of

from analyst.draft import Query
from analyst.engines import postgres_watch
from analyst.engines.connections import Connections
from analyst.engines.postgres import PostgresEngine
from analyst.errors import Cancelled, DatabaseUnavailable, QueryFailed
from analyst.ports import Cancellation
from analyst.result import Cell, Kind

MakeQuery = Callable[..., Query]
_SLOW = "SELECT pg_sleep(30)"
_MINE = "SELECT pg_backend_pid(), current_setting('application_name'), current_setting('work_mem')"


class _Watch:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> _Watch:
    return _Watch()


@pytest.fixture
def connections(clock: _Watch) -> Iterator[Connections]:
    kept = Connections(most=3, wait_seconds=0.3, clock=clock)
    yield kept
    kept.close()


@pytest.fixture
def proxy(postgres_url: str) -> Iterator[TcpProxy]:
    with TcpProxy(upstream_of(postgres_url)) as made:
        yield made


@pytest.fixture
def make_engine(
    connections: Connections, proxy: TcpProxy, postgres_url: str
) -> Callable[..., PostgresEngine]:
    def make(query_id: str = "q", *, user: str = "postgres") -> PostgresEngine:
        url = through(postgres_url, proxy.port).replace("postgres@", f"{user}@")
        return PostgresEngine(url, query_id=query_id, connections=connections)

    return make


def _ask(engine: PostgresEngine, make_query: MakeQuery, sql: str = _MINE) -> list[list[Cell]]:
    return run(engine, make_query(sql))[0].all


class TestPooledPostgres(EngineConformance):
    """The suite that every engine passes, on connections that are kept."""

    dialect = "postgres"
    numbers_sql = "SELECT n FROM generate_series(0, {count} - 1) AS t (n)"
    slow_sql = (
        "SELECT count(*) FROM generate_series(1, 30000) a, generate_series(1, 30000) b WHERE a.a + b.b = -1"
    )
    failing_sql: ClassVar[Mapping[str, str]] = {"undefined table": "SELECT * FROM canary_{secret}"}
    cells: ClassVar[Mapping[str, tuple[Kind, Cell]]] = {
        "12.50": (Kind.DECIMAL, "12.50"),
        "'2013-01-31'::date": (Kind.DATE, "2013-01-31"),
    }

    @pytest.fixture
    def engine(self, make_engine: Callable[..., PostgresEngine]) -> PostgresEngine:
        return make_engine()


def test_the_next_call_takes_it_up_under_its_own_name(
    make_engine: Callable[..., PostgresEngine], make_query: MakeQuery, proxy: TcpProxy
) -> None:
    ((first, name, memory),) = _ask(make_engine("a"), make_query)
    ((second, other, _),) = _ask(make_engine("b"), make_query)
    assert (first, name, other, proxy.connections) == (second, "analyst:a", "analyst:b", 1)
    assert make_engine().can_write() is True, "values are read as ever after a call that took them as text"
    with make_engine("c")._session(seconds=5) as opened:
        opened._execute("SET work_mem = '7MB'")
        opened._raw.commit()
    assert _ask(make_engine("d"), make_query)[0][2] == memory, "settings of a call are forgotten"


def test_users_never_share(
    make_engine: Callable[..., PostgresEngine], make_query: MakeQuery, postgres_url: str
) -> None:
    with closing(psycopg2.connect(postgres_url)) as raw:
        raw.autocommit = True
        raw.cursor().execute("DROP ROLE IF EXISTS pooled_reader; CREATE ROLE pooled_reader LOGIN")
        try:
            _ask(make_engine(), make_query)
            found = _ask(
                make_engine(user="pooled_reader"), make_query, "SELECT current_setting('is_superuser')"
            )
            assert found == [["off"]]
        finally:
            raw.cursor().execute("DROP ROLE pooled_reader")


def test_after_an_error_or_a_wish_it_is_closed(
    make_engine: Callable[..., PostgresEngine], make_query: MakeQuery, proxy: TcpProxy
) -> None:
    with pytest.raises(QueryFailed):
        _ask(make_engine(), make_query, "SELECT nope")
    cancellation = Cancellation()
    threading.Timer(0.2, cancellation.wish).start()
    with pytest.raises(Cancelled):
        run(make_engine(), make_query(_SLOW), cancellation=cancellation)
    time.sleep(0.3)
    assert proxy.open_connections == 0


def test_idle_and_old_ones_are_closed(
    make_engine: Callable[..., PostgresEngine], make_query: MakeQuery, proxy: TcpProxy, clock: _Watch
) -> None:
    _ask(make_engine(), make_query)
    clock.now += 61
    _ask(make_engine(), make_query)
    assert proxy.connections == 2
    for _ in range(12):
        clock.now += 55
        _ask(make_engine(), make_query)
    assert proxy.connections == 3


@pytest.mark.parametrize("fault", ["cut", "reset", "stall"])
def test_one_that_died_meanwhile_is_replaced(
    make_engine: Callable[..., PostgresEngine],
    make_query: MakeQuery,
    proxy: TcpProxy,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
) -> None:
    monkeypatch.setattr(postgres_watch, "GRACE_SECONDS", 0.2)
    _ask(make_engine(), make_query)
    getattr(proxy, fault)()
    if fault == "stall":
        threading.Timer(0.3, proxy._stalled.clear).start()
    assert _ask(make_engine(), make_query, "SELECT 1") == [[1]]
    assert proxy.connections == 2


def test_no_more_than_the_most_at_once(
    make_engine: Callable[..., PostgresEngine], make_query: MakeQuery, proxy: TcpProxy
) -> None:
    cancellation, started = Cancellation(), threading.Semaphore(0)

    def hold(_: Mapping[str, Any]) -> None:
        started.release()

    def busy() -> None:
        with pytest.raises(Cancelled):
            run(make_engine(), make_query(_SLOW), on_handle=hold, cancellation=cancellation)

    threads = [threading.Thread(target=busy) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert started.acquire(timeout=10)
    with pytest.raises(DatabaseUnavailable, match="All 3 connections"):
        _ask(make_engine(), make_query)
    cancellation.wish()
    for thread in threads:
        thread.join()
    assert _ask(make_engine(), make_query, "SELECT 1") == [[1]], "there is room again"


def test_many_at_once_wait_for_their_turn(
    make_engine: Callable[..., PostgresEngine],
    make_query: MakeQuery,
    proxy: TcpProxy,
    connections: Connections,
) -> None:
    connections._wait = 30.0

    def ask(number: int) -> int:
        got = run(
            make_engine(str(number)), make_query(f"SELECT {number}, current_setting('application_name')")
        )
        assert got[0].all == [[number, f"analyst:{number}"]]
        return number

    with ThreadPoolExecutor(12) as pool:
        assert sorted(pool.map(ask, range(60))) == list(range(60))
    assert proxy.connections <= 3


def test_a_refused_connection_gives_its_place_back(
    make_engine: Callable[..., PostgresEngine], make_query: MakeQuery
) -> None:
    for _ in range(5):
        with pytest.raises(Exception, match="no user"):
            make_engine(user="engine_nobody").can_write()


def test_a_failing_sink_gives_its_place_back(
    make_engine: Callable[..., PostgresEngine], make_query: MakeQuery
) -> None:
    def fail() -> None:
        raise OSError("no space")

    for _ in range(5):
        with pytest.raises(OSError, match="no space"):
            run(make_engine(), make_query("SELECT 1"), sink=Collected(after_batch=fail))
