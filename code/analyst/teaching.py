"""How a question/SQL pair becomes an example: guarded and planned first, embedded, then kept."""

from __future__ import annotations

from analyst import guard, understanding
from analyst.catalog import Catalog
from analyst.errors import WrongUsage
from analyst.example import Example, ExampleStatus
from analyst.policy import Policy
from analyst.ports import Embedder, Engine, ExampleStore

EXPLAIN_SECONDS = 10.0


class Teaching:
    """Takes examples in and approves them."""

    def __init__(self, *, examples: ExampleStore, embedder: Embedder, policy: Policy) -> None:
        self._examples = examples
        self._embedder = embedder
        self._policy = policy

    def propose(
        self,
        question: str,
        sql: str,
        *,
        catalog: Catalog,
        engine: Engine,
        approve_as: str = "",
        note: str = "",
    ) -> Example:
        """Keep a pair whose SQL passes the guard and can be planned; approved at once where somebody does so.

        Raises Refused or a DatabaseError for SQL that would not run.
        """
        text = understanding.clean(question)
        if not sql.strip():
            raise WrongUsage("An example needs SQL.")
        query = guard.check(sql, dialect=catalog.dialect, catalog=catalog, policy=self._policy)
        engine.explain(query, timeout_seconds=EXPLAIN_SECONDS)
        example = Example(
            id=0,
            source=catalog.source,
            dialect=catalog.dialect,
            question=text,
            sql=query.readable,
            note=note,
            fingerprint=catalog.fingerprint(),
        )
        vector = self._embedder.embed([text])[0]
        kept = self._examples.propose(example, vector, embedder=self._embedder.name)
        if not approve_as:
            return kept
        return self._examples.decide(kept.id, ExampleStatus.APPROVED, by=approve_as, note=note)
