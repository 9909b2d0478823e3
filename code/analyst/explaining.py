"""Which approved questions come near to a question, and why each of them answers it or does not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import islice
from typing import Any

from analyst import matching, sharing, understanding, upkeep
from analyst.catalog import Catalog
from analyst.example import Example, Neighbour
from analyst.hearing import TimeReading
from analyst.matching import BOUND, MISS, Verdict
from analyst.policies import View
from analyst.ports import Clock, ExampleStore
from analyst.question_vectors import QuestionVectors
from analyst.understanding import Intent

LOOKED_AT = 20
"""Nearest approved questions that are looked up."""
COMPARED = 14
"""Those of them that are compared with a question, which takes about a millisecond each; a hit is seldom behind."""

_NOTHING_NEAR = "There is no approved question near to this one."
_NO_QUESTION = "Only questions are compared with approved ones, and this is not understood as a question."
_NOT_TO_TELL = "It names something that you may not be shown."
_REFUSED = "Its SQL may not run for you now."
_NONE_SAME = "None of the approved questions near to it means the same."


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An approved question that was looked at."""

    example: Example
    similarity: float
    """Cosine of the two questions with their literals masked; it finds candidates and decides nothing."""
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What the answer cache makes of a question."""

    question: str
    candidates: tuple[Candidate, ...] = ()
    """Nearest first."""
    reason: str = ""
    """Why nothing was chosen; empty where something was."""

    @property
    def chosen(self) -> Candidate | None:
        """The one that would answer."""
        return chosen(self.candidates)

    def to_dict(self, *, source: str) -> dict[str, Any]:
        """As `GET /cache` shows it; `source` is the name that people know."""
        found = self.chosen
        return {
            "question": self.question,
            "source": source,
            "verdict": found.verdict.kind if found else MISS,
            "example_id": found.example.id if found else None,
            "reason": found.verdict.reason if found else self.reason,
            "candidates": [_candidate(candidate) for candidate in self.candidates],
        }


class Explaining:
    """Looks the candidates up and judges each of them, as it is done before a question is answered."""

    def __init__(
        self, *, examples: ExampleStore, vectors: QuestionVectors, clock: Clock, time: TimeReading
    ) -> None:
        self._examples = examples
        self._vectors = vectors
        self._clock = clock
        self._time = time

    def explain(self, question: str, *, seen: View) -> Explanation:
        """What becomes of a question, by those approved questions that the person may be shown.

        Raises WrongUsage or TooLarge for what is no text, StoreError or ModelError where nothing can be looked up.
        """
        text = understanding.clean(question)
        if understanding.intent(text) is not Intent.QUESTION:
            return Explanation(question=text, reason=_NO_QUESTION)
        near = shown(nearest(text, examples=self._examples, vectors=self._vectors, whole=seen.whole), seen)
        today = self._clock.now().date()
        candidates = tuple(judged(text, near, seen=seen, today=today, time=self._time))
        reason = "" if chosen(candidates) else _NONE_SAME if candidates else _NOTHING_NEAR
        return Explanation(question=text, candidates=candidates, reason=reason)


def worded(text: str, *, examples: ExampleStore, whole: Catalog) -> list[Neighbour]:
    """The approved examples that ask in the very same words, for which no vector is needed; raises StoreError."""
    found = examples.worded(text, source=whole.source)
    return [Neighbour(example=example, similarity=1.0) for example in found]


def nearest(
    text: str, *, examples: ExampleStore, vectors: QuestionVectors, whole: Catalog
) -> list[Neighbour]:
    """The approved examples that are to be compared, nearest first; raises StoreError or ModelError."""
    same = worded(text, examples=examples, whole=whole)
    near = examples.nearest(
        vectors.of(text, whole), source=whole.source, embedder=vectors.name, limit=LOOKED_AT
    )
    known = {neighbour.example.id for neighbour in same}
    others = (neighbour for neighbour in near if neighbour.example.id not in known)
    return [*same, *sorted(others, key=lambda neighbour: _order(text, neighbour))]


def _order(text: str, neighbour: Neighbour) -> tuple[float, int]:
    """Nearest first, and of those that differ in nothing but literals the one that has most of the question's."""
    words = set(text.casefold().split()) & set(neighbour.example.question.casefold().split())
    return -round(neighbour.similarity, 3), -len(words)


def shown(neighbours: Sequence[Neighbour], seen: View) -> list[Neighbour]:
    """Those that the asker, and with that the model that answers them, may be shown."""
    ids = {example.id for example in sharing.shareable((n.example for n in neighbours), seen)}
    return [neighbour for neighbour in neighbours if neighbour.example.id in ids]


def judged(
    question: str, neighbours: Iterable[Neighbour], *, seen: View, today: date, time: TimeReading
) -> Iterable[Candidate]:
    """Each of the nearest with what it comes to, one after another."""
    for near in islice(neighbours, COMPARED):
        verdict = decided(question, near.example, seen=seen, today=today, time=time)
        yield Candidate(example=near.example, similarity=near.similarity, verdict=verdict)


def decided(question: str, example: Example, *, seen: View, today: date, time: TimeReading) -> Verdict:
    """Whether an example answers a question for whoever has this view, now, and with which SQL."""
    if changed := _changed(example, seen.whole):
        return _miss(changed)
    found = matching.compare(
        question,
        example,
        catalog=seen.catalog,
        today=today,
        follows=seen.catalog.time_follows or time.follows,
        fiscal_start=seen.catalog.fiscal_start or time.fiscal_start,
    )
    if found.kind != MISS and not sharing.runs(found.sql, seen):
        return _miss(_REFUSED)
    if found.kind == BOUND and not _shareable(example, seen):
        return _miss(_NOT_TO_TELL)
    return found


def told(candidate: Candidate, question: str, *, seen: View) -> str:
    """Where an answer comes from, as the receipt says it; the approved wording only to whoever may be shown it."""
    example, swaps = candidate.example, candidate.verdict.swaps
    other = not understanding.same_question(example.question, question)
    asked = f" (“{example.question}”)" if other and _shareable(example, seen) else ""
    changed = " and ".join(f"{swap.old} -> {swap.new}" for swap in swaps)
    return f"From approved question #{example.id}{asked}" + (f", with {changed}." if changed else ".")


def chosen(candidates: Iterable[Candidate]) -> Candidate | None:
    """The first that answers, as it stands or with the question's literals in; what comes behind is not judged."""
    return next((candidate for candidate in candidates if candidate.verdict.kind != MISS), None)


def _shareable(example: Example, seen: View) -> bool:
    return any(sharing.shareable((example,), seen))


def _changed(example: Example, whole: Catalog) -> str:
    """Why its SQL cannot be trusted with the tables as they are; empty where it can."""
    as_then = example.dialect == whole.dialect and example.fingerprint == whole.fingerprint()
    return "" if as_then else upkeep.changes(example, whole)


def _miss(reason: str) -> Verdict:
    return Verdict(kind=MISS, reason=reason)


def _candidate(candidate: Candidate) -> dict[str, Any]:
    example, verdict = candidate.example, candidate.verdict
    return {
        "example_id": example.id,
        "question": example.question,
        "similarity": round(candidate.similarity, 4),
        "verdict": verdict.kind,
        "reason": verdict.reason,
        "swaps": [asdict(swap) for swap in verdict.swaps],
        "sql": verdict.sql or example.sql,
        "approved_by": example.decided_by,
        "approved_at": example.decided_at.isoformat() if example.decided_at else None,
    }
