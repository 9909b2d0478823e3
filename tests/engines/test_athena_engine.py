"""The Athena engine against the stand-in: the conformance suite, and what only Athena has."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import pytest
from athena.executions import Executions
from athena.parts import URL, Ask
from athena.parts import ask as ask
from athena.parts import athena as athena
from athena.parts import engine as engine
from athena.parts import hasty as hasty
from athena.parts import world as world
from athena.server import AthenaStandIn
from athena.world import Fault, World
from conformance import Collected, EngineConformance, run

from analyst import guard
from analyst.draft import Query
from analyst.engines.athena import AthenaEngine
from analyst.engines.athena_address import address_of
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
from analyst.spending import Spent

_SLOW = (
    "SELECT COUNT(*) FROM UNNEST(SEQUENCE(1, 300000)) AS a(x) "
    "CROSS JOIN UNNEST(SEQUENCE(1, 300000)) AS b(y) WHERE x + y = -1"
)
_SETUP = """
CREATE SCHEMA other;
CREATE TABLE shop.same (a integer);
CREATE TABLE other.same (a integer);
INSERT INTO shop.same VALUES (1), (2);
CREATE TABLE shop."Größe select" ("Überschrift %s" varchar, "order" integer);
INSERT INTO shop."Größe select" VALUES ('ja', 1);
"""


@pytest.fixture(autouse=True)
def _filled(world: World) -> None:
    world.duck.execute(_SETUP)


class TestAthena(EngineConformance):
    """The suite that every engine passes."""

    dialect = "athena"
    numbers_sql = "SELECT n FROM UNNEST(SEQUENCE(0, {count})) AS t(n) WHERE n < {count} ORDER BY n"
    slow_sql = _SLOW
    failing_sql: ClassVar[Mapping[str, str]] = {
        "undefined column": "SELECT nope FROM shop.same WHERE 'a' = '{secret}'",
        "undefined table": "SELECT * FROM canary_{secret}",
        "ambiguous column": "SELECT a FROM shop.same x, other.same y WHERE '{secret}' > ''",
        "column must appear in GROUP BY or be used in an aggregate": "SELECT a, count(*) FROM shop.same",
        "aggregate not allowed here": "SELECT 1 FROM shop.same WHERE count(*) > 1",
        "function does not exist for these types": "SELECT canary_{secret}(1)",
        "syntax error": "SELECT 1 FROM WHERE '{secret}'",
        "text cannot be read as that type": "SELECT CAST('{secret}' || CAST(a AS varchar) AS integer) FROM shop.same",
        "number out of range": "SELECT 2147483647 + a FROM shop.same",
        "subquery used as a value returned more than one row": "SELECT (SELECT a FROM shop.same)",
    }
    cells: ClassVar[Mapping[str, tuple[Kind, Cell]]] = {
        "9223372036854775807": (Kind.INTEGER, 9223372036854775807),
        "CAST(-1 AS smallint)": (Kind.INTEGER, -1),
        "7 / 2": (Kind.INTEGER, 3),
        "0.1e0": (Kind.NUMBER, 0.1),
        "CAST(0.5 AS real)": (Kind.NUMBER, 0.5),
        "CAST('NaN' AS double)": (Kind.NUMBER, "NaN"),
        "CAST('-Infinity' AS double)": (Kind.NUMBER, "-Infinity"),
        "CAST('12.50' AS decimal(10, 2))": (Kind.DECIMAL, "12.50"),
        "CAST('-99999999999999999999999999999.123456789' AS decimal(38, 9))": (
            Kind.DECIMAL,
            "-99999999999999999999999999999.123456789",
        ),
        "CAST('12345678901234567890123456789012345678' AS decimal(38, 0))": (
            Kind.DECIMAL,
            "12345678901234567890123456789012345678",
        ),
        "'ünï ☃ 😀'": (Kind.TEXT, "ünï ☃ 😀"),
        "''": (Kind.TEXT, ""),
        "CAST(NULL AS varchar)": (Kind.TEXT, None),
        "true": (Kind.BOOLEAN, True),
        "1 = 2": (Kind.BOOLEAN, False),
        "DATE '2013-01-31'": (Kind.DATE, "2013-01-31"),
        "CAST('17:45:00' AS time)": (Kind.TIME, "17:45:00"),
        "TIMESTAMP '2013-01-31 17:45:00'": (Kind.TIMESTAMP, "2013-01-31T17:45:00"),
        "TIMESTAMP '1850-01-31 17:45:00.500'": (Kind.TIMESTAMP, "1850-01-31T17:45:00.5"),
        "CAST('2013-01-31 17:45:00+05:30' AS timestamp with time zone)": (
            Kind.INSTANT,
            "2013-01-31T12:15:00+00:00",
        ),
        "CAST('00ff' AS varbinary)": (Kind.BYTES, "\\x30306666"),
        "ARRAY[1, NULL, 3]": (Kind.TEXT, "[1, null, 3]"),
        "NULL": (Kind.TEXT, None),
    }

    @pytest.fixture
    def make_query(self, ask: Ask, make_query: Callable[..., Query]) -> Callable[..., Query]:
        """The suite asks in the engine's own dialect."""

        def make(sql: str, *, row_limit: int = 1000, dialect: str = "athena") -> Query:
            return make_query(sql, row_limit=row_limit, dialect=dialect)

        return make


