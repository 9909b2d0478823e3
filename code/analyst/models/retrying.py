"""Trying again with full jitter, as long as nothing of the reply has come."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from analyst.errors import ModelError
from analyst.ports import Cancellation

T = TypeVar("T")


class TryAgain(Exception):
    """A passing failure before the first token; only `Retries.run` sees it."""

    def __init__(self, error: ModelError, *, after: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        """What is raised when no try is left."""
        self.after = after
        """Seconds the server asked to wait."""


def wait(seconds: float, cancellation: Cancellation) -> None:
    """Wait; a wish to cancel ends it at once with Cancelled."""
    woken = threading.Event()
    take_off = cancellation.on_wish(woken.set)
    try:
        woken.wait(seconds)
    finally:
        take_off()
    cancellation.check()


def seconds_asked(retry_after: str | None) -> float | None:
    """The seconds of a Retry-After header, given as a number or a date; None where it says nothing."""
    if not retry_after:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        return _seconds_until(retry_after)
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _seconds_until(date: str) -> float | None:
    try:
        until = parsedate_to_datetime(date)
    except ValueError:
        return None
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max((aware - datetime.now(UTC)).total_seconds(), 0.0)


@dataclass(frozen=True, kw_only=True)
class Retries:
    """How often and after which waits a call is tried again."""

    tries: int = 3
    base_seconds: float = 0.5
    longest_seconds: float = 8.0
    random: Callable[[], float] = random.random
    """A number from 0 up to 1."""
    wait: Callable[[float, Cancellation], None] = wait

    def run(self, call: Callable[[], T], *, ends_at: float, cancellation: Cancellation) -> T:
        """The call's result; raises the last TryAgain's error once no try, or no time, is left."""
        attempt = 1
        while True:
            cancellation.check()
            try:
                return call()
            except TryAgain as again:
                delay = self._delay(attempt, asked=again.after)
                if attempt >= self.tries or time.monotonic() + delay >= ends_at:
                    raise again.error from None
            self.wait(delay, cancellation)
            attempt += 1

    def _delay(self, attempt: int, *, asked: float | None) -> float:
        # Full jitter; what the server asks for comes on top, so that its clients do not all return together.
        jitter = self.random() * min(self.longest_seconds, self.base_seconds * 2.0 ** (attempt - 1))
        return jitter + (asked or 0.0)
