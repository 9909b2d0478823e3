"""A declarative plot, chosen from the result's types; never code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ChartType(StrEnum):
    """The plots that can be drawn."""

    BAR = "bar"
    LINE = "line"
    AREA = "area"
    SCATTER = "scatter"
    PIE = "pie"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Which columns go where; columns are given by position, since names may repeat."""

    type: ChartType
    x: int
    y: tuple[int, ...] = ()
    """Empty for a histogram, which counts x."""
    series: int | None = None
    """A text column that splits the rows into one line or bar group per value."""
    title: str = ""
    alternatives: tuple[ChartType, ...] = ()
    """Other types that suit the same columns, the fixed type first."""
