"""What is done beside the model's own work, each of which can be left out to measure what it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TECHNIQUES: Mapping[str, str] = MappingProxyType(
    {
        "values": "The values that a question names are looked up and told to the model.",
        "settle": "Texts in the SQL are compared to the values of their column and put right.",
        "repair": "Names, joins, groups and types are put right from the catalog.",
        "demands": "Limits, units and dates that contradict the question's own words are put right.",
        "periods": "Time words are resolved by code, and the SQL has to mean those days.",
        "agreement": "SQL that does not do what the question says is put right where that can be proved.",
        "second look": "Where it cannot be proved, the model is told what its SQL leaves out and tries once more.",
        "joins": "Totals that a join would multiply are put right or warned of.",
        "grounding": "A question about things that the data knows nothing of is declined without a model.",
        "remarks": "Remarks beside the question that are about other things are left out.",
        "examples": "The model is shown approved questions with their SQL.",
        "links": "Links between tables that are not declared are inferred from names and types.",
        "samples": "The schema shows the values of its columns.",
    }
)
"""Every technique by the name that the setting ANALYST_WITHOUT takes, with what it does."""


class Techniques:
    """Which of them are in use."""

    def __init__(self, without: frozenset[str] = frozenset()) -> None:
        """All but those named."""
        self._without = without

    def uses(self, name: str) -> bool:
        """True for one that was not left out; raises KeyError for an unknown one."""
        if name not in TECHNIQUES:
            raise KeyError(name)
        return name not in self._without
