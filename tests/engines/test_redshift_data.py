"""Redshift by its Data API, on a small server of that API: see `redshift_stand_in` for its limits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from conformance import Collected, EngineConformance, run
from redshift_cases import CELLS, FAILING, NUMBERS, SETUP, SLOW, STOPPED
from redshift_stand_in import DataApi

from analyst import errors
from analyst.draft import Query
from analyst.engines.redshift_data import RedshiftDataEngine
from analyst.errors import (
    Cancelled,
    DatabaseError,
    DatabaseUnavailable,
    QueryFailed,
    QueryTimeout,
    WrongUsage,
)
from analyst.ports import Cancellation

MakeQuery = Callable[..., Query]


@pytest.fixture(scope="module")
def database(make_database: Callable[[str, str], str]) -> str:
    return make_database("engine_redshift_data", SETUP)


@pytest.fixture(scope="module")
def api(database: str) -> Iterator[DataApi]:
    with DataApi(database) as server:
        yield server


@pytest.fixture
def engine(api: DataApi, data_engine: Callable[..., RedshiftDataEngine]) -> Iterator[RedshiftDataEngine]:
    yield data_engine(api)
    for _ in range(40):
        if not api.running:
            break
        threading.Event().wait(0.05)
    assert api.running == [], "a statement was left running"
    api._refusals.clear()


@pytest.fixture(scope="module")
def make_query(make_query: MakeQuery) -> MakeQuery:  # type: ignore[misc]
    def make(sql: str, **changes: Any) -> Query:
        return make_query(sql, **{"dialect": "redshift", **changes})

    return make


class TestRedshiftData(EngineConformance):
    """The suite that every engine passes."""

    dialect = "redshift"
    numbers_sql = NUMBERS
    slow_sql = SLOW
    failing_sql = FAILING
    cells = CELLS

    def test_what_a_statement_is_handed_in_with(
        self, engine: RedshiftDataEngine, api: DataApi, make_query: MakeQuery
    ) -> None:
        run(engine, make_query("SELECT 1"))
        request = api.requests[-1]
        assert len(request.pop("ClientToken")) > 30
        assert request == {
            "WorkgroupName": "Analysts",
            "Database": "shop",
            "SecretArn": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:s",
            "StatementName": "analyst:q-1",
            "WithEvent": False,
            "Sql": "SELECT 1",
        }

    def test_a_cluster_with_a_user(
        self, api: DataApi, data_engine: Callable[..., RedshiftDataEngine], make_query: MakeQuery
    ) -> None:
        run(
            data_engine(api, "redshift-data://Analysts/shop?kind=cluster&user=reader"), make_query("SELECT 1")
        )
        found = {
            k: api.requests[-1].get(k) for k in ("ClusterIdentifier", "DbUser", "SecretArn", "WorkgroupName")
        }
        assert found == {
            "ClusterIdentifier": "Analysts",
            "DbUser": "reader",
            "SecretArn": None,
            "WorkgroupName": None,
        }

    def test_position_is_that_in_the_query(self, engine: RedshiftDataEngine, make_query: MakeQuery) -> None:
        query = make_query("SELECT 'ü', nope FROM public.same")
        with pytest.raises(QueryFailed) as running:
            run(engine, query)
        with pytest.raises(QueryFailed) as planning:
            engine.explain(query, timeout_seconds=5)
        assert running.value.position == planning.value.position == 13

    def test_pages_end_with_the_limit(
        self, engine: RedshiftDataEngine, api: DataApi, make_query: MakeQuery
    ) -> None:
        before = api.calls.get("GetStatementResult", 0)
        run(engine, make_query(NUMBERS.format(count=5000), row_limit=1000))
        assert api.calls["GetStatementResult"] - before == 2

    def test_a_statement_nobody_waits_for_is_stopped(
        self, engine: RedshiftDataEngine, make_query: MakeQuery
    ) -> None:
        def fail(handle: Mapping[str, Any]) -> None:
            raise OSError("store is gone")

        with pytest.raises(OSError, match="store is gone"):
            run(engine, make_query(SLOW), on_handle=fail)
        with pytest.raises(QueryTimeout):
            engine._rows(SLOW, seconds=0.2)

    def test_cancelling_what_is_not_there(self, engine: RedshiftDataEngine, make_query: MakeQuery) -> None:
        handles: list[Mapping[str, Any]] = []
        run(engine, make_query("SELECT 1"), on_handle=handles.append)
        wrong = ({"statement": "nope"}, {"statement": 1}, {}, *handles)
        assert [engine.cancel(handle) for handle in wrong] == [False] * len(wrong)

    def test_throttling_is_waited_out(
        self, engine: RedshiftDataEngine, api: DataApi, make_query: MakeQuery
    ) -> None:
        api.refuse_next("ThrottlingException", times=1)
        assert run(engine, make_query("SELECT 1 AS n"))[0].all == [[1]]

    @pytest.mark.parametrize(
        ("code", "message", "kind", "part"),
        [
            ("AccessDeniedException", "User canary is not authorized", "DatabaseError", "does not let"),
            ("ExpiredTokenException", "canary expired", "DatabaseError", "refused the credentials"),
            ("UnrecognizedClientException", "canary invalid", "DatabaseError", "refused the credentials"),
            ("ActiveStatementsExceededException", "canary", "DatabaseUnavailable", "as many statements"),
            ("ActiveSessionsExceededException", "canary", "DatabaseUnavailable", "as many statements"),
            ("ValidationException", "Secret canary could not be read", "DatabaseError", "log in"),
            (
                "ValidationException",
                "Redshift endpoint not found canary",
                "DatabaseError",
                "no workgroup or cluster",
            ),
            (
                "ExecuteStatementException",
                "FATAL: password authentication failed for canary",
                "DatabaseError",
                "user name or password",
            ),
            ("ResourceNotFoundException", "canary", "DatabaseError", "of that name"),
            ("QueryTimeoutException", "canary", "DatabaseUnavailable", "right now"),
        ],
    )
    def test_refusals_of_aws(
        self,
        engine: RedshiftDataEngine,
        api: DataApi,
        make_query: MakeQuery,
        code: str,
        message: str,
        kind: str,
        part: str,
    ) -> None:
        api.refuse_next(code, message)
        with pytest.raises(DatabaseError, match=part) as caught:
            run(engine, make_query("SELECT 1"))
        assert type(caught.value) is getattr(errors, kind)
        assert "canary" not in str(caught.value)

    def test_no_such_workgroup(
        self, api: DataApi, data_engine: Callable[..., RedshiftDataEngine], make_query: MakeQuery
    ) -> None:
        with pytest.raises(DatabaseError, match="no workgroup or cluster"):
            run(data_engine(api, "redshift-data://nobody/shop?region=eu-central-1"), make_query("SELECT 1"))

    def test_the_result_is_not_there_any_more(
        self, engine: RedshiftDataEngine, api: DataApi, make_query: MakeQuery
    ) -> None:
        sink = Collected(after_batch=api.forget_results)
        with pytest.raises(DatabaseError, match="not there any more"):
            run(engine, make_query(NUMBERS.format(count=3000), row_limit=5000), sink=sink)

    def test_nothing_answers(
        self, data_engine: Callable[..., RedshiftDataEngine], make_query: MakeQuery, database: str
    ) -> None:
        with DataApi(database) as gone:
            engine = data_engine(gone)
        with pytest.raises(DatabaseUnavailable, match="cannot be reached"):
            run(engine, make_query("SELECT 1"))

    def test_sql_that_is_too_long(self, engine: RedshiftDataEngine, make_query: MakeQuery) -> None:
        with pytest.raises(QueryFailed, match="longer"):
            run(engine, make_query(f"SELECT '{'ü' * 60_000}'"))

    @pytest.mark.parametrize(("state", "message", "detail", "kind", "part"), STOPPED)
    def test_what_stops_a_query(
        self,
        engine: RedshiftDataEngine,
        make_query: MakeQuery,
        state: str,
        message: str,
        detail: str,
        kind: str,
        part: str,
    ) -> None:
        if state == "57014":
            pytest.skip("the stand-in takes this code for a query that was cancelled")
        sql = f"SELECT stand_in.fail('{state}', $m${message}$m$, $m${detail}$m$)"
        with pytest.raises(DatabaseError, match=part) as caught:
            run(engine, make_query(sql))
        assert type(caught.value) is getattr(errors, kind)

    def test_the_role_could_write(self, engine: RedshiftDataEngine) -> None:
        assert engine.can_write()

    def test_a_table_dropped_between_plan_and_run(
        self, engine: RedshiftDataEngine, make_query: MakeQuery, database: str
    ) -> None:
        with closing(psycopg2.connect(database)) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute("CREATE TABLE public.fleeting (a integer)")
            query = make_query("SELECT a FROM public.fleeting")
            engine.explain(query, timeout_seconds=5)
            cursor.execute("DROP TABLE public.fleeting")
        with pytest.raises(QueryFailed) as caught:
            run(engine, query)
        assert caught.value.error_class == "undefined table"

    def test_aborted_from_outside(
        self, engine: RedshiftDataEngine, api: DataApi, make_query: MakeQuery
    ) -> None:
        def stop(handle: Mapping[str, Any]) -> None:
            threading.Timer(0.3, lambda: api.answer("CancelStatement", {"Id": handle["statement"]})).start()

        with pytest.raises(Cancelled, match="in the database"):
            run(engine, make_query(SLOW), on_handle=stop, cancellation=Cancellation())


@pytest.mark.parametrize(
    "url",
    [
        "redshift-data://w",
        "redshift-data:///d",
        "redshift-data://u:SECRET@w/d",
        "redshift-data://w/d?password=SECRET",
        "redshift-data://w/d?kind=SECRET",
        "redshift-data://w/d?user=SECRET",
        "redshift-data://w/d?kind=cluster&user=SECRET&secret=arn",
        "redshift-data://w:5439/d",
    ],
)
def test_url_that_cannot_be_read(url: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        RedshiftDataEngine(url)
    assert "SECRET" not in str(caught.value)


def test_no_region(monkeypatch: pytest.MonkeyPatch, make_query: MakeQuery) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(DatabaseError, match="region"):
        run(RedshiftDataEngine("redshift-data://w/d"), make_query("SELECT 1"))
