"""Conditions that all have to hold: taken apart, and put together again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp


def conjuncts(node: exp.Expr | None) -> Iterator[exp.Expr]:
    """The conditions that AND joins, without the brackets around them; none of no condition."""
    while isinstance(node, exp.Paren):
        node = node.this
    if isinstance(node, exp.And):
        yield from conjuncts(node.this)
        yield from conjuncts(node.expression)
    elif node is not None:
        yield node


def all_of(conditions: Sequence[exp.Expr]) -> exp.Expr:
    """Copies of one or more conditions, joined by AND; what OR joins stays together."""
    whole, *others = [_part(c.copy(), alone=len(conditions) == 1) for c in conditions]
    for other in others:
        whole = exp.And(this=whole, expression=other)
    return whole


def _part(condition: exp.Expr, *, alone: bool) -> exp.Expr:
    return exp.Paren(this=condition) if isinstance(condition, exp.Or) and not alone else condition
