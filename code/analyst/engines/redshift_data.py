"""Redshift through its Data API: no connection, no driver and no password, only calls of AWS."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from analyst.catalog import Catalog
from analyst.draft import Query
from analyst.engines.postgres_errors import too_long
from analyst.engines.redshift_catalog import Rows, read_catalog
from analyst.engines.redshift_data_calls import Calls, Place, place_of
from analyst.engines.redshift_errors import failed, translate_text
from analyst.engines.redshift_sql import statement
from analyst.engines.redshift_types import field_rows, plain_rows, reader_of_name
from analyst.errors import Cancelled, DatabaseError
from analyst.ports import Cancellation, ResultSink
from analyst.result import ResultColumn

MOST_ROWS_A_BATCH = 1000
_EXPLAIN = "EXPLAIN "
_COST = re.compile(r"\(cost=[\d.]+\.\.([\d.]+) ")
_LONGEST_NAME = 500
_OWN_SECONDS = 30.0
_LOOKS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 2.0)
"""Seconds between two looks at a statement; the last one again and again."""


class RedshiftDataEngine:
    """One Redshift database by `redshift-data://workgroup/database?region=…&secret=…`; calls may run side by side.

    `kind=cluster` makes the first name that of a provisioned cluster, where `user` may stand in place of `secret`.
    The Data API knows no READ ONLY transaction: only the guard and the role's rights keep data as they are. It
    carries results up to 500 MB with rows up to 64 kB, and keeps them for 24 hours. `client` is boto3's.
    """

    def __init__(
        self,
        url: str,
        *,
        query_id: str = "",
        application: str = "analyst",
        catalog_seconds: float = 60.0,
        client: Any = None,
    ) -> None:
        self._place: Place = place_of(url)
        name = f"{application}:{query_id}" if query_id else application
        self._name = name.encode("ascii", "replace").decode()[:_LONGEST_NAME]
        self._calls = Calls(self._place, name=self._name, client=client)
        self._catalog_seconds = catalog_seconds

    @property
    def dialect(self) -> str:
        """The SQL that this engine speaks."""
        return "redshift"

    @property
    def charges(self) -> bool:
        """False: a query costs nothing by itself."""
        return False

    def catalog(self, *, source: str) -> Catalog:
        """Every table and view that the role may read, external ones and late-binding views among them."""
        return read_catalog(_Asker(self, seconds=self._catalog_seconds), source=source)

    def explain(self, query: Query, *, timeout_seconds: float) -> float | None:
        """Have the database plan the query without running it; the planner's cost of all its rows."""
        plan = self._rows(self._sql(query), seconds=timeout_seconds, lead=_EXPLAIN)
        found = _COST.search(str(plan[0][0])) if plan else None
        return float(found[1]) if found else None

    def run(
        self,
        query: Query,
        sink: ResultSink,
        *,
        timeout_seconds: float,
        on_handle: Callable[[Mapping[str, Any]], None],
        cancellation: Cancellation,
    ) -> bool:
        """Stream at most `query.row_limit` rows to the sink; True when there were more.

        The timeout bounds the database's work with the time in its queue. The handle is {"statement"}, given as
        soon as there is one: the statement has been handed in by then.
        """
        sql = self._sql(query)
        cancellation.check()
        statement_id = self._calls.start(sql)
        with self._stopped_unless_done(statement_id):
            on_handle({"statement": statement_id})
            self._wait(statement_id, seconds=timeout_seconds, cancellation=cancellation)
        return self._stream(statement_id, sink, limit=query.row_limit, cancellation=cancellation)

    def cancel(self, handle: Mapping[str, Any]) -> bool:
        """Stop a query that any process started; True when it was found running."""
        statement_id = handle.get("statement")
        return isinstance(statement_id, str) and self._calls.cancel(statement_id)

    def bound(self, query: Query) -> None:
        """Nothing is charged by the query."""

    def spent(self) -> None:
        """Nothing is charged by the query."""

    def can_write(self) -> bool:
        """True when the role could change data or create something.

        Here nothing but the guard is in its way: the Data API starts no READ ONLY transaction.
        """
        ((may,),) = self._rows(statement("can_write"), seconds=_OWN_SECONDS)
        return bool(may)

    def close(self) -> None:
        """Nothing is kept open between two calls."""

    def _rows(self, sql: str, *, seconds: float, lead: str = "") -> Rows:
        """All rows of one small statement."""
        statement_id = self._calls.start(lead + sql)
        with self._stopped_unless_done(statement_id):
            self._wait(statement_id, seconds=seconds, cancellation=Cancellation(), lead=len(lead))
        return [row for page in self._calls.pages(statement_id) for row in plain_rows(page["Records"])]

    @contextmanager
    def _stopped_unless_done(self, statement_id: str) -> Iterator[None]:
        """However the waiting ends, no statement is left to run for nobody."""
        try:
            yield
        except BaseException as error:
            if not getattr(error, "repairable", False):
                self._calls.try_cancel(statement_id)
            raise

    def _wait(self, statement_id: str, *, seconds: float, cancellation: Cancellation, lead: int = 0) -> None:
        """Look until the statement is done; raises what it met, QueryTimeout and Cancelled."""
        wished = threading.Event()
        forget = cancellation.on_wish(wished.set)
        until = time.monotonic() + seconds
        try:
            for look in _looks():
                cancellation.check()
                found = self._calls.describe(statement_id)
                if _is_done(found, lead=lead, timed_out=time.monotonic() >= until):
                    return
                left = until - time.monotonic()
                if left <= 0:
                    raise too_long()
                wished.wait(min(self._calls.jittered(look), left))
        finally:
            forget()

    def _stream(self, statement_id: str, sink: ResultSink, *, limit: int, cancellation: Cancellation) -> bool:
        seen = 0
        readers = None
        for page in self._calls.pages(statement_id):
            if readers is None:
                described = page["ColumnMetadata"]
                readers = [reader_of_name(str(c.get("typeName", ""))) for c in described]
                named = zip(described, readers, strict=True)
                sink.columns([ResultColumn(name=_called(c), kind=r.kind) for c, r in named])
            for batch in _batches(page["Records"]):
                cancellation.check()
                wanted = batch[: limit - seen]
                if wanted:
                    sink.rows(field_rows(wanted, readers))
                seen += len(batch)
                if seen > limit:
                    return True
        return False

    def _sql(self, query: Query) -> str:
        if not isinstance(query, Query):
            raise TypeError("an engine runs guarded queries only")
        if query.dialect != self.dialect:
            raise TypeError(f"a query guarded for {query.dialect} does not run on {self.dialect}")
        try:
            query.sql.encode()
        except UnicodeError:
            raise failed("text in an unknown encoding", position=None) from None
        if "\x00" in query.sql:
            raise failed("syntax error", position=None)
        return query.sql


