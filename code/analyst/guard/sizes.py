"""How many rows a part of a query may have, as far as its text and the catalog tell."""

from __future__ import annotations

import math

from sqlglot import exp

from analyst.guard.extents import ORDINARY
from analyst.guard.scopes import Relation
from analyst.guard.series import is_series, series_rows
from analyst.guard.statement import Statement
from analyst.guard.words import bound, names


def select_rows(select: exp.Select, relations: list[Relation], statement: Statement) -> int | None:
    """About how many rows a SELECT gives; None when nobody knows."""
    limit = select.args.get("limit")
    if isinstance(limit, exp.Limit) and isinstance(limit.expression, exp.Literal) and limit.expression.is_int:
        return max(int(limit.expression.this), 1)
    made = made_by_projections(select, statement)
    if is_one_row(select):
        return made
    if select.args.get("group") or select.args.get("distinct"):
        return bound("grouped rows") * made
    if any(r.rows is None for r in relations):
        return None if made == 1 else bound("unknown rows") * made
    return max((r.rows or 1 for r in relations), default=1) * made


def made_by_projections(select: exp.Select, statement: Statement) -> int:
    """Rows that series in the SELECT list make out of each row."""
    calls = (c for p in select.expressions for c in p.find_all(exp.Anonymous) if is_series(c))
    own = [c for c in calls if c.find_ancestor(exp.Select) is select and statement.tongue.name != "athena"]
    return max((series_rows(c, statement) for c in own), default=1)


def relation_rows(relation: Relation, statement: Statement) -> int:
    """About how many rows a relation has, with the number assumed where nobody knows."""
    if relation.rows is not None:
        return max(relation.rows, 1)
    node = relation.node
    if isinstance(node, exp.Unnest):
        return series_rows(node, statement)
    if isinstance(node, (exp.Lateral, exp.Table)) and isinstance(node.this, (exp.Anonymous, exp.Unnest)):
        return series_rows(node.this, statement)
    return bound("unknown rows")


def multiplies(relation: Relation, statement: Statement) -> bool:
    """True for a series made anew for each row beside it, and long by what the statement says itself."""
    node = relation.node
    call = node.this if isinstance(node, (exp.Lateral, exp.Table)) else node
    is_made = relation.depends and isinstance(call, (exp.Anonymous, exp.Unnest))
    return is_made and relation_rows(relation, statement) > ORDINARY


def is_one_row(select: exp.Select) -> bool:
    """True for a SELECT of plain aggregates without GROUP BY."""
    return (
        select.args.get("group") is None
        and bool(select.expressions)
        and all(_has_aggregate(p, select) for p in select.expressions)
    )


def _has_aggregate(node: exp.Expr, select: exp.Select) -> bool:
    for call in node.find_all(exp.Count, exp.Anonymous):
        above = call.parent
        while isinstance(above, (exp.Filter, exp.WithinGroup, exp.IgnoreNulls)):
            above = above.parent
        is_aggregate = isinstance(call, exp.Count) or call.name.lower() in names("functions/aggregates.txt")
        if is_aggregate and not isinstance(above, exp.Window) and call.find_ancestor(exp.Select) is select:
            return True
    return False


def rows_together(groups: list[list[Relation]], statement: Statement) -> int:
    """Rows of groups that nothing ties to each other: those of the largest member of each, multiplied."""
    return math.prod(max(relation_rows(r, statement) for r in group) for group in groups)
