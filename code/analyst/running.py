"""Runs the drafts of a question: one of which the rows are kept, or several to choose from."""

from __future__ import annotations

from analyst.audit import Kind
from analyst.auditing import Audit
from analyst.budgeting import Budgets
from analyst.executing import Executor, Sources
from analyst.ports import ResultStore
from analyst.reusing import Recall, Reuse
from analyst.trials import Trials
from analyst.work import Found, Work


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
        self._executor = Executor(sources=sources, budgets=budgets)
        self._reuse = Reuse(recall, executor=self._executor)
        self._results = results
        self._audit = audit

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

    def trials(self) -> Trials:
        """Drafts that run side by side, of which one is kept."""
        return Trials(executor=self._executor, reuse=self._reuse, results=self._results, audit=self._audit)
