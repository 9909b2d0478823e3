"""How much two shapes have in common."""

from __future__ import annotations

import functools
import re

_WORD = re.compile(r"[()]|[^\s()]+")


def likeness(first: str, second: str) -> float:
    """From 0.0 for shapes that share nothing to 1.0 for the same: the share of their clauses and words in common."""
    if first == second:
        return 1.0
    one, other = _features(first), _features(second)
    return len(one & other) / len(one | other) if one | other else 1.0


@functools.lru_cache(maxsize=4096)
def _features(shape: str) -> frozenset[tuple[int, str, str]]:
    """Each word with its clause, and whether it stands in a query within (1) or not (0)."""
    found: set[tuple[int, str, str]] = set()
    clauses = [""]
    for word in _WORD.findall(shape):
        if word == "(":
            clauses.append("")
        elif word == ")":
            clauses.pop()
        else:
            clauses[-1] = word if word.isupper() else clauses[-1]
            found.add((min(len(clauses) - 1, 1), clauses[-1], word))
    return frozenset(found)
