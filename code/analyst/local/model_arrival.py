"""The model's file on its way, in a thread of its own while everything else comes up."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

from analyst.errors import AnalystError, Cancelled, StartupError
from analyst.local.model_file import OnProgress

logger = logging.getLogger(__name__)


class ModelArrival:
    """Fetches at once; asked now and then how far it is."""

    def __init__(self, fetch: Callable[[OnProgress, Callable[[], bool]], Path]) -> None:
        self._cancelled = threading.Event()
        self.done, self.total, self.note = 0, 0, "looking for it"
        self.path: Path | None = None
        """The verified file, once it is there."""
        self.error: AnalystError | None = None
        """Why it will not come."""
        self._thread = threading.Thread(target=self._run, args=(fetch,), name="model-arrival", daemon=True)
        self._thread.start()

    def stop(self, *, within_seconds: float = 3.0) -> None:
        """Let it be; what has arrived is kept."""
        self._cancelled.set()
        self._thread.join(within_seconds)

    def _run(self, fetch: Callable[[OnProgress, Callable[[], bool]], Path]) -> None:
        try:
            self.path = fetch(self._hear, self._cancelled.is_set)
        except Cancelled:
            pass
        except AnalystError as error:
            self.error = error
        except Exception as error:  # noqa: BLE001 - the outermost edge of this thread: the page must say so
            frames = "".join(traceback.format_tb(error.__traceback__))
            logger.info("fetching the model failed: %s\n%s", type(error).__name__, frames)
            kind = type(error).__name__
            self.error = StartupError(f"The model could not be fetched because of a fault ({kind}).")

    def _hear(self, done: int, total: int, note: str) -> None:
        self.done, self.total, self.note = done, total, note
