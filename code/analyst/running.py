"""From a draft to rows: the guard, the plan, the run."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Protocol, Self

from analyst import ages, emptiness, guard, own_values
from analyst.audit import Kind
from analyst.auditing import Attempt, Audit
from analyst.budgeting import Budgets
from analyst.catalog import Catalog
from analyst.draft import Query
from analyst.errors import AnalystError, Cancelled, NotFound, QueryFailed, Refused, StoreError
from analyst.policies import View
from analyst.policy import Policy
from analyst.ports import Engine, ResultSink, ResultStore, Reusable
from analyst.result import Cell, ResultColumn, ResultSet
from analyst.reusing import Digest, Recall
from analyst.voting import Taste
from analyst.work import Found, Work

logger = logging.getLogger(__name__)

HEAD_ROWS = 1000
"""Rows that are looked at for the chart, the words and the checks."""
EXPLAIN_SECONDS = 10.0
PROBE_SECONDS = 1.5
"""For each of the few statements that find out why nothing was found."""
_BEFORE, _AFTER = 20, 40
"""Characters around the place of an error."""


class Sources(Protocol):
    """Opens the engines of the sources that may be asked."""

    def engine(self, key: str, *, query_id: str) -> Engine:
        """An engine for one question; raises NotFound for an unknown source."""
        ...

    def name_of(self, key: str) -> str:
        """The name of a source by its key."""
        ...


class Runner:
    """Runs drafts that the guard lets through for the asker, each on a connection of its own."""

    def __init__(
        self,
        *,
        sources: Sources,
        results: ResultStore,
        audit: Audit,
        recall: Recall | None = None,
        budgets: Budgets | None = None,
    ) -> None:
        """`recall` where rows may be shown again that were read not long ago; `budgets` where roles may have one."""
        self._sources = sources
        self._results = results
        self._audit = audit
        self._recall = recall
        self._budgets = budgets

    def run(
        self,
        work: Work,
        sql: str,
        *,
        kind: Kind = Kind.QUESTION,
        example_id: int | None = None,
    ) -> Found:
        """Guard, plan and run a draft; raises Refused, a DatabaseError, StoreError or Cancelled."""
        with self.trials() as trials:
            trial = trials.run(work, sql, result_id=work.question.id, kind=kind, example_id=example_id)
            return trials.keep(trial)

    def attempt(
        self, work: Work, sql: str, *, kind: Kind = Kind.QUESTION, example_id: int | None = None
    ) -> Attempt:
        """What the audit is told of a draft, as a context."""
        return self._audit.attempt(kind, work, draft=sql, example_id=example_id)

    def trials(self) -> Trials:
        """Drafts that run side by side, of which one is kept."""
        return Trials(self)

    def guarded(self, work: Work, sql: str) -> Query:
        """The query that a draft becomes; raises Refused."""
        with work.journal.step("guard") as note:
            query = _checked(sql, work.seen)
            work.sql = query.readable
            note.detail = f"reads {', '.join(query.tables)}" if query.tables else "reads no table"
        return query

    def execute(self, work: Work, query: Query, sink: ResultSink) -> tuple[bool, bool]:
        """Plan and run a query into a sink: whether there were more rows, and whether the role could write."""
        engine = self._sources.engine(work.question.source, query_id=work.question.id)
        try:
            self._explain(work, engine, query)
            self._check_budget(work, engine, query)
            work.cancellation.check()
            return self._run(work, engine, query, sink), engine.can_write()
        except Refused as error:
            raise _without_values(error, work.policy) from None
        except QueryFailed as error:
            error.near = _near(query, error, work.policy)
            raise
        finally:
            engine.close()

    def _run(self, work: Work, engine: Engine, query: Query, sink: ResultSink) -> bool:
        with work.journal.step("run") as note:
            counter = _Counter(sink)
            try:
                truncated = engine.run(
                    query,
                    counter,
                    timeout_seconds=work.policy.timeout_seconds,
                    on_handle=work.hold,
                    cancellation=work.cancellation,
                )
            finally:
                self._note_cost(work, engine)
            work.hold(None)
            note.detail = f"{counter.count:,} rows"
        return truncated

    def _check_budget(self, work: Work, engine: Engine, query: Query) -> None:
        """Raise Refused for a query that the role's budget does not allow."""
        if self._budgets is not None and engine.charges and work.policy.monthly_budget is not None:
            self._budgets.check(work.policy, engine.bound(query))

    def _note_cost(self, work: Work, engine: Engine) -> None:
        """Keep what a query has cost, which it has also where it failed."""
        spent = engine.spent()
        if spent is None:
            return
        work.spent += (spent,)
        if self._budgets is not None:
            self._budgets.add(work.policy, spent, source=work.question.source)

    def _charges(self, work: Work) -> bool:
        """Whether each query costs money, so that none is run that is merely of use."""
        engine = self._sources.engine(work.question.source, query_id=work.question.id)
        try:
            return engine.charges
        finally:
            engine.close()

    # -- rows that were read before ----------------------------------------------------------------------

    def reuse_key(self, work: Work, query: Query) -> str:
        """By what rows of the same query are found; empty for a query that always runs."""
        if self._recall is None:
            return ""
        return self._recall.key(query, source=work.question.source, catalog=work.seen.whole)

    def earlier(self, work: Work, key: str) -> Reusable | None:
        """A result that may be shown again, where the asker did not ask for a fresh one."""
        if self._recall is None or not key or not work.question.use_cache:
            return None
        return self._recall.find(key, source=work.question.source)

    def copy(self, work: Work, query: Query, found: Reusable, sink: ResultSink) -> None:
        """Write an earlier result to a sink; raises NotFound or StoreError where it is not there any more.

        A role that may not afford the query is not shown what another one paid for.
        """
        assert self._recall is not None
        if work.policy.cost_limit is not None:
            self._plan(work, query)
        with work.journal.step("reuse") as note:
            counter = _Counter(sink)
            self._recall.copy(found, counter, cancellation=work.cancellation)
            note.detail = f"{counter.count:,} rows, read {ages.ago(found.age_seconds)}"

    def note(self, trial: Trial) -> None:
        """Let a result that is complete and holds something be shown again."""
        if self._recall is not None and trial.key and not trial.truncated and trial.reused_seconds is None:
            found = Reusable(
                result_id=trial.result_id,
                digest=trial.digest.hex,
                can_write=trial.can_write,
                age_seconds=time.monotonic() - trial.began,
            )
            self._recall.note(trial.key, found, source=trial.source)

    def _plan(self, work: Work, query: Query) -> None:
        """Raise Refused for a query that the role may not afford, and what the database has to say."""
        engine = self._sources.engine(work.question.source, query_id=work.question.id)
        try:
            self._explain(work, engine, query)
        except Refused as error:
            raise _without_values(error, work.policy) from None
        except QueryFailed as error:
            error.near = _near(query, error, work.policy)
            raise
        finally:
            engine.close()

    def _explain(self, work: Work, engine: Engine, query: Query) -> None:
        with work.journal.step("explain"):
            _check_cost(engine.explain(query, timeout_seconds=EXPLAIN_SECONDS), work.policy)

    # -- stored results ----------------------------------------------------------------------------------

    def stored(self, result_id: str) -> AbstractContextManager[ResultSink]:
        """A sink for a result; nothing is kept when it is left by an exception."""
        return self._results.open(result_id)

    def head(self, result_id: str, *, truncated: bool) -> ResultSet:
        """The first rows of a stored result."""
        return self._results.head(result_id, rows=HEAD_ROWS, truncated=truncated)

    # -- what a question names -------------------------------------------------------------------------

    def with_own_values(self, work: Work, question: str) -> Catalog:
        """What the asker sees, with those values of filtered tables that a question names."""
        seen = work.seen
        limited = [t.key for t in seen.catalog.tables if seen.limited([".".join(t.key)])]
        wanted = own_values.lookups(question, seen.catalog, limited=limited) if limited else ()
        if not wanted or self._charges(work):
            return seen.catalog
        with work.journal.step("values") as note:
            note.detail = f"{len(wanted)} small queries"
            engine = self._sources.engine(work.question.source, query_id=work.question.id)
            try:
                found = {lookup: self._looked_up(engine, lookup.sql, work) for lookup in wanted}
            finally:
                engine.close()
        work.view = replace(seen, catalog=own_values.with_found(seen.catalog, found))
        return work.view.catalog

    def _looked_up(self, engine: Engine, sql: str, work: Work) -> list[Sequence[Cell]]:
        rows = _Rows()
        found = self._tried(engine, sql, work, rows, why="which values the question names")
        return rows.kept if found else []

    # -- why nothing was found -------------------------------------------------------------------------

    def explained(self, work: Work, found: Found) -> tuple[str, ...]:
        """Plain sentences on which condition leaves nothing of a result; none for one that holds something."""
        catalog = work.seen.catalog
        if not emptiness.is_empty(found.result):
            return ()
        probes = emptiness.probes(
            found.query.readable, dialect=catalog.dialect, catalog=catalog, result=found.result
        )
        if not probes or self._charges(work):
            return ()
        with work.journal.step("probe") as note:
            note.detail = f"{len(probes)} smaller queries"
            return emptiness.explain(probes, self._answers(work, [p.sql for p in probes]), catalog=catalog)

    def _answers(self, work: Work, statements: Sequence[str]) -> list[bool | None]:
        """Whether each statement finds a row; None for one that failed or took too long."""
        engine = self._sources.engine(work.question.source, query_id=work.question.id)
        try:
            return [self._finds_a_row(engine, sql, work) for sql in statements]
        finally:
            engine.close()

    def _finds_a_row(self, engine: Engine, sql: str, work: Work) -> bool | None:
        counter = _Counter()
        ran = self._tried(engine, sql, work, counter, why="why nothing was found")
        return counter.count > 0 if ran else None

    def _tried(self, engine: Engine, sql: str, work: Work, sink: ResultSink, *, why: str) -> bool:
        """Run a small statement that nobody waits for; False where it failed or took too long."""
        counter = _Counter(sink)
        try:
            with self.attempt(work, sql) as attempt:
                attempt.detail = why
                query = _checked(sql, work.seen)
                attempt.query = query.sql
                engine.run(
                    query,
                    counter,
                    timeout_seconds=PROBE_SECONDS,
                    on_handle=work.hold,
                    cancellation=work.cancellation,
                )
                attempt.rows = counter.count
        except (Cancelled, StoreError):
            raise
        except AnalystError as error:
            logger.info("a small query failed: %s", error.code)
            return False
        return True


