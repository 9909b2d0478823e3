"""What is said of one prediction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

DECLINED = frozenset({"unanswerable", "clarify"})
"""Statuses of a prediction that says it has no answer."""


class Outcome(StrEnum):
    """How a prediction compares with what is known to be right."""

    RIGHT = "right"
    WRONG = "wrong"
    ERROR = "error"
    """Its SQL does not run."""
    DECLINED = "declined"
    """Not answered: said to be unanswerable, or asked back."""
    REFUSED = "refused"
    """Stopped by the guard."""
    FAILED = "failed"
    """No answer came about, or none was looked for (cancelled, a miss)."""
    MISSING = "missing"
    """There is no prediction."""
    UNJUDGED = "unjudged"
    """The gold itself does not run."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One line of a file of verdicts."""

    id: str | int
    database: str
    category: str
    answerable: bool
    """False where the suite says that there is no answer: declining is right then, and answering wrong."""
    outcome: Outcome
    status: str = ""
    """The prediction's own."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    attempts: int = 0
    confidence: float = 1.0
    """How sure the product was of its answer, 0 to 1."""

    def document(self) -> dict[str, Any]:
        """The verdict as JSON."""
        return asdict(self)

    @classmethod
    def from_document(cls, data: Mapping[str, Any]) -> Verdict:
        """The verdict that such a document holds; raises KeyError, TypeError or ValueError."""
        return cls(**{**data, "outcome": Outcome(data["outcome"])})


def outcome(status: str, *, answerable: bool) -> Outcome | None:
    """What the status alone decides; None for an answer, whose rows have to be compared."""
    if status in DECLINED:
        return Outcome.DECLINED if answerable else Outcome.RIGHT
    if status == "answered":
        return None if answerable else Outcome.WRONG
    return Outcome.REFUSED if status == "refused" else Outcome.FAILED


def changed(before: Sequence[Verdict], after: Sequence[Verdict]) -> list[tuple[Verdict, Verdict]]:
    """The questions that both hold, judged differently: (before, after), in the order of the later file."""
    known = {verdict.id: verdict for verdict in before}
    pairs = [(known[v.id], v) for v in after if v.id in known]
    return [(old, new) for old, new in pairs if old.outcome is not new.outcome]
