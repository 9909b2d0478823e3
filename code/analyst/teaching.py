"""How a question/SQL pair becomes an example: guarded and planned first, embedded, then kept."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from analyst import guard, understanding
from analyst.audit import RAN, Kind, verdict_of
from analyst.auditing import Audit
from analyst.errors import AnalystError, StoreError, WrongUsage
from analyst.example import Example, ExampleStatus
from analyst.policies import View
from analyst.ports import Embedder, Engine, ExampleStore

EXPLAIN_SECONDS = 10.0


class Teaching:
    """Takes examples in and approves them."""

    def __init__(
        self,
        *,
        examples: ExampleStore,
        embedder: Embedder,
        audit: Audit,
        together: Callable[[], AbstractContextManager[None]],
    ) -> None:
        """What is done inside of `together` is stored as a whole or not at all."""
        self._examples = examples
        self._embedder = embedder
        self._audit = audit
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

        Raises Refused or a DatabaseError for SQL that would not run, StoreError where it is not audited.
        """
        try:
            example, vector = self._planned(question, sql, seen=seen, engine=engine, note=note)
            with self._together():
                kept = self._examples.propose(example, vector, embedder=self._embedder.name)
                if approve_as:
                    kept = self._examples.decide(kept.id, ExampleStatus.APPROVED, by=approve_as, note=note)
                self._told(RAN, question, sql, seen, by=by or approve_as, example=kept)
            return kept
        except StoreError:
            raise
        except AnalystError as error:
            self._told(verdict_of(error), question, sql, seen, by=by or approve_as)
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

    def _planned(
        self, question: str, sql: str, *, seen: View, engine: Engine, note: str
    ) -> tuple[Example, list[float]]:
        text = understanding.clean(question)
        if not sql.strip():
            raise WrongUsage("An example needs SQL.")
        whole = seen.whole
        query = guard.check(sql, dialect=whole.dialect, catalog=whole, policy=seen.policy)
        engine.explain(query, timeout_seconds=EXPLAIN_SECONDS)
        example = Example(
            id=0,
            source=whole.source,
            dialect=whole.dialect,
            question=text,
            sql=query.readable,
            note=note,
            fingerprint=whole.fingerprint(),
        )
        return example, self._embedder.embed([text])[0]
