"""Takes a question up, keeps its lease while it is answered, and writes down how it ended."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from analyst import tracing
from analyst.analyst import Analyst
from analyst.answer import Answer
from analyst.errors import (
    AnalystError,
    Cancelled,
    CannotAnswer,
    Conflict,
    Forbidden,
    Refused,
    StoreError,
)
from analyst.journal import Journal
from analyst.ports import Cancellation, QuestionStore
from analyst.question import Question, Status, Step
from analyst.work import Work

logger = logging.getLogger(__name__)

LEASE_SECONDS = 15.0
BEAT_SECONDS = 0.4
"""How often the lease is renewed and a wish to cancel is looked for."""
LONGEST_SECONDS = 600.0
"""A question that takes longer is stopped."""
FINISH_TRIES = 5


class Worker:
    """Answers questions one after another."""

    def __init__(
        self,
        *,
        questions: QuestionStore,
        analyst: Analyst,
        name: str,
        lease_seconds: float = LEASE_SECONDS,
        longest_seconds: float = LONGEST_SECONDS,
        on_steps: Callable[[Sequence[Step]], None] | None = None,
    ) -> None:
        self._questions = questions
        self._analyst = analyst
        self._name = name
        self._lease_seconds = lease_seconds
        self._longest_seconds = longest_seconds
        self._on_steps = on_steps

    def take_up(self, question_id: str | None = None) -> bool:
        """Claim one question (that one, or whichever waits) and answer it; False when there is none."""
        self._questions.fail_lost(self._analyst.tell_lost)
        question = self._questions.claim(
            worker=self._name, lease_seconds=self._lease_seconds, question_id=question_id
        )
        if question is None:
            return False
        with tracing.serving(question.request_id):
            self.answer(question)
        return True

    def answer(self, question: Question) -> None:
        """Answer a question this worker holds the lease of; whatever happens is written down."""
        logger.info("taken up")
        cancellation = Cancellation()
        lease = _Lease(self._questions, question, worker=self._name, cancellation=cancellation)
        journal = Journal(lambda steps: self._show(question, steps))
        work = Work(
            question=question,
            journal=journal,
            cancellation=cancellation,
            show=lambda answer: self._questions.show(question.id, answer, worker=self._name),
            hold=lambda handle: self._questions.hold(question.id, handle, worker=self._name),
        )
        with lease.kept(lease_seconds=self._lease_seconds, longest_seconds=self._longest_seconds):
            ending = self._ending(work, lease)
        if not lease.lost:
            self._finish(question, ending, journal)

    def _show(self, question: Question, steps: Sequence[Step]) -> None:
        self._questions.step(question.id, steps, worker=self._name)
        if self._on_steps:
            self._on_steps(steps)

    def _ending(self, work: Work, lease: _Lease) -> _Ending:
        try:
            answer = self._analyst.ask(work)
            return _Ending(status=answer.status, answer=answer)
        except AnalystError as error:
            return _failed(lease.reason(error), work)
        except Exception as error:  # noqa: BLE001 - the outermost edge of a question: it must end, whatever happened
            frames = "".join(traceback.format_tb(error.__traceback__))
            logger.error("%s\n%s", type(error).__name__, frames)
            return _failed(lease.reason(AnalystError(_UNEXPECTED)), work)

    def _finish(self, question: Question, ending: _Ending, journal: Journal) -> None:
        for attempt in range(FINISH_TRIES):
            try:
                self._questions.finish(
                    question.id,
                    ending.status,
                    worker=self._name,
                    steps=journal.steps,
                    answer=ending.answer,
                    error=ending.error,
                )
                logger.info("%s", ending.status)
                return
            except StoreError:
                time.sleep(0.2 * 2**attempt)
        logger.error("the end of the question could not be stored; it will be taken up again")


_UNEXPECTED = "Something went wrong on our side. Please try again; the request id helps to find the cause."


@dataclass(frozen=True, kw_only=True)
class _Ending:
    status: Status
    answer: Answer | None = None
    error: Mapping[str, str] | None = None


def _failed(error: AnalystError, work: Work) -> _Ending:
    status = _status(error)
    answer = Answer(status=status, receipt=work.receipt(), error_code=error.code) if work.sql else None
    return _Ending(status=status, answer=answer, error={"code": error.code, "message": str(error)})


def _status(error: AnalystError) -> Status:
    kinds = {
        Cancelled: Status.CANCELLED,
        Refused: Status.REFUSED,
        Forbidden: Status.REFUSED,
        CannotAnswer: Status.UNANSWERABLE,
    }
    return next((status for kind, status in kinds.items() if isinstance(error, kind)), Status.FAILED)


class _Lease:
    """Renews a lease from a thread of its own, and passes on a wish to cancel."""

    def __init__(
        self, questions: QuestionStore, question: Question, *, worker: str, cancellation: Cancellation
    ) -> None:
        self._questions = questions
        self._question = question
        self._worker = worker
        self._cancellation = cancellation
        self._over = threading.Event()
        self._late = False
        self.lost = False

    @contextmanager
    def kept(self, *, lease_seconds: float, longest_seconds: float) -> Iterator[None]:
        """Renew the lease for as long as the context lasts."""
        beat = threading.Thread(target=self._beat, args=(lease_seconds, longest_seconds), daemon=True)
        beat.start()
        try:
            yield
        finally:
            self._over.set()
            beat.join()

    def reason(self, error: AnalystError) -> AnalystError:
        """Why the question ended: a wish and the time limit come before what they caused."""
        if self._late:
            return AnalystError("This took too long and was stopped. Try a narrower question.")
        if self._cancellation.wished:
            return Cancelled("The question was cancelled.")
        return error

    def _beat(self, lease_seconds: float, longest_seconds: float) -> None:
        began = renewed = time.monotonic()
        while not self._over.wait(BEAT_SECONDS):
            now = time.monotonic()
            self._late = now - began > longest_seconds
            try:
                wished = self._questions.renew(
                    self._question.id, worker=self._worker, lease_seconds=lease_seconds
                )
                renewed = now
            except Conflict:
                wished = self.lost = True
            except StoreError:
                wished = self.lost = now - renewed > lease_seconds
            if wished or self._late:
                self._cancellation.wish()
                if self.lost:
                    return
