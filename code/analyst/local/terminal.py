"""What a person sees while the parts come up: one line a step, and one line that moves."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import TextIO

_LABEL = 12
_CLEAR = "\r\x1b[K"


class Terminal:
    """Lines for a person; where no terminal listens, plain lines only, and not many."""

    def __init__(
        self, stream: TextIO, *, every_seconds: float = 5.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream
        self._every = every_seconds
        self._clock = clock
        self._moves = stream.isatty()
        self._shown = ""
        self._shown_at: dict[str, float] = {}

    def say(self, label: str, text: str) -> None:
        """A line that stays."""
        self._write(f"{self._wipe()}{label:<{_LABEL}} {text}\n")

    def progress(self, label: str, text: str) -> None:
        """A line that the next one replaces; without a terminal, a plain line every few seconds."""
        line = f"{label:<{_LABEL}} {text}"
        if line == self._shown:
            return
        if self._moves:
            self._write(_CLEAR + line)
        elif self._clock() - self._shown_at.get(label, float("-inf")) >= self._every:
            self._write(line + "\n")
            self._shown_at[label] = self._clock()
        else:
            return
        self._shown = line

    def _wipe(self) -> str:
        moving, self._shown = self._moves and bool(self._shown), ""
        return _CLEAR if moving else ""

    def _write(self, text: str) -> None:
        # The terminal may be gone; what is running must still be stopped in order.
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()
