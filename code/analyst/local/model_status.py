"""How far the model is, in a file that the page and the gateway read."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from analyst.local.private_files import read_json, write_private


class ModelState(StrEnum):
    """Where the model is on its way."""

    ARRIVING = "arriving"
    """Its file is being fetched or checked."""
    LOADING = "loading"
    """Its server is starting."""
    READY = "ready"
    FAILED = "failed"
    """It will not come before the next start; `message` says why."""


@dataclass(frozen=True, kw_only=True)
class ModelStatus:
    """What is known of the model right now."""

    state: ModelState
    done: int = 0
    """Bytes that have arrived."""
    total: int = 0
    """Bytes of the whole file."""
    message: str = ""
    """One plain sentence for the page."""

    @property
    def percent(self) -> int:
        """How much has arrived, 0 to 100."""
        return 100 * self.done // self.total if self.total else 0


def read_model_status(path: Path) -> ModelStatus | None:
    """The status in a file, or None when nothing (readable) is there."""
    found = read_json(path)
    try:
        return None if found is None else ModelStatus(**{**found, "state": ModelState(found["state"])})
    except (KeyError, TypeError, ValueError):
        return None


class ModelStatusFile:
    """Writes the status: each change of state at once, progress at most twice a second."""

    def __init__(
        self, path: Path, *, every_seconds: float = 0.5, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._path = path
        self._every = every_seconds
        self._clock = clock
        self._written_at = float("-inf")
        self._last: ModelStatus | None = None

    def show(self, status: ModelStatus) -> None:
        """Put the status in the file, or skip it when it is only progress and too soon; raises OSError."""
        changed = self._last is None or self._last.state is not status.state
        if status == self._last or not (changed or self._clock() - self._written_at >= self._every):
            return
        write_private(self._path, json.dumps(asdict(status)) + "\n")
        self._written_at, self._last = self._clock(), status
