"""What the text that will run has in common with the tree that was checked: the very same tables."""

from __future__ import annotations

from collections import Counter

from sqlglot import exp

_PARTS = (exp.Table, exp.CTE, exp.Lateral, exp.Values)


def same_tables(tree: exp.Expr, again: exp.Expr) -> bool:
    """True when both read the same things by the same names, each as often.

    The parser takes `SELECT a JOIN b` for a join without FROM and writes it as two columns.
    """
    return _counted(tree) == _counted(again)


def _counted(tree: exp.Expr) -> Counter[tuple[str, str]]:
    return Counter((type(node).__name__, node.alias_or_name.lower()) for node in tree.find_all(*_PARTS))
