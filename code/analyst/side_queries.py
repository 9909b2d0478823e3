"""Small queries beside a question, which nobody waits for: values that it names, and why nothing was found."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from analyst import emptiness, own_values
from analyst.audit import Kind
from analyst.auditing import Audit
from analyst.catalog import Catalog
from analyst.errors import AnalystError, Cancelled, StoreError
from analyst.executing import Sources, checked, opened
from analyst.ports import Engine, ResultSink
from analyst.result import Cell
from analyst.sinks import Counter, Rows
from analyst.work import Found, Work

logger = logging.getLogger(__name__)

PROBE_SECONDS = 1.5
"""For each of the few statements that find out why nothing was found."""


class SideQueries:
    """Runs them as the asker, guarded and audited as all others are; none where each query costs money."""

    def __init__(self, *, sources: Sources, audit: Audit) -> None:
        self._sources = sources
        self._audit = audit

    def with_own_values(self, work: Work, question: str) -> Catalog:
        """What the asker sees, with those values of filtered tables that a question names."""
        seen = work.seen
        limited = [t.key for t in seen.catalog.tables if seen.limited([".".join(t.key)])]
        wanted = own_values.lookups(question, seen.catalog, limited=limited) if limited else ()
        if not wanted or self._charges(work):
            return seen.catalog
        with work.journal.step("values") as note:
            note.detail = f"{len(wanted)} small queries"
            with opened(self._sources, work) as engine:
                found = {lookup: self._looked_up(work, lookup.sql, engine=engine) for lookup in wanted}
        work.view = replace(seen, catalog=own_values.with_found(seen.catalog, found))
        return work.view.catalog

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
            with opened(self._sources, work) as engine:
                answers = [self._finds_a_row(work, probe.sql, engine=engine) for probe in probes]
            return emptiness.explain(probes, answers, catalog=catalog)

    def _charges(self, work: Work) -> bool:
        """Whether each query costs money, so that none is run that is merely of use."""
        with opened(self._sources, work) as engine:
            return engine.charges

    def _looked_up(self, work: Work, sql: str, *, engine: Engine) -> list[Sequence[Cell]]:
        rows = Rows()
        found = self._tried(work, sql, engine=engine, sink=rows, why="which values the question names")
        return rows.kept if found else []

    def _finds_a_row(self, work: Work, sql: str, *, engine: Engine) -> bool | None:
        """Whether a statement finds a row; None for one that failed or took too long."""
        counter = Counter()
        ran = self._tried(work, sql, engine=engine, sink=counter, why="why nothing was found")
        return counter.count > 0 if ran else None

    def _tried(self, work: Work, sql: str, *, engine: Engine, sink: ResultSink, why: str) -> bool:
        """Run one statement into a sink; False where it failed or took too long."""
        counter = Counter(sink)
        try:
            with self._audit.attempt(Kind.QUESTION, work, draft=sql) as attempt:
                attempt.detail = why
                query = checked(sql, work.seen)
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
