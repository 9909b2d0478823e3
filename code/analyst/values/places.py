"""Which column of the catalog a name in a statement means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from analyst.catalog import Catalog, Column, Table

_DEEPEST = 20

Known = tuple[Table, Column]


def column_meant(node: exp.Column, scope: Scope, catalog: Catalog, *, depth: int = 0) -> Known | None:
    """The table and column that a name means, also through subqueries that pass it on; None where unsure."""
    near: Scope | None = scope
    while near is not None and depth < _DEEPEST:
        sources = _called(near, node)
        found = [known for source in sources if (known := _in_source(node, source, catalog, depth + 1))]
        if len(found) == 1 and (node.table or _says_all(sources, catalog)):
            return found[0]
        if found or (node.table and sources):
            return None
        near = near.parent
    return None


def table_meant(node: exp.Table, catalog: Catalog) -> Table | None:
    """The catalog's table of a name in FROM."""
    schema = _folded(node.args["db"]) if node.args.get("db") else ""
    return catalog.table(_folded(node.this), schema) if isinstance(node.this, exp.Identifier) else None


def _called(scope: Scope, node: exp.Column) -> list[exp.Table | Scope]:
    if not node.table:
        return list(scope.sources.values())
    called = _folded(node.args["table"])
    return [s for name, s in scope.sources.items() if name in (called, node.table)][:1]


def _says_all(sources: Sequence[exp.Table | Scope], catalog: Catalog) -> bool:
    """A bare name is only sure where every other table is known not to have it."""
    return all(isinstance(s, Scope) or table_meant(s, catalog) is not None for s in sources)


def _in_source(node: exp.Column, source: exp.Table | Scope, catalog: Catalog, depth: int) -> Known | None:
    if isinstance(source, Scope):
        return _passed_on(node, source, catalog, depth)
    table = table_meant(source, catalog)
    column = table.column(_folded(node.this)) if table and isinstance(node.this, exp.Identifier) else None
    return (table, column) if table and column else None


def _passed_on(node: exp.Column, source: Scope, catalog: Catalog, depth: int) -> Known | None:
    """A column that a subquery takes over as it is."""
    select = source.expression
    if not isinstance(select, exp.Select) or depth >= _DEEPEST:
        return None
    for projection in _projections(select):
        if isinstance(projection, exp.Star) or (
            isinstance(projection, exp.Column) and isinstance(projection.this, exp.Star)
        ):
            star = exp.Column(this=node.this.copy())
            return column_meant(star, source, catalog, depth=depth)
        inner = projection.unalias()
        if projection.alias_or_name.lower() == node.name.lower():
            return (
                column_meant(inner, source, catalog, depth=depth) if isinstance(inner, exp.Column) else None
            )
    return None


def _projections(select: exp.Select) -> Iterator[exp.Expr]:
    yield from select.selects


def _folded(name: exp.Expr | str) -> str:
    """A name as the database stores it: in lower case unless it is quoted."""
    if isinstance(name, exp.Identifier):
        return name.name if name.args.get("quoted") else name.name.lower()
    return str(name)
