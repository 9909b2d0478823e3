"""Keeps a few connections of each database open between two calls, and bounds how many there are at once."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg2
from psycopg2.extensions import connection

from analyst.engines.postgres_watch import Watch
from analyst.errors import DatabaseUnavailable


@dataclass
class _Kept:
    """A connection that nobody uses now."""

    raw: connection
    born: float
    since: float


@dataclass
class _Door:
    """The connections of one URL, which names the user too: no two users ever share one."""

    in_use: int = 0
    idle: list[_Kept] = field(default_factory=list)


class Connections:
    """At most `most` connections of each URL; safe under concurrency.

    One that nobody used for `idle_seconds`, or that is older than `age_seconds`, is closed: a proxy or a server
    that was replaced is noticed that way. `wait_seconds` is how long a call waits for its turn.
    """

    def __init__(
        self,
        *,
        most: int = 8,
        wait_seconds: float = 10.0,
        idle_seconds: float = 60.0,
        age_seconds: float = 600.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._most, self._wait = most, wait_seconds
        self._idle, self._age, self._clock = idle_seconds, age_seconds, clock
        self._turn = threading.Condition()
        self._doors: dict[str, _Door] = defaultdict(_Door)
        self._born: dict[int, float] = {}
        self._closed = False

    def take(self, url: str, *, application: str, connect: Callable[[], connection]) -> connection:
        """A connection of that name, outside a transaction; raises DatabaseUnavailable, and what `connect` raises."""
        self._wait_for_turn(url)
        try:
            while (kept := self._newest(url)) is not None:
                if _awake(kept.raw, application=application):
                    self._born[id(kept.raw)] = kept.born
                    return kept.raw
                _close(kept.raw)
            raw = connect()
            self._born[id(raw)] = self._clock()
            return raw
        except BaseException:
            self._leave(url)
            raise

    def give_back(self, url: str, raw: connection, *, clean: bool, forgetting: str) -> None:
        """Keep the connection, as new, for the next call; or close it where it is not clean or does not forget."""
        try:
            born = self._born.pop(id(raw), 0.0)
            kept = clean and bool(forgetting) and not self._closed and _forgotten(raw, forgetting)
            if not kept:
                _close(raw)
                return
            with self._turn:
                self._doors[url].idle.append(_Kept(raw, born=born, since=self._clock()))
        finally:
            self._leave(url)

    def close(self) -> None:
        """Close what nobody uses; what is in use is closed when it comes back."""
        self._closed = True
        self._sweep(everything=True)

    def _wait_for_turn(self, url: str) -> None:
        with self._turn:
            if not self._turn.wait_for(lambda: self._doors[url].in_use < self._most, timeout=self._wait):
                raise DatabaseUnavailable(
                    f"All {self._most} connections to this database are in use. Try again in a moment."
                )
            self._doors[url].in_use += 1

    def _leave(self, url: str) -> None:
        with self._turn:
            self._doors[url].in_use -= 1
            self._turn.notify_all()
        self._sweep()

    def _newest(self, url: str) -> _Kept | None:
        self._sweep()
        with self._turn:
            idle = self._doors[url].idle
            return idle.pop() if idle else None

    def _sweep(self, *, everything: bool = False) -> None:
        """Close what was idle for too long or is too old; forget URLs that nobody uses."""
        now, old = self._clock(), list[_Kept]()
        with self._turn:
            for url, door in list(self._doors.items()):
                gone = [k for k in door.idle if everything or self._is_old(k, now)]
                door.idle = [k for k in door.idle if k not in gone]
                old += gone
                if not door.idle and not door.in_use:
                    del self._doors[url]
        for kept in old:
            _close(kept.raw)

    def _is_old(self, kept: _Kept, now: float) -> bool:
        return now - kept.since > self._idle or now - kept.born > self._age


def _awake(raw: connection, *, application: str) -> bool:
    """Whether it still answers; it bears the new name then."""
    watch = Watch(raw)
    watch.expect(0)
    try:
        with raw.cursor() as cursor:
            cursor.execute("SELECT set_config('application_name', %s, false)", (application,))
        return True
    except psycopg2.Error:
        return False
    finally:
        watch.end()


def _forgotten(raw: connection, forgetting: str) -> bool:
    """Whether nothing of the last call is left: settings, temporary tables, locks, and how values are read."""
    if raw.closed:
        return False
    watch = Watch(raw)
    watch.expect(0)
    try:
        raw.rollback()
        raw.set_session(readonly=False, autocommit=True)
        raw.string_types.clear()
        with raw.cursor() as cursor:
            cursor.execute(forgetting)
        return True
    except psycopg2.Error:
        return False
    finally:
        watch.end()


def _close(raw: connection) -> None:
    with suppress(psycopg2.Error):
        raw.close()
