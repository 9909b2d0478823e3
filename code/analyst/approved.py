"""What approved examples have to say to a question: which are near, and which of them answers it."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from analyst import explaining, understanding, upkeep
from analyst.errors import ModelError, StoreError
from analyst.example import Neighbour
from analyst.explaining import Candidate
from analyst.hearing import TimeReading
from analyst.ports import Clock, ExampleStore
from analyst.question import Question
from analyst.question_vectors import QuestionVectors
from analyst.work import Work

logger = logging.getLogger(__name__)

_ONLY_THE_SAME = "Approved questions in other words could not be looked up; this was answered without them."
_NOT_LOOKED_UP = "The approved questions could not be looked up; this was answered without them."


class Approved:
    """Looks approved examples up for one question after the other; where it cannot, the answer goes on without."""

    def __init__(
        self, *, examples: ExampleStore, vectors: QuestionVectors, clock: Clock, time: TimeReading
    ) -> None:
        self._examples = examples
        self._vectors = vectors
        self._clock = clock
        self._time = time

    def near(self, work: Work) -> list[Neighbour]:
        """The nearest that hold today, nearest first; the receipt says where they could not be looked up."""
        try:
            near = {n.example.id: n for n in self._nearest(work)}
        except StoreError as error:
            logger.warning("no examples: %s", error.code)
            work.notes += (_NOT_LOOKED_UP,)
            return []
        whole = work.seen.whole
        serving = [near[e.id] for e in upkeep.serving([n.example for n in near.values()], whole)]
        return _others(serving, work.question) if work.leave_one_out else serving

    def answering(self, work: Work, neighbours: Sequence[Neighbour]) -> Candidate | None:
        """The one that answers the question, as it is or with other literals; None without one."""
        question = work.question
        if not question.use_cache or question.context:
            return None
        today = self._clock.now().date()
        return explaining.chosen(
            explaining.judged(question.text, neighbours, seen=work.seen, today=today, time=self._time)
        )

    def served(self, example_id: int) -> None:
        """Count a hit, where that can be done."""
        try:
            self._examples.served(example_id)
        except StoreError as error:
            logger.warning("a hit of example %s was not counted: %s", example_id, error.code)

    def _nearest(self, work: Work) -> list[Neighbour]:
        text, whole = work.question.text, work.seen.whole
        try:
            return explaining.nearest(text, examples=self._examples, vectors=self._vectors, whole=whole)
        except ModelError as error:
            logger.warning("no vector of the question: %s", error.code)
            work.notes += (_ONLY_THE_SAME,)
            return explaining.worded(text, examples=self._examples, whole=whole)


def found_near(neighbours: Sequence[Neighbour], cached: Candidate | None) -> str:
    """What came of it, for the list of steps."""
    if cached is not None:
        return f"#{cached.example.id} asks the same"
    return f"{len(neighbours)} near, none asks the same" if neighbours else "none near"


def _others(neighbours: Sequence[Neighbour], question: Question) -> list[Neighbour]:
    """Those that neither ask the same nor have the SQL of one that does."""
    same = [n for n in neighbours if understanding.same_question(n.example.question, question.text)]
    own = {n.example.sql for n in same}
    return [n for n in neighbours if n not in same and n.example.sql not in own]
