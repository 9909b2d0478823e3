"""A column taken from a table that lacks it, while one other table beside it has it."""

from __future__ import annotations

from sqlglot import exp

from analyst.guard.scopes import Relation
from analyst.repairing.reading import Meaning, Place, Reading, Sense, put


def columns_of_other_tables(reading: Reading) -> tuple[str, ...]:
    """The column is taken from the one table of this SELECT that has it."""
    notes: dict[str, None] = {}
    for column, meaning in reading.columns(Sense.NO_COLUMN):
        if column.args.get("table") is None or meaning.relation is None:
            continue
        hits = [r for r in meaning.place.relations if reading.stored(r, column.this) is not None]
        hits = [r for r in hits if r is not opposite(column, reading)]
        if len(hits) != 1 or any(r.open for r in meaning.place.relations):
            continue
        stored = reading.stored(hits[0], column.this) or ""
        put(column, reading.column(hits[0], stored))
        notes[_note(meaning.relation, hits[0], column.name, stored)] = None
    return tuple(notes)


def ambiguous_columns(reading: Reading) -> tuple[str, ...]:
    """A bare name of several tables: where they are joined on it, or the list already says which, that one."""
    notes: dict[str, None] = {}
    for column, meaning in reading.columns(Sense.AMBIGUOUS):
        relation = _listed(column, meaning, reading) or _joined(column, meaning.place, reading)
        if relation is not None:
            put(column, reading.column(relation, reading.stored(relation, column.this) or ""))
            notes[f"{column.name} is in several tables; {_called(relation)}.{column.name} was taken."] = None
    return tuple(notes)


def opposite(column: exp.Column, reading: Reading) -> Relation | None:
    """The relation that the column is compared to: a column never equals itself."""
    parent = column.parent
    if not isinstance(parent, exp.EQ):
        return None
    other = parent.expression if parent.this is column else parent.this
    found = reading.meaning(other)
    return found.relation if found is not None else None


def _listed(column: exp.Column, meaning: Meaning, reading: Reading) -> Relation | None:
    """The relation of the same column in the SELECT's list."""
    if meaning.clause == "expressions":
        return None
    said = [
        reading.meaning(c)
        for p in meaning.place.select.expressions
        for c in p.find_all(exp.Column)
        if c.name.lower() == column.name.lower() and c.args.get("table") is not None
    ]
    relations = {id(m.relation): m.relation for m in said if m is not None and m.relation is not None}
    return next(iter(relations.values())) if len(relations) == 1 else None


def _joined(column: exp.Column, place: Place, reading: Reading) -> Relation | None:
    """The first of the relations, where inner joins make all their columns of this name equal."""
    name = column.name.lower()
    holders = [r for r in place.relations if reading.stored(r, column.this) is not None]
    joins = place.select.args.get("joins") or ()
    if any(j.side for j in joins):
        return None
    pairs = [e for j in joins if j.args.get("on") for e in j.args["on"].find_all(exp.EQ)]
    equal: set[int] = set()
    for pair in pairs:
        sides = [reading.meaning(s) for s in (pair.this, pair.expression)]
        if all(s is not None and s.stored.lower() == name for s in sides):
            equal |= {id(s.relation) for s in sides if s is not None}
    return holders[0] if holders and all(id(r) in equal for r in holders) else None


def _called(relation: Relation) -> str:
    return relation.table or relation.name


def _note(wrong: Relation, right: Relation, wanted: str, stored: str) -> str:
    return f"{_called(wrong)} has no column {wanted}; {_called(right)}.{stored} was meant."
