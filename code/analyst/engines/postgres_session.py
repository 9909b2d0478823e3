"""One connection with one READ ONLY transaction, limited in time and always rolled back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any, ClassVar

import psycopg2
from psycopg2.extensions import UNICODE, connection, cursor, string_types
from psycopg2.sql import SQL, Composable, Literal

from analyst.engines.connections import Connections
from analyst.engines.postgres_errors import (
    NO_CONNECTION,
    login_refused,
    too_long,
    translate,
    translate_connecting,
)
from analyst.engines.postgres_sql import statement
from analyst.engines.postgres_types import CASTS
from analyst.engines.postgres_watch import Watch
from analyst.errors import AnalystError, DatabaseError, DatabaseUnavailable
from analyst.ports import Cancellation

Address = Callable[[bool], str]
"""Gives the database's URL; True asks for it anew, since its password was refused."""

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


class ConnectionsExhausted(DatabaseUnavailable):
    """The server takes no more connections."""


_NEAR = 1.05
"""A limit that is so near to what is left is not said again: that would double the messages of a long result."""


class LoginRefused(DatabaseError):
    """The server knows this user by another password, or not at all."""


class Session:
    """Runs statements, one at a time, within a time that all of them share; raises AnalystErrors only."""

    startup: ClassVar[dict[str, Any]] = {"client_encoding": "UTF8"}
    """What the server is told with the very first message."""
    forgetting: ClassVar[str] = "DISCARD ALL"
    """What makes a connection as new; without it none is kept."""
    _translate = staticmethod(translate)

    def __init__(self, raw: connection, *, seconds: float, cancellation: Cancellation, watch: Watch) -> None:
        self._raw = raw
        self._watch = watch
        self._left = seconds
        self._cancellation = cancellation
        self._cursor = raw.cursor()
        self._told = 0
        """The limit that the server knows, in milliseconds; 0 for none of ours."""
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

    def stopping(self) -> Composable:
        """What stops this session's statement when another session says it."""
        return SQL(statement("cancel")).format(pid=Literal(self.pid), application=Literal(self.application))

    def stop_by_driver(self) -> None:
        """The same without a session of its own; holds up every thread until the server has hung up."""
        with suppress(psycopg2.Error):
            self._raw.cancel()

    def read_as_text(self) -> None:
        """From now on every value comes as the text that the database writes, but for what `CASTS` reads."""
        for oid in string_types:
            self._raw.string_types[oid] = CASTS.get(oid, UNICODE)

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
        if not allowed <= self._told <= allowed * _NEAR:
            self._execute(f"SET LOCAL statement_timeout TO {allowed}", allowed=min(allowed, _OWN_TIMEOUT))
            self._told = allowed
        return self._execute(sql, lead=lead, allowed=allowed)

    def try_rows(self, sql: str | Composable, *, seconds: float) -> list[tuple[Any, ...]] | None:
        """The rows of a statement that may fail or take too long; None then, and the transaction goes on."""
        self._cancellation.check()
        if self._left <= 0:
            return None
        allowed = self._limit(min(self._left, seconds))
        self._told = 0
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
        self._watch.expect(allowed / 1000)
        try:
            self._cursor.execute(lead + sql if isinstance(sql, str) else sql)
            return self._cursor.fetchall() if self._cursor.description else []
        except (psycopg2.Error, UnicodeError) as error:
            raise self._translate(
                error,
                lead=len(lead),
                lost=self._raw.closed != 0,
                wished=self._cancellation.wished,
                timed_out=(time.monotonic() - started) * 1000 >= allowed * _ALMOST,
            ) from None
        finally:
            self._watch.rest()
            self._left -= time.monotonic() - started


@contextmanager
def session(
    address: str | Address,
    *,
    application: str,
    seconds: float,
    cancellation: Cancellation | None = None,
    kind: type[Session] = Session,
    connections: Connections | None = None,
) -> Iterator[Session]:
    """A connection in a READ ONLY transaction; rolled back and given back however the block ends.

    It is a fresh one that is closed after, or one of `connections`. `seconds` bounds the database's own work, all
    statements together. A wish to cancel stops the statement that runs. A login that is refused is asked for anew,
    once. Raises DatabaseError and its kinds, and Cancelled.
    """
    wish = cancellation or Cancellation()
    wish.check()
    url, raw = _connect(address, application=application, kind=kind, connections=connections)
    ended, watch, well = threading.Event(), Watch(raw), False
    opened = kind(raw, seconds=seconds, cancellation=wish, watch=watch)
    forget = wish.on_wish(lambda: _stop(opened, address, ended=ended, watch=watch))
    try:
        opened.begin()
        yield opened
        well = True
    finally:
        ended.set()
        forget()
        if connections is None:
            _end(raw, watch)
        else:
            watch.end()
            # A signal to stop may still be on its way to one that was cancelled.
            clean = well and not wish.wished
            connections.give_back(url, raw, clean=clean, forgetting=kind.forgetting)


def _connect(
    address: str | Address, *, application: str, kind: type[Session], connections: Connections | None
) -> tuple[str, connection]:
    """The URL that was taken, and a connection to it."""

    def opened(url: str) -> tuple[str, connection]:
        def fresh() -> connection:
            return _open(url, application=application, startup=kind.startup)

        if connections is None:
            return url, fresh()
        return url, connections.take(url, application=application, connect=fresh)

    if isinstance(address, str):
        return opened(address)
    try:
        return opened(address(False))
    except LoginRefused as error:
        try:
            anew = address(True)
        except AnalystError:
            raise error from None
    return opened(anew)


def _open(url: str, *, application: str, startup: dict[str, Any]) -> connection:
    try:
        raw: connection = psycopg2.connect(
            url,
            connect_timeout=CONNECT_SECONDS,
            application_name=application,
            **startup,
            **_KEEPALIVE,
        )
        return raw
    except psycopg2.Error as error:
        found = translate_connecting(error)
        if login_refused(error):
            raise LoginRefused(str(found)) from None
        raise (ConnectionsExhausted(str(found)) if str(found) == NO_CONNECTION else found) from None


def _end(raw: connection, watch: Watch) -> None:
    watch.expect(0)
    with suppress(psycopg2.Error):
        raw.rollback()
    watch.end()
    with suppress(psycopg2.Error):
        raw.close()


def _stop(opened: Session, address: str | Address, *, ended: threading.Event, watch: Watch) -> None:
    """Send the cancel signal until the work has ended: one that arrives between two statements is lost."""
    watch.hurry()

    def send() -> None:
        with suppress(psycopg2.Error, AnalystError), closing(_second(opened, address)) as second:
            second.autocommit = True
            while not ended.is_set():
                second.cursor().execute(opened.stopping())
                ended.wait(_CANCEL_AGAIN_SECONDS)

    threading.Thread(target=send, name="cancel-query", daemon=True).start()


def _second(opened: Session, address: str | Address) -> connection:
    """Another connection to stop the first by: the driver's own way would halt this whole process while it waits."""
    url = address if isinstance(address, str) else address(False)
    try:
        return _open(url, application="analyst:cancel", startup=opened.startup)
    except ConnectionsExhausted:
        # The server answers at once, so that this halts nothing.
        opened.stop_by_driver()
        raise
