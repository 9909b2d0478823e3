"""Queries that ran side by side, of which one is kept."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from analyst import ages, emptiness
from analyst.audit import Kind
from analyst.auditing import Audit
from analyst.draft import Query
from analyst.errors import NotFound, StoreError
from analyst.executing import Executed, Executor, guarded
from analyst.ports import ResultSink, ResultStore, Reusable
from analyst.reusing import Digest, Reuse
from analyst.sinks import Counter, Each
from analyst.voting import Taste
from analyst.work import Found, Work

logger = logging.getLogger(__name__)

HEAD_ROWS = 1000
"""Rows that are looked at for the chart, the words and the checks."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """A query that ran; its rows are stored only when it is kept."""

    query: Query
    taste: Taste
    result_id: str
    opened: AbstractContextManager[ResultSink]
    executed: Executed
    row_count: int
    source: str
    key: str
    """By what a later run of the same query finds these rows; empty where it must not."""
    began: float
    """On the monotonic clock."""
    digest: Digest


class Trials:
    """Queries that ran; those that nobody keeps leave nothing behind."""

    def __init__(self, *, executor: Executor, reuse: Reuse, results: ResultStore, audit: Audit) -> None:
        self._executor = executor
        self._reuse = reuse
        self._results = results
        self._audit = audit
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
        """Guard, plan and run one more draft, and tell the audit.

        Raises Refused, a DatabaseError, StoreError or Cancelled.
        """
        with self._audit.attempt(kind, work, draft=sql, example_id=example_id) as attempt:
            query = guarded(work, sql)
            attempt.query = query.sql
            before = len(work.spent)
            try:
                trial = self._tried(work, query, result_id=result_id)
            finally:
                attempt.detail = "; ".join(spent.words for spent in work.spent[before:])
            attempt.rows = trial.row_count
            if trial.executed.reused_seconds is not None:
                attempt.detail = f"rows reused from {ages.ago(trial.executed.reused_seconds)}"
        return trial

    def keep(self, trial: Trial) -> Found:
        """Store the rows of the one that is believed."""
        self._open.remove(trial)
        trial.opened.__exit__(None, None, None)
        executed = trial.executed
        result = self._results.head(trial.result_id, rows=HEAD_ROWS, truncated=executed.truncated)
        if not emptiness.is_empty(result):  # what is not there yet may be there the next time
            self._note(trial)
        return Found(
            query=trial.query,
            result=result,
            can_write=executed.can_write,
            reused_seconds=executed.reused_seconds,
        )

    def _tried(self, work: Work, query: Query, *, result_id: str) -> Trial:
        """The query's rows, in a result of this question's own: read now, or copied from one of not long ago."""
        result_id = result_id or str(uuid.uuid5(uuid.UUID(work.question.id), f"trial {len(self._open)}"))
        key = self._reuse.key(work, query)
        found = self._reuse.find(work, key)
        if found is not None:
            try:
                return self._filled(
                    work,
                    query,
                    result_id=result_id,
                    key=key,
                    fill=lambda sink: self._reuse.copy(work, query, found=found, sink=sink),
                )
            except (NotFound, StoreError) as error:
                logger.info("an earlier result is not there any more, so the query runs: %s", error.code)
        return self._filled(
            work,
            query,
            result_id=result_id,
            key=key,
            fill=lambda sink: self._executor.execute(work, query, sink=sink),
        )

    def _filled(
        self, work: Work, query: Query, *, result_id: str, key: str, fill: Callable[[ResultSink], Executed]
    ) -> Trial:
        began = time.monotonic()
        opened = self._results.open(result_id)
        sink, taste, digest = opened.__enter__(), Taste(), Digest()
        counter = Counter(Each(sink, taste, digest) if key else Each(sink, taste))
        try:
            executed = fill(counter)
        except BaseException as error:
            opened.__exit__(type(error), error, error.__traceback__)
            raise
        trial = Trial(
            query=query,
            taste=taste,
            result_id=result_id,
            opened=opened,
            executed=executed,
            row_count=counter.count,
            source=work.question.source,
            key=key,
            began=began,
            digest=digest,
        )
        self._open.append(trial)
        return trial

    def _note(self, trial: Trial) -> None:
        """Let a result that was read now, and is complete, be shown again."""
        if not trial.key or trial.executed.truncated or trial.executed.reused_seconds is not None:
            return
        found = Reusable(
            result_id=trial.result_id,
            digest=trial.digest.hex,
            can_write=trial.executed.can_write,
            age_seconds=time.monotonic() - trial.began,
        )
        self._reuse.note(trial.key, found, source=trial.source)


class _Dropped(Exception):
    """Nobody keeps these rows."""
