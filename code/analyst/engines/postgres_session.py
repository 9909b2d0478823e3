"""One connection with one READ ONLY transaction, limited in time and always rolled back."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg2
from psycopg2.extensions import UNICODE, connection, cursor, string_types
from psycopg2.sql import Composable

from analyst.engines.postgres_errors import too_long, translate, translate_connecting
from analyst.errors import DatabaseError
from analyst.ports import Cancellation

CONNECT_SECONDS = 5
LONGEST_APPLICATION = 63
"""Characters of a connection's name that the server shows; it takes no others than ASCII."""
_OWN_TIMEOUT = 10_000
"""Milliseconds for the session's own small statements."""
_LONGEST_TIMEOUT = 2**31 - 1
_ALMOST = 0.99
"""The clocks of two machines need not agree to the last millisecond."""
_CANCEL_AGAIN_SECONDS = 0.1
_KEEPALIVE: dict[str, Any] = {
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""A server that vanished without a word is noticed within a minute."""

_SETTINGS = """
SET LOCAL statement_timeout = 10000;
SET LOCAL DateStyle = 'ISO, YMD';
SET LOCAL IntervalStyle = 'postgres';
SET LOCAL bytea_output = 'hex';
SET LOCAL extra_float_digits = 1;
SET LOCAL cursor_tuple_fraction = 1.0;
SELECT set_config(
    'search_path', concat_ws(', ', 'pg_catalog, public', nullif(current_setting('search_path'), '')), true
);
SELECT pg_backend_pid(), current_setting('application_name')
"""
"""How values are written, and plans for whole results; SET LOCAL leaves no trace behind a pooler.

"public" is looked in first, whatever the role is set to: that is the table which was checked for a bare name.

The time zone stays the source's own: it decides what "day" and "month" of an instant mean there."""

_WATCH_CLIENT = "SAVEPOINT watch; SET LOCAL client_connection_check_interval = '2s'; RELEASE watch"
_WATCH_SINCE = 140_000


class Session:
    """Runs statements, one at a time, within a time that all of them share; raises AnalystErrors only."""

    def __init__(self, raw: connection, *, seconds: float, cancellation: Cancellation) -> None:
        self._raw = raw
        self._left = seconds
        self._cancellation = cancellation
        self._cursor = raw.cursor()
        self.pid = 0
        self.application = ""

    def begin(self) -> None:
        """Start the READ ONLY transaction and fix how values are written."""
        self._raw.set_session(readonly=True, autocommit=False)
        ((self.pid, application),) = self._execute(_SETTINGS)
        self.application = application[:LONGEST_APPLICATION]
        if self._raw.server_version >= _WATCH_SINCE:
            self._watch_client()

    def _watch_client(self) -> None:
        """Let the server notice when this process is gone; some platforms cannot."""
        try:
            self._execute(_WATCH_CLIENT)
        except DatabaseError:
            if self._raw.closed:
                raise
            self._execute("ROLLBACK TO SAVEPOINT watch")

    def read_as_text(self) -> None:
        """From now on every value comes as the text that the database writes."""
        for oid in string_types:
            self._raw.string_types[oid] = UNICODE

    @property
    def columns(self) -> tuple[tuple[str, int], ...]:
        """Name and type's object id of each column that the last statement gave."""
        return tuple((c.name, c.type_code) for c in self._cursor.description or ())

    @property
    def cursor(self) -> cursor:
        """The driver's own cursor, which some of its parsers want to see."""
        return self._cursor

    def rows(self, sql: str | Composable, *, lead: str = "") -> list[tuple[Any, ...]]:
        """All rows of one statement; `lead` is put before a text and not counted in positions."""
        self._cancellation.check()
        if self._left <= 0:
            raise too_long()
        allowed = self._limit(self._left)
        self._execute(f"SET LOCAL statement_timeout = {allowed}")
        return self._execute(sql, lead=lead, allowed=allowed)

    def try_rows(self, sql: str | Composable, *, seconds: float) -> list[tuple[Any, ...]] | None:
        """The rows of a statement that may fail or take too long; None then, and the transaction goes on."""
        self._cancellation.check()
        if self._left <= 0:
            return None
        allowed = self._limit(min(self._left, seconds))
        self._execute(f"SAVEPOINT attempt; SET LOCAL statement_timeout = {allowed}")
        try:
            rows = self._execute(sql, allowed=allowed)
        except DatabaseError:
            if self._raw.closed:
                raise
            self._execute("ROLLBACK TO SAVEPOINT attempt; RELEASE SAVEPOINT attempt")
            return None
        self._execute("RELEASE SAVEPOINT attempt")
        return rows

    @staticmethod
    def _limit(seconds: float) -> int:
        """Milliseconds as the server takes them; 0 would mean no limit."""
        return max(1, min(int(seconds * 1000), _LONGEST_TIMEOUT))

    def _execute(
        self, sql: str | Composable, *, lead: str = "", allowed: int = _OWN_TIMEOUT
    ) -> list[tuple[Any, ...]]:
        started = time.monotonic()
        try:
            self._cursor.execute(lead + sql if isinstance(sql, str) else sql)
            return self._cursor.fetchall() if self._cursor.description else []
        except (psycopg2.Error, UnicodeError) as error:
            raise translate(
                error,
                lead=len(lead),
                lost=self._raw.closed != 0,
                wished=self._cancellation.wished,
                timed_out=(time.monotonic() - started) * 1000 >= allowed * _ALMOST,
            ) from None
        finally:
            self._left -= time.monotonic() - started


@contextmanager
def session(
    url: str, *, application: str, seconds: float, cancellation: Cancellation | None = None
) -> Iterator[Session]:
    """A fresh connection in a READ ONLY transaction; rolled back and closed however the block ends.

    `seconds` bounds the database's own work, all statements together. A wish to cancel stops the statement
    that runs. Raises DatabaseError and its kinds, and Cancelled.
    """
    wish = cancellation or Cancellation()
    wish.check()
    raw = _connect(url, application=application)
    ended = threading.Event()
    forget = wish.on_wish(lambda: _stop(raw, ended=ended))
    try:
        opened = Session(raw, seconds=seconds, cancellation=wish)
        opened.begin()
        yield opened
    finally:
        ended.set()
        forget()
        _give_back(raw)


def _connect(url: str, *, application: str) -> connection:
    try:
        raw: connection = psycopg2.connect(
            url,
            connect_timeout=CONNECT_SECONDS,
            application_name=application,
            client_encoding="UTF8",
            **_KEEPALIVE,
        )
        return raw
    except psycopg2.Error as error:
        raise translate_connecting(error) from None


def _give_back(raw: connection) -> None:
    with suppress(psycopg2.Error):
        raw.rollback()
    with suppress(psycopg2.Error):
        raw.close()


def _stop(raw: connection, *, ended: threading.Event) -> None:
    """Send the cancel signal until the work has ended: one that arrives between two statements is lost."""

    def send() -> None:
        while not ended.is_set():
            with suppress(psycopg2.Error):
                raw.cancel()
            ended.wait(_CANCEL_AGAIN_SECONDS)

    threading.Thread(target=send, name="cancel-query", daemon=True).start()
