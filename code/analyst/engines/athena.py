"""The Athena engine: one workgroup's view of one or several Glue databases; it only ever reads."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from analyst.catalog import Catalog
from analyst.draft import Query
from analyst.engines import athena_execution as execution
from analyst.engines.athena_address import address_of
from analyst.engines.athena_calls import Calls, Connect, Patience
from analyst.engines.athena_catalog import read_catalog
from analyst.engines.athena_cost import Estimate, spent
from analyst.engines.athena_estimate import check_filters, estimated
from analyst.engines.athena_execution import Statement
from analyst.engines.athena_kept import Kept, kept_of
from analyst.errors import Cancelled, DatabaseError, QueryFailed, QueryTimeout
from analyst.ports import Cancellation, ResultSink
from analyst.spending import Spent

_log = logging.getLogger(__name__)

_EXPLAIN = "EXPLAIN "
_LONGEST_SQL = 262_144
"""Bytes that Athena takes."""
_LOOK_SECONDS = 10.0
"""For looking sizes up, throttled calls and all."""
_STREAM_SECONDS = 14_400.0
"""For reading a result that is there, which is no work of the database any more: as long as rows come."""
_CANCEL_SECONDS = 20.0
_STOPPED_SECONDS = 3.0
"""For a query to be stopped and to say what it has read; nobody is kept waiting longer for it."""


class AthenaEngine:
    """The databases of one workgroup; calls may run side by side.

    `url` looks like athena://workgroup/database?region=eu-central-1; what it leaves out is the environment's.
    `connect` gives boto3's clients where they are made elsewhere, `kept` the sizes that were looked up.
    """

    def __init__(
        self,
        url: str,
        *,
        query_id: str = "",
        application: str = "analyst",
        catalog_seconds: float = 60.0,
        connect: Connect | None = None,
        kept: Kept | None = None,
    ) -> None:
        self._address = address_of(url)
        self._calls = Calls(self._address, connect=connect)
        self._catalog_seconds = catalog_seconds
        self._kept = kept
        self._estimates: dict[str, Estimate] = {}
        self._spent: Spent | None = None

    @property
    def dialect(self) -> str:
        """The SQL that this engine speaks."""
        return "athena"

    @property
    def charges(self) -> bool:
        """True: Athena charges for what each query reads."""
        return True

    def catalog(self, *, source: str) -> Catalog:
        """Every table and view of the source's databases, with the values of their partition keys."""
        with Patience.of(None, seconds=self._catalog_seconds) as patience:
            return read_catalog(self._calls, self._address, source=source, patience=patience)

    def estimate(self, query: Query, *, cancellation: Cancellation | None = None) -> Estimate:
        """An upper bound of what the query reads, looked up once; it costs nothing and runs nothing."""
        sql = self._sql(query)
        if sql not in self._estimates:
            with Patience.of(cancellation, seconds=_LOOK_SECONDS) as patience:
                self._estimates[sql] = self._estimated(query, patience)
        return self._estimates[sql]

    def explain(self, query: Query, *, timeout_seconds: float) -> float | None:
        """Have Athena check the query without running it, which reads no data; the bytes that it reads at most.

        Raises Refused for a large partitioned table without a filter on its partitions. An EXPLAIN that waits
        too long in Athena's queue says nothing about the query and is given up.
        """
        estimate = self.estimate(query)
        check_filters(estimate, self._address)
        statement = Statement(sql=_EXPLAIN + self._sql(query), lead=len(_EXPLAIN))
        try:
            with Patience.of(None, seconds=timeout_seconds) as patience:
                self._ended(statement, patience=patience, on_handle=None)
        except QueryTimeout:
            _log.info("EXPLAIN took too long and was given up")
        return float(estimate.bytes) if estimate.complete else None

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

        The timeout bounds Athena's work, its queue included, not the reading of the result. The handle is
        {"execution_id", "workgroup"}; there is one only once Athena has taken the query. Raises Refused for a
        large partitioned table without a filter on its partitions.
        """
        statement = Statement(sql=self._sql(query))
        cancellation.check()
        self._spent = None
        check_filters(self.estimate(query, cancellation=cancellation), self._address)
        with Patience.of(cancellation, seconds=timeout_seconds) as patience:
            found = self._ended(statement, patience=patience, on_handle=on_handle)
        with Patience.of(cancellation, seconds=_STREAM_SECONDS) as patience:
            return execution.stream(self._calls, found, sink, limit=query.row_limit, patience=patience)

    def bound(self, query: Query) -> Spent | None:
        """The most that the query costs, from the sizes of files; None where they could not all be found."""
        found = self.estimate(query)
        return Spent(bytes=found.bytes, usd=found.usd, words=found.words) if found.complete else None

    def spent(self) -> Spent | None:
        """What the last query that ran here cost, however it ended; None before one has, or where AWS does not say."""
        return self._spent

    def cancel(self, handle: Mapping[str, Any]) -> bool:
        """Stop a query that any process started; True when it was found in this workgroup and had not ended."""
        execution_id = handle.get("execution_id")
        if not isinstance(execution_id, str) or not execution_id:
            return False
        with Patience.of(None, seconds=_CANCEL_SECONDS) as patience:
            try:
                found = execution.described(self._calls, execution_id, patience=patience)
            except DatabaseError as error:
                if error.retryable:
                    raise
                return False
            if execution.ended(found) or found.get("WorkGroup") != self._address.workgroup:
                return False
            self._calls("athena", "stop_query_execution", patience=patience, QueryExecutionId=execution_id)
        return True

    def can_write(self) -> bool:
        """False: AWS has no question that would tell, and the guard lets nothing through but SELECT.

        Whether this process's rights on Glue and S3 would allow a write can only be seen in IAM, which a
        reader's role may not read; docs/athena.md has the rights that cannot write.
        """
        return False

    def close(self) -> None:
        """Give connections back."""
        self._calls.close()

    def _ended(
        self,
        statement: Statement,
        *,
        patience: Patience,
        on_handle: Callable[[Mapping[str, Any]], None] | None,
    ) -> Mapping[str, Any]:
        """Run a statement to its good end; what Athena says of its execution."""
        execution_id = execution.start(self._calls, self._address, statement, patience=patience)
        try:
            if on_handle is not None:
                on_handle({"execution_id": execution_id, "workgroup": self._address.workgroup})
            found = execution.wait(self._calls, execution_id, patience=patience)
        except BaseException as error:
            is_charged = on_handle is not None and isinstance(error, Cancelled | QueryTimeout)
            self._stop(execution_id, note=is_charged)
            raise
        if on_handle is not None:
            self._spent = spent(found, usd_per_tb=self._address.usd_per_tb)
        patience.cancellation.check()
        execution.check(found, statement)
        return found

    def _stop(self, execution_id: str, *, note: bool) -> None:
        """Stop an execution; what it had read is charged, and stays unknown where AWS does not say so soon."""
        with Patience.of(None, seconds=_STOPPED_SECONDS) as patience:
            if not execution.stop(self._calls, execution_id, patience=patience) or not note:
                return
            try:
                found = execution.wait(self._calls, execution_id, patience=patience)
            except DatabaseError as error:
                _log.info("what a stopped query cost is not known: %s", error.code)
                return
            self._spent = spent(found, usd_per_tb=self._address.usd_per_tb)

    def _estimated(self, query: Query, patience: Patience) -> Estimate:
        kept = self._kept
        try:
            kept = kept or kept_of(
                self._calls.endpoint("glue"), self._calls.endpoint("s3"), self._address.region
            )
        except DatabaseError as error:
            # Running the query meets the same trouble and says so.
            _log.info("what a query reads cannot be estimated: %s", error.code)
            return Estimate(tables=(), usd_per_tb=self._address.usd_per_tb, whole=False)
        return estimated(query, calls=self._calls, address=self._address, kept=kept, patience=patience)

    def _sql(self, query: Query) -> str:
        if not isinstance(query, Query):
            raise TypeError("an engine runs guarded queries only")
        if query.dialect != self.dialect:
            raise TypeError(f"a query guarded for {query.dialect} does not run on {self.dialect}")
        if len(query.sql.encode()) > _LONGEST_SQL:
            raise QueryFailed("The query is longer than Athena takes.", error_class="statement too complex")
        return query.sql
