"""The story of one question, read from top to bottom.

Question -> Draft -> Query -> ResultSet -> Answer: the writer drafts, the guard turns the draft into a
query, an engine runs it, and what comes back is checked before it is put into words.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

from analyst import (
    approved,
    charting,
    checking,
    emptiness,
    explaining,
    prompts,
    shapes,
    sharing,
    suggesting,
    trust,
    understanding,
    wording,
)
from analyst.access import Access
from analyst.answer import Answer
from analyst.audit import CANCELLED, LOST, Kind
from analyst.auditing import Audit
from analyst.budgeting import Budgets
from analyst.catalog import KEPT_SECONDS, Catalog
from analyst.draft import Decision, Draft
from analyst.drafting import CatalogChanged, Drafter, Outcome, Task, names_what_is_not_there
from analyst.errors import (
    AnalystError,
    Miss,
    ModelError,
    QueryFailed,
    Refused,
    UnusableReply,
)
from analyst.example import Neighbour
from analyst.explaining import Candidate
from analyst.hearing import Heard, TimeReading, hear
from analyst.identity import Principal
from analyst.linking import link, mentions
from analyst.policies import View
from analyst.policy import Policy
from analyst.ports import (
    CatalogStore,
    Clock,
    DraftRequest,
    ExampleStore,
    QuestionStore,
    ResultStore,
    SqlWriter,
    WordsRequest,
)
from analyst.question import Conversation, Mode, Question, Status, Turn
from analyst.question_vectors import QuestionVectors
from analyst.remarks import relevant
from analyst.renewing import STALE_SECONDS
from analyst.result import ResultSet
from analyst.reusing import Recall
from analyst.running import Runner, Sources
from analyst.showing import schema_text
from analyst.techniques import Techniques
from analyst.understanding import Intent
from analyst.work import Found, Work

logger = logging.getLogger(__name__)

FEW_SHOT = 3
"""How many approved examples a model is shown."""
NEAR_ENOUGH = 0.5
"""Cosine below which an example would rather mislead than teach."""
TURNS_SHOWN = 2
MOST_SUGGESTED = 8
"""Approved questions that are looked at to suggest some."""


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
        self._renew = renew
        self._questions = questions
        self._examples = examples
        self._catalogs = catalogs
        self._sources = sources
        self._runner = Runner(sources=sources, results=results, audit=audit, recall=recall, budgets=budgets)
        self._writer = writer
        self._clock = clock
        self._access = access
        self._audit = audit
        self._words_by_model = words_by_model
        self._words_rows = words_rows
        self._techniques = techniques or Techniques()
        self._few_shot = FEW_SHOT if few_shot and self._techniques.uses("examples") else 0
        self._time = time or TimeReading()
        self._approved = approved.Approved(examples=examples, vectors=vectors, clock=clock, time=self._time)
        self._abstain_below = abstain_below
        self._drafter = Drafter(writer=writer, runner=self._runner, techniques=self._techniques)

    def ask(self, work: Work) -> Answer:
        """The answer to a question; raises an AnalystError when there is none, StoreError where it is not audited."""
        with self._audit.question(work) as whole:
            answer = whole.answer = self._ask(work)
        return answer

    def tell_lost(self, question: Question, status: Status) -> None:
        """Tell the audit of a question that nobody is left to tell of."""
        verdict = CANCELLED if status is Status.CANCELLED else LOST
        self._audit.record(Kind.QUESTION, verdict=verdict, question=question, detail="its workers were lost")

    def _ask(self, work: Work) -> Answer:
        question, journal = work.question, work.journal
        work.policy = self._policy(question)
        with journal.step("catalog") as note:
            catalog = self._see(work, self.catalog(question.source))
            note.detail = f"{len(catalog.tables)} tables"
        with journal.step("recall") as note:
            conversation = self._conversation(work)
            note.detail = (
                f"{len(conversation.turns)} earlier answers" if conversation.turns else "a new conversation"
            )
        if not catalog.tables:
            words = "There is no table in this database that you may read."
            return Answer(status=Status.UNANSWERABLE, words=words, words_by="template")
        intent = understanding.intent(question.text)
        if intent is not Intent.QUESTION and intent is not Intent.SQL:
            return self._without_sql(intent, catalog, work)
        if intent is Intent.SQL:
            return self._given_sql(work, catalog)
        with journal.step("examples") as note:
            neighbours = self._approved.near(work)
            taught = explaining.shown(neighbours, work.seen)
            work.near = tuple(n.example.question for n in taught)
            cached = self._approved.answering(work, neighbours)
            note.detail = approved.found_near(neighbours, cached)
        answer = self._from_example(work, catalog, cached) if cached else None
        if answer is None and work.cache_only:
            raise Miss("No approved example answers this.")
        return answer or self._from_model(work, catalog, conversation, taught)

    def view(self, source: str, principal: Principal | None, *, rebuild: bool = False) -> View:
        """What somebody sees of a source; raises Forbidden, or a DatabaseError where it cannot be read."""
        name = self._sources.name_of(source)
        policy = self._access.policy(principal, source=name)
        return self._access.view(self.catalog(source, rebuild=rebuild), policy, source=name)

    def catalog(self, source: str, *, rebuild: bool = False) -> Catalog:
        """All that is known of a source, whoever may see it; read from the source when it is not known yet."""
        known = None if rebuild else self._known(source)
        if known is None or not known.tables:
            engine = self._sources.engine(source, query_id="catalog")
            try:
                known = engine.catalog(source=source)
            finally:
                engine.close()
            self._catalogs.save(known)
        return known if self._techniques.uses("links") else known.with_declared_links()

    def _known(self, source: str) -> Catalog | None:
        """The stored catalog; one that has grown old is served as it is, while it is read anew beside that."""
        known = self._catalogs.load(source, newer_than_seconds=KEPT_SECONDS)
        if known is None and self._renew is not None:
            known = self._catalogs.load(source, newer_than_seconds=STALE_SECONDS)
            if known is not None and known.tables:
                self._renew(source)
        return known

    def _policy(self, question: Question) -> Policy:
        return self._access.policy(question.principal, source=self._sources.name_of(question.source))

    def _see(self, work: Work, whole: Catalog) -> Catalog:
        """What the asker sees of a catalog, which is all that anything but the guard gets to know."""
        name = self._sources.name_of(work.question.source)
        work.view = self._access.view(whole, work.policy, source=name)
        return work.view.catalog

    def _conversation(self, work: Work) -> Conversation:
        """What was asked before, as far as it could be asked again now."""
        question = work.question
        found = self._questions.conversation(question.session_id, before=question.id)
        if not work.policy.restricts:
            return found
        return replace(found, turns=tuple(t for t in found.turns if sharing.runs(t.sql, work.seen)))

    def draft_request(
        self,
        question: str,
        catalog: Catalog,
        *,
        conversation: Conversation | None = None,
        neighbours: Sequence[Neighbour] = (),
        context: str = "",
        heard: Heard | None = None,
    ) -> DraftRequest:
        """Everything the writer is told of a question."""
        if self._techniques.uses("remarks"):
            context = relevant(context, question=question)
        heard = heard or self._heard(question, catalog, context=context)
        turns = _others_asked(conversation, question)[-TURNS_SHOWN:]
        shown = self._shown(link(question, catalog, mentions=heard.mentions))
        return DraftRequest(
            question=question,
            dialect=catalog.dialect,
            schema=schema_text(shown),
            examples=tuple((n.example.question, n.example.sql) for n in reversed(neighbours)),
            turns=tuple((t.question, t.sql) for t in turns),
            context=context,
            hints=heard.hints(catalog),
            today=heard.anchor.day.isoformat() if heard.needs_today else "",
        )

    def _heard(self, question: str, catalog: Catalog, *, context: str = "", earlier: str = "") -> Heard:
        return hear(
            question,
            catalog,
            context=context,
            earlier=earlier,
            today=self._clock.now().date(),
            reading=self._time,
            techniques=self._techniques,
        )

    def _shown(self, catalog: Catalog) -> Catalog:
        """The catalog as the model is to see it."""
        return catalog if self._techniques.uses("samples") else catalog.without_values()

    # -- answers that need no SQL of a model -------------------------------------------------------

    def _without_sql(self, intent: Intent, catalog: Catalog, work: Work) -> Answer:
        suggestions = self._suggestions(work, catalog)
        if intent is Intent.CHANGE:
            raise Refused(
                "I only read data; I cannot delete or change anything. Ask me what the data says instead.",
                rule="read only",
            )
        if intent is Intent.RULES:
            raise Refused(
                "What you may see is not for me to change, and no question lifts it. Ask without that part.",
                rule="rules",
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
        found = self._runner.run(work, work.question.text, kind=Kind.GIVEN_SQL)
        found = replace(found, notes=("The SQL was given, not written by a model.",))
        return self._answer(work, found, catalog, by_model=False, confidence=trust.GIVEN)

    def _from_example(self, work: Work, catalog: Catalog, cached: Candidate) -> Answer | None:
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
        return self._answer(work, found, catalog, by_model=False, confidence=sure, cached=cached)

    # -- answers that a model drafts ---------------------------------------------------------------

    def _from_model(
        self, work: Work, catalog: Catalog, conversation: Conversation, neighbours: Sequence[Neighbour]
    ) -> Answer:
        try:
            answer = self._tried(work, catalog, conversation, neighbours)
        except CatalogChanged as change:
            return self._from_model(work, change.fresh, conversation, neighbours)
        # What is not there may have come since the catalog was read.
        fresh = self._renewed(work) if answer.status is Status.UNANSWERABLE else None
        return self._from_model(work, fresh, conversation, neighbours) if fresh else answer

    def _tried(
        self, work: Work, catalog: Catalog, conversation: Conversation, neighbours: Sequence[Neighbour]
    ) -> Answer:
        """The answer by way of a model, as far as one is needed; raises CatalogChanged."""
        question = work.question
        if self._techniques.uses("values"):
            catalog = self._runner.with_own_values(work, question.text)
        earlier = "\n".join(f"{t.question}\n{t.sql}" for t in conversation.turns[-TURNS_SHOWN:])
        heard = self._heard(question.text, catalog, context=question.context, earlier=earlier)
        if not conversation.turns and (answer := self._without_model(work, heard, catalog)):
            return answer
        request = self._linked(work, heard, catalog, conversation, neighbours)
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
        fresh = self._renewed(task.work)
        if fresh is not None:
            raise CatalogChanged(fresh)

    def _renewed(self, work: Work) -> Catalog | None:
        """What the asker sees by now; None where nothing has changed, or a person edited the catalog."""
        known = work.seen.whole
        fresh = known if known.edited else self.catalog(known.source, rebuild=True)
        return self._see(work, fresh) if fresh.fingerprint() != known.fingerprint() else None

    def _without_model(self, work: Work, heard: Heard, catalog: Catalog) -> Answer | None:
        """A question about other things, or with a name that several things have; None for all others."""
        if heard.grounds.missing and self._techniques.uses("grounding"):
            foreign = heard.is_foreign(catalog)
            words = prompts.text("off_topic") if foreign else checking.nothing_about(heard, catalog)
            return self._unanswered(work, Status.UNANSWERABLE, words, catalog)
        tie = heard.tie()
        choices = checking.choices(work.question.text, tie) if tie is not None else ()
        if tie is not None and choices:
            return self._unanswered(work, Status.CLARIFY, checking.which(tie), catalog, choices=choices)
        return None

    def _unanswered(
        self,
        work: Work,
        status: Status,
        words: str,
        catalog: Catalog,
        *,
        words_by: str = "template",
        choices: tuple[str, ...] = (),
    ) -> Answer:
        suggestions = choices or self._suggestions(work, catalog)
        return Answer(
            status=status,
            words=wording.safe_text(words),
            words_by=words_by,
            suggestions=suggestions,
            receipt=work.receipt(confidence=0.0),
        )

    def _linked(
        self,
        work: Work,
        heard: Heard,
        catalog: Catalog,
        conversation: Conversation,
        neighbours: Sequence[Neighbour],
    ) -> DraftRequest:
        """The question with the tables it is about, the stored values that it names, and near examples."""
        with work.journal.step("link") as note:
            near = [n for n in neighbours if n.similarity >= NEAR_ENOUGH]
            chosen = shapes.choose(work.question.text, near, count=self._few_shot, dialect=catalog.dialect)
            work.examples_shown = tuple(n.example.id for n in chosen)
            request = self.draft_request(
                work.question.text,
                catalog,
                conversation=conversation,
                neighbours=chosen,
                context=work.question.context,
                heard=heard,
            )
            named = len(heard.mentions)
            note.detail = f"about {len(request.schema) // 3:,} tokens of schema, {named} values named"
            return request

    def _settled(self, task: Task, outcome: Outcome) -> Answer:
        """The answer of a draft that ran, with how far it can be trusted; or why there is none."""
        work, heard, found = task.work, task.heard, outcome.found
        if found is None:
            return self._declined(work, outcome.draft, task.catalog)
        signs = trust.Signs(
            share=outcome.share,
            repairs=work.attempts - 1 if outcome.share is None else 0,
            unknown=len(heard.grounds.unknown),
            corrections=len(found.notes),
            unmet=outcome.unmet,
            warnings=len(found.warnings) - outcome.unmet,
            empty=emptiness.is_empty(found.result),
            tables=len(found.query.tables),
        )
        confidence = trust.trust(signs)
        if confidence < self._abstain_below:
            return self._unanswered(work, Status.CLARIFY, checking.not_sure(found.query), task.catalog)
        found = replace(found, notes=tuple(dict.fromkeys((*heard.notes(), *found.notes))))
        return self._answer(work, found, task.catalog, by_model=self._words_by_model, confidence=confidence)

    def _declined(self, work: Work, draft: Draft, catalog: Catalog) -> Answer:
        if draft.decision is Decision.CLARIFY:
            status, words = Status.CLARIFY, _asked_back(draft.message)
        elif not mentions(catalog, understanding.topics(work.question.text)):
            status, words = Status.UNANSWERABLE, prompts.text("off_topic")
        else:
            status, words = Status.UNANSWERABLE, _cannot(draft.message, catalog)
        return self._unanswered(work, status, words, catalog, words_by="model")

    # -- from rows to an answer --------------------------------------------------------------------

    def _answer(
        self,
        work: Work,
        found: Found,
        catalog: Catalog,
        *,
        by_model: bool,
        confidence: float,
        cached: Candidate | None = None,
    ) -> Answer:
        question, query, result = work.question, found.query, found.result
        reasons = self._runner.explained(work, found)
        with work.journal.step("check"):
            receipt = work.receipt(
                sql=query.readable,
                executed_sql=query.sql,
                tables=query.tables,
                filters=query.filters,
                assumptions=checking.assumptions(
                    query, notes=(*work.notes, *found.notes), limited=work.seen.limited(query.tables)
                ),
                warnings=(*found.warnings, *checking.warnings(found, catalog=catalog, reasons=reasons)),
                confidence=confidence,
                reused_seconds=found.reused_seconds,
                example_id=cached.example.id if cached else None,
                cached=cached.verdict.kind if cached else None,
            )
            chart = charting.choose(question.text, result.columns, result.rows, complete=result.complete)
            answer = Answer(status=Status.ANSWERED, result=result, chart=chart, receipt=receipt)
        work.show(answer)
        words, writer = self._words(work, result, by_model=by_model)
        return replace(answer, words=words, words_by=writer, receipt=replace(receipt, usage=work.usage))

    def _words(self, work: Work, result: ResultSet, *, by_model: bool) -> tuple[str, str]:
        """Words of the model where every number in them holds, else a plain sentence; and which of the two."""
        plain = wording.template(work.question.text, result)
        if not by_model or emptiness.is_empty(result) or not result.complete:
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
            holds = wording.answers(text, result) and wording.numbers_hold(
                text, seen, question=work.question.text, extra=(summary,)
            )
            if holds and not wording.repeats_instructions(words.text):
                note.detail = "every number was found in the result"
                return text, "model"
            note.detail = "the model's words did not hold; a plain sentence instead"
            return plain, "template"

    # -- what is near ------------------------------------------------------------------------------

    def _suggestions(self, work: Work, catalog: Catalog) -> tuple[str, ...]:
        try:
            examples = self._examples.all(source=work.question.source)
        except AnalystError:
            examples = []
        approved = (e for e in reversed(examples) if e.status == "approved")
        shown = islice(sharing.shareable(approved, work.seen), MOST_SUGGESTED)
        near = work.near
        return suggesting.instead(
            work.question.text, catalog, near=near, approved=[e.question for e in shown]
        )


def _others_asked(conversation: Conversation | None, question: str) -> list[Turn]:
    """The turns that asked something else: asked again, a question is not to be answered by its own last SQL."""
    turns = conversation.turns if conversation else ()
    return [t for t in turns if not understanding.same_question(t.question, question)]


def _undefined(error: AnalystError) -> bool:
    return isinstance(error, QueryFailed) and error.error_class.startswith("undefined")


def _ability(catalog: Catalog) -> str:
    named = [t.name for t in sorted(catalog.tables, key=lambda t: -(t.rows or 0))[:6]]
    more = len(catalog.tables) - len(named)
    listed = ", ".join(named) + (f" and {more} more" if more > 0 else "")
    return (
        f"I answer questions about this {catalog.dialect.capitalize()} data in plain words. There is data on {listed}."
        " Ask for numbers, comparisons, rankings or trends; I show the SQL and how I read the question."
    )


def _asked_back(message: str) -> str:
    if wording.repeats_instructions(message):
        return "Please ask this in other words."
    return wording.safe_text(message)


def _cannot(reason: str, catalog: Catalog) -> str:
    listed = wording.safe_text(", ".join(t.name for t in catalog.tables[:8]))
    reason = "" if wording.repeats_instructions(reason) else wording.safe_text(reason.split(";")[0])
    said = f": {reason.rstrip('.')}" if reason else ""
    return f"This cannot be answered from the data{said}. There is data on {listed}."