class _Asker:
    """Asks for the catalog within a time that all its statements share."""

    def __init__(self, engine: RedshiftDataEngine, *, seconds: float) -> None:
        self._engine, self._until = engine, time.monotonic() + seconds

    def rows(self, sql: str) -> Rows:
        left = self._until - time.monotonic()
        if left <= 0:
            raise too_long()
        return self._engine._rows(sql, seconds=left)

    def try_rows(self, sql: str, *, seconds: float) -> Rows | None:
        left = min(seconds, self._until - time.monotonic())
        if left <= 0:
            return None
        try:
            return self._engine._rows(sql, seconds=left)
        except (DatabaseError, Cancelled) as error:
            if getattr(error, "code", "") == "database_unavailable":
                raise
            return None


def _looks() -> Iterator[float]:
    yield from _LOOKS
    while True:
        yield _LOOKS[-1]


def _is_done(found: Mapping[str, Any], *, lead: int, timed_out: bool) -> bool:
    status = found.get("Status")
    if status == "FAILED":
        raise translate_text(str(found.get("Error", "")), lead=lead) from None
    if status == "ABORTED":
        raise too_long() if timed_out else Cancelled("The query was cancelled in the database.")
    return status == "FINISHED"


def _called(column: Mapping[str, Any]) -> str:
    """What a column is called in the result, which is its label where it has one."""
    return str(column.get("label") or column.get("name") or "")


def _batches(records: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(records), MOST_ROWS_A_BATCH):
        yield records[start : start + MOST_ROWS_A_BATCH]
