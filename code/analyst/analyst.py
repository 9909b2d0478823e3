"""The story of one question, read from top to bottom.

Question -> Draft -> Query -> ResultSet -> Answer: the writer drafts, the guard turns the draft into a
query, an engine runs it, and what comes back is checked before it is put into words.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from analyst import charting, checking, guard, prompts, repairing, understanding, values, wording
from analyst.answer import Answer, Receipt
from analyst.catalog import KEPT_SECONDS, Catalog
from analyst.draft import Decision, Draft, Query, Repair
from analyst.errors import (
    AnalystError,
    Miss,
    ModelError,
    QueryFailed,
    Refused,
    StoreError,
    UnusableReply,
)
from analyst.example import Example, Neighbour
from analyst.journal import Journal
from analyst.linking import link, mentions
from analyst.policy import Policy
from analyst.ports import (
    Cancellation,
    CatalogStore,
    Clock,
    DraftRequest,
    Embedder,
    Engine,
    ExampleStore,
    QuestionStore,
    ResultStore,
    SqlWriter,
    WordsRequest,
)
from analyst.question import Conversation, Question, Status, Usage
from analyst.result import ResultSet
from analyst.showing import schema_text
from analyst.understanding import Intent

logger = logging.getLogger(__name__)

MOST_DRAFTS = 3
"""The first draft and at most two repairs."""
FEW_SHOT = 3
"""How many approved examples a model is shown."""
NEAR_ENOUGH = 0.45
"""Cosine below which an example would rather mislead than teach."""
HEAD_ROWS = 1000
"""Rows that are looked at for the chart, the words and the checks."""
TURNS_SHOWN = 2
EXPLAIN_SECONDS = 10.0


class Sources(Protocol):
    """Opens the engines of the sources that may be asked."""

    def engine(self, key: str, *, query_id: str) -> Engine:
        """An engine for one question; raises NotFound for an unknown source."""
        ...


@dataclass
class Work:
    """One question in the making: where its steps are shown, and what it has cost so far."""

    question: Question
    journal: Journal
    cancellation: Cancellation
    show: Callable[[Answer], None] = lambda _: None
    hold: Callable[[Mapping[str, Any] | None], None] = lambda _: None
    attempts: int = 0
    usage: Usage = field(default_factory=Usage)
    sql: str = ""
    notes: tuple[str, ...] = ()
    """What was read or mended on the way, for the receipt."""
    examples_shown: tuple[int, ...] = ()
    cache_only: bool = False
    """Answer from approved examples alone; anything else raises Miss."""
    leave_one_out: bool = False
    """Leave the question's own example out, as an honest measurement does."""

    def receipt(self, **fields: Any) -> Receipt:
        """The receipt as far as it is known now."""
        known: dict[str, Any] = {
            "id": self.question.request_id,
            "source": self.question.source,
            "sql": self.sql,
            "executed_sql": "",
            "attempts": self.attempts,
            "usage": self.usage,
            "examples_shown": self.examples_shown,
        }
        return Receipt(**(known | fields))


