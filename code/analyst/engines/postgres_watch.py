"""Hangs up on a server that says nothing any more: a stalled network keeps a connection open for hours."""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import suppress

import psycopg2
from psycopg2.extensions import connection

GRACE_SECONDS = 10.0
"""How much longer than a statement's own limit the server's word is waited for."""
WISH_SECONDS = 5.0
"""How long a statement that shall stop may take to do so."""
_LOOK_SECONDS = 0.5


class Watch:
    """Looks at one connection from a thread of its own; a statement that it ends fails as a lost connection."""

    def __init__(self, raw: connection) -> None:
        self._raw = raw
        self._due: float | None = None
        self._wish_due: float | None = None
        self._ended = threading.Event()
        self._lock = threading.Lock()
        threading.Thread(target=self._look, name="watch-connection", daemon=True).start()

    def expect(self, seconds: float) -> None:
        """From now on, a word of the server is waited for at most so long, and some grace."""
        self._due = time.monotonic() + seconds + GRACE_SECONDS

    def rest(self) -> None:
        """Nothing is waited for."""
        self._due = None

    def hurry(self) -> None:
        """Somebody wants the statement to stop."""
        self._wish_due = time.monotonic() + WISH_SECONDS

    def end(self) -> None:
        """Look no more; the connection may be closed after this."""
        with self._lock:
            self._ended.set()

    def _look(self) -> None:
        while not self._ended.wait(_LOOK_SECONDS):
            if self._overdue():
                self._hang_up()
                return

    def _overdue(self) -> bool:
        due, wish_due, now = self._due, self._wish_due, time.monotonic()
        return due is not None and (now > due or (wish_due is not None and now > wish_due))

    def _hang_up(self) -> None:
        with self._lock:
            if self._ended.is_set():
                return
            with suppress(OSError, psycopg2.Error), socket.socket(fileno=os.dup(self._raw.fileno())) as wire:
                wire.shutdown(socket.SHUT_RDWR)
