"""Groups: columns beside aggregates are grouped by, and what is no longer one value per group is mended."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from analyst.guard.tables import folded
from analyst.repairing.aggregates import (
    aggregates,
    children,
    has_aggregates,
    holds_window,
    is_aggregate,
    same,
    shape,
)
from analyst.repairing.reading import Place, Reading, Sense

_ELABORATE = ("rollup", "cube", "grouping_sets", "all", "totals")
# Of any other function nobody knows here whether it sums up.
_PER_ROW = """
abs ceil ceiling coalesce concat concat_ws date date_part date_trunc floor greatest initcap least left length lower
ltrim nullif replace reverse right round rtrim split_part strpos substr to_char to_date trim trunc upper
"""
_SCALARS = frozenset(_PER_ROW.split())
_SETTLED = {Sense.FOUND, Sense.OUTPUT, Sense.OPEN}


def missing_groups(reading: Reading) -> tuple[str, ...]:
    """Plain columns beside aggregates: the result is grouped by them."""
    notes = []
    for place in _grouped_places(reading):
        missing = [p for p in place.select.expressions if _can_be_grouped(p, place, reading)]
        if any(
            _is_loose(p, place, reading) and not any(p is m for m in missing)
            for p in place.select.expressions
        ):
            continue
        keys = [p.this if isinstance(p, exp.Alias) else p for p in missing]
        there = {reading.text(k) for k in _listed(place)}
        if any(reading.text(k) in there for k in keys):
            continue
        if not keys or _is_row_by_row(keys, place, reading):
            continue
        also = " as well" if place.select.args.get("group") else ""
        group_by(place.select, keys)
        notes.append(f"The result is grouped by {', '.join(reading.text(k) for k in keys)}{also}.")
    return tuple(notes)


def sorted_groups(reading: Reading) -> tuple[str, ...]:
    """ORDER BY a column that is not one value per group: its total in the list, else its largest or smallest."""
    notes = []
    for place in _grouped_places(reading):
        order = place.select.args.get("order")
        if order is None or not _is_loose(order, place, reading):
            continue
        if not place.select.args.get("group"):
            if all(aggregates(p) for p in place.select.expressions):
                place.select.set("order", None)
                notes.append("One row needs no order; ORDER BY was left out.")
            continue
        for key in order.expressions:
            note = _sorted_key(key, place, reading)
            notes += [note] if note else []
    return tuple(notes)


# -- what is one value per group ----------------------------------------------------------------------


def _grouped_places(reading: Reading) -> Iterator[Place]:
    """The SELECTs that sum up and whose columns are all known."""
    for place in reading.places:
        group = place.select.args.get("group")
        if group is not None and any(group.args.get(k) for k in _ELABORATE):
            continue
        if group is not None and any(
            not isinstance(k, exp.Expr) or isinstance(k, (exp.Tuple, exp.Cube, exp.Rollup, exp.GroupingSets))
            for k in group.expressions
        ):
            continue
        if (
            not (group or has_aggregates(place.select))
            or place.select.find(exp.Star) in place.select.expressions
        ):
            continue
        if all((m := reading.meaning(c)) is not None and m.sense in _SETTLED for c in place.columns):
            yield place


def _keys(place: Place, reading: Reading) -> list[exp.Expr]:
    """The expressions of GROUP BY, with numbers and names of output columns spelled out."""
    return [_spelled(key, place, reading) for key in _listed(place)]


def _listed(place: Place) -> list[exp.Expr]:
    group = place.select.args.get("group")
    return list(group.expressions) if group is not None else []


def _spelled(key: exp.Expr, place: Place, reading: Reading) -> exp.Expr:
    if isinstance(key, exp.Literal) and key.this.isdigit():
        at = int(key.this) - 1
        projections = place.select.expressions
        key = projections[at] if 0 <= at < len(projections) else key
    elif isinstance(key, exp.Column) and (found := reading.meaning(key)) and found.sense is Sense.OUTPUT:
        key = place.outputs.get(folded(key.this, reading.tongue), key)
    return key.this if isinstance(key, exp.Alias) else key


def _loose_columns(node: exp.Expr, place: Place, reading: Reading) -> list[exp.Column]:
    """Columns outside aggregates that are not one value per group."""
    keys = _keys(place, reading)
    shapes = [shape(k, reading) for k in keys]
    settled = settled_relations(keys, reading)
    found: list[exp.Column] = []
    todo = [node]
    while todo:
        part = todo.pop()
        if shape(part, reading) in shapes or _is_opaque(part):
            continue
        if isinstance(part, exp.Column):
            found += [part] if _is_own(part, place, reading, settled) else []
        else:
            todo += children(part)
    return found


def _is_opaque(node: exp.Expr) -> bool:
    return isinstance(node, exp.Anonymous) and not is_aggregate(node) and node.name.lower() not in _SCALARS


def _is_own(column: exp.Column, place: Place, reading: Reading, settled: set[int]) -> bool:
    """True for a column of this SELECT, no output column, and not fixed by a key that is grouped by."""
    found = reading.meaning(column)
    if found is None or found.sense is Sense.OUTPUT:
        return False
    return found.relation is None or (found.relation in place.relations and id(found.relation) not in settled)


def settled_relations(keys: list[exp.Expr], reading: Reading) -> set[int]:
    """Ids of relations whose primary key is grouped by: all their columns are one value per group."""
    named = {(id(m.relation), m.stored) for k in keys if (m := reading.meaning(k)) is not None}
    relations = {
        id(m.relation): m.relation for k in keys if (m := reading.meaning(k)) is not None and m.relation
    }
    return {
        key
        for key, relation in relations.items()
        if (table := reading.table(relation)) is not None
        and table.primary_key
        and all((key, column) in named for column in table.primary_key)
    }


def _is_loose(projection: exp.Expr, place: Place, reading: Reading) -> bool:
    return bool(_loose_columns(projection, place, reading))


def _can_be_grouped(projection: exp.Expr, place: Place, reading: Reading) -> bool:
    """True for an output column without aggregates, windows and queries that is not grouped by yet."""
    simple = not aggregates(projection) and not holds_window(projection) and not projection.find(exp.Query)
    simple = simple and not any(_is_opaque(p) for p in projection.walk())
    return simple and _is_loose(projection, place, reading)


def _is_row_by_row(keys: list[exp.Expr], place: Place, reading: Reading) -> bool:
    """Grouping one table by its own key would make every row a group: something else was meant."""
    if place.select.args.get("group") or len(place.relations) != 1:
        return False
    return bool(settled_relations(keys, reading))


def _sorted_key(key: exp.Expr, place: Place, reading: Reading) -> str:
    if aggregates(key.this) or holds_window(key.this) or key.find(exp.Query):
        return ""
    loose = _loose_columns(key.this, place, reading)
    if not loose or any(isinstance(p, exp.Literal) for p in (key.this,)):
        return ""
    before = reading.text(key.this)
    totals = [
        call
        for p in place.select.expressions
        for call in aggregates(p)
        if call.expressions
        and same(call.expressions[0], key.this, reading)
        and not isinstance(call, exp.Count)
    ]
    key.set("this", totals[0].copy() if totals else extreme(key))
    return f"{before} is not one value per group; sorted by {reading.text(key.this)}."


def extreme(key: exp.Expr) -> exp.Expr:
    """The largest or smallest of what is sorted by, as its direction asks."""
    return exp.Anonymous(this="MAX" if key.args.get("desc") else "MIN", expressions=[key.this.copy()])


def group_by(select: exp.Select, keys: list[exp.Expr]) -> None:
    """Add expressions to a GROUP BY, or begin one."""
    group = select.args.get("group")
    if group is None:
        select.set("group", exp.Group(expressions=[k.copy() for k in keys]))
    else:
        for key in keys:
            group.append("expressions", key.copy())
