"""How a stored question reaches a worker."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from analyst.errors import FunctionFailed

if TYPE_CHECKING:
    from analyst.invoking import Function
    from analyst.stores.questions import Questions

logger = logging.getLogger(__name__)


class StoreDispatcher:
    """Workers on this machine wait for the store's notice."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions

    def hand_over(self, question_id: str) -> None:
        """Tell the waiting workers."""
        self._questions.announce(question_id)

    def hand_over_export(self, name: str) -> None:
        """Nothing: the workers look for files to make by themselves."""


class FunctionDispatcher:
    """The worker function is invoked asynchronously."""

    def __init__(self, worker: Function) -> None:
        self._worker = worker

    def hand_over(self, question_id: str) -> None:
        """Send the worker an event; where that fails, a later look at the question tries again."""
        try:
            self._worker.send({"query_id": question_id})
        except FunctionFailed as error:
            logger.error("question %s waits: %s", question_id, error)

    def hand_over_export(self, name: str) -> None:
        """Send the worker an event; where that fails, a later look at the file tries again."""
        try:
            self._worker.send({"operation": "export"})
        except FunctionFailed as error:
            logger.error("a file waits: %s", error)
