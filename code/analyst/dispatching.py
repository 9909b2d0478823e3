"""How a stored question reaches a worker on this machine."""

from __future__ import annotations

from analyst.stores.questions import Questions


class StoreDispatcher:
    """Workers on this machine wait for the store's notice."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions

    def hand_over(self, question_id: str) -> None:
        """Tell the waiting workers."""
        self._questions.announce(question_id)
