"""Writes down what is tried while it is tried, so that nothing is shown of what the audit does not know."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Protocol, Self

from analyst import tracing
from analyst.answer import Answer
from analyst.audit import DECLINED, RAN, AuditEntry, Kind, verdict_of
from analyst.errors import StoreError
from analyst.policy import Policy
from analyst.ports import AuditLog, Clock
from analyst.question import Question, Status, Usage

logger = logging.getLogger(__name__)


class Asked(Protocol):
    """What is known of a question while it is answered."""

    question: Question
    usage: Usage
    tried: str
    """Verdict of the last attempt to run something for it; empty before the first."""
    policy: Policy
    """Whose limits hold, as far as that is known."""


class Audit:
    """Makes entries of what is tried; every method raises StoreError where an entry cannot be written."""

    def __init__(self, log: AuditLog, *, clock: Clock) -> None:
        self._log = log
        self._clock = clock

    def attempt(
        self,
        kind: Kind,
        asked: Asked,
        *,
        draft: str,
        example_id: int | None = None,
    ) -> Attempt:
        """An attempt to run SQL for a question, as a context: one entry when it ends, however it ends."""
        return Attempt(self, kind, asked, draft=draft, example_id=example_id)

    def question(self, asked: Asked) -> Whole:
        """A question as a context: one entry at its end, unless the last attempt has said how it ended."""
        return Whole(self, asked)

    def record(
        self,
        kind: Kind,
        *,
        verdict: str = RAN,
        policy: Policy | None = None,
        question: Question | None = None,
        person: str = "",
        source: str = "",
        text: str = "",
        draft: str = "",
        query: str = "",
        ms: int = 0,
        rows: int | None = None,
        example_id: int | None = None,
        model: str = "",
        detail: str = "",
    ) -> None:
        """One entry of something that needs no context; a question says who asked what of which source."""
        self._log.write(
            AuditEntry(
                kind=kind,
                verdict=verdict,
                at=self._clock.now(),
                request_id=(question.request_id if question else "") or tracing.request_id(),
                question_id=question.id if question else "",
                person=person or (question.person if question else ""),
                role=policy.role if policy else "",
                policy_version=policy.version if policy else "",
                source=source or (question.source if question else ""),
                question=text or (question.text if question else ""),
                draft=draft,
                query=query,
                ms=ms,
                rows=rows,
                example_id=example_id,
                model=model,
                detail=detail,
            )
        )


class Attempt:
    """SQL that is being tried; what is learnt on the way is put into its fields."""

    def __init__(
        self,
        audit: Audit,
        kind: Kind,
        asked: Asked,
        *,
        draft: str,
        example_id: int | None,
    ) -> None:
        self._audit = audit
        self._kind = kind
        self._asked = asked
        self._draft = draft
        self._example_id = example_id
        self._began = time.perf_counter()
        self.query = ""
        """What the guard let through."""
        self.rows: int | None = None
        self.detail = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._asked.tried = verdict_of(error)
        with _leaving(error):
            self._write(self._asked.tried)

    def _write(self, verdict: str) -> None:
        self._audit.record(
            self._kind,
            verdict=verdict,
            policy=self._asked.policy,
            question=self._asked.question,
            draft=self._draft,
            query=self.query,
            ms=round(1000 * (time.perf_counter() - self._began)),
            rows=self.rows,
            example_id=self._example_id,
            model=self._asked.usage.model,
            detail=self.detail,
        )


class Whole:
    """A question from its beginning to its end."""

    def __init__(self, audit: Audit, asked: Asked) -> None:
        self._audit = audit
        self._asked = asked
        self._began = time.perf_counter()
        self.answer: Answer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        verdict = verdict_of(error) if error else self._ending()
        if verdict in ("", self._asked.tried) or isinstance(error, StoreError):
            return  # it has been said, or it cannot be
        self._asked.tried = verdict
        with _leaving(error):
            self._audit.record(
                Kind.QUESTION,
                verdict=verdict,
                policy=self._asked.policy,
                question=self._asked.question,
                ms=round(1000 * (time.perf_counter() - self._began)),
                model=self._asked.usage.model,
            )

    def _ending(self) -> str:
        """How an answer ended the question: its attempts tell of one with rows, nobody else of one without."""
        answered = self.answer is not None and self.answer.status is Status.ANSWERED
        return "" if answered and self._asked.tried else DECLINED


@contextmanager
def _leaving(error: BaseException | None) -> Iterator[None]:
    """A failure to write takes an error's place, but never that of the end of the process."""
    try:
        yield
    except StoreError:
        if error is None or isinstance(error, Exception):
            raise
        logger.error("an attempt that was broken off is not in the audit")
