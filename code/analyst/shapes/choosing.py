"""Which approved examples a model is shown: near to the question, and different from each other in their SQL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analyst.example import Neighbour
from analyst.shapes.cues import cues
from analyst.shapes.likeness import likeness
from analyst.shapes.skeleton import outline

_SELECT = re.compile(r"\bselect\b", re.IGNORECASE)
CUES_COUNT = 0.2
"""What an example gains whose question wants the same to be done, measured as cosine is."""
ELABORATE_NEAR = 0.75
"""Cosine that an example with a query within its query needs: small models copy its shape whether it fits or not."""
SAMENESS_COUNTS = 0.1
"""What an example loses whose SQL has the shape of one that is shown already."""


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    neighbour: Neighbour
    nearness: float
    shape: str
    tables: frozenset[str]

    def gain(self, shown: Sequence[_Candidate]) -> float:
        """What it would add to those that are shown."""
        alike = max((likeness(self.shape, other.shape) for other in shown), default=0.0)
        return self.nearness - SAMENESS_COUNTS * alike

    def repeats(self, shown: Sequence[_Candidate]) -> bool:
        """True where one of the same shape over the same tables is shown."""
        return any(self.shape == other.shape and self.tables == other.tables for other in shown)


def choose(question: str, neighbours: Sequence[Neighbour], *, count: int, dialect: str) -> list[Neighbour]:
    """At most `count` of the neighbours, the best first: maximal marginal relevance.

    An example is relevant whose question is near by meaning and wants the same to be done (counted, compared,
    ranked …); it adds less the more its SQL is shaped like one that was chosen before, and what repeats shape
    and tables comes only when nothing else is left. Examples whose SQL cannot be read are skipped. Give it the
    neighbours that are near enough to teach, some more than `count`.
    """
    left = _candidates(question, neighbours, dialect)
    chosen: list[_Candidate] = []
    while left and len(chosen) < count:
        new = [candidate for candidate in left if not candidate.repeats(chosen)]
        best = max(new or left, key=lambda candidate: candidate.gain(chosen))
        chosen.append(best)
        left.remove(best)
    return [c.neighbour for c in sorted(chosen, key=lambda c: c.nearness, reverse=True)]


def _candidates(question: str, neighbours: Sequence[Neighbour], dialect: str) -> list[_Candidate]:
    wanted = cues(question)
    fitting = (n for n in neighbours if n.similarity >= ELABORATE_NEAR or not _is_elaborate(n))
    outlines = ((n, *outline(n.example.sql, dialect=dialect)) for n in fitting)
    return [
        _Candidate(neighbour=n, nearness=_nearness(n, wanted), shape=shape, tables=tables)
        for n, shape, tables in outlines
        if shape
    ]


def _is_elaborate(neighbour: Neighbour) -> bool:
    return len(_SELECT.findall(neighbour.example.sql)) > 1


def _nearness(neighbour: Neighbour, wanted: frozenset[str]) -> float:
    """Cosine, and the share of what both questions want to be done that is the same."""
    given = cues(neighbour.example.question)
    alike = len(given & wanted) / len(given | wanted) if given | wanted else 0.0
    return neighbour.similarity + CUES_COUNT * alike
