"""Time words: which days a question means, and that its SQL means them, too."""

from __future__ import annotations

from analyst.periods.anchoring import anchor
from analyst.periods.finding import doubts, find
from analyst.periods.period import Anchor, Period, Span
from analyst.periods.settling import settle
from analyst.periods.telling import counts_in_numbers, hints, notes

__all__ = [
    "Anchor",
    "Period",
    "Span",
    "anchor",
    "counts_in_numbers",
    "doubts",
    "find",
    "hints",
    "notes",
    "settle",
]
