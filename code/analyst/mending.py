"""Mends in a model's SQL what is plainly meant otherwise, from the tree and before the guard looks at it."""

from __future__ import annotations

import re

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

_LONGEST = 20_000
"""Characters; longer SQL goes to the guard as it is, which has caps of its own."""
_NULLS_SAID = re.compile(r"\bnulls\s+(first|last)\b", re.IGNORECASE)
_NULLS_COME_FIRST = frozenset({"postgres", "redshift"})
"""Where "largest first" would begin with the rows that have no value at all."""


def mend(sql: str, *, dialect: str) -> str:
    """The SQL with NULLS LAST where the largest come first; unchanged where that is said, or cannot be read."""
    if dialect not in _NULLS_COME_FIRST or len(sql) > _LONGEST or _NULLS_SAID.search(sql):
        return sql
    try:
        trees = sqlglot.parse(sql, dialect=dialect)
    except (SqlglotError, RecursionError):
        return sql
    if len(trees) != 1 or trees[0] is None:
        return sql
    orders = [node for node in trees[0].find_all(exp.Ordered) if node.args.get("desc")]
    for node in orders:
        node.set("nulls_first", False)
    return trees[0].sql(dialect=dialect, comments=False) if orders else sql
