"""What comparing a question with a stored example comes to."""

from __future__ import annotations

from dataclasses import dataclass

SAME = "same"
BOUND = "bound"
MISS = "miss"


@dataclass(frozen=True, kw_only=True)
class Swap:
    """One literal put in another's place, as people read them."""

    old: str
    new: str
    column: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether an example answers a question, and with which SQL."""

    kind: str
    """"same", "bound" or "miss"."""
    reason: str
    """Why a miss, or what was bound, as one plain sentence."""
    sql: str = ""
    """What to run: the example's SQL, or that with the new literals in; empty for a miss."""
    swaps: tuple[Swap, ...] = ()
