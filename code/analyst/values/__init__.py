"""The values that questions name, and those that statements compare columns to."""

from __future__ import annotations

from analyst.values.finding import find
from analyst.values.mention import Mention
from analyst.values.settling import settle
from analyst.values.telling import Tie, hints, notes, ties

__all__ = ["Mention", "Tie", "find", "hints", "notes", "settle", "ties"]