class TestAthenaByPages(TestAthena):
    """The same where no file of a result can be read, since Athena keeps the results itself."""

    @pytest.fixture(autouse=True)
    def _managed(self, world: World) -> None:
        world.workgroups["analysts"].managed = True


def test_reserved_and_foreign_names(engine: AthenaEngine, ask: Ask) -> None:
    got, _ = run(engine, ask('SELECT "Überschrift %s", "order" FROM shop."Größe select"'))
    assert (got.names, got.all) == (["Überschrift %s", "order"], [["ja", 1]])


def test_columns_of_nothing_but_null(engine: AthenaEngine, ask: Ask) -> None:
    got, _ = run(engine, ask("SELECT NULL AS a, CAST(NULL AS date) AS b FROM shop.same"))
    assert (got.kinds, got.all) == ([Kind.TEXT, Kind.DATE], [[None, None], [None, None]])


def test_null_is_not_the_empty_text(engine: AthenaEngine, ask: Ask) -> None:
    got, _ = run(engine, ask("SELECT '' AS a UNION ALL SELECT CAST(NULL AS varchar)"))
    assert got.all == [[""], [None]]


def test_a_row_that_equals_its_header_is_kept(engine: AthenaEngine, ask: Ask) -> None:
    got, _ = run(engine, ask("SELECT 'a' AS a UNION ALL SELECT 'a'"))
    assert got.all == [["a"], ["a"]]


def test_nanoseconds_are_kept(engine: AthenaEngine, world: World, ask: Ask) -> None:
    world.duck.execute("CREATE TABLE shop.nano (t TIMESTAMP_NS)")
    world.duck.execute("INSERT INTO shop.nano VALUES ('2013-01-31 17:45:00.123456789')")
    got, _ = run(engine, ask("SELECT t FROM shop.nano"))
    assert (got.kinds, got.all) == ([Kind.TIMESTAMP], [["2013-01-31T17:45:00.123456789"]])


def test_two_thousand_columns(engine: AthenaEngine, ask: Ask) -> None:
    sql = "SELECT " + ", ".join(f"{n} AS c{n}" for n in range(2000))
    got, more = run(engine, ask(sql))
    assert (len(got.names), got.all, more) == (2000, [list(range(2000))], False)


def test_wide_and_long_rows_come_in_smaller_pages(engine: AthenaEngine, world: World, ask: Ask) -> None:
    columns = ", ".join(f"n + {n} AS c{n}" for n in range(1000))
    got, _ = run(engine, ask(f"SELECT {columns} FROM UNNEST(SEQUENCE(1, 500)) AS t(n)"))
    assert len(got.all) == 500
    assert max(got.batches[1:]) <= 100
    sizes = [call["MaxResults"] for call in world.calls("GetQueryResults")]
    assert max(sizes) <= 1000


