"""The story of one question, read from top to bottom.

Question -> Draft -> Query -> ResultSet -> Answer: the writer drafts, the guard turns the draft into a
query, an engine runs it, and what comes back is checked before it is put into words.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from analyst import approved, checking, emptiness, explaining, sharing, small_talk, trust, understanding
from analyst.access import Access
from analyst.answer import Answer
from analyst.answering import Answering
from analyst.audit import CANCELLED, LOST, Kind
from analyst.auditing import Audit
from analyst.budgeting import Budgets
from analyst.catalog import Catalog
from analyst.declining import Declining
from analyst.draft_requests import DraftRequests
from analyst.drafting import CatalogChanged, Drafter, Outcome, Task, names_what_is_not_there
from analyst.errors import AnalystError, Miss, QueryFailed, Refused
from analyst.example import Neighbour
from analyst.executing import Sources
from analyst.explaining import Candidate
from analyst.hearing import TimeReading
from analyst.identity import Principal
from analyst.known_catalogs import KnownCatalogs
from analyst.policies import View
from analyst.ports import (
    CatalogStore,
    Clock,
    DraftRequest,
    ExampleStore,
    QuestionStore,
    ResultStore,
    SqlWriter,
)
from analyst.question import Conversation, Mode, Question, Status
from analyst.question_vectors import QuestionVectors
from analyst.reusing import Recall
from analyst.running import Runner
from analyst.side_queries import SideQueries
from analyst.techniques import Techniques
from analyst.understanding import Intent
from analyst.work import Found, Work

logger = logging.getLogger(__name__)


class Analyst:
    """Answers questions; everything outside comes in through ports."""

    def __init__(
        self,
        *,
        questions: QuestionStore,
        examples: ExampleStore,
        catalogs: CatalogStore,
        results: ResultStore,
        sources: Sources,
        vectors: QuestionVectors,
        writer: SqlWriter,
        clock: Clock,
        access: Access,
        audit: Audit,
        words_by_model: bool = True,
        words_rows: int = 50,
        few_shot: bool = True,
        time: TimeReading | None = None,
        techniques: Techniques | None = None,
        abstain_below: float = 0.0,
        recall: Recall | None = None,
        renew: Callable[[str], None] | None = None,
        budgets: Budgets | None = None,
    ) -> None:
        """`renew` has the catalog of a source read beside the questions; without it, an old one is read at once."""
        time, techniques = time or TimeReading(), techniques or Techniques()
        self._questions = questions
        self._audit = audit
        self._techniques = techniques
        self._abstain_below = abstain_below
        self._words_by_model = words_by_model
        self._catalogs = KnownCatalogs(
            store=catalogs, sources=sources, access=access, techniques=techniques, renew=renew
        )
        self._approved = approved.Approved(examples=examples, vectors=vectors, clock=clock, time=time)
        self._requests = DraftRequests(clock=clock, time=time, techniques=techniques, few_shot=few_shot)
        self._runner = Runner(sources=sources, results=results, audit=audit, recall=recall, budgets=budgets)
        self._side_queries = SideQueries(sources=sources, audit=audit)
        self._drafter = Drafter(writer=writer, runner=self._runner, techniques=techniques)
        self._declining = Declining(examples=examples, techniques=techniques)
        self._answering = Answering(side_queries=self._side_queries, writer=writer, words_rows=words_rows)

    def ask(self, work: Work) -> Answer:
        """The answer to a question; raises an AnalystError when there is none, StoreError where it is not audited."""
        with self._audit.question(work) as whole:
            answer = whole.answer = self._ask(work)
        return answer

    def tell_lost(self, question: Question, status: Status) -> None:
        """Tell the audit of a question that nobody is left to tell of."""
        verdict = CANCELLED if status is Status.CANCELLED else LOST
        self._audit.record(Kind.QUESTION, verdict=verdict, question=question, detail="its workers were lost")

    def view(self, source: str, principal: Principal | None, *, rebuild: bool = False) -> View:
        """What somebody sees of a source; raises Forbidden, or a DatabaseError where it cannot be read."""
        return self._catalogs.view(source, principal, rebuild=rebuild)

    def catalog(self, source: str, *, rebuild: bool = False) -> Catalog:
        """All that is known of a source, whoever may see it; read from the source when it is not known yet."""
        return self._catalogs.catalog(source, rebuild=rebuild)

    def draft_request(self, question: str, catalog: Catalog) -> DraftRequest:
        """Everything the writer is told of a question that is the first of a conversation."""
        return self._requests.request(question, catalog)

    # -- what is there before any SQL --------------------------------------------------------------

    def _ask(self, work: Work) -> Answer:
        question = work.question
        work.policy = self._catalogs.policy(question)
        catalog = self._seen(work)
        conversation = self._conversation(work)
        if not catalog.tables:
            words = "There is no table in this database that you may read."
            return Answer(status=Status.UNANSWERABLE, words=words, words_by="template")
        intent = understanding.intent(question.text)
        if intent is Intent.SQL:
            return self._given_sql(work, catalog)
        if intent is not Intent.QUESTION:
            suggestions = self._declining.suggestions(work, catalog)
            return small_talk.reply(intent, catalog, suggestions=suggestions)
        taught, cached = self._examples(work)
        answer = self._from_example(work, cached, catalog=catalog) if cached else None
        if answer is None and work.cache_only:
            raise Miss("No approved example answers this.")
        return answer or self._from_model(work, catalog, conversation=conversation, neighbours=taught)

    def _seen(self, work: Work) -> Catalog:
        with work.journal.step("catalog") as note:
            catalog = self._catalogs.seen(work)
            note.detail = f"{len(catalog.tables)} tables"
            return catalog

    def _conversation(self, work: Work) -> Conversation:
        """What was asked before, as far as it could be asked again now."""
        question = work.question
        with work.journal.step("recall") as note:
            found = self._questions.conversation(question.session_id, before=question.id)
            if work.policy.restricts:
                found = replace(found, turns=tuple(t for t in found.turns if sharing.runs(t.sql, work.seen)))
            note.detail = f"{len(found.turns)} earlier answers" if found.turns else "a new conversation"
            return found

    def _examples(self, work: Work) -> tuple[Sequence[Neighbour], Candidate | None]:
        """The approved examples that a model may be shown, and the one that answers the question."""
        with work.journal.step("examples") as note:
            neighbours = self._approved.near(work)
            taught = explaining.shown(neighbours, work.seen)
            work.near = tuple(n.example.question for n in taught)
            cached = self._approved.answering(work, neighbours)
            note.detail = approved.found_near(neighbours, cached)
            return taught, cached

    # -- SQL that no model drafts ------------------------------------------------------------------

    def _given_sql(self, work: Work, catalog: Catalog) -> Answer:
        """A person may write SQL, too; it is a draft like any other."""
        work.sql = work.question.text
        found = self._runner.run(work, work.question.text, kind=Kind.GIVEN_SQL)
        found = replace(found, notes=("The SQL was given, not written by a model.",))
        return self._answering.answer(work, found, catalog=catalog, by_model=False, confidence=trust.GIVEN)

    def _from_example(self, work: Work, cached: Candidate, *, catalog: Catalog) -> Answer | None:
        """The answer of an approved example, through the same guard; None where it no longer runs."""
        example = cached.example
        try:
            found = self._runner.run(work, cached.verdict.sql, kind=Kind.EXAMPLE, example_id=example.id)
        except (Refused, QueryFailed):
            logger.warning("example %s no longer runs", example.id)
            return None
        self._approved.served(example.id)
        found = replace(found, notes=(explaining.told(cached, work.question.text, seen=work.seen),))
        sure = trust.BOUND if cached.verdict.swaps else trust.APPROVED
        return self._answering.answer(
            work, found, catalog=catalog, by_model=False, confidence=sure, cached=cached
        )

    # -- SQL that a model drafts -------------------------------------------------------------------

    def _from_model(
        self, work: Work, catalog: Catalog, *, conversation: Conversation, neighbours: Sequence[Neighbour]
    ) -> Answer:
        try:
            answer = self._tried(work, catalog, conversation=conversation, neighbours=neighbours)
        except CatalogChanged as change:
            return self._from_model(work, change.fresh, conversation=conversation, neighbours=neighbours)
        # What is not there may have come since the catalog was read.
        fresh = self._catalogs.changed(work) if answer.status is Status.UNANSWERABLE else None
        if fresh is None:
            return answer
        return self._from_model(work, fresh, conversation=conversation, neighbours=neighbours)

    def _tried(
        self, work: Work, catalog: Catalog, *, conversation: Conversation, neighbours: Sequence[Neighbour]
    ) -> Answer:
        """The answer by way of a model, as far as one is needed; raises CatalogChanged."""
        question = work.question
        if self._techniques.uses("values"):
            catalog = self._side_queries.with_own_values(work, question.text)
        heard = self._requests.heard(
            question.text, catalog, context=question.context, conversation=conversation
        )
        if not conversation.turns and (answer := self._declining.unheard(work, heard, catalog=catalog)):
            return answer
        request = self._requests.linked(
            work, heard, catalog=catalog, conversation=conversation, neighbours=neighbours
        )
        task = Task(work=work, request=request, heard=heard, catalog=catalog)
        return self._settled(task, self._drafted(task))

    def _drafted(self, task: Task) -> Outcome:
        elected = self._drafter.elected(task) if task.work.question.mode is Mode.THOROUGH else None
        return elected or self._drafter.first_that_runs(
            task, on_error=lambda error: self._check_catalog(task, error)
        )

    def _check_catalog(self, task: Task, error: AnalystError) -> None:
        """Raise CatalogChanged where a name that is not there may mean that the tables are other ones by now."""
        if not (names_what_is_not_there(error) or _undefined(error)):
            return
        fresh = self._catalogs.changed(task.work)
        if fresh is not None:
            raise CatalogChanged(fresh)

    def _settled(self, task: Task, outcome: Outcome) -> Answer:
        """The answer of a draft that ran, with how far it can be trusted; or why there is none."""
        work, catalog, found = task.work, task.catalog, outcome.found
        if found is None:
            return self._declining.drafted(work, outcome.draft, catalog=catalog)
        confidence = trust.trust(_signs(task, outcome, found=found))
        if confidence < self._abstain_below:
            words = checking.not_sure(found.query)
            return self._declining.unanswered(work, Status.CLARIFY, words=words, catalog=catalog)
        found = replace(found, notes=tuple(dict.fromkeys((*task.heard.notes(), *found.notes))))
        return self._answering.answer(
            work, found, catalog=catalog, by_model=self._words_by_model, confidence=confidence
        )


def _signs(task: Task, outcome: Outcome, *, found: Found) -> trust.Signs:
    """What speaks for and against the answer."""
    return trust.Signs(
        share=outcome.share,
        repairs=task.work.attempts - 1 if outcome.share is None else 0,
        unknown=len(task.heard.grounds.unknown),
        corrections=len(found.notes),
        unmet=outcome.unmet,
        warnings=len(found.warnings) - outcome.unmet,
        empty=emptiness.is_empty(found.result),
        tables=len(found.query.tables),
    )


def _undefined(error: AnalystError) -> bool:
    return isinstance(error, QueryFailed) and error.error_class.startswith("undefined")
