"""A question, the states it goes through, and the steps that are shown while it is answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from analyst.identity import Principal

LONGEST_QUESTION = 2000
"""Characters; a longer question is refused with a sentence."""


class Status(StrEnum):
    """Where a question stands."""

    QUEUED = "queued"
    RUNNING = "running"
    ANSWERED = "answered"
    CLARIFY = "clarify"
    UNANSWERABLE = "unanswerable"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def finished(self) -> bool:
        """True once nothing more will happen to the question."""
        return self not in (Status.QUEUED, Status.RUNNING)


class Mode(StrEnum):
    """How much work one question is worth."""

    FAST = "fast"
    THOROUGH = "thorough"


@dataclass(frozen=True, kw_only=True)
class Question:
    """What was asked, by whom, of which source."""

    id: str
    text: str
    session_id: str
    source: str
    asked_at: datetime
    request_id: str
    person: str = ""
    """The key of who asked; empty for nobody in particular."""
    principal: Principal | None = None
    """Who asked, as verified; what they may see follows from it at the moment the question is answered."""
    mode: Mode = Mode.FAST
    use_cache: bool = True
    context: str = ""
    """Instructions that come with the question (an evaluation suite's `context`)."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step on the way to an answer, as shown while it happens."""

    name: str
    label: str
    """What is being done, in plain words."""
    done: bool = False
    ms: float = 0.0
    detail: str = ""
    """What came of it: "4 tables", "repaired once"."""


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a model call cost."""

    model: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    calls: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            model=other.model or self.model,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            calls=self.calls + other.calls,
        )


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What was asked and answered earlier in the same session."""

    question: str
    sql: str
    status: Status = Status.ANSWERED


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """The turns of a session before this question, oldest first."""

    session_id: str
    turns: tuple[Turn, ...] = field(default_factory=tuple)