def test_the_workgroup_and_the_rest_are_always_passed(world: World, athena: AthenaStandIn, ask: Ask) -> None:
    world.catalogs = ("AwsDataCatalog", "orders_db")
    engine = AthenaEngine(
        f"athena://analysts/shop?region=eu-central-1&endpoint={athena.url}"
        "&catalog=orders_db&output=s3://mine/here/&result_reuse_minutes=60"
    )
    query = ask("SELECT 1 AS n")
    engine.explain(query, timeout_seconds=5)
    run(engine, query)
    run(engine, query)
    explained, first, _ = world.calls("StartQueryExecution")
    for asked in (explained, first):
        assert asked["WorkGroup"] == "analysts"
        assert asked["QueryExecutionContext"] == {"Database": "shop", "Catalog": "orders_db"}
        assert asked["ResultConfiguration"] == {"OutputLocation": "s3://mine/here/"}
        assert 32 <= len(asked["ClientRequestToken"]) <= 128
    assert "ResultReuseConfiguration" not in explained
    by_age = {"Enabled": True, "MaxAgeInMinutes": 60}
    assert first["ResultReuseConfiguration"] == {"ResultReuseByAgeConfiguration": by_age}
    assert engine.spent() == Spent(bytes=0, usd=0.0, words="an earlier result of Athena, nothing read")


def test_what_was_read_and_what_it_costs(engine: AthenaEngine, world: World, ask: Ask) -> None:
    assert engine.charges and engine.spent() is None
    world.scanned = 2_000_000_000_000
    query = ask("SELECT 1 AS n")
    engine.explain(query, timeout_seconds=5)
    assert engine.spent() is None
    run(engine, query)
    assert engine.spent() == Spent(bytes=2_000_000_000_000, usd=10.0, words="2 TB read, about $10.0000")


def test_what_a_stopped_query_had_read_is_known(engine: AthenaEngine, world: World, ask: Ask) -> None:
    world.scanned = 3_000_000_000
    with pytest.raises(QueryTimeout):
        run(engine, ask(_SLOW), timeout_seconds=0.5)
    spent = engine.spent()
    assert spent is not None and spent.words == "3 GB read, about $0.0150"


def test_explain_gives_the_bytes_and_reads_nothing(engine: AthenaEngine, world: World, ask: Ask) -> None:
    world.add_table("same", [("a", "int")])
    world.add_files("s3://lake/shop/same", [5_000_000])
    assert engine.explain(ask("SELECT a FROM shop.same"), timeout_seconds=5) == 5_000_000.0
    assert engine.explain(ask("SELECT a FROM other.same"), timeout_seconds=5) is None, "Glue does not know it"
    assert world.calls("GetQueryResults") == []


def test_an_explain_that_waits_too_long_is_given_up(engine: AthenaEngine, world: World, ask: Ask) -> None:
    world.queue_seconds = 30
    engine.explain(ask("SELECT 1 AS n"), timeout_seconds=0.3)
    assert len(world.calls("StopQueryExecution")) == 1


def test_the_place_of_an_error_is_the_query_s_own(engine: AthenaEngine, ask: Ask) -> None:
    query = ask("SELECT nope FROM shop.same")
    with pytest.raises(QueryFailed) as ran:
        run(engine, query)
    assert ran.value.position == 8
    with pytest.raises(QueryFailed) as explained:
        engine.explain(query, timeout_seconds=5)
    assert explained.value.position is None, "8 lies within EXPLAIN itself"


def test_a_query_in_the_queue_can_be_cancelled(engine: AthenaEngine, world: World, ask: Ask) -> None:
    world.queue_seconds = 30
    cancellation = Cancellation()

    def later(handle: Mapping[str, Any]) -> None:
        threading.Timer(0.1, cancellation.wish).start()

    with pytest.raises(Cancelled):
        run(engine, ask("SELECT 1"), cancellation=cancellation, on_handle=later)
    assert len(world.calls("StopQueryExecution")) == 1


def test_a_timeout_stops_the_query(engine: AthenaEngine, world: World, ask: Ask) -> None:
    with pytest.raises(QueryTimeout):
        run(engine, ask(_SLOW), timeout_seconds=0.4)
    assert len(world.calls("StopQueryExecution")) == 1


