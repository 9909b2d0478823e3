"""What was measured, how it is summed up, and the table it is shown in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the table."""

    part: str
    """The part of the benchmark, as `--only` names it."""
    title: str
    unit: str
    values: Mapping[str, float] = field(default_factory=dict)
    """By name: "p50", "p95", "max", or "value" where there is one only."""
    target: tuple[str, float] | None = None
    """Which of the values should be below what; None for a line that only explains another."""
    skipped: str = ""
    """Why nothing was measured."""
    counted: str = ""
    """What is in the figure and what is not."""

    @property
    def met(self) -> bool | None:
        """True below the target; None where there is no target or no figure."""
        if self.target is None or self.target[0] not in self.values:
            return None
        return self.values[self.target[0]] < self.target[1]

    def document(self) -> dict[str, Any]:
        """The figure as JSON."""
        return {**asdict(self), "met": self.met}


def spread(values: Iterable[float]) -> dict[str, float]:
    """Median, 95th percentile and the largest; the percentile is a value that was really measured."""
    ordered = sorted(values)
    if not ordered:
        return {}
    return {"p50": _at(ordered, 0.5), "p95": _at(ordered, 0.95), "max": ordered[-1]}


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def table(figures: Sequence[Figure]) -> str:
    """The figures as text, one line each, with what was counted below the line it belongs to."""
    lines = []
    width = max((len(f.title) for f in figures), default=0)
    for figure in figures:
        shown = f"skipped: {figure.skipped}" if figure.skipped else _values(figure)
        lines.append(f"{figure.title:<{width}}  {shown}{_verdict(figure)}")
        lines += [f"    {line}" for line in figure.counted.splitlines()]
    return "\n".join(lines) + "\n"


def _values(figure: Figure) -> str:
    shown = []
    for name, value in figure.values.items():
        number = f"{number_text(value)} {figure.unit}"
        shown.append(number if name == "value" else f"{name} {number}")
    return "  ".join(shown)


def number_text(value: float) -> str:
    """Two or three digits that mean something."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _verdict(figure: Figure) -> str:
    if figure.target is None or figure.met is None:
        return ""
    name, limit = figure.target
    which = "" if name == "value" else f"{name} "
    return f"  [{'met' if figure.met else 'MISSED'}: {which}< {limit:g} {figure.unit}]"
