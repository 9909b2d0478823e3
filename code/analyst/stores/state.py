"""One connection to the product's own Postgres, kept alive and shared by a process's threads."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extras import RealDictCursor

from analyst.errors import StoreError

logger = logging.getLogger(__name__)

Row = dict[str, Any]
Address = Callable[[bool], str]
"""Gives the database's URL; True asks for it anew, since its password may have changed."""
_UNAVAILABLE = "The product's own database does not answer. Try again in a moment."


class State:
    """Runs statements one after another; a lost connection is opened anew once per call.

    Raises StoreError for whatever the database has to say.
    """

    def __init__(self, url: str | Address) -> None:
        self._address: Address = url if callable(url) else lambda _: url
        self._lock = threading.RLock()
        self._connection: Connection | None = None
        self._in_transaction = False

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows of one statement, which is committed by itself."""
        with self._lock:
            for last in (False, True):
                try:
                    return self._rows(self._open(anew=last), sql, parameters)
                except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
                    self.close()
                    if last or self._in_transaction or not _lost(error):
                        raise self._error(error) from None
                except psycopg2.Error as error:
                    raise self._error(error) from None
        raise StoreError(_UNAVAILABLE)

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row, or None."""
        return next(iter(self.rows(sql, parameters)), None)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Statements inside are committed together or not at all."""
        with self._lock:
            self.rows("BEGIN")
            self._in_transaction = True
            try:
                yield
                self.rows("COMMIT")
            except BaseException:
                self.close()  # the server rolls back what a closed connection left open
                raise
            finally:
                self._in_transaction = False

    def migrate(self) -> None:
        """Bring the schema to its newest version; safe when several processes do so at once."""
        with self.transaction():
            self.rows("SELECT pg_advisory_xact_lock(7204118)")
            self.rows("CREATE EXTENSION IF NOT EXISTS vector")
            self.rows("CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, applied_at timestamptz)")
            done = {row["name"] for row in self.rows("SELECT name FROM migrations")}
            for name, sql in _migrations():
                if name not in done:
                    self.rows(sql)
                    self.rows("INSERT INTO migrations VALUES (%s, now())", (name,))

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _open(self, *, anew: bool) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg2.connect(
                self._address(anew), connect_timeout=5, application_name="analyst-state"
            )
            self._connection.autocommit = True
        return self._connection

    def _rows(self, connection: Connection, sql: str, parameters: Sequence[Any]) -> list[Row]:
        with connection.cursor(cursor_factory=RealDictCursor) as cursor:
            cursor.execute(sql, tuple(parameters) or None)
            return [dict(row) for row in cursor.fetchall()] if cursor.description else []

    def _error(self, error: psycopg2.Error) -> StoreError:
        logger.error("state database: %s %s", type(error).__name__, error.pgcode)
        return StoreError(_UNAVAILABLE)


def _lost(error: psycopg2.Error) -> bool:
    """True where nothing was done, so that the statement may be sent again: every statement here is repeatable."""
    return error.pgcode is None or error.pgcode.startswith(("57P", "08"))


def _migrations() -> list[tuple[str, str]]:
    folder = files("analyst.stores").joinpath("schema")
    names = sorted(p.name for p in folder.iterdir() if p.name.endswith(".sql"))
    return [(name, folder.joinpath(name).read_text(encoding="utf-8")) for name in names]