def _checked(sql: str, seen: View) -> Query:
    return guard.check(sql, dialect=seen.whole.dialect, catalog=seen.whole, policy=seen.policy)


def _check_cost(cost: float | None, policy: Policy) -> None:
    """Raise Refused for a query that the role may not afford; so does one of unknown cost."""
    if policy.cost_limit is not None and (cost is None or cost > policy.cost_limit):
        raise Refused(
            "This would read more than your role may. Ask for less, or for a shorter time.", rule="cost"
        )


def _without_values(error: Refused, policy: Policy) -> Refused:
    """The same in words that name nothing which the policy may keep back."""
    if error.rule != "partitions" or not policy.restricts:
        return error
    return Refused(
        "A table that this reads is large and is read in parts: put a filter on one of its partition keys.",
        rule=error.rule,
    )


def _near(query: Query, error: QueryFailed, policy: Policy) -> str:
    """The SQL around the place of an error; none where it holds what the policy put in."""
    if not error.position or policy.restricts:
        return ""
    start = max(0, error.position - _BEFORE)
    return " ".join(query.sql[start : error.position + _AFTER].split())


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """A query that ran; its rows are stored only when it is kept."""

    query: Query
    taste: Taste
    result_id: str
    opened: AbstractContextManager[ResultSink]
    truncated: bool
    can_write: bool
    row_count: int
    source: str
    key: str
    """By what a later run of the same query finds these rows; empty where it must not."""
    began: float
    """On the monotonic clock."""
    digest: Digest
    reused_seconds: int | None = None
    """How old the rows are, where they had been read before."""


