"""A vector that is to be made anew."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class StaleVector:
    """An example whose vector was made by another embedder, or of a question masked in another way."""

    id: int
    source: str
    question: str
    embedder: str
    """Who made it."""
