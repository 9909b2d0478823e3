"""Redshift over the wire, which speaks the protocol of Postgres: provisioned clusters and serverless workgroups."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar

from psycopg2.sql import SQL, Literal

from analyst.catalog import Catalog
from analyst.engines.postgres import PostgresEngine
from analyst.engines.postgres_session import Session, session
from analyst.engines.postgres_types import Reader
from analyst.engines.redshift_catalog import read_catalog
from analyst.engines.redshift_session import RedshiftSession, for_driver
from analyst.engines.redshift_sql import statement
from analyst.engines.redshift_types import reader_of_oid

_CANCEL_PAUSES = (0.1, 0.2, 0.5, 1.0)
_CANCEL_SECONDS = 15


class RedshiftEngine(PostgresEngine):
    """One Redshift database; each call has a connection of its own, so calls may run side by side.

    Operators see its work under the query group "application:query_id". TLS is verified unless the URL says
    otherwise. The result of a query is held whole by the leader node while it is fetched.
    """

    most_rows_a_batch: ClassVar[int] = 1000
    """A cluster of one node hands out no more at once."""
    _kind: ClassVar[type[Session]] = RedshiftSession
    _declare: ClassVar[str] = "DECLARE answer CURSOR FOR "

    @property
    def dialect(self) -> str:
        """The SQL that this engine speaks."""
        return "redshift"

    def _for_driver(self, url: str) -> str:
        return for_driver(url)

    def catalog(self, *, source: str) -> Catalog:
        """Every table and view that the role may read, external ones and late-binding views among them."""
        with self._session(seconds=self._catalog_seconds) as opened:
            return read_catalog(opened, source=source)

    def _readers(self, opened: Session, oids: Sequence[int]) -> list[Reader]:
        return [reader_of_oid(oid) for oid in oids]

    def cancel(self, handle: Mapping[str, Any]) -> bool:
        """Stop a query that any process started; True when it was found, by its pid and its group alike."""
        pid, label = handle.get("pid"), handle.get("application")
        if not isinstance(pid, int) or not isinstance(label, str):
            return False
        found = self._signal_running(pid, label)
        for pause in _CANCEL_PAUSES if found else ():
            # A signal that arrives between two statements is lost, so it is sent until the query is gone.
            time.sleep(pause)
            if not self._signal_running(pid, label):
                break
        return found

    def _signal_running(self, pid: int, label: str) -> bool:
        """Two statements, as Redshift calls no function of its leader node on rows of a system view."""
        wanted = SQL(statement("running")).format(pid=Literal(pid), label=Literal(label))
        with self._cancelling() as opened:
            if not opened.rows(wanted):
                return False
            return opened.try_rows(f"SELECT pg_cancel_backend({pid:d})", seconds=_CANCEL_SECONDS) is not None

    def _cancelling(self) -> AbstractContextManager[Session]:
        return session(self._address, application="analyst:cancel", seconds=_CANCEL_SECONDS, kind=self._kind)

    def can_write(self) -> bool:
        """True when the role could change data or create something, were it not for our own transaction."""
        with self._session(seconds=10) as opened:
            ((may,),) = opened.rows(statement("can_write"))
            return bool(may)