@dataclass(frozen=True, kw_only=True)
class _Ran:
    """How a query's rows came into a sink."""

    truncated: bool = False
    can_write: bool = False
    reused_seconds: int | None = None


class Trials:
    """Queries that ran; those that nobody keeps leave nothing behind."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._open: list[Trial] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for trial in self._open:
            trial.opened.__exit__(_Dropped, _Dropped(), None)

    def run(
        self,
        work: Work,
        sql: str,
        *,
        result_id: str = "",
        kind: Kind = Kind.QUESTION,
        example_id: int | None = None,
    ) -> Trial:
        """Guard, plan and run one more draft, and tell the audit; raises what `Runner.run` does."""
        with self._runner.attempt(work, sql, kind=kind, example_id=example_id) as attempt:
            query = self._runner.guarded(work, sql)
            attempt.query = query.sql
            before = len(work.spent)
            try:
                trial = self._executed(work, query, result_id=result_id)
            finally:
                attempt.detail = "; ".join(spent.words for spent in work.spent[before:])
            attempt.rows = trial.row_count
            if trial.reused_seconds is not None:
                attempt.detail = f"rows reused from {ages.ago(trial.reused_seconds)}"
        return trial

    def _executed(self, work: Work, query: Query, *, result_id: str) -> Trial:
        """The query's rows, in a result of this question's own: read now, or copied from one of not long ago."""
        result_id = result_id or str(uuid.uuid5(uuid.UUID(work.question.id), f"trial {len(self._open)}"))
        key = self._runner.reuse_key(work, query)
        found = self._runner.earlier(work, key)
        if found is not None:
            try:
                return self._filled(
                    work, query, result_id, key, lambda sink: self._again(work, query, found, sink)
                )
            except (NotFound, StoreError) as error:
                logger.info("an earlier result is not there any more, so the query runs: %s", error.code)
        return self._filled(work, query, result_id, key, lambda sink: self._anew(work, query, sink))

    def _again(self, work: Work, query: Query, found: Reusable, sink: ResultSink) -> _Ran:
        self._runner.copy(work, query, found, sink)
        return _Ran(can_write=found.can_write, reused_seconds=int(found.age_seconds))

    def _anew(self, work: Work, query: Query, sink: ResultSink) -> _Ran:
        truncated, can_write = self._runner.execute(work, query, sink)
        return _Ran(truncated=truncated, can_write=can_write)

    def _filled(
        self, work: Work, query: Query, result_id: str, key: str, fill: Callable[[ResultSink], _Ran]
    ) -> Trial:
        began = time.monotonic()
        opened = self._runner.stored(result_id)
        sink, taste, digest = opened.__enter__(), Taste(), Digest()
        counter = _Counter(_Each(sink, taste, digest) if key else _Each(sink, taste))
        try:
            ran = fill(counter)
        except BaseException as error:
            opened.__exit__(type(error), error, error.__traceback__)
            raise
        trial = Trial(
            query=query,
            taste=taste,
            result_id=result_id,
            opened=opened,
            truncated=ran.truncated,
            can_write=ran.can_write,
            row_count=counter.count,
            source=work.question.source,
            key=key,
            began=began,
            digest=digest,
            reused_seconds=ran.reused_seconds,
        )
        self._open.append(trial)
        return trial

    def keep(self, trial: Trial) -> Found:
        """Store the rows of the one that is believed."""
        self._open.remove(trial)
        trial.opened.__exit__(None, None, None)
        result = self._runner.head(trial.result_id, truncated=trial.truncated)
        if not emptiness.is_empty(result):  # what is not there yet may be there the next time
            self._runner.note(trial)
        return Found(
            query=trial.query,
            result=result,
            can_write=trial.can_write,
            reused_seconds=trial.reused_seconds,
        )


class _Dropped(Exception):
    """Nobody keeps these rows."""


class _Counter:
    """A `ResultSink` that counts, and passes on where there is somewhere to."""

    def __init__(self, sink: ResultSink | None = None) -> None:
        self._sink = sink
        self.count = 0

    def columns(self, columns: Sequence[ResultColumn]) -> None:
        if self._sink:
            self._sink.columns(columns)

    def rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        self.count += len(rows)
        if self._sink:
            self._sink.rows(rows)


class _Rows:
    """A `ResultSink` that keeps them."""

    def __init__(self) -> None:
        self.kept: list[Sequence[Cell]] = []

    def columns(self, columns: Sequence[ResultColumn]) -> None:
        pass

    def rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        self.kept += rows


class _Each:
    """A `ResultSink` that passes everything to several."""

    def __init__(self, *sinks: ResultSink) -> None:
        self._sinks = sinks

    def columns(self, columns: Sequence[ResultColumn]) -> None:
        for sink in self._sinks:
            sink.columns(columns)

    def rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        for sink in self._sinks:
            sink.rows(rows)
