"""GROUP BY a primary key: Postgres knows that the table's other columns follow, but not through a subquery."""

from __future__ import annotations

from sqlglot import exp

from analyst.guard.scopes import Relation
from analyst.guard.statement import Statement


def grouped_by_key(statement: Statement, keys: dict[tuple[str, str], tuple[str, ...]]) -> None:
    """Add the columns that follow from a grouped primary key to GROUP BY; the groups stay the same."""
    for select in statement.tree.find_all(exp.Select):
        group = select.args.get("group")
        if group is None or any(group.args.get(k) for k in ("grouping_sets", "cube", "rollup")):
            continue
        for relation in statement.relations.get(id(select), []):
            key = keys.get((relation.schema, relation.table), ())
            if key and set(key) <= _grouped(select, group, relation, statement):
                _add(select, group, relation, statement)


def _grouped(select: exp.Select, group: exp.Group, relation: Relation, statement: Statement) -> set[str]:
    found = (_behind(expression, select) for expression in group.expressions)
    return {c.name for c in found if c is not None and statement.origins.get(id(c)) is relation}


def _behind(expression: exp.Expr, select: exp.Select) -> exp.Column | None:
    """The column that an item of GROUP BY stands for: itself, or the output column of that number."""
    if isinstance(expression, exp.Literal) and expression.is_int:
        position = int(expression.this) - 1
        if not 0 <= position < len(select.expressions):
            return None
        expression = select.expressions[position]
    while isinstance(expression, (exp.Alias, exp.Paren)):
        expression = expression.this
    return expression if isinstance(expression, exp.Column) else None


def _add(select: exp.Select, group: exp.Group, relation: Relation, statement: Statement) -> None:
    there = {c.sql() for c in group.expressions}
    clauses = [*select.expressions, select.args.get("having"), select.args.get("order")]
    for clause in filter(None, clauses):
        for column in list(clause.find_all(exp.Column)):
            same = statement.origins.get(id(column)) is relation
            if same and not isinstance(column.this, exp.Star) and column.sql() not in there:
                there.add(column.sql())
                group.append("expressions", column.copy())
