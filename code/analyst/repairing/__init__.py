"""Repairs of a model's SQL from its tree and the catalog, before the guard looks at it."""

from __future__ import annotations

from analyst.repairing.repairs import mend, repair
from analyst.repairing.statement import Rewritten

__all__ = ["Rewritten", "mend", "repair"]
