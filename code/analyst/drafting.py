"""From a question to SQL that runs: one draft that is repaired, or several whose results vote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from analyst import checking, grounding, markup, understanding, voting, wording
from analyst.catalog import Catalog
from analyst.correcting import Corrected, correct
from analyst.draft import Decision, Draft, Repair
from analyst.errors import AnalystError, QueryFailed, QueryTimeout, Refused, UnusableReply
from analyst.hearing import Heard
from analyst.ports import DraftRequest, SqlWriter
from analyst.running import Runner
from analyst.techniques import Techniques
from analyst.trials import Trial, Trials
from analyst.voting import Ballot
from analyst.work import Found, Work

MOST_DRAFTS = 3
"""The first draft and at most two repairs."""
MOST_CANDIDATES = 5
"""Drafts that are drawn in thorough mode, unless fewer settle it."""

NewCatalog = Callable[[AnalystError], None]
"""Raises CatalogChanged where an error comes from tables that have changed."""


class CatalogChanged(Exception):
    """The tables are not what the catalog says."""

    def __init__(self, fresh: Catalog) -> None:
        super().__init__("the catalog has changed")
        self.fresh = fresh


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is to be drafted: the request, what was heard of the question, and the catalog it is about."""

    work: Work
    request: DraftRequest
    heard: Heard
    catalog: Catalog

    @property
    def taught(self) -> str:
        """What the model was shown besides the schema, whose words its SQL may hold."""
        shown = (*self.request.examples, *self.request.turns)
        return "\n".join(f"{question}\n{sql}" for question, sql in shown)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One draft, and what it came to."""

    draft: Draft
    trial: Trial | None = None
    corrected: Corrected = field(default_factory=lambda: Corrected(sql=""))

    @property
    def ballot(self) -> Ballot:
        """What it votes for."""
        if self.draft.decision is not Decision.ANSWER:
            return Ballot(declined=True)
        fingerprint = self.trial.taste.fingerprint if self.trial else None
        return Ballot(fingerprint=fingerprint, unmet=len(self.corrected.unmet))


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a question: rows, or a draft that says there are none to be had."""

    draft: Draft
    found: Found | None = None
    share: float | None = None
    """How many of several drafts agree; None where there was one."""
    unmet: int = 0
    """What the question says and the SQL does not do."""