def test_another_process_cancels_by_handle(engine: AthenaEngine, world: World, ask: Ask) -> None:
    handles: list[Mapping[str, Any]] = []
    found: list[bool] = []

    def cancel() -> None:
        time.sleep(0.2)
        other = AthenaEngine(URL)
        found.append(AthenaEngine(URL.replace("analysts", "others")).cancel(handles[0]))
        found.append(other.cancel(handles[0]))
        other.close()

    def stop(handle: Mapping[str, Any]) -> None:
        handles.append(handle)
        thread.start()

    thread = threading.Thread(target=cancel)
    with pytest.raises(Cancelled):
        run(engine, ask(_SLOW), on_handle=stop)
    thread.join()
    assert found == [False, True]
    assert handles[0]["workgroup"] == "analysts"
    assert engine.cancel(handles[0]) is False, "it has ended"
    assert engine.cancel({"execution_id": "00000000-0000-0000-0000-000000000000"}) is False
    assert engine.cancel({"pid": 1}) is False


def test_a_handle_that_cannot_be_kept_stops_the_query(engine: AthenaEngine, world: World, ask: Ask) -> None:
    def fail(handle: Mapping[str, Any]) -> None:
        raise OSError("the store is gone")

    with pytest.raises(OSError, match="store"):
        run(engine, ask(_SLOW), on_handle=fail)
    assert len(world.calls("StopQueryExecution")) == 1


def test_throttled_calls_are_sent_again(hasty: AthenaEngine, world: World, ask: Ask) -> None:
    busy = Fault(code="TooManyRequestsException", message="Rate exceeded")
    slow = Fault(code="ThrottlingException", message="Rate exceeded")
    world.faults["StartQueryExecution"] = [busy, slow, busy]
    world.faults["GetQueryExecution"] = [slow]
    world.faults["GetQueryResults"] = [slow, busy]
    assert run(hasty, ask("SELECT 1 AS n"))[0].all == [[1]]
    tokens = {call["ClientRequestToken"] for call in world.calls("StartQueryExecution")}
    assert len(tokens) == 1, "sent again, it is the same query"


def test_throttling_without_end_is_given_up(hasty: AthenaEngine, world: World, ask: Ask) -> None:
    full = Fault(
        code="TooManyRequestsException",
        message="You have exceeded the limit",
        more={"Reason": "CONCURRENT_QUERY_LIMIT_EXCEEDED"},
    )
    world.faults["StartQueryExecution"] = [full] * 100
    with pytest.raises(DatabaseUnavailable, match="as many queries as this account may") as caught:
        run(hasty, ask("SELECT 1 AS n"))
    assert caught.value.retryable
    assert len(world.calls("StartQueryExecution")) == 4


