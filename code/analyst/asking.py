"""What a front end does with questions: put them, show them, stop them, judge them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from analyst import sharing, understanding
from analyst.access import Access
from analyst.audit import CANCELLED, Kind
from analyst.auditing import Audit
from analyst.errors import AnalystError, Conflict, NotFound
from analyst.identity import Principal
from analyst.library import Library
from analyst.policy import Policy
from analyst.ports import CatalogStore, Clock, Dispatcher, QuestionRecord, ResultStore
from analyst.question import Mode, Question, Status
from analyst.record import document
from analyst.result import ResultSet
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
        library: Library,
        dispatcher: Dispatcher,
        clock: Clock,
        audit: Audit,
        access: Access,
        catalogs: CatalogStore,
        together: Callable[[], AbstractContextManager[None]],
        reaches_sources: bool = True,
        most_at_once: int = 0,
    ) -> None:
        """Where this process does not reach the sources, only the worker stops a query; `most_at_once` is how many
        questions of one person may wait or run, 0 for any number."""
        self._questions = questions
        self._results = results
        self._sources = sources
        self._library = library
        self._dispatcher = dispatcher
        self._clock = clock
        self._audit = audit
        self._together = together
        self._reaches_sources = reaches_sources
        self._access = access
        self._catalogs = catalogs
        self._most_at_once = most_at_once

    def new_question(
        self,
        text: str,
        *,
        source: str,
        session_id: str,
        principal: Principal,
        request_id: str,
        mode: str,
        use_cache: bool,
    ) -> Question:
        """A checked question, not yet stored; raises WrongUsage, TooLarge, NotFound or Forbidden.

        Where no source is named, it is the one that the session asked last, or the default one.
        """
        asked = self._questions.session(session_id, person=principal.key, limit=1) if session_id else []
        wanted = source or (asked[0].question.source if asked else "")
        return Question(
            id=str(uuid.uuid4()),
            text=understanding.clean(text),
            session_id=session_id or str(uuid.uuid4()),
            source=self._library.open_sources(principal).get(wanted).key,
            asked_at=self._clock.now(),
            request_id=request_id,
            person=principal.key,
            principal=principal,
            mode=Mode(mode),
            use_cache=use_cache,
        )

    def put(self, question: Question) -> None:
        """Store a question and hand it to a worker; raises TooMany."""
        self._questions.add(question, most_at_once=self._most_at_once)
        self._dispatcher.hand_over(question.id)

    def show(self, question_id: str, *, principal: Principal, rows: int) -> dict[str, Any]:
        """The document of a question; one that has lost its worker is handed over again."""
        record = self._own(question_id, principal)
        if not record.status.finished and self._questions.to_hand_over(question_id):
            self._dispatcher.hand_over(question_id)
        return self.document(record, rows=rows)

    def session(self, session_id: str, *, principal: Principal, rows: int = 50) -> list[dict[str, Any]]:
        """The documents of a session, oldest first, without those on sources that are not open any more."""
        found = self._questions.session(session_id, person=principal.key)
        return [self.document(r, rows=rows) for r in found if self._may_ask(r, principal)]

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

    def cancel(self, question_id: str, *, principal: Principal) -> None:
        """Stop a question wherever it runs: its worker is told, and its query is stopped from here."""
        self._own(question_id, principal)
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

    def stored_rows(self, question_id: str, *, principal: Principal) -> str:
        """Where the rows of an answer are stored, for whoever may still see them.

        Raises Conflict while there are none, and where the rules have changed since they were read.
        """
        return self._to_take_away(question_id, principal)[1].id

    def taken_away(self, question_id: str, *, principal: Principal, format: str) -> str:
        """The same, once the audit knows that the rows are taken away as a file."""
        record, result, policy = self._to_take_away(question_id, principal)
        self._audit.record(
            Kind.EXPORT, policy=policy, question=record.question, rows=result.row_count, detail=format
        )
        return result.id

    def _to_take_away(
        self, question_id: str, principal: Principal
    ) -> tuple[QuestionRecord, ResultSet, Policy]:
        record = self._own(question_id, principal)
        if record.answer is None or record.answer.result is None:
            raise Conflict("This question has no rows (yet).")
        policy = self._policy(record, principal)
        self._check_rules(record, policy)
        return record, record.answer.result, policy

    def _check_rules(self, record: QuestionRecord, policy: Policy) -> None:
        """Raise Conflict where the asker's policy would not have the very same query run today."""
        receipt = record.answer.receipt if record.answer else None
        if receipt is None or not policy.restricts:
            return
        source = record.question.source
        whole = self._catalogs.load(source)
        seen = self._access.view(whole, policy, source=self._sources.name_of(source)) if whole else None
        if seen is None or sharing.as_run(receipt.sql, seen) != receipt.executed_sql:
            raise Conflict(
                "The rules or the tables have changed since this was answered, so its rows are not given out any"
                " more. Ask the question again."
            )

    def answered(self, question_id: str, *, principal: Principal) -> tuple[Question, str]:
        """A question with the SQL that answered it; raises Conflict where there is none."""
        record = self._own(question_id, principal)
        if record.status is not Status.ANSWERED or not record.answer or not record.answer.receipt:
            raise Conflict("Only an answer that has SQL can be approved.")
        return record.question, record.answer.receipt.sql

    def asked(self, question_id: str, *, principal: Principal) -> str:
        """The text of a question of theirs."""
        return self._own(question_id, principal).question.text

    def taught_by(self, question_id: str, *, principal: Principal) -> set[int]:
        """Examples that an answer came from or was made into."""
        record = self._own(question_id, principal)
        receipt = record.answer.receipt if record.answer else None
        found = {receipt.example_id if receipt else None, (record.feedback or {}).get("example_id")}
        return {example_id for example_id in found if example_id is not None}

    def judged(self, question_id: str, feedback: Mapping[str, Any], *, principal: Principal) -> None:
        """Keep what a person thought of the answer, which the audit is told with it."""
        question = self._own(question_id, principal).question
        with self._together():
            self._questions.feedback(question_id, feedback)
            self._audit.record(
                Kind.FEEDBACK,
                question=question,
                example_id=feedback.get("example_id"),
                detail=str(feedback["verdict"]),
            )

    def _policy(self, record: QuestionRecord, principal: Principal) -> Policy:
        return self._access.policy(principal, source=self._sources.name_of(record.question.source))

    def _may_ask(self, record: QuestionRecord, principal: Principal) -> bool:
        return self._access.may_ask(principal, source=self._sources.name_of(record.question.source))

    def _own(self, question_id: str, principal: Principal) -> QuestionRecord:
        """A person's own question on a source that is open to them; all others are not there."""
        try:
            uuid.UUID(question_id)
        except ValueError:
            raise NotFound("There is no question of this id.") from None
        record = self._questions.get(question_id)
        if record.question.person != principal.key or not self._may_ask(record, principal):
            raise NotFound("There is no question of this id.")
        return record
