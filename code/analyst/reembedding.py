"""Vectors that another embedding model made are made anew, a few at a time, while questions are answered."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from analyst.catalog import Catalog
from analyst.errors import ModelError, ModelTimeout, ModelUnavailable
from analyst.question_vectors import QuestionVectors
from analyst.stale_vector import StaleVector

logger = logging.getLogger(__name__)

BATCH = 64
MOST_SECONDS = 300.0
"""After that the rest waits for the next time: whoever tidies up has other things to do as well."""


class VectorStore(Protocol):
    """Where vectors are kept; raises StoreError."""

    def stale(self, *, embedder: str, after: tuple[str, int] = ("", 0), limit: int) -> Sequence[StaleVector]:
        """The next vectors of other embedders, behind the (embedder, id) of the last one; none at the end."""
        ...

    def replace(self, stale: StaleVector, vector: Sequence[float], *, embedder: str) -> bool:
        """Put a new vector in place; False where the example is another one by now."""
        ...


class Reembedding:
    """Brings the vectors of all examples up to date; several at once do no harm, as each does what is left."""

    def __init__(
        self,
        *,
        store: VectorStore,
        vectors: QuestionVectors,
        catalog: Callable[[str], Catalog | None],
    ) -> None:
        """`catalog` gives all that is known of a source, by its key, without reading the source itself."""
        self._store = store
        self._vectors = vectors
        self._catalog = catalog

    def run(self, *, seconds: float = MOST_SECONDS) -> int:
        """Make vectors anew until none is left or the time is over; how many.

        Raises StoreError, and ModelUnavailable or ModelTimeout where the embedding model does not answer; what was
        made until then is kept.
        """
        until = time.monotonic() + seconds
        done = 0
        for batch in self._batches():
            catalogs = {source: self._catalog(source) for source in {stale.source for stale in batch}}
            for stale in batch:
                done += self._renewed(stale, catalogs[stale.source])
                if time.monotonic() >= until:
                    logger.info("%d examples embedded anew; the rest later", done)
                    return done
        if done:
            logger.info("%d examples embedded anew", done)
        return done

    def _batches(self) -> Iterator[Sequence[StaleVector]]:
        after = ("", 0)
        while batch := self._store.stale(embedder=self._vectors.name, after=after, limit=BATCH):
            yield batch
            after = (batch[-1].embedder, batch[-1].id)

    def _renewed(self, stale: StaleVector, catalog: Catalog | None) -> bool:
        try:
            vector = self._vectors.of(stale.question, catalog)
        except (ModelUnavailable, ModelTimeout):
            raise
        except ModelError as error:
            # One question that cannot be embedded does not keep the others from it.
            logger.warning("example %s cannot be embedded: %s", stale.id, error.code)
            return False
        return self._store.replace(stale, vector, embedder=self._vectors.name)
