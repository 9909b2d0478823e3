"""Which tables of a statement are stored ones, by lexical scope, and columns that name their table's schema."""

from __future__ import annotations

from collections.abc import Set

from sqlglot import exp

from analyst.errors import Refused
from analyst.guard.dialects import Tongue
from analyst.guard.statement import Statement
from analyst.guard.tables import folded


def real_tables(tree: exp.Expr, tongue: Tongue) -> list[exp.Table]:
    """The tables that are neither a function nor a WITH query at the place where they stand.

    A WITH query is known to those behind it and to the query it belongs to; not to itself, nor to those before.
    """
    found: list[exp.Table] = []
    todo: list[tuple[exp.Expr, frozenset[str]]] = [(tree, frozenset())]
    while todo:
        node, known = todo.pop()
        clause = node.args.get("with_")
        for cte in clause.expressions if clause is not None else ():
            todo.append((cte, known))
            known |= {folded(cte.args["alias"].this, tongue)}
        if isinstance(node, exp.Table) and _is_stored(node, known, tongue):
            found.append(node)
        todo.extend((child, known) for child in node.iter_expressions() if child is not clause)
    return found


def _is_stored(node: exp.Table, known: Set[str], tongue: Tongue) -> bool:
    if not isinstance(node.this, exp.Identifier):
        return False
    return node.args.get("db") is not None or folded(node.this, tongue) not in known


def without_schema(tree: exp.Expr, statement: Statement, *, wrapped: Set[str]) -> None:
    """Columns that name the schema of a wrapped table call it by its bare name, as it is called from now on.

    Raises Refused where that could mean another table.
    """
    names = [t.name for t in statement.catalog.tables] if statement.catalog is not None else []
    for column in tree.find_all(exp.Column):
        parts = [p for k in ("catalog", "db", "table", "this") if (p := column.args.get(k)) is not None]
        if len(parts) < 3:
            continue
        origin = statement.origins.get(id(column))
        first = folded(parts[0], statement.tongue)
        if origin is not None and (statement.tongue.same(origin.name, first) or not origin.table):
            continue
        if isinstance(column.this, exp.Star) or (origin is not None and origin.table in wrapped):
            called = parts[1].name
            if sum(n.lower() == called.lower() for n in names) > 1:
                raise Refused(f"Give {called} an alias, and call its columns by it.", rule="tables")
            _set_parts(column, parts[1:])


def _set_parts(column: exp.Column, parts: list[exp.Expr]) -> None:
    keys = ("this", "table", "db", "catalog")
    for key, part in zip(keys, [*reversed(parts), None, None], strict=False):
        column.set(key, part)