class Drafter:
    """Has the writer draft, corrects what can be proved, and runs it."""

    def __init__(self, *, writer: SqlWriter, runner: Runner, techniques: Techniques) -> None:
        self._writer = writer
        self._runner = runner
        self._techniques = techniques

    # -- one draft, repaired until it runs -------------------------------------------------------------

    def first_that_runs(self, task: Task, *, on_error: NewCatalog) -> Outcome:
        """The first draft that runs, after at most two repairs; raises what the last of them raised."""
        work, before = task.work, task.work.attempts
        while True:
            try:
                with self._runner.trials() as trials:
                    return self._kept(task, trials, self._candidate(task, trials), before=before)
            except AnalystError as error:
                drafts = work.attempts - before
                if drafts == 1:
                    on_error(error)
                if names_what_is_not_there(error) and (
                    drafts >= MOST_DRAFTS or task.heard.is_foreign(task.catalog)
                ):
                    return Outcome(draft=Draft(decision=Decision.CANNOT, message=str(error)))
                if not error.repairable or drafts >= MOST_DRAFTS or understanding.is_write(work.sql):
                    raise
                task = replace(task, request=_next(task.request, error, work))

    def _kept(self, task: Task, trials: Trials, first: Candidate, *, before: int) -> Outcome:
        """The rows of a draft; where it leaves out what the question says, those of another that does not."""
        best = first
        if first.trial is not None and first.corrected.unmet and task.work.attempts - before < MOST_DRAFTS:
            best = self._better(task, trials, first)
        if best.trial is None:
            return Outcome(draft=best.draft)
        task.work.sql = best.trial.query.readable
        return _outcome(best, trials, share=None)

    def _better(self, task: Task, trials: Trials, first: Candidate) -> Candidate:
        """A second draft, told what the first one leaves out, where it runs and leaves out less."""
        if not self._techniques.uses("second look"):
            return first
        said = " ".join(first.corrected.unmet)
        request = replace(task.request, repair=Repair(sql=first.corrected.sql, error_class=said), sample=0)
        try:
            second = self._candidate(replace(task, request=request), trials)
        except AnalystError as error:
            if not _is_lost(error, task.work):
                raise
            return first
        runs = second.trial is not None
        return second if runs and len(second.corrected.unmet) < len(first.corrected.unmet) else first

    # -- several drafts, of which the results vote -------------------------------------------------------

    def elected(self, task: Task) -> Outcome | None:
        """The answer that most drafts agree on; None where none of them came to anything."""
        work = task.work
        with self._runner.trials() as trials:
            candidates = self._candidates(task, trials)
            with work.journal.step("vote") as note:
                election = voting.elect([c.ballot for c in candidates])
                note.detail = f"{election.votes} of {election.of} drafts agree"
            if election.winner is None:
                return None
            winner = candidates[election.winner]
            if winner.trial is None:
                work.sql = winner.draft.sql
                return Outcome(draft=winner.draft)
            work.sql = winner.trial.query.readable
            outcome = _outcome(winner, trials, share=election.share)
        doubt = checking.disagreement(votes=election.votes, of=election.of)
        found = outcome.found and replace(outcome.found, warnings=(*doubt, *outcome.found.warnings))
        return replace(outcome, found=found)

    def _candidates(self, task: Task, trials: Trials) -> list[Candidate]:
        candidates: list[Candidate] = []
        while len(candidates) < MOST_CANDIDATES:
            if voting.is_decided([c.ballot for c in candidates], most=MOST_CANDIDATES):
                break
            sampled = replace(task, request=_varied(task.request, len(candidates)))
            try:
                candidates.append(self._candidate(sampled, trials))
            except AnalystError as error:
                if not _is_lost(error, task.work):
                    raise
                candidates.append(Candidate(draft=Draft(decision=Decision.ANSWER)))
        return candidates

    # -- one draft -------------------------------------------------------------------------------------

    def _candidate(self, task: Task, trials: Trials) -> Candidate:
        """One more draft with its rows; raises what drafting, the guard or the database do."""
        draft = self._honest(self._draft(task.work, task.request), task)
        if draft.decision is not Decision.ANSWER:
            return Candidate(draft=draft)
        if wording.repeats_instructions(draft.sql):
            raise Refused("The SQL repeats what the model was told.", rule="instructions")
        corrected = correct(
            draft.sql, heard=task.heard, catalog=task.catalog, techniques=self._techniques, taught=task.taught
        )
        task.work.sql = corrected.sql
        markup.check_draft(corrected.sql, catalog=task.catalog)
        trial = trials.run(task.work, corrected.sql)
        return Candidate(draft=draft, trial=trial, corrected=corrected)

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

    def _honest(self, draft: Draft, task: Task) -> Draft:
        """The draft, or that it cannot be answered where the draft makes up a column for what the data lacks."""
        if draft.decision is not Decision.ANSWER or not self._techniques.uses("grounding"):
            return draft
        unknown, catalog = task.heard.grounds.unknown, task.catalog
        lacking = grounding.invented(draft.sql, unknown, dialect=catalog.dialect, catalog=catalog)
        message = f'no column holds "{lacking}"'
        return replace(draft, decision=Decision.CANNOT, message=message) if lacking else draft


def names_what_is_not_there(error: AnalystError) -> bool:
    """True where the guard found no such table or column."""
    return isinstance(error, Refused) and error.rule in ("tables", "columns")


def _outcome(best: Candidate, trials: Trials, *, share: float | None) -> Outcome:
    if best.trial is None:
        return Outcome(draft=best.draft, share=share)
    corrected = best.corrected
    found = trials.keep(best.trial)
    found = replace(found, notes=corrected.notes, warnings=(*corrected.unmet, *corrected.warnings))
    return Outcome(draft=best.draft, found=found, share=share, unmet=len(corrected.unmet))


def _varied(request: DraftRequest, number: int) -> DraftRequest:
    """The same request for another candidate; every second one goes without examples, which may mislead all alike."""
    return replace(request, sample=number, examples=() if number % 2 else request.examples)


def _is_lost(error: AnalystError, work: Work) -> bool:
    """True where another draft may do better."""
    lost = error.repairable or isinstance(error, QueryTimeout)
    return lost and not understanding.is_write(work.sql)


def _next(request: DraftRequest, error: AnalystError, work: Work) -> DraftRequest:
    """What to ask after a failure: without examples where they may have misled, then a repair, then another draft."""
    if request.examples:
        return replace(request, examples=(), repair=None, sample=0)
    if isinstance(error, UnusableReply) or request.repair is not None:
        return replace(request, repair=None, sample=work.attempts)
    return replace(request, repair=_repair(error, work.sql), sample=0)


def _repair(error: AnalystError, sql: str) -> Repair:
    if isinstance(error, QueryFailed):
        return Repair(sql=sql, error_class=error.error_class, near=error.near)
    return Repair(sql=sql or "(nothing)", error_class=str(error))