def test_a_wish_ends_the_waiting_for_a_throttled_call(
    hasty: AthenaEngine, world: World, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.faults["StartQueryExecution"] = [Fault(code="ThrottlingException", message="Rate exceeded")] * 100

    def long_pause(low: float, high: float) -> float:
        threading.Timer(0.05, cancellation.wish).start()
        return 60.0

    monkeypatch.setattr(random, "uniform", long_pause)
    cancellation = Cancellation()
    with pytest.raises(Cancelled):
        run(hasty, ask("SELECT 1 AS n"), cancellation=cancellation)
    assert len(world.calls("StartQueryExecution")) == 1


def test_a_connection_cut_once_within_the_result(engine: AthenaEngine, world: World, ask: Ask) -> None:
    world.faults["GetQueryResults"] = [Fault(cut=True)]
    got, _ = run(engine, ask(TestAthena.numbers_sql.format(count=900)))
    assert [row[0] for row in got.all] == list(range(900))


def test_a_connection_cut_again_and_again(engine: AthenaEngine, world: World, ask: Ask) -> None:
    def cut() -> None:
        world.faults["GetQueryResults"] = [Fault(cut=True)] * 100

    sink = Collected(after_batch=cut)
    with pytest.raises(DatabaseUnavailable, match="lost"):
        run(engine, ask(TestAthena.numbers_sql.format(count=900)), sink=sink)
    assert len(sink.batches) == 1
    world.faults.clear()
    assert run(engine, ask("SELECT 1 AS n"))[0].all == [[1]]


def test_a_connection_cut_while_it_runs_stops_the_query(engine: AthenaEngine, world: World, ask: Ask) -> None:
    world.faults["GetQueryExecution"] = [Fault(cut=True)] * 100
    with pytest.raises(DatabaseUnavailable):
        run(engine, ask(_SLOW))
    assert len(world.calls("StopQueryExecution")) == 1


def test_a_server_that_says_nothing_any_more(hasty: AthenaEngine, world: World, ask: Ask) -> None:
    world.faults["GetQueryExecution"] = [Fault(stall=True)]
    with pytest.raises(DatabaseUnavailable, match="did not answer in time"):
        run(hasty, ask(_SLOW))
    assert len(world.calls("StopQueryExecution")) == 1
    world.faults["GetQueryResults"] = [Fault(stall=True)]
    with pytest.raises(DatabaseUnavailable, match="did not answer in time"):
        run(hasty, ask("SELECT 1 AS n"))


def test_a_time_limit_does_not_wait_for_a_silent_server(engine: AthenaEngine, world: World, ask: Ask) -> None:
    world.faults["GetQueryExecution"] = [Fault(stall=True)]
    with pytest.raises(QueryTimeout):
        run(engine, ask(_SLOW), timeout_seconds=0.5)
    assert (world.stalled, len(world.calls("StopQueryExecution"))) == (1, 1)


def test_a_wish_does_not_wait_for_a_silent_server(engine: AthenaEngine, world: World, ask: Ask) -> None:
    world.faults["GetQueryExecution"] = [Fault(stall=True)]
    cancellation = Cancellation()
    with pytest.raises(Cancelled):
        run(
            engine,
            ask(_SLOW),
            cancellation=cancellation,
            on_handle=lambda _: threading.Timer(0.2, cancellation.wish).start(),
        )
    assert (world.stalled, len(world.calls("StopQueryExecution"))) == (1, 1)


def test_a_query_that_starts_when_nobody_waits_any_more_is_stopped(
    engine: AthenaEngine, athena: AthenaStandIn, world: World, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, halt = Executions.StartQueryExecution, Executions.StopQueryExecution
    asked, answered = threading.Event(), threading.Event()

    def late(executions: Executions, request: dict[str, Any]) -> dict[str, Any]:
        cancellation.wish()
        asked.wait(10)
        return start(executions, request)

    def stop(executions: Executions, request: dict[str, Any]) -> dict[str, Any]:
        halt(executions, request)
        answered.set()
        return {}

    monkeypatch.setattr(Executions, "StartQueryExecution", late)
    monkeypatch.setattr(Executions, "StopQueryExecution", stop)
    cancellation = Cancellation()
    with pytest.raises(Cancelled):
        run(engine, ask(_SLOW), cancellation=cancellation)
    asked.set()
    assert answered.wait(10)


def test_an_answer_that_breaks_off_each_time(engine: AthenaEngine, world: World, ask: Ask) -> None:
    world.faults["StartQueryExecution"] = [Fault(cut=True)] * 100
    with pytest.raises(DatabaseUnavailable, match="lost"):
        run(engine, ask("SELECT 1 AS n"))
    tokens = {call["ClientRequestToken"] for call in world.calls("StartQueryExecution")}
    assert (len(world.calls("StartQueryExecution")), len(tokens)) == (3, 1)


def test_a_draft_from_the_catalog_to_its_rows(engine: AthenaEngine, world: World) -> None:
    world.add_table("Größe select", [("Überschrift %s", "string"), ("order", "int")])
    catalog = engine.catalog(source="lake")
    sql = 'SELECT "order" FROM "Größe select" WHERE "Überschrift %s" = \'ja\''
    query = guard.check(sql, dialect="athena", catalog=catalog)
    engine.explain(query, timeout_seconds=5)
    assert run(engine, query)[0].all == [[1]]


def test_the_result_is_gone(engine: AthenaEngine, world: World, ask: Ask) -> None:
    world.lost_results = True
    with pytest.raises(DatabaseError, match="result is not there") as caught:
        run(engine, ask("SELECT 1 AS n"))
    assert not caught.value.retryable
    assert not caught.value.repairable


def test_the_workgroup_s_cutoff(engine: AthenaEngine, world: World, ask: Ask) -> None:
    world.workgroups["analysts"].cutoff = 10_000_000
    world.scanned = 50_000_000
    with pytest.raises(DatabaseError, match="more than the workgroup allows") as caught:
        run(engine, ask("SELECT 1 AS n"))
    assert not caught.value.repairable, "each attempt would cost the cutoff again"
    spent = engine.spent()
    assert spent is not None
    assert spent.bytes == 10_000_000, "what was read is paid for"


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (URL.replace("analysts", "nobody"), "no Athena workgroup of that name in this region"),
        (URL.replace("analysts", "off"), "switched off"),
        (URL.replace("analysts", "nowhere"), "where results are kept"),
        (URL + "&catalog=klingon", "data catalog of that name"),
        ("athena://analysts/shop", "No AWS region"),
        (URL.replace("eu-central-1", "eu central"), "none that AWS knows"),
        (URL + "&endpoint=http://127.0.0.1:9", "cannot be reached"),
        (URL + "&endpoint=nonsense", "endpoint of the Athena URL"),
    ],
)
def test_a_url_that_leads_nowhere(athena: AthenaStandIn, ask: Ask, url: str, sentence: str) -> None:
    groups = athena.world.workgroups
    groups["off"], groups["nowhere"] = (
        type(groups["analysts"])(disabled=True),
        type(groups["analysts"])(output=""),
    )
    engine = AthenaEngine(url)
    with pytest.raises(DatabaseError, match=sentence) as caught:
        run(engine, ask("SELECT 'CANARY'"))
    assert "CANARY" not in str(caught.value)
    assert caught.value.__suppress_context__
    engine.close()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("ExpiredTokenException", "session has expired"),
        ("UnrecognizedClientException", "refused the credentials"),
        ("AccessDeniedException", "does not let this process use the Athena workgroup"),
        ("InternalServerException", "cannot give the Athena workgroup right now"),
        ("InvalidRequestException", "statement not valid"),
    ],
)
def test_a_refused_call(
    engine: AthenaEngine, world: World, ask: Ask, caplog: pytest.LogCaptureFixture, code: str, sentence: str
) -> None:
    caplog.set_level(logging.DEBUG, logger="analyst")
    world.faults["StartQueryExecution"] = [Fault(code=code, message="CANARY")] * 3
    with pytest.raises(DatabaseError, match=sentence) as caught:
        run(engine, ask("SELECT 'CANARY'"))
    assert "CANARY" not in str(caught.value) + caplog.text
    assert code.lower() in caplog.text


