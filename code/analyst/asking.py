"""What a front end does with questions: put them, show them, stop them, judge them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from analyst import understanding
from analyst.audit import CANCELLED, Kind
from analyst.auditing import Audit
from analyst.errors import AnalystError, Conflict, NotFound
from analyst.ports import Clock, Dispatcher, QuestionRecord, ResultStore
from analyst.question import Mode, Question, Status
from analyst.record import document
from analyst.sources import SourceTable
from analyst.stores.questions import Questions

MOST_SHOWN = 1000


class Desk:
    """Takes questions in and shows how they stand; the workers do the rest."""

    def __init__(
        self,
        *,
        questions: Questions,
        results: ResultStore,
        sources: SourceTable,
        dispatcher: Dispatcher,
        clock: Clock,
        audit: Audit,
        together: Callable[[], AbstractContextManager[None]],
        reaches_sources: bool = True,
    ) -> None:
        """Where this process does not reach the sources, only the worker stops a query."""
        self._questions = questions
        self._results = results
        self._sources = sources
        self._dispatcher = dispatcher
        self._clock = clock
        self._audit = audit
        self._together = together
        self._reaches_sources = reaches_sources

    def new_question(
        self,
        text: str,
        *,
        source: str,
        session_id: str,
        person: str,
        request_id: str,
        mode: str,
        use_cache: bool,
    ) -> Question:
        """A checked question, not yet stored; raises WrongUsage, TooLarge or NotFound."""
        if session_id:
            self._questions.check_session(session_id, person=person)
        return Question(
            id=str(uuid.uuid4()),
            text=understanding.clean(text),
            session_id=session_id or str(uuid.uuid4()),
            source=self._sources.get(source).key,
            asked_at=self._clock.now(),
            request_id=request_id,
            person=person,
            mode=Mode(mode),
            use_cache=use_cache,
        )

    def put(self, question: Question) -> None:
        """Store a question and hand it to a worker."""
        self._questions.add(question)
        self._dispatcher.hand_over(question.id)

    def show(self, question_id: str, *, person: str, rows: int) -> dict[str, Any]:
        """The document of a question; one that has lost its worker is handed over again."""
        record = self._own(question_id, person)
        if not record.status.finished and self._questions.to_hand_over(question_id):
            self._dispatcher.hand_over(question_id)
        return self.document(record, rows=rows)

    def session(self, session_id: str, *, person: str, rows: int = 50) -> list[dict[str, Any]]:
        """The documents of a session, oldest first."""
        return [self.document(r, rows=rows) for r in self._questions.session(session_id, person=person)]

    def document(self, record: QuestionRecord, *, rows: int) -> dict[str, Any]:
        """A record as it is shown, with the first rows of its stored result."""
        result = record.answer.result if record.answer else None
        if result is not None and result.id:
            try:
                head = self._results.head(result.id, rows=min(rows, MOST_SHOWN), truncated=result.truncated)
            except NotFound:
                head = replace(result, rows=())
        else:
            head = None
        return document(record, source_name=self._sources.name_of(record.question.source), rows=head)

    def cancel(self, question_id: str, *, person: str) -> None:
        """Stop a question wherever it runs: its worker is told, and its query is stopped from here."""
        self._own(question_id, person)
        with self._together():
            before = self._questions.wish_cancel(question_id)
            if before.status is Status.QUEUED:  # nobody else will tell of it
                self._audit.record(Kind.QUESTION, verdict=CANCELLED, question=before.question)
        if before.status.finished or not before.handle or not self._reaches_sources:
            return
        engine = self._sources.engine(before.question.source, query_id=question_id)
        try:
            engine.cancel(before.handle)
        except AnalystError:
            return  # the worker sees the wish within half a second
        finally:
            engine.close()

    def result_id(self, question_id: str, *, person: str) -> str:
        """Where the rows of an answer are stored; raises Conflict while there are none."""
        record = self._own(question_id, person)
        if record.answer is None or record.answer.result is None:
            raise Conflict("This question has no rows (yet).")
        return record.answer.result.id

    def taken_away(self, question_id: str, *, person: str, format: str) -> str:
        """Where the rows of an answer are stored, once the audit knows that they are taken away as a file."""
        record = self._own(question_id, person)
        result_id = self.result_id(question_id, person=person)
        rows = record.answer.result.row_count if record.answer and record.answer.result else None
        self._audit.record(Kind.EXPORT, question=record.question, rows=rows, detail=format)
        return result_id

    def answered(self, question_id: str, *, person: str) -> tuple[Question, str]:
        """A question with the SQL that answered it; raises Conflict where there is none."""
        record = self._own(question_id, person)
        if record.status is not Status.ANSWERED or not record.answer or not record.answer.receipt:
            raise Conflict("Only an answer that has SQL can be approved.")
        return record.question, record.answer.receipt.sql

    def taught_by(self, question_id: str, *, person: str) -> set[int]:
        """Examples that an answer came from or was made into."""
        record = self._own(question_id, person)
        receipt = record.answer.receipt if record.answer else None
        found = {receipt.example_id if receipt else None, (record.feedback or {}).get("example_id")}
        return {example_id for example_id in found if example_id is not None}

    def judged(self, question_id: str, feedback: Mapping[str, Any], *, person: str) -> None:
        """Keep what a person thought of the answer, which the audit is told with it."""
        question = self._own(question_id, person).question
        with self._together():
            self._questions.feedback(question_id, feedback)
            self._audit.record(
                Kind.FEEDBACK,
                question=question,
                example_id=feedback.get("example_id"),
                detail=str(feedback["verdict"]),
            )

    def _own(self, question_id: str, person: str) -> QuestionRecord:
        try:
            uuid.UUID(question_id)
        except ValueError:
            raise NotFound("There is no question of this id.") from None
        record = self._questions.get(question_id)
        if record.question.person != person:
            raise NotFound("There is no question of this id.")
        return record
