"""Rows that were read not long ago, in the place of a query's own, where the asker may have them."""

from __future__ import annotations

from analyst import ages
from analyst.draft import Query
from analyst.executing import Executed, Executor
from analyst.ports import ResultSink, Reusable
from analyst.reusing.recall import Recall
from analyst.sinks import Counter
from analyst.work import Work


class Reuse:
    """Looks rows up for one query after the other; without a `recall` there are none, and every query runs."""

    def __init__(self, recall: Recall | None, *, executor: Executor) -> None:
        self._recall = recall
        self._executor = executor

    def key(self, work: Work, query: Query) -> str:
        """By what rows of the same query are found; empty for a query that always runs."""
        if self._recall is None:
            return ""
        return self._recall.key(query, source=work.question.source, catalog=work.seen.whole)

    def find(self, work: Work, key: str) -> Reusable | None:
        """A result that may be shown again, where the asker did not ask for a fresh one."""
        if self._recall is None or not key or not work.question.use_cache:
            return None
        return self._recall.find(key, source=work.question.source)

    def copy(self, work: Work, query: Query, *, found: Reusable, sink: ResultSink) -> Executed:
        """Write an earlier result to a sink; raises NotFound or StoreError where it is not there any more.

        A role that may not afford the query is not shown what another one paid for.
        """
        assert self._recall is not None
        if work.policy.cost_limit is not None:
            self._executor.plan(work, query)
        with work.journal.step("reuse") as note:
            counter = Counter(sink)
            self._recall.copy(found, counter, cancellation=work.cancellation)
            note.detail = f"{counter.count:,} rows, read {ages.ago(found.age_seconds)}"
        return Executed(can_write=found.can_write, reused_seconds=int(found.age_seconds))

    def note(self, key: str, found: Reusable, *, source: str) -> None:
        """Let a result be shown again."""
        if self._recall is not None:
            self._recall.note(key, found, source=source)
