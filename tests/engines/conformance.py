"""What every engine must do, written once; a test module of each engine makes a subclass with its own SQL."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import pytest

from analyst.draft import Query
from analyst.errors import Cancelled, QueryFailed, QueryTimeout
from analyst.ports import Cancellation, Engine
from analyst.result import Cell, Kind, ResultColumn


class Collected:
    """A sink that keeps everything, and calls back after each batch."""

    def __init__(self, after_batch: Callable[[], None] = lambda: None) -> None:
        self.heads: list[list[ResultColumn]] = []
        self.batches: list[int] = []
        self.all: list[list[Cell]] = []
        self._after_batch = after_batch

    def columns(self, columns: Sequence[ResultColumn]) -> None:
        assert not self.batches, "columns come before rows"
        self.heads.append(list(columns))

    def rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        assert self.heads, "columns come before rows"
        self.batches.append(len(rows))
        self.all.extend(list(row) for row in rows)
        self._after_batch()

    @property
    def kinds(self) -> list[Kind]:
        return [column.kind for column in self.heads[0]]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.heads[0]]


def run(
    engine: Engine,
    query: Query,
    *,
    timeout_seconds: float = 20,
    cancellation: Cancellation | None = None,
    on_handle: Callable[[Mapping[str, Any]], None] = lambda handle: None,
    sink: Collected | None = None,
) -> tuple[Collected, bool]:
    """Run a query into a sink that keeps everything; also whether there were more rows."""
    collected = sink or Collected()
    more = engine.run(
        query,
        collected,
        timeout_seconds=timeout_seconds,
        on_handle=on_handle,
        cancellation=cancellation or Cancellation(),
    )
    return collected, more


class EngineConformance:
    """Needs a fixture `engine` and the fixture `make_query`; the SQL of a subclass is its engine's own."""

    dialect: ClassVar[str]
    can_cancel: ClassVar[bool] = True
    can_explain: ClassVar[bool] = True
    numbers_sql: ClassVar[str]
    """Gives one column n with 0 … {count}-1, in order."""
    slow_sql: ClassVar[str]
    """Takes half a minute unless it is stopped."""
    failing_sql: ClassVar[Mapping[str, str]]
    """For each class of error some SQL that meets it; {secret} stands for what no message may hold."""
    cells: ClassVar[Mapping[str, tuple[Kind, Cell]]]
    """For each expression its kind and its cell."""

    def test_dialect(self, engine: Engine) -> None:
        assert engine.dialect == self.dialect

    def test_rows_come_in_order_after_the_columns(
        self, engine: Engine, make_query: Callable[..., Query]
    ) -> None:
        got, more = run(engine, make_query(self.numbers_sql.format(count=5001), row_limit=10_000))
        assert (got.names, len(got.heads), more) == (["n"], 1, False)
        assert [row[0] for row in got.all] == list(range(5001))
        assert max(got.batches) <= 2000

    @pytest.mark.parametrize(("there", "limit"), [(0, 5), (4, 5), (5, 5), (6, 5), (1, 0), (2500, 2400)])
    def test_limit(self, engine: Engine, make_query: Callable[..., Query], there: int, limit: int) -> None:
        got, more = run(engine, make_query(self.numbers_sql.format(count=there), row_limit=limit))
        assert (len(got.all), more) == (min(there, limit), there > limit)
        assert got.names == ["n"]

    def test_each_kind_of_value(self, engine: Engine, make_query: Callable[..., Query]) -> None:
        got, _ = run(engine, make_query(f"SELECT {', '.join(self.cells)}"))
        expected = list(self.cells.items())
        found = list(zip(got.kinds, got.all[0], strict=True))
        for (expression, (kind, cell)), (found_kind, found_cell) in zip(expected, found, strict=True):
            assert (found_kind, found_cell) == (kind, cell), expression
            assert type(found_cell) is type(cell), expression

    def test_same_column_names(self, engine: Engine, make_query: Callable[..., Query]) -> None:
        got, _ = run(engine, make_query("SELECT 1 AS a, 2 AS a, 'x' AS b, 3 AS a"))
        assert (got.names, got.all) == (["a", "a", "b", "a"], [[1, 2, "x", 3]])

    def test_one_null(self, engine: Engine, make_query: Callable[..., Query]) -> None:
        got, _ = run(engine, make_query("SELECT CAST(NULL AS integer) AS nothing"))
        assert (got.kinds, got.all) == ([Kind.INTEGER], [[None]])

    def test_percent_signs_are_plain(self, engine: Engine, make_query: Callable[..., Query]) -> None:
        got, _ = run(engine, make_query("SELECT '100%s' AS \"100%\", 7 % 4 AS rest"))
        assert (got.names, got.all) == (["100%", "rest"], [["100%s", 3]])

    def test_only_guarded_queries_of_this_dialect_run(
        self, engine: Engine, make_query: Callable[..., Query]
    ) -> None:
        for wrong in ("SELECT 1", make_query("SELECT 1", dialect="klingon")):
            with pytest.raises(TypeError):
                run(engine, wrong)  # type: ignore[arg-type]
            with pytest.raises(TypeError):
                engine.explain(wrong, timeout_seconds=5)  # type: ignore[arg-type]

    def test_errors_have_a_class_and_no_data(self, engine: Engine, make_query: Callable[..., Query]) -> None:
        for error_class, sql in self.failing_sql.items():
            with pytest.raises(QueryFailed) as caught:
                run(engine, make_query(sql.format(secret="CANARY")))
            assert caught.value.error_class == error_class, sql
            assert "CANARY" not in str(caught.value), sql
            assert caught.value.__suppress_context__, "a traceback would show the database's own text"

    def test_explain(self, engine: Engine, make_query: Callable[..., Query]) -> None:
        if not self.can_explain:
            pytest.skip("this engine has no plan to ask for")
        engine.explain(make_query(self.slow_sql), timeout_seconds=5)
        with pytest.raises(QueryFailed):
            engine.explain(make_query("SELECT no_such_column"), timeout_seconds=5)

    def test_timeout(self, engine: Engine, make_query: Callable[..., Query]) -> None:
        with pytest.raises(QueryTimeout):
            run(engine, make_query(self.slow_sql), timeout_seconds=0.3)

    def test_a_wish_stops_the_query(self, engine: Engine, make_query: Callable[..., Query]) -> None:
        if not self.can_cancel:
            pytest.skip("this engine cannot stop a query")
        cancellation = Cancellation()
        threading.Timer(0.3, cancellation.wish).start()
        with pytest.raises(Cancelled):
            run(engine, make_query(self.slow_sql), cancellation=cancellation)

    def test_a_wish_between_two_batches_stops_the_stream(
        self, engine: Engine, make_query: Callable[..., Query]
    ) -> None:
        cancellation = Cancellation()
        sink = Collected(after_batch=cancellation.wish)
        with pytest.raises(Cancelled):
            run(
                engine,
                make_query(self.numbers_sql.format(count=9000), row_limit=9000),
                cancellation=cancellation,
                sink=sink,
            )
        assert len(sink.batches) == 1

    def test_a_wish_that_was_there_before_starts_nothing(
        self, engine: Engine, make_query: Callable[..., Query]
    ) -> None:
        cancellation = Cancellation()
        cancellation.wish()
        handles: list[Mapping[str, Any]] = []
        with pytest.raises(Cancelled):
            run(engine, make_query("SELECT 1"), cancellation=cancellation, on_handle=handles.append)
        assert handles == []

    def test_cancel_by_handle(self, engine: Engine, make_query: Callable[..., Query]) -> None:
        if not self.can_cancel:
            pytest.skip("this engine cannot stop a query")
        found: list[bool] = []

        def stop(handle: Mapping[str, Any]) -> None:
            def later() -> None:
                time.sleep(0.3)
                found.append(engine.cancel(handle))

            threads.append(threading.Thread(target=later))
            threads[0].start()

        threads: list[threading.Thread] = []
        with pytest.raises(Cancelled):
            run(engine, make_query(self.slow_sql), on_handle=stop)
        threads[0].join()
        assert found == [True]

    def test_a_failing_sink_is_not_the_database_s_fault(
        self, engine: Engine, make_query: Callable[..., Query]
    ) -> None:
        def fail() -> None:
            raise OSError("no space")

        with pytest.raises(OSError, match="no space"):
            run(engine, make_query("SELECT 1"), sink=Collected(after_batch=fail))
        assert run(engine, make_query("SELECT 1 AS n"))[0].all == [[1]]
