"""What was read of Glue and S3 a few minutes ago, kept within one process."""

from __future__ import annotations

import functools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

KEPT_SECONDS = 300.0
_MOST = 20_000


class Kept:
    """Values by key, each for some minutes, the oldest dropped beyond a number; safe between threads."""

    def __init__(
        self, *, seconds: float = KEPT_SECONDS, most: int = _MOST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds, self._most, self._clock = seconds, most, clock
        self._lock = threading.Lock()
        self._found: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()

    def get(self, key: Hashable) -> Any:
        """What was put there not long ago, or None."""
        with self._lock:
            until, value = self._found.get(key, (0.0, None))
            return value if self._clock() < until else None

    def put(self, key: Hashable, value: Any) -> None:
        """Keep a value."""
        with self._lock:
            self._found[key] = (self._clock() + self._seconds, value)
            self._found.move_to_end(key)
            while len(self._found) > self._most:
                self._found.popitem(last=False)


@functools.lru_cache(maxsize=16)
def kept_of(*place: str) -> Kept:
    """The one store of this process for what is asked at a place (endpoints, region)."""
    return Kept()
