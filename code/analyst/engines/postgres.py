"""The Postgres engine: any server by URL, with whatever role is given; it only ever reads."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar

import psycopg2
from psycopg2.extensions import parse_dsn
from psycopg2.sql import SQL, Composed, Literal

from analyst.aws.database_login import with_login
from analyst.catalog import Catalog
from analyst.draft import Query
from analyst.engines.connections import Connections
from analyst.engines.postgres_catalog import read_catalog
from analyst.engines.postgres_session import LONGEST_APPLICATION, Address, Session, session
from analyst.engines.postgres_sql import statement
from analyst.engines.postgres_types import READERS, Reader, cells, reader
from analyst.errors import QueryFailed, WrongUsage
from analyst.ports import Cancellation, ResultSink
from analyst.result import ResultColumn

MOST_ROWS_A_BATCH = 2000
CHARACTERS_A_BATCH = 4_000_000
"""About how much text is held at once; tables with long values come in smaller batches."""
_FIRST_BATCH = 200
_SAMPLED_ROWS = 20

_EXPLAIN = "EXPLAIN "
_COST = re.compile(r"\(cost=[\d.]+\.\.([\d.]+) ")
"""The total, on the first line of a plan."""
_CANCEL_PAUSES = (0.05, 0.1, 0.2, 0.3, 0.5)


class PostgresEngine:
    """One Postgres database; each call has a connection of its own, so calls may run side by side.

    The URL may be given by a function, which is asked at every connection, and anew where a login is refused.
    With `connections`, which several engines may share, connections outlive the calls.
    """

    most_rows_a_batch: ClassVar[int] = MOST_ROWS_A_BATCH
    _kind: ClassVar[type[Session]] = Session
    _declare: ClassVar[str] = "DECLARE answer NO SCROLL CURSOR FOR "

    def __init__(
        self,
        url: str | Address,
        *,
        query_id: str = "",
        application: str = "analyst",
        catalog_seconds: float = 60.0,
        connections: Connections | None = None,
    ) -> None:
        self._connections = connections
        self._address = self._readable(url)
        name = f"{application}:{query_id}" if query_id else application
        self._application = name.encode("ascii", "replace").decode()[:LONGEST_APPLICATION]
        self._catalog_seconds = catalog_seconds

    def _readable(self, url: str | Address) -> str | Address:
        """The address as the driver takes it; raises WrongUsage for one that cannot be read."""
        address = with_login(url)
        if not isinstance(address, str):
            return lambda anew: self._for_driver(address(anew))
        made = self._for_driver(address)
        try:
            parse_dsn(made)
        except (psycopg2.Error, ValueError):
            raise WrongUsage("The database URL cannot be read.") from None
        return made

    def _for_driver(self, url: str) -> str:
        return url

    @property
    def dialect(self) -> str:
        """The SQL that this engine speaks."""
        return "postgres"

    @property
    def charges(self) -> bool:
        """False: a query costs nothing by itself."""
        return False

    def catalog(self, *, source: str) -> Catalog:
        """Every table and view outside the system's schemas that the role may read."""
        with self._session(seconds=self._catalog_seconds) as opened:
            return read_catalog(opened, source=source)

    def renewed(self, known: Catalog) -> Catalog:
        """The catalog as it is now; values are looked at anew only in tables that have changed since `known`."""
        if self.dialect != "postgres":
            return self.catalog(source=known.source)
        with self._session(seconds=self._catalog_seconds) as opened:
            return read_catalog(opened, source=known.source, known=known)

    def explain(self, query: Query, *, timeout_seconds: float) -> float | None:
        """Have the database plan the query without running it; the planner's cost of all its rows."""
        sql = self._sql(query)
        with self._session(seconds=timeout_seconds) as opened:
            plan = opened.rows(sql, lead=_EXPLAIN)
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

        The timeout bounds the database's work, not the sink's. The handle is {"pid", "application"}.
        """
        sql = self._sql(query)
        with self._session(seconds=timeout_seconds, cancellation=cancellation) as opened:
            opened.read_as_text()
            on_handle({"pid": int(opened.pid), "application": opened.application})
            opened.rows(sql, lead=self._declare)
            return self._stream(opened, sink, limit=query.row_limit)

    def cancel(self, handle: Mapping[str, Any]) -> bool:
        """Stop a query that any process started; True when it was found, by its pid and its name alike."""
        pid, application = handle.get("pid"), handle.get("application")
        if not isinstance(pid, int) or not isinstance(application, str):
            return False
        sql = SQL(statement("cancel")).format(pid=Literal(pid), application=Literal(application))
        found = self._signal(sql)
        for pause in _CANCEL_PAUSES if found else ():
            # A signal that arrives between two statements is lost, so it is sent until the query is gone.
            time.sleep(pause)
            if not self._signal(sql):
                break
        return found

    def _signal(self, sql: Composed) -> bool:
        """A transaction of its own each time: within one, what runs stays as it was first seen."""
        with session(self._address, application="analyst:cancel", seconds=10) as opened:
            return bool(opened.rows(sql))

    def bound(self, query: Query) -> None:
        """Nothing is charged by the query."""

    def spent(self) -> None:
        """Nothing is charged by the query."""

    def can_write(self) -> bool:
        """True when the role could change data or create something, were it not for our own transaction."""
        with self._session(seconds=10) as opened:
            ((may,),) = opened.rows(statement("can_write"))
            return bool(may)

    def close(self) -> None:
        """Nothing of its own is kept open between two calls."""

    def _session(
        self, *, seconds: float, cancellation: Cancellation | None = None
    ) -> AbstractContextManager[Session]:
        return session(
            self._address,
            application=self._application,
            seconds=seconds,
            cancellation=cancellation,
            kind=self._kind,
            connections=self._connections,
        )

    def _sql(self, query: Query) -> str:
        if not isinstance(query, Query):
            raise TypeError("an engine runs guarded queries only")
        if query.dialect != self.dialect:
            raise TypeError(f"a query guarded for {query.dialect} does not run on {self.dialect}")
        if "\x00" in query.sql:
            # The driver would silently send only what stands before it.
            raise QueryFailed("The query holds a character that no SQL may hold.", error_class="syntax error")
        return query.sql

    def _stream(self, opened: Session, sink: ResultSink, *, limit: int) -> bool:
        """Fetch until there is no more, or one row more than wanted."""
        size, seen = _FIRST_BATCH, 0
        readers: list[Reader] | None = None
        while True:
            asked = min(size, limit + 1 - seen)
            rows = opened.rows(f"FETCH FORWARD {asked} FROM answer")
            if readers is None:
                readers = self._columns(opened, sink)
            if wanted := rows if seen + len(rows) <= limit else rows[: limit - seen]:
                sink.rows(cells(wanted, readers))
            seen += len(rows)
            if seen > limit or len(rows) < asked:
                return seen > limit
            size = min(self.most_rows_a_batch, _next_size(rows))
            del rows, wanted  # before the next batch comes: two at a time would need twice the memory

    def _columns(self, opened: Session, sink: ResultSink) -> list[Reader]:
        """Tell the sink what the columns are, and how each is read."""
        described = opened.columns
        readers = self._readers(opened, [oid for _, oid in described])
        sink.columns(
            [ResultColumn(name=name, kind=r.kind) for (name, _), r in zip(described, readers, strict=True)]
        )
        return readers

    def _readers(self, opened: Session, oids: Sequence[int]) -> list[Reader]:
        elements = _elements(opened, set(oids) - READERS.keys())
        return [reader(oid, elements=elements, at=opened.cursor) for oid in oids]


def _elements(opened: Session, oids: set[int]) -> dict[int, int]:
    """The element type of each of these types that is an array."""
    if not oids:
        return {}
    wanted = SQL(", ").join(Literal(oid) for oid in sorted(oids))
    rows = opened.rows(SQL(statement("array_elements")).format(oids=wanted))
    return {int(array): int(element) for array, element in rows}


def _next_size(rows: Sequence[tuple[Any, ...]]) -> int:
    """How many rows to fetch next, judged by the length of some of these."""
    sample = rows[:: max(1, len(rows) // _SAMPLED_ROWS)]
    length = sum(len(text) for row in sample for text in row if isinstance(text, str)) / max(1, len(sample))
    return max(1, min(MOST_ROWS_A_BATCH, int(CHARACTERS_A_BATCH / max(1.0, length))))
