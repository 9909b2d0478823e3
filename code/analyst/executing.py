"""From a draft to rows: the guard, the plan, the budget, the run."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from analyst import guard
from analyst.budgeting import Budgets
from analyst.draft import Query
from analyst.errors import Refused
from analyst.policies import View
from analyst.policy import Policy
from analyst.ports import Engine, ResultSink
from analyst.redacting import redacted
from analyst.sinks import Counter
from analyst.work import Work

EXPLAIN_SECONDS = 10.0


class Sources(Protocol):
    """Opens the engines of the sources that may be asked."""

    def engine(self, key: str, *, query_id: str) -> Engine:
        """An engine for one question; raises NotFound for an unknown source."""
        ...

    def name_of(self, key: str) -> str:
        """The name of a source by its key."""
        ...


@dataclass(frozen=True, kw_only=True)
class Executed:
    """How a query's rows came into a sink."""

    truncated: bool = False
    """True where there were more rows."""
    can_write: bool = False
    """True where the database role could change data."""
    reused_seconds: int | None = None
    """How old the rows are, where they had been read before."""


class Executor:
    """Plans and runs guarded queries as far as the asker's role can afford them, each on a connection of its own."""

    def __init__(self, *, sources: Sources, budgets: Budgets | None = None) -> None:
        """`budgets` where roles may have one."""
        self._sources = sources
        self._budgets = budgets

    def execute(self, work: Work, query: Query, *, sink: ResultSink) -> Executed:
        """Plan and run a query into a sink; raises Refused, a DatabaseError, StoreError or Cancelled."""
        with opened(self._sources, work) as engine, redacted(query, work.policy):
            _explain(work, query, engine=engine)
            self._check_budget(work, query, engine=engine)
            work.cancellation.check()
            truncated = self._run(work, query, engine=engine, sink=sink)
            return Executed(truncated=truncated, can_write=engine.can_write())

    def plan(self, work: Work, query: Query) -> None:
        """Raise Refused for a query that the role may not afford, and what the database has to say."""
        with opened(self._sources, work) as engine, redacted(query, work.policy):
            _explain(work, query, engine=engine)

    def _run(self, work: Work, query: Query, *, engine: Engine, sink: ResultSink) -> bool:
        with work.journal.step("run") as note:
            counter = Counter(sink)
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

    def _check_budget(self, work: Work, query: Query, *, engine: Engine) -> None:
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


def opened(sources: Sources, work: Work) -> closing[Engine]:
    """An engine for a question's source, as a context that gives its connection back."""
    return closing(sources.engine(work.question.source, query_id=work.question.id))


def guarded(work: Work, sql: str) -> Query:
    """The query that a draft becomes; raises Refused."""
    with work.journal.step("guard") as note:
        query = checked(sql, work.seen)
        work.sql = query.readable
        note.detail = f"reads {', '.join(query.tables)}" if query.tables else "reads no table"
    return query


def checked(sql: str, seen: View) -> Query:
    """The query that SQL becomes for whoever has this view; raises Refused."""
    return guard.check(sql, dialect=seen.whole.dialect, catalog=seen.whole, policy=seen.policy)


def _explain(work: Work, query: Query, *, engine: Engine) -> None:
    with work.journal.step("explain"):
        _check_cost(engine.explain(query, timeout_seconds=EXPLAIN_SECONDS), work.policy)


def _check_cost(cost: float | None, policy: Policy) -> None:
    """Raise Refused for a query that the role may not afford; so does one of unknown cost."""
    if policy.cost_limit is not None and (cost is None or cost > policy.cost_limit):
        raise Refused(
            "This would read more than your role may. Ask for less, or for a shorter time.", rule="cost"
        )