def test_an_ending_that_athena_chose(engine: AthenaEngine, world: World, ask: Ask) -> None:
    world.ending = {"State": "CANCELLED", "StateChangeReason": "Query cancelled by user"}
    with pytest.raises(Cancelled):
        run(engine, ask("SELECT 1 AS n"))
    world.ending = {
        "State": "FAILED",
        "AthenaError": {"ErrorCategory": 1, "ErrorType": 200, "Retryable": True},
    }
    with pytest.raises(DatabaseUnavailable, match="fault of its own"):
        run(engine, ask("SELECT 1 AS n"))


def test_it_never_claims_to_write(engine: AthenaEngine) -> None:
    assert engine.can_write() is False


@pytest.mark.parametrize(
    "url",
    [
        "athena://analysts",
        "athena:///shop",
        "athena://ana lysts/shop",
        "postgresql://analysts/shop",
        "athena://analysts/shop?nonsense=SECRET",
        "athena://analysts/shop?output=/SECRET",
        "athena://analysts/shop?usd_per_tb=SECRET",
        "athena://analysts/shop?SECRET",
    ],
)
def test_a_wrong_url(url: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        AthenaEngine(url)
    assert "SECRET" not in str(caught.value)


def test_all_that_a_url_says() -> None:
    address = address_of(
        "athena://ana-lysts.1/gro%C3%9F?region=eu-central-1&databases=a,gro%C3%9F,%20b&usd_per_tb=6.75"
        "&large_gb=0.5&large_partitions=10&result_reuse_minutes=99999"
    )
    assert (address.workgroup, address.database, address.databases) == (
        "ana-lysts.1",
        "groß",
        ("groß", "a", "b"),
    )
    assert (address.usd_per_tb, address.large_bytes, address.large_partitions) == (6.75, 500_000_000, 10)
    assert (address.reuse_minutes, address.federated, address.catalog) == (10_080, False, "AwsDataCatalog")


def test_two_questions_at_once(engine: AthenaEngine, ask: Ask) -> None:
    found: list[list[Any]] = []

    def one(number: int) -> None:
        found.append(run(engine, ask(f"SELECT {number} AS n"))[0].all)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [[[number]] for number in range(8)]
