"""Shapes of SQL: what a statement does whatever it is about, and examples that differ in it."""

from __future__ import annotations

from analyst.shapes.choosing import choose
from analyst.shapes.likeness import likeness
from analyst.shapes.skeleton import shape, tables

__all__ = ["choose", "likeness", "shape", "tables"]