@dataclass(frozen=True, kw_only=True)
class Found:
    """A query that ran, with the head of its result."""

    query: Query
    result: ResultSet
    can_write: bool


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
        embedder: Embedder,
        writer: SqlWriter,
        clock: Clock,
        policy: Policy,
        words_by_model: bool = True,
        words_rows: int = 50,
        few_shot: bool = True,
    ) -> None:
        self._questions = questions
        self._examples = examples
        self._catalogs = catalogs
        self._results = results
        self._sources = sources
        self._embedder = embedder
        self._writer = writer
        self._clock = clock
        self._policy = policy
        self._words_by_model = words_by_model
        self._words_rows = words_rows
        self._few_shot = FEW_SHOT if few_shot else 0

    def ask(self, work: Work) -> Answer:
        """The answer to a question; raises an AnalystError when there is none."""
        question, journal = work.question, work.journal
        with journal.step("recall") as note:
            conversation = self._questions.conversation(question.session_id, before=question.id)
            note.detail = (
                f"{len(conversation.turns)} earlier answers" if conversation.turns else "a new conversation"
            )
        with journal.step("catalog") as note:
            catalog = self.catalog(question.source)
            note.detail = f"{len(catalog.tables)} tables"
        if not catalog.tables:
            words = "There is no table in this database that its user may read."
            return Answer(status=Status.UNANSWERABLE, words=words, words_by="template")
        intent = understanding.intent(question.text)
        if intent is not Intent.QUESTION and intent is not Intent.SQL:
            return self._without_sql(intent, catalog, work)
        if intent is Intent.SQL:
            return self._given_sql(work, catalog)
        with journal.step("examples") as note:
            neighbours = self._neighbours(question)
            if work.leave_one_out:
                neighbours = [n for n in neighbours if not _same(n.example, question)]
            note.detail = f"{len(neighbours)} near" if neighbours else "none near"
        answer = self._from_example(work, catalog, neighbours) if question.use_cache else None
        if answer is None and work.cache_only:
            raise Miss("No approved example answers this.")
        return answer or self._from_model(work, catalog, conversation, neighbours)

    def catalog(self, source: str, *, rebuild: bool = False) -> Catalog:
        """What this policy may see of a source; read from the source when it is not known yet."""
        known = None if rebuild else self._catalogs.load(source, newer_than_seconds=KEPT_SECONDS)
        if known is None or not known.tables:
            engine = self._sources.engine(source, query_id="catalog")
            try:
                known = engine.catalog(source=source)
            finally:
                engine.close()
            self._catalogs.save(known)
        return known.without(self._policy.hidden)

    def draft_request(
        self,
        question: str,
        catalog: Catalog,
        *,
        conversation: Conversation | None = None,
        neighbours: Sequence[Neighbour] = (),
        context: str = "",
        hints: str = "",
    ) -> DraftRequest:
        """Everything the writer is told of a question."""
        turns = conversation.turns[-TURNS_SHOWN:] if conversation else ()
        return DraftRequest(
            question=question,
            dialect=catalog.dialect,
            schema=schema_text(link(question, catalog)),
            examples=tuple((n.example.question, n.example.sql) for n in reversed(neighbours)),
            turns=tuple((t.question, t.sql) for t in turns),
            context=context,
            hints=hints,
            today=self._clock.now().date().isoformat() if understanding.names_a_time(question) else "",
        )

    # -- answers that need no SQL of a model -------------------------------------------------------

    def _without_sql(self, intent: Intent, catalog: Catalog, work: Work) -> Answer:
        suggestions = self._suggestions(work.question.source)
        if intent is Intent.CHANGE:
            raise Refused(
                "I only read data; I cannot delete or change anything. Ask me what the data says instead.",
                rule="read only",
            )
        if intent is Intent.NOTHING:
            words = "I could not find a question in this. Please ask it in words."
            return Answer(status=Status.CLARIFY, words=words, words_by="template", suggestions=suggestions)
        greeting = "Hello! " if intent is Intent.GREETING else ""
        return Answer(
            status=Status.ANSWERED,
            words=greeting + _ability(catalog),
            words_by="template",
            suggestions=suggestions,
        )

    def _given_sql(self, work: Work, catalog: Catalog) -> Answer:
        """A person may write SQL, too; it is a draft like any other."""
        work.sql = work.question.text
        found = self._run(work, Draft(decision=Decision.ANSWER, sql=work.question.text), catalog)
        return self._answer(
            work, found, catalog, by_model=False, notes=("The SQL was given, not written by a model.",)
        )

    def _from_example(self, work: Work, catalog: Catalog, neighbours: Sequence[Neighbour]) -> Answer | None:
        """The answer of an approved example that asks the same, through the same guard; None without one."""
        example = next(
            (n.example for n in neighbours if self._serves(n.example, work.question, catalog)), None
        )
        if example is None:
            return None
        try:
            found = self._run(work, Draft(decision=Decision.ANSWER, sql=example.sql), catalog)
        except (Refused, QueryFailed):
            logger.warning("example %s no longer runs", example.id)
            return None
        notes = (f"Answered from approved question #{example.id}.",)
        return self._answer(work, found, catalog, by_model=False, notes=notes, example=example)

    def _serves(self, example: Example, question: Question, catalog: Catalog) -> bool:
        return (
            example.dialect == catalog.dialect
            and example.fingerprint == catalog.fingerprint()
            and not question.context
            and _same(example, question)
        )

    # -- answers that a model drafts ---------------------------------------------------------------

    def _from_model(
        self, work: Work, catalog: Catalog, conversation: Conversation, neighbours: Sequence[Neighbour]
    ) -> Answer:
        question = work.question
        near = [n for n in neighbours if n.similarity >= NEAR_ENOUGH][: self._few_shot]
        work.examples_shown = tuple(n.example.id for n in near)
        request = self._linked(work, catalog, conversation, near)
        while True:
            try:
                draft = self._draft(work, request)
                if draft.decision is not Decision.ANSWER:
                    return self._declined(work, draft, catalog)
                mended = self._mended(work, draft, catalog)
                found = self._run(work, mended, catalog)
                return self._answer(
                    work,
                    found,
                    catalog,
                    by_model=self._words_by_model,
                    notes=tuple(dict.fromkeys(work.notes)),
                )
            except AnalystError as error:
                if work.attempts == 1 and (fresh := self._changed(catalog, error)):
                    catalog = fresh
                    request = replace(request, schema=schema_text(link(question.text, catalog)))
                    continue
                if _names_what_is_not_there(error) and self._is_the_end(work, catalog):
                    missing = Draft(decision=Decision.CANNOT, message=str(error))
                    return self._declined(work, missing, catalog)
                if not error.repairable or work.attempts >= MOST_DRAFTS or understanding.is_write(work.sql):
                    raise
                request = replace(request, repair=_repair(error, work.sql))

    def _linked(
        self, work: Work, catalog: Catalog, conversation: Conversation, neighbours: Sequence[Neighbour]
    ) -> DraftRequest:
        """The question with the tables it is about and the stored values that it names."""
        with work.journal.step("link") as note:
            named = values.find(work.question.text, catalog)
            work.notes = values.notes(named)
            request = self.draft_request(
                work.question.text,
                catalog,
                conversation=conversation,
                neighbours=neighbours,
                context=work.question.context,
                hints=values.hints(named, catalog),
            )
            note.detail = f"about {len(request.schema) // 3:,} tokens of schema, {len(named)} values named"
            return request

    def _mended(self, work: Work, draft: Draft, catalog: Catalog) -> Draft:
        """The draft with what is plainly meant otherwise put right, each time with a note."""
        repaired = repairing.repair(draft.sql, dialect=catalog.dialect, catalog=catalog)
        settled = values.settle(repaired.sql, dialect=catalog.dialect, catalog=catalog)
        work.notes += (*repaired.notes, *settled.notes)
        return replace(draft, sql=settled.sql)

    def _changed(self, catalog: Catalog, error: AnalystError) -> Catalog | None:
        """The catalog as it is now, where a name that is not there may mean that the tables have changed."""
        if catalog.edited or not (_names_what_is_not_there(error) or _undefined(error)):
            return None
        fresh = self.catalog(catalog.source, rebuild=True)
        return fresh if fresh.fingerprint() != catalog.fingerprint() else None

    def _is_the_end(self, work: Work, catalog: Catalog) -> bool:
        """True where no further draft will find the data: all were tried, or the question is about other things."""
        topics = understanding.topics(work.question.text)
        return work.attempts >= MOST_DRAFTS or (bool(topics) and not mentions(catalog, topics))

    def _draft(self, work: Work, request: DraftRequest) -> Draft:
        with work.journal.step("repair" if request.repair else "draft") as note:
            work.attempts += 1
            try:
                draft = self._writer.draft(request, cancellation=work.cancellation)
            except UnusableReply as error:
                work.usage += error.usage
                raise
            work.usage += draft.usage
            work.sql = draft.sql
            note.detail = f"{draft.usage.completion_tokens} tokens"
            return draft

    def _declined(self, work: Work, draft: Draft, catalog: Catalog) -> Answer:
        suggestions = self._suggestions(work.question.source)
        if draft.decision is Decision.CLARIFY:
            status, words = Status.CLARIFY, wording.safe_text(draft.message)
        elif not mentions(catalog, understanding.topics(work.question.text)):
            status, words = Status.UNANSWERABLE, prompts.text("off_topic")
        else:
            status, words = Status.UNANSWERABLE, _cannot(draft.message, catalog)
        return Answer(
            status=status, words=words, words_by="model", suggestions=suggestions, receipt=work.receipt()
        )

    # -- from a draft to rows ----------------------------------------------------------------------

    def _run(self, work: Work, draft: Draft, catalog: Catalog) -> Found:
        """Guard, plan and run a draft; the rows are shown as soon as they are there."""
        with work.journal.step("guard") as note:
            query = guard.check(draft.sql, dialect=catalog.dialect, catalog=catalog, policy=self._policy)
            work.sql = query.readable
            note.detail = f"reads {', '.join(query.tables)}" if query.tables else "reads no table"
        engine = self._sources.engine(work.question.source, query_id=work.question.id)
        try:
            with work.journal.step("explain"):
                engine.explain(query, timeout_seconds=EXPLAIN_SECONDS)
            work.cancellation.check()
            with work.journal.step("run") as note:
                result = self._execute(work, engine, query)
                note.detail = f"{result.row_count:,} rows"
            return Found(query=query, result=result, can_write=engine.can_write())
        finally:
            engine.close()

    def _execute(self, work: Work, engine: Engine, query: Query) -> ResultSet:
        result_id = work.question.id
        with self._results.open(result_id) as sink:
            truncated = engine.run(
                query,
                sink,
                timeout_seconds=self._policy.timeout_seconds,
                on_handle=work.hold,
                cancellation=work.cancellation,
            )
        work.hold(None)
        return self._results.head(result_id, rows=HEAD_ROWS, truncated=truncated)

    # -- from rows to an answer --------------------------------------------------------------------

    def _answer(
        self,
        work: Work,
        found: Found,
        catalog: Catalog,
        *,
        by_model: bool,
        notes: tuple[str, ...] = (),
        example: Example | None = None,
    ) -> Answer:
        question, query, result = work.question, found.query, found.result
        with work.journal.step("check"):
            receipt = work.receipt(
                sql=query.readable,
                executed_sql=query.sql,
                tables=query.tables,
                filters=query.filters,
                assumptions=checking.assumptions(query, notes=notes),
                warnings=checking.warnings(query, result, catalog=catalog, can_write=found.can_write),
                example_id=example.id if example else None,
                cached="same" if example else None,
                policy=f"{self._policy.role} ({self._policy.version})",
            )
            chart = charting.choose(question.text, result.columns, result.rows, complete=result.complete)
            answer = Answer(status=Status.ANSWERED, result=result, chart=chart, receipt=receipt)
        work.show(answer)
        words, writer = self._words(work, result, by_model=by_model)
        return replace(answer, words=words, words_by=writer, receipt=replace(receipt, usage=work.usage))

    def _words(self, work: Work, result: ResultSet, *, by_model: bool) -> tuple[str, str]:
        """Words of the model where every number in them holds, else a plain sentence; and which of the two."""
        plain = wording.template(work.question.text, result)
        if not by_model or result.row_count == 0 or not result.complete:
            return plain, "template"
        with work.journal.step("words") as note:
            columns, rows, summary = wording.for_model(result, rows=self._words_rows)
            request = WordsRequest(
                question=work.question.text,
                columns=columns,
                rows=rows,
                row_count=result.row_count,
                summary=summary,
            )
            try:
                words = self._writer.words(request, cancellation=work.cancellation)
            except ModelError as error:
                logger.warning("no words from the model: %s", error.code)
                if isinstance(error, UnusableReply):
                    work.usage += error.usage
                note.detail = "the model did not answer; a plain sentence instead"
                return plain, "template"
            work.usage += words.usage
            text = wording.safe_text(words.text)
            # Where the model saw aggregates alone, its words can only be about those.
            seen = result if rows else replace(result, rows=())
            if wording.answers(text, result) and wording.numbers_hold(
                text, seen, question=work.question.text, extra=(summary,)
            ):
                note.detail = "every number was found in the result"
                return text, "model"
            note.detail = "the model's words did not hold; a plain sentence instead"
            return plain, "template"

    # -- what is near ------------------------------------------------------------------------------

    def _neighbours(self, question: Question) -> list[Neighbour]:
        """The nearest approved examples; none when they cannot be looked up, since answers go on without."""
        try:
            vector = self._embedder.embed([question.text])[0]
            return self._examples.nearest(
                vector, source=question.source, embedder=self._embedder.name, limit=5
            )
        except (ModelError, StoreError) as error:
            logger.warning("no examples: %s", error.code)
            return []

    def _suggestions(self, source: str) -> tuple[str, ...]:
        try:
            examples = self._examples.all(source=source)
        except AnalystError:
            return ()
        approved = [e.question for e in examples if e.status == "approved"]
        return tuple(reversed(approved))[:4]


