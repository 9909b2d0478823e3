"""What queries cost, on databases that charge by the query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_UNITS = ((1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1000, "kB"))


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What a query has cost, or costs at most."""

    bytes: int
    usd: float
    words: str
    """One phrase for the receipt: "1.2 GB read, about $0.0060"."""


def in_words(size: int) -> str:
    """So many bytes as people write them: "1.2 GB"."""
    for unit, name in _UNITS:
        if size >= unit:
            return f"{size / unit:.3g} {name}" if size < 999.5 * unit else f"{size / unit:,.0f} {name}"
    return f"{size} bytes"


def together(queries: Sequence[Spent]) -> Spent | None:
    """What several queries have cost in all; None where there was none."""
    if len(queries) < 2:
        return next(iter(queries), None)
    size, usd = sum(q.bytes for q in queries), sum(q.usd for q in queries)
    words = f"{in_words(size)} read by {len(queries)} queries, about ${usd:.4f}"
    return Spent(bytes=size, usd=usd, words=words)
