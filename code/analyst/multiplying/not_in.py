"""NOT IN over a column that may be empty: one empty value, and no row at all would be left."""

from __future__ import annotations

from sqlglot import exp

from analyst.multiplying.derived import place_of, table_of
from analyst.multiplying.keys import Keys
from analyst.repairing.conjunctions import all_of, conjuncts
from analyst.repairing.reading import Place, Reading


def not_in_nulls(reading: Reading, keys: Keys) -> tuple[str, ...]:
    """The query behind NOT IN leaves out empty values."""
    notes = []
    for node in reading.tree.find_all(exp.Not):
        inner = node.this.this if isinstance(node.this, exp.Paren) else node.this
        query = inner.args.get("query") if isinstance(inner, exp.In) else None
        place = place_of(query.unnest() if isinstance(query, exp.Subquery) else query, reading)
        column = _empty_column(place, reading) if place is not None else None
        if place is None or column is None:
            continue
        where = place.select.args.get("where")
        condition = exp.Is(this=column.copy(), expression=exp.Null(), negate=True)
        every = [*conjuncts(where.this if where else None), condition]
        place.select.set("where", exp.Where(this=all_of(every)))
        notes.append(f"Empty values of {column.name} are left out of NOT IN, which would else leave no row.")
    return tuple(notes)


def _empty_column(place: Place, reading: Reading) -> exp.Column | None:
    """The query's only output, where it is a column that may be empty and no condition rules that out."""
    select = place.select
    if len(select.expressions) != 1 or select.args.get("limit"):
        return None
    output = select.expressions[0]
    column = output.this if isinstance(output, exp.Alias) else output
    if not isinstance(column, exp.Column):
        return None
    found = reading.meaning(column)
    if found is None or found.relation is None or found.relation not in place.relations:
        return None
    table = table_of(found.relation, reading)
    stored = table.column(found.stored) if table is not None else None
    outer = any(j.side for j in select.args.get("joins") or ())
    if stored is None or not (stored.nullable or outer) or _is_ruled_out(column, place, reading):
        return None
    return column


def _is_ruled_out(column: exp.Column, place: Place, reading: Reading) -> bool:
    """True where a condition on the column holds for no empty value."""
    where = place.select.args.get("where")
    joins = [j.args.get("on") for j in place.select.args.get("joins") or () if not j.side]
    every = [c for clause in (where.this if where else None, *joins) for c in conjuncts(clause)]
    return any(_fails_for_empty(c) and _compares(c, column, reading) for c in every)


def _fails_for_empty(condition: exp.Expr) -> bool:
    """True for comparisons, which an empty value never meets; and for IS NOT NULL and NOT IN."""
    if isinstance(condition, exp.Not):
        return isinstance(condition.this, (exp.Is, exp.In))
    if isinstance(condition, exp.Is):
        return bool(condition.args.get("negate"))
    if isinstance(condition, (exp.Or, exp.NullSafeEQ, exp.NullSafeNEQ)):
        return False
    return isinstance(condition, (exp.Binary, exp.In, exp.Between))


def _compares(condition: exp.Expr, column: exp.Column, reading: Reading) -> bool:
    node = condition.this if isinstance(condition, exp.Not) else condition
    sides = [
        reading.meaning(s) for s in (node.this, node.args.get("expression")) if isinstance(s, exp.Column)
    ]
    own = reading.meaning(column)
    return any(m and own and m.relation is own.relation and m.stored == own.stored for m in sides)