def _same(example: Example, question: Question) -> bool:
    return understanding.same_question(example.question, question.text)


def _names_what_is_not_there(error: AnalystError) -> bool:
    return isinstance(error, Refused) and error.rule in ("tables", "columns")


def _undefined(error: AnalystError) -> bool:
    return isinstance(error, QueryFailed) and error.error_class.startswith("undefined")


def _repair(error: AnalystError, sql: str) -> Repair:
    if isinstance(error, QueryFailed):
        near = sql[max(0, error.position - 20) : error.position + 40] if error.position else ""
        return Repair(sql=sql, error_class=error.error_class, near=" ".join(near.split()))
    return Repair(sql=sql or "(nothing)", error_class=str(error))


def _ability(catalog: Catalog) -> str:
    named = [t.name for t in sorted(catalog.tables, key=lambda t: -(t.rows or 0))[:6]]
    more = len(catalog.tables) - len(named)
    listed = ", ".join(named) + (f" and {more} more" if more > 0 else "")
    return (
        f"I answer questions about this {catalog.dialect.capitalize()} data in plain words. There is {listed}."
        " Ask for numbers, comparisons, rankings or trends; I show the SQL and how I read the question."
    )


def _cannot(reason: str, catalog: Catalog) -> str:
    listed = ", ".join(t.name for t in catalog.tables[:8])
    reason = wording.safe_text(reason.split(";")[0]).rstrip(".")
    return f"This cannot be answered from the data: {reason}. There is data on {listed}."
