"""What a network does to the Postgres engine: cut, reset and stalled, in the middle of rows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from conformance import Collected, run
from tcp_proxy import TcpProxy, through, upstream_of

from analyst.draft import Query
from analyst.engines import postgres_watch
from analyst.engines.postgres import PostgresEngine
from analyst.errors import Cancelled, DatabaseUnavailable
from analyst.ports import Cancellation

MakeQuery = Callable[..., Query]
_MANY = "SELECT n, repeat('x', 100) FROM generate_series(1, 20000) AS t (n)"


@pytest.fixture
def proxy(postgres_url: str) -> Iterator[TcpProxy]:
    with TcpProxy(upstream_of(postgres_url)) as made:
        yield made


@pytest.fixture
def engine(proxy: TcpProxy, postgres_url: str) -> PostgresEngine:
    return PostgresEngine(through(postgres_url, proxy.port), query_id="net")


def _given_back(proxy: TcpProxy) -> bool:
    for _ in range(60):
        if not proxy.open_connections:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("fault", ["cut", "reset"])
def test_gone_between_two_batches(
    proxy: TcpProxy, engine: PostgresEngine, make_query: MakeQuery, fault: str
) -> None:
    sink = Collected(after_batch=getattr(proxy, fault))
    with pytest.raises(DatabaseUnavailable, match="lost") as caught:
        run(engine, make_query(_MANY, row_limit=20_000), sink=sink)
    assert (len(sink.batches), caught.value.retryable) == (1, True)
    assert _given_back(proxy)
    assert run(engine, make_query("SELECT 1 AS n"))[0].all == [[1]]


@pytest.mark.parametrize("fault", ["cut", "reset"])
def test_gone_in_the_middle_of_a_batch(postgres_url: str, make_query: MakeQuery, fault: str) -> None:
    with TcpProxy(upstream_of(postgres_url), fault=fault, after_bytes=100_000) as proxy:
        engine = PostgresEngine(through(postgres_url, proxy.port))
        with pytest.raises(DatabaseUnavailable, match="lost"):
            run(engine, make_query(_MANY, row_limit=20_000))
        assert _given_back(proxy)


def test_a_stalled_network_is_noticed(
    proxy: TcpProxy, engine: PostgresEngine, make_query: MakeQuery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_watch, "GRACE_SECONDS", 0.2)
    sink = Collected(after_batch=proxy.stall)
    with pytest.raises(DatabaseUnavailable, match="lost"):
        run(engine, make_query(_MANY, row_limit=20_000), sink=sink, timeout_seconds=1)
    assert len(sink.batches) == 1
    assert "watch-connection" not in {thread.name for thread in threading.enumerate()}, "no thread is left"


def test_a_wish_is_heard_though_the_network_is_stalled(
    proxy: TcpProxy, engine: PostgresEngine, make_query: MakeQuery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_watch, "WISH_SECONDS", 0.2)
    cancellation = Cancellation()

    def stall() -> None:
        proxy.stall()
        threading.Timer(0.2, cancellation.wish).start()

    with pytest.raises(Cancelled):
        run(
            engine,
            make_query(_MANY, row_limit=20_000),
            sink=Collected(after_batch=stall),
            cancellation=cancellation,
            timeout_seconds=100,
        )


def test_a_failing_sink_on_a_stalled_network(
    proxy: TcpProxy, engine: PostgresEngine, make_query: MakeQuery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_watch, "GRACE_SECONDS", 0.2)

    def fail() -> None:
        proxy.stall()
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        run(engine, make_query(_MANY, row_limit=20_000), sink=Collected(after_batch=fail))


def test_a_server_that_stalls_before_the_first_word(proxy: TcpProxy, engine: PostgresEngine) -> None:
    proxy.stall()
    with pytest.raises(DatabaseUnavailable, match="in time"):
        engine.can_write()


def test_cancelling_needs_no_signal_of_the_driver(
    proxy: TcpProxy, engine: PostgresEngine, make_query: MakeQuery
) -> None:
    """The driver's own way halts every thread of this process, the proxy's among them, until it is answered."""
    cancellation = Cancellation()
    threading.Timer(0.2, cancellation.wish).start()
    with pytest.raises(Cancelled):
        run(engine, make_query("SELECT pg_sleep(60)"), cancellation=cancellation)
    assert _given_back(proxy)
