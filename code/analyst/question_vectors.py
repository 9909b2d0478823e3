"""A question as the vector that examples are found by: of its words, with its literals masked."""

from __future__ import annotations

from analyst import matching
from analyst.catalog import Catalog
from analyst.ports import Embedder

MASKING = "masked-1"
"""Which masking vectors are made of; another one makes other vectors, as another model does."""


class QuestionVectors:
    """Embeds questions such that those that differ in literals alone lie side by side."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    @property
    def name(self) -> str:
        """The embedding model's id and the masking, stored with each vector: others do not compare with these."""
        return f"{self._embedder.name}/{MASKING}"

    @property
    def dimensions(self) -> int:
        """How long each vector is."""
        return self._embedder.dimensions

    def of(self, question: str, catalog: Catalog | None) -> list[float]:
        """The vector of a question about the data of a catalog, whose values are literals.

        It should be the whole catalog, not what one person sees of it: the same question of two people is to lie
        in the same place. Raises ModelUnavailable or ModelError.
        """
        return self._embedder.embed([matching.masked(question, catalog)])[0]
