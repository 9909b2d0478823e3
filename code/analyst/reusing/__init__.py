"""Rows of a query that were read not long ago, shown again where a source allows it."""

from __future__ import annotations

from analyst.reusing.lasting import lasts
from analyst.reusing.recall import Digest, Recall
from analyst.reusing.reuse import Reuse

__all__ = ["Digest", "Recall", "Reuse", "lasts"]
