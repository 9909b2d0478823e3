"""How a question/SQL pair becomes an example and stays one: guarded and planned first, embedded, kept, re-checked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from analyst import guard, understanding, upkeep
from analyst.audit import RAN, Kind, verdict_of
from analyst.auditing import Audit
from analyst.budgeting import Budgets
from analyst.catalog import Catalog
from analyst.draft import Query
from analyst.errors import AnalystError, Conflict, NotFound, QueryFailed, Refused, StoreError, WrongUsage
from analyst.example import Example, ExampleStatus
from analyst.policies import View
from analyst.ports import Cancellation, Engine, ExampleStore
from analyst.question_vectors import QuestionVectors
from analyst.result import Cell, ResultColumn

logger = logging.getLogger(__name__)

EXPLAIN_SECONDS = 10.0
LONGEST_SQL = 100_000
LONGEST_NOTE = 1_000
AT_ONCE = 500
"""Examples that are looked at together when tables have changed."""


class Teaching:
    """Takes examples in, approves them, and takes those out of service that tables have changed under."""

    def __init__(
        self,
        *,
        examples: ExampleStore,
        vectors: QuestionVectors,
        audit: Audit,
        budgets: Budgets,
        together: Callable[[], AbstractContextManager[None]],
    ) -> None:
        """What is done inside of `together` is stored as a whole or not at all."""
        self._examples = examples
        self._vectors = vectors
        self._audit = audit
        self._budgets = budgets
        self._together = together

    def propose(
        self,
        question: str,
        sql: str,
        *,
        seen: View,
        engine: Engine,
        by: str = "",
        approve_as: str = "",
        note: str = "",
    ) -> Example:
        """Keep a pair whose SQL passes the guard for who brings it, and can be planned.

        `by` brings it; where a name is given it is approved at once in that name.

        Raises Refused or a DatabaseError for SQL that would not run, StoreError where it is not audited, Conflict where
        somebody decides on the same pair meanwhile.
        """
        with self._failing(question, sql, seen, by=by or approve_as):
            text = understanding.clean(question)
            query = self._planned(sql, seen=seen, engine=engine)
            example = _example(text, query, seen.whole, note=_note(note))
            before = self._examples.same(example)
            vector = self._embedded(example, seen.whole)
            with self._together():
                kept = self._examples.propose(example, vector, embedder=self._vectors.name)
                if approve_as:
                    kept = self._approved(kept, example, before, by=approve_as, note=example.note)
                self._told(RAN, question, sql, seen, by=by or approve_as, example=kept)
            return kept

    def approve(
        self,
        example_id: int,
        *,
        seen: View,
        engine: Engine,
        by: str,
        person: str = "",
        note: str = "",
        sql: str = "",
    ) -> Example:
        """Approve an example in the name `by` after its SQL, or the `sql` that takes its place, was guarded and run.

        Edited SQL makes a new example, and the one it was made of is revoked.

        Raises NotFound, Refused or a DatabaseError for SQL that does not run, and Conflict where somebody else decided
        on it meanwhile.
        """
        before = self._of_source(example_id, seen.whole)
        with self._failing(before.question, sql or before.sql, seen, by=person or by):
            query = _guarded(sql or before.sql, seen)
            self._run(query, seen=seen, engine=engine)
            example = _example(before.question, query, seen.whole, note=_note(note))
            edited = example.sql != before.sql
            vector = self._embedded(example, seen.whole) if edited else []
            with self._together():
                if edited:
                    kept = self._examples.propose(example, vector, embedder=self._vectors.name)
                    kept = self._approved(kept, example, None, by=by, note=example.note)
                    if kept.id != before.id:
                        replaced = f"Replaced by #{kept.id}."
                        self._revoked(before, by=by, note=replaced)
                else:
                    kept = self._approved(before, example, before, by=by, note=example.note)
                self._told(RAN, before.question, example.sql, seen, by=person or by, example=kept)
            return kept

    def recheck(self, example_id: int, *, seen: View, engine: Engine, by: str = "") -> Example:
        """Guard and plan an example's SQL anew: what passes serves again, what does not goes, or stays, in quarantine.

        Raises NotFound, Conflict for one that nobody has approved, and a DatabaseError where the source is silent.
        """
        example = self._of_source(example_id, seen.whole)
        if example.status not in (ExampleStatus.APPROVED, ExampleStatus.QUARANTINED):
            raise Conflict(f"Example {example_id} is {example.status.value}; only approved ones are checked.")
        try:
            query = self._planned(example.sql, seen=seen, engine=engine)
        except (Refused, QueryFailed) as error:
            return self._quarantined(example, f"It does not run now: {error}", by=by)
        with self._together():
            kept = self._checked(example, _example(example.question, query, seen.whole))
            if example.status is ExampleStatus.QUARANTINED:
                self._noted(Kind.APPROVAL, kept, by=by, detail="checked again after a quarantine")
        return kept

    def sweep(self, whole: Catalog) -> list[Example]:
        """Put those into quarantine that read what has changed, without asking the source; which they are."""
        fingerprint, after = whole.fingerprint(), 0
        quarantined: list[Example] = []
        while found := self._examples.outdated(
            source=whole.source, fingerprint=fingerprint, after=after, limit=AT_ONCE
        ):
            quarantined += [kept for each in found if (kept := self._swept(each, whole))]
            after = found[-1].id
        return quarantined

    # -- steps -------------------------------------------------------------------------------------

    def _swept(self, example: Example, whole: Catalog) -> Example | None:
        """The example where it went into quarantine."""
        if reason := upkeep.changes(example, whole):
            kept = self._quarantined(example, reason)
            return kept if kept.status is ExampleStatus.QUARANTINED else None
        try:
            query = guard.check(example.sql, dialect=whole.dialect, catalog=whole)
            self._checked(example, _example(example.question, query, whole))
        except (Conflict, NotFound):
            logger.info("somebody decided on example %s meanwhile", example.id)
        return None

    def _quarantined(self, example: Example, reason: str, *, by: str = "") -> Example:
        with self._together():
            if self._examples.quarantine(example.id, reason, version=example.version):
                self._noted(Kind.REVOCATION, example, by=by, detail=f"quarantined: {reason}")
        return self._examples.get(example.id)

    def _checked(self, kept: Example, fresh: Example) -> Example:
        return self._examples.checked(
            kept.id,
            dialect=fresh.dialect,
            fingerprint=fresh.fingerprint,
            reads=fresh.reads,
            version=kept.version,
        )

    def _approved(
        self, kept: Example, fresh: Example, before: Example | None, *, by: str, note: str
    ) -> Example:
        """Approved, unless it is another one by now than it was `before`."""
        if before is not None and before.version != kept.version:
            raise Conflict(f"Somebody else has just decided on example {kept.id}. Look at it again first.")
        kept = self._checked(kept, fresh)
        return self._examples.decide(kept.id, ExampleStatus.APPROVED, by=by, note=note, version=kept.version)

    def _revoked(self, example: Example, *, by: str, note: str) -> None:
        now = self._examples.get(example.id)
        if now.status is not ExampleStatus.REVOKED:
            self._examples.decide(
                example.id, ExampleStatus.REVOKED, by=by, note=note, version=example.version
            )

    def _of_source(self, example_id: int, whole: Catalog) -> Example:
        example = self._examples.get(example_id)
        if example.source != whole.source:
            raise NotFound(f"There is no example {example_id} of this source.")
        return example

    def _planned(self, sql: str, *, seen: View, engine: Engine) -> Query:
        query = _guarded(sql, seen)
        engine.explain(query, timeout_seconds=EXPLAIN_SECONDS)
        return query

    def _run(self, query: Query, *, seen: View, engine: Engine) -> None:
        if engine.charges:
            self._budgets.check(seen.policy, engine.bound(query))
        try:
            engine.run(
                query,
                _Nowhere(),
                timeout_seconds=seen.policy.timeout_seconds,
                on_handle=_forget,
                cancellation=Cancellation(),
            )
        finally:
            if (spent := engine.spent()) is not None:
                self._budgets.add(seen.policy, spent, source=seen.whole.source)

    def _embedded(self, example: Example, whole: Catalog) -> list[float]:
        return self._vectors.of(example.question, whole)

    # -- what the audit is told --------------------------------------------------------------------

    @contextmanager
    def _failing(self, question: str, sql: str, seen: View, *, by: str) -> Iterator[None]:
        """Tell the audit of what was not kept, and why."""
        try:
            yield
        except StoreError:
            raise
        except AnalystError as error:
            self._told(verdict_of(error), question, sql, seen, by=by)
            raise

    def _told(
        self,
        verdict: str,
        question: str,
        sql: str,
        seen: View,
        *,
        by: str,
        example: Example | None = None,
    ) -> None:
        self._audit.record(
            Kind.APPROVAL,
            verdict=verdict,
            policy=seen.policy,
            person=by,
            source=seen.whole.source,
            text=question,
            draft=sql,
            example_id=example.id if example else None,
            detail="" if example and example.status is ExampleStatus.APPROVED else "proposed only",
        )

    def _noted(self, kind: Kind, example: Example, *, by: str, detail: str) -> None:
        self._audit.record(
            kind,
            person=by,
            source=example.source,
            text=example.question,
            draft=example.sql,
            example_id=example.id,
            detail=detail,
        )


class _Nowhere:
    """Takes a result that nobody looks at."""

    def columns(self, columns: Sequence[ResultColumn]) -> None:
        """Nothing is kept."""

    def rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Nothing is kept."""


def _forget(_: Mapping[str, Any]) -> None:
    """Nobody can cancel what is run for an approval; it has its time limit."""


def _guarded(sql: str, seen: View) -> Query:
    if not sql.strip():
        raise WrongUsage("An example needs SQL.")
    if len(sql) > LONGEST_SQL:
        raise WrongUsage(f"The SQL of an example may have {LONGEST_SQL:,} characters.")
    return guard.check(sql, dialect=seen.whole.dialect, catalog=seen.whole, policy=seen.policy)


def _note(note: str) -> str:
    return understanding.clean(note)[:LONGEST_NOTE] if note.strip() else ""


def _example(question: str, query: Query, whole: Catalog, *, note: str = "") -> Example:
    """A pair as it is kept, with what its SQL reads."""
    return Example(
        id=0,
        source=whole.source,
        dialect=whole.dialect,
        question=question,
        sql=query.readable,
        note=note,
        fingerprint=whole.fingerprint(),
        reads=upkeep.reads(query, whole),
    )
