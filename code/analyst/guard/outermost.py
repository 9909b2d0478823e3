"""The outermost query's own limit as a plain number, where a policy's limit has to be told apart from it."""

from __future__ import annotations

from sqlglot import exp

from analyst.errors import Refused

_MOST_DIGITS = 18


def plain_limit(tree: exp.Expr, *, most: int) -> None:
    """Write the limit of the outermost query as a plain number where it is a constant; ties end at `most` rows.

    Raises Refused for ties that may give more rows than wanted.
    """
    query = tree
    while isinstance(query, exp.Subquery) and isinstance(query.this, exp.Query):
        _settle(query, most=most)
        query = query.this
    _settle(query, most=most)


def _settle(query: exp.Expr, *, most: int) -> None:
    limit = query.args.get("limit")
    if isinstance(limit, exp.Limit):
        number = _constant(limit.expression)
        if number is not None and number >= 0:
            limit.set("expression", exp.Literal.number(number))
    elif isinstance(limit, exp.Fetch):
        _settle_ties(limit, most=most)


def _settle_ties(limit: exp.Fetch, *, most: int) -> None:
    """As many rows as can be shown are never followed by their ties; fewer may be."""
    options = limit.args.get("limit_options")
    if options is None or not options.args.get("with_ties"):
        return
    count = _constant(limit.args.get("count"))
    if count is None or count < most:
        raise Refused("WITH TIES may give more rows than wanted; use LIMIT.", rule="limit")
    options.set("with_ties", None)
    options.set("rows", True)


def _constant(node: exp.Expr | None) -> int | None:
    """The number that a limit comes to; None where the database would have to compute it."""
    if isinstance(node, exp.Literal):
        return int(node.this) if node.is_int and len(node.this) <= _MOST_DIGITS else None
    if isinstance(node, exp.Paren):
        return _constant(node.this)
    if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Select):
        alone = {key for key, value in node.this.args.items() if value not in (None, False, [])}
        only = node.this.expressions[0] if len(node.this.expressions) == 1 else None
        return _constant(only) if alone == {"expressions"} else None
    if isinstance(node, (exp.Add, exp.Sub, exp.Mul)):
        left, right = _constant(node.this), _constant(node.expression)
        if left is None or right is None:
            return None
        found = {exp.Add: left + right, exp.Sub: left - right, exp.Mul: left * right}[type(node)]
        return found if abs(found) < 10**_MOST_DIGITS else None
    return None
