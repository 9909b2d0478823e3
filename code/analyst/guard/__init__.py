"""The judge between a draft and a query: what passes only reads, is bounded, and names what exists."""

from __future__ import annotations

from analyst.guard.checking import RULES, check, readable
from analyst.guard.schemas import load_catalog

__all__ = ["RULES", "check", "load_catalog", "readable"]
