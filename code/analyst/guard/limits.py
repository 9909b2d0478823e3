"""Rule: the outermost query gives at most one row more than the policy allows."""

from __future__ import annotations

from sqlglot import exp

from analyst.errors import Refused
from analyst.guard.statement import Statement


def limited_rows(statement: Statement) -> None:
    """Set the limit on the outermost query itself, or lower the one it has; its ORDER BY stays beside it."""
    query = _outermost(statement.tree)
    most = statement.policy.row_limit + 1
    limit = query.args.get("limit")
    if isinstance(limit, exp.Fetch):
        limit.set("count", exp.Literal.number(min(_count(limit.args.get("count")), most)))
    else:
        wanted = min(_count(limit.expression), most) if isinstance(limit, exp.Limit) else most
        query.set("limit", exp.Limit(expression=exp.Literal.number(wanted)))
    statement.tree = query


def _outermost(tree: exp.Expr) -> exp.Expr:
    """The query within its brackets; a bare VALUES is put into a SELECT, which can bear a limit."""
    while isinstance(tree, exp.Subquery) and not any(v for k, v in tree.args.items() if k != "this"):
        tree = tree.this
    if isinstance(tree, exp.Values):
        table = exp.alias_(tree, "rows_given", table=True) if not tree.args.get("alias") else tree
        return exp.Select(expressions=[exp.Star()], from_=exp.From(this=table))
    return tree


def _count(node: exp.Expr | None) -> int:
    """The literal number of a limit; LIMIT ALL and LIMIT NULL are none."""
    if isinstance(node, exp.Literal) and node.is_int:
        return int(node.this)
    if isinstance(node, exp.Null) or (isinstance(node, exp.Var) and node.name.upper() == "ALL"):
        return 1 << 62
    if node is None:
        return 1
    raise Refused("The limit must be a plain number.", rule="limit")
