"""Largest first begins with values, not with the rows that have none."""

from __future__ import annotations

from sqlglot import exp

from analyst.repairing.reading import Reading


def nulls_last(reading: Reading) -> tuple[str, ...]:
    """NULLS LAST where the largest come first; only for SQL that says nothing about NULLS itself."""
    orders = [node for node in reading.tree.find_all(exp.Ordered) if node.args.get("desc")]
    orders = [node for node in orders if node.args.get("nulls_first")]
    for node in orders:
        node.set("nulls_first", False)
    return ("Rows without a value come last.",) if orders else ()
