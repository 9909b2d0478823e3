"""Whether a question means the same as a stored one, and what to put into its SQL where only literals differ."""

from __future__ import annotations

from analyst.matching.comparing import compare, masked
from analyst.matching.verdict import BOUND, MISS, SAME, Swap, Verdict

__all__ = ["BOUND", "MISS", "SAME", "Swap", "Verdict", "compare", "masked"]
