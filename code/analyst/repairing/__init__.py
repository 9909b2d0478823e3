"""Repairs of a model's SQL from its tree and the catalog, before the guard looks at it."""

from __future__ import annotations

from analyst.repairing.repairs import Repaired, mend, repair

__all__ = ["Repaired", "mend", "repair"]
