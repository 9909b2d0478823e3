"""A leash on one connection: cuts it from another thread on a wish to cancel, or when time is up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from analyst.errors import ModelTimeout
from analyst.ports import Cancellation


@dataclass(frozen=True, kw_only=True)
class TimeLimits:
    """How long each part of a call may take, in seconds."""

    connect: float = 5
    first_token: float = 120
    idle: float = 60
    """Between two pieces of the reply."""
    total: float = 300
    """The whole call, tries and waits between them included."""


class Line(Protocol):
    """What a leash holds."""

    def shut(self) -> None:
        """Make every read and write end at once; called from another thread, never raises."""
        ...

    def close(self) -> None:
        """Give the connection back."""
        ...


class Leash:
    """Holds one connection for one try, and closes it at the end.

    Socket time-outs alone do not do: a server that drips single bytes, or sends keep-alive comments and no
    token, passes them for ever, and none of them lets another thread in.
    """

    def __init__(self, *, limits: TimeLimits, ends_at: float, cancellation: Cancellation) -> None:
        """`ends_at` is when the whole call must be over, on the monotonic clock."""
        self._limits = limits
        self._ends_at = ends_at
        self._cancellation = cancellation
        self._changed = threading.Condition()
        self._line: Line | None = None
        self._cut = False
        self._over = False
        self._started = False
        self._due = min(time.monotonic() + limits.first_token, ends_at)
        self._watcher = threading.Thread(target=self._watch, name="model-leash", daemon=True)
        self._take_off: Callable[[], None] = lambda: None

    def __enter__(self) -> Self:
        self._take_off = self._cancellation.on_wish(self._cut_now)
        self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._take_off()
        with self._changed:
            self._over = True
            line, self._line = self._line, None
            self._changed.notify()
        if line is not None:
            line.close()
        self._watcher.join()

    @property
    def started(self) -> bool:
        """True once a piece of the reply has come; from then on nothing is tried again."""
        return self._started

    def hold(self, line: Line) -> None:
        """Take a connection; it is shut at once when the cut came before it."""
        with self._changed:
            self._line = line
            if self._cut:
                line.shut()

    def piece_came(self) -> None:
        """A piece of the reply is there: from now on the idle limit counts."""
        with self._changed:
            self._started = True
            self._due = min(time.monotonic() + self._limits.idle, self._ends_at)
            self._changed.notify()

    def check(self) -> None:
        """Raise Cancelled or ModelTimeout when the connection was cut."""
        if not self._cut:
            return
        self._cancellation.check()
        if time.monotonic() >= self._ends_at:
            raise ModelTimeout(f"The model did not finish within {self._limits.total:g} seconds.")
        if self._started:
            raise ModelTimeout(f"The model fell silent for {self._limits.idle:g} seconds.")
        raise ModelTimeout(f"The model did not begin to answer within {self._limits.first_token:g} seconds.")

    def _cut_now(self) -> None:
        with self._changed:
            self._cut = True
            if self._line is not None:
                self._line.shut()
            self._changed.notify()

    def _watch(self) -> None:
        with self._changed:
            while not (self._over or self._cut):
                left = self._due - time.monotonic()
                if left <= 0:
                    self._cut_now()
                else:
                    self._changed.wait(left)
