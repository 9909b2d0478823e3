"""Brings the model from "arriving" to "ready" and keeps it there, one look at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from analyst.errors import StartupError
from analyst.local.children import Child, stop_all
from analyst.local.model_arrival import ModelArrival
from analyst.local.model_status import ModelState, ModelStatus, ModelStatusFile
from analyst.local.terminal import Terminal

logger = logging.getLogger(__name__)


class ModelKeeper:
    """Without the model the rest goes on, so nothing here ends the whole: it is shown instead."""

    def __init__(
        self,
        *,
        arrival: ModelArrival,
        child: Callable[[Path], Child],
        status: ModelStatusFile,
        terminal: Terminal,
    ) -> None:
        self._arrival = arrival
        self._make_child = child
        self._status = status
        self._terminal = terminal
        self._child: Child | None = None
        self._failure: StartupError | None = None
        self._was_ready = False
        self._show(ModelState.ARRIVING, arrival.note)

    @property
    def is_ready(self) -> bool:
        """True while the server answers."""
        return self._child is not None and self._child.is_ready

    def raise_if_failed(self) -> None:
        """Raise what kept the model from coming."""
        if self._failure is not None:
            raise self._failure

    def tend(self, *, may_load: bool) -> None:
        """One look, from the supervisor's main thread; the server is started only when it may be."""
        if self._failure is not None:
            return
        if self._arrival.error is not None:
            self._fail(str(self._arrival.error))
        elif self._child is not None:
            self._tend_server(self._child)
        elif self._arrival.path is not None and may_load:
            self._start_server(self._arrival.path)
        else:
            self._show_progress()

    def stop(self) -> None:
        """Stop fetching or serving."""
        if self._child is not None:
            stop_all([self._child], within_seconds=1.5)
        self._arrival.stop()

    def kill(self) -> None:
        """End the server at once."""
        if self._child is not None:
            self._child.kill()

    def _show_progress(self) -> None:
        done, total, note = self._arrival.done, self._arrival.total, self._arrival.note
        if total:
            self._terminal.progress("Model", f"{100 * done // total:3} % of {total / 1e6:,.0f} MB ({note})")
        self._show(ModelState.ARRIVING, note)

    def _start_server(self, path: Path) -> None:
        self._child = self._make_child(path)
        self._child.start()
        self._terminal.progress("Model", "loading")
        self._show(ModelState.LOADING, "The model is being loaded.")

    def _tend_server(self, child: Child) -> None:
        try:
            happened = child.tend()
        except StartupError as error:
            child.kill()
            self._fail(str(error))
            return
        if happened:
            self._was_ready = False
            self._terminal.say("Model", happened)
            self._show(ModelState.LOADING, "The model is being loaded again.")
        if child.is_ready and not self._was_ready:
            self._was_ready = True
            self._terminal.say("Model", "ready")
            self._show(ModelState.READY, "")

    def _fail(self, sentence: str) -> None:
        self._failure = StartupError(sentence)
        self._terminal.say(
            "Model", f"{sentence} Everything else goes on; the example questions still answer."
        )
        self._show(ModelState.FAILED, sentence)

    def _show(self, state: ModelState, message: str) -> None:
        status = ModelStatus(state=state, done=self._arrival.done, total=self._arrival.total, message=message)
        try:
            self._status.show(status)
        except OSError as error:
            logger.warning("the model's status cannot be written: %s", error.strerror)
