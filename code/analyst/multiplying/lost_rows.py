"""Rows that an inner join leaves out of a total though nothing of the joined table is used."""

from __future__ import annotations

from analyst.guard.scopes import Relation
from analyst.multiplying.calls import Call, Kind, calls_of
from analyst.multiplying.derived import Cell, table_of
from analyst.multiplying.joined import Joined
from analyst.multiplying.keys import Keys
from analyst.multiplying.multiplied import joins_of, only_filters
from analyst.multiplying.words import shown
from analyst.repairing.reading import Reading


def lost_rows(reading: Reading, keys: Keys) -> tuple[str, ...]:
    """One sentence for each table that is joined for nothing by a column that may be empty."""
    found = []
    for joined in joins_of(reading, keys):
        calls = [c for c in calls_of(joined) if c.kind is not Kind.OTHER]
        if calls:
            found += [s for r in joined.place.relations if (s := _sentence(joined, r, calls))]
    return tuple(found)


def _sentence(joined: Joined, relation: Relation, calls: list[Call]) -> str:
    """About one relation that is tied to another by its key alone."""
    about = [c for c in joined.conditions if id(relation) in c.relations]
    pairs = [joined.equality(c) for c in about]
    inner = all(not j.side for j in joined.place.select.args.get("joins") or ())
    if not inner or not only_filters(joined, relation) or len(pairs) != 1 or pairs[0] is None:
        return ""
    mine, other = sorted(pairs[0], key=lambda cell: cell[0] != id(relation))
    if mine[0] == other[0] or not _is_link(joined, other, mine):
        return ""
    if not _may_be_empty(joined, other) or other in joined.grouped or any(c.cell == other for c in calls):
        return ""
    tables = [shown(r) for r in (*joined.named([other[0]]), relation)]
    return f"Rows of {tables[0]} with an empty {other[1]} do not count, since {tables[1]} is joined by it."


def _is_link(joined: Joined, cell: Cell, to: Cell) -> bool:
    """True where the catalog says that the one column points to the other."""
    one, other = (joined.named([c[0]])[0] for c in (cell, to))
    return any(
        (k.table, k.columns, k.to_table, k.to_columns)
        == ((one.schema, one.table), (cell[1],), (other.schema, other.table), (to[1],))
        for k in joined.reading.catalog.links
    )


def _may_be_empty(joined: Joined, cell: Cell) -> bool:
    relation = joined.named([cell[0]])[0]
    table = table_of(relation, joined.reading)
    column = table.column(cell[1]) if table is not None else None
    if column is None or not column.nullable:
        return False
    asked = [m for m in joined.reading.meanings.values() if m.relation is relation and m.stored == cell[1]]
    return len(asked) == 1
