"""A call that may hang, made in a thread of its own, so that whoever waits for it can leave."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from analyst.engines.athena_errors import lost
from analyst.errors import AnalystError

T = TypeVar("T")


class Errand(Generic[T]):
    """One call; `work` raises AnalystError and its kinds only, and `late` gets what comes after `leave`."""

    def __init__(self, work: Callable[[], T], *, late: Callable[[T], None] | None = None) -> None:
        self._work, self._late = work, late
        self._lock = threading.Lock()
        self._over = self._left = False
        self._found: list[T] = []
        self._error: AnalystError = lost()
        self.news = threading.Event()
        """Set when it has ended; others may set it too, to be waited for no more."""

    def start(self) -> None:
        """Begin, in the context of whoever asks."""
        run = contextvars.copy_context().run
        threading.Thread(target=run, args=(self._run,), daemon=True).start()

    def leave(self) -> bool:
        """Wait for it no more; False where it has ended already."""
        with self._lock:
            self._left = not self._over
        return self._left

    def result(self) -> T:
        """What the call gave, once it has ended; raises what it raised."""
        if not self._found:
            raise self._error from None
        return self._found[0]

    def _run(self) -> None:
        # Whatever happens in this thread, the one that waits must hear of it.
        try:
            self._found.append(self._work())
        except AnalystError as error:
            self._error = error
        finally:
            with self._lock:
                self._over = True
            self.news.set()
        if self._left and self._found and self._late is not None:
            self._late(self._found[0])
