"""What stands behind a relation of FROM: a table of the catalog, or a query whose keys follow from it."""

from __future__ import annotations

from sqlglot import exp

from analyst.catalog import Table
from analyst.guard.scopes import Relation
from analyst.guard.tables import folded
from analyst.repairing.reading import Place, Reading

Cell = tuple[int, str]
"""A column of one relation: the relation's identity in memory, and the name stored."""


def table_of(relation: Relation, reading: Reading) -> Table | None:
    """The catalog's table, where its columns keep their names."""
    return reading.table(relation) if not _renames(relation) else None


def query_of(relation: Relation, reading: Reading) -> exp.Expr | None:
    """The query that a relation stands for: a subquery in FROM, or one of WITH."""
    node = relation.node
    if _renames(relation) or node is None:
        return None
    if isinstance(node, exp.Subquery):
        return node.unnest()
    if not isinstance(node, exp.Table) or relation.table or node.args.get("db"):
        return None
    return _with_query(node, folded(node.this, reading.tongue), reading)


def place_of(query: exp.Expr | None, reading: Reading) -> Place | None:
    """The SELECT of a query, as it was read."""
    return next((p for p in reading.places if p.select is query), None)


def yields(place: Place, reading: Reading) -> dict[str, Cell]:
    """The output columns that are plain columns of a relation, by name; what is named twice is left out."""
    found: dict[str, Cell] = {}
    twice: set[str] = set()
    for name, cell in _named_cells(place, reading):
        if name in found:
            twice.add(name)
        found[name] = cell
    return {name: cell for name, cell in found.items() if name not in twice}


def _named_cells(place: Place, reading: Reading) -> list[tuple[str, Cell]]:
    found: list[tuple[str, Cell]] = []
    for projection in place.select.expressions:
        if isinstance(projection, exp.Star):
            found += [(c, (id(r), c)) for r in place.relations for c in r.columns]
            continue
        plain = projection.this if isinstance(projection, exp.Alias) else projection
        if not isinstance(plain, exp.Column):
            continue
        if isinstance(plain.this, exp.Star):
            relation = reading.relation_named(folded(plain.args.get("table"), reading.tongue), place)
            found += [(c, (id(relation), c)) for c in relation.columns] if relation is not None else []
        elif (cell := cell_of(plain, place, reading)) is not None:
            alias = projection.args["alias"] if isinstance(projection, exp.Alias) else None
            found.append((folded(alias, reading.tongue) if alias is not None else cell[1], cell))
    return found


def cell_of(column: exp.Expr | None, place: Place, reading: Reading) -> Cell | None:
    """The cell that a column means, where it belongs to a relation of this very SELECT."""
    found = reading.meaning(column) if isinstance(column, exp.Column) else None
    if found is None or found.relation is None or not found.stored:
        return None
    return (id(found.relation), found.stored) if found.relation in place.relations else None


def _renames(relation: Relation) -> bool:
    alias = relation.node.args.get("alias") if relation.node is not None else None
    return alias is not None and bool(alias.args.get("columns"))


def _with_query(node: exp.Expr, name: str, reading: Reading) -> exp.Expr | None:
    holder = node.parent
    while holder is not None:
        clause = holder.args.get("with_")
        for cte in clause.expressions if isinstance(clause, exp.With) else ():
            if folded(cte.args["alias"].this, reading.tongue) == name:
                plain = (
                    clause is not None
                    and not clause.args.get("recursive")
                    and not cte.args["alias"].args.get("columns")
                )
                return cte.this if plain else None
        holder = holder.parent
    return None
