"""Joins in an order in which each condition names only tables that are there already."""

from __future__ import annotations

from sqlglot import exp

from analyst.guard.scopes import Relation
from analyst.repairing.conjunctions import all_of, conjuncts
from analyst.repairing.reading import Place, Reading, Sense


def joins_in_order(reading: Reading) -> tuple[str, ...]:
    """A condition that names a table of a later join moves there, with the join it belongs to."""
    notes = []
    for place in reading.places:
        joins = place.select.args.get("joins") or []
        if len(joins) > 1 and all(_is_plain(j) for j in joins) and _names_later(joins, place, reading):
            ordered = _ordered(joins, place, reading)
            if ordered is not None:
                place.select.set("joins", ordered)
                notes.append("The joins were put in an order in which each finds its table.")
    return tuple(notes)


def _is_plain(join: exp.Join) -> bool:
    inner = not join.side and not join.args.get("method") and join.kind in ("", "INNER")
    return inner and join.args.get("on") is not None and join.args.get("using") is None


def _names_later(joins: list[exp.Join], place: Place, reading: Reading) -> bool:
    there = [place.relations[0]]
    for join in joins:
        there.append(_relation(join, place))
        if any(r not in there for r in _named(join.args["on"], place, reading)):
            return True
    return False


def _relation(join: exp.Join, place: Place) -> Relation:
    return next(r for r in place.relations if r.node is join.this)


def _named(condition: exp.Expr, place: Place, reading: Reading) -> list[Relation]:
    """The relations of this SELECT that a condition names."""
    found = []
    for column in condition.find_all(exp.Column):
        meaning = reading.meaning(column)
        if meaning is not None and meaning.sense is Sense.FOUND and meaning.relation in place.relations:
            found.append(meaning.relation)
    return found


def _ordered(joins: list[exp.Join], place: Place, reading: Reading) -> list[exp.Join] | None:
    """The same tables and conditions, each condition where its last table comes; None where that cannot be."""
    waiting = [c for join in joins for c in conjuncts(join.args["on"])]
    left, there = list(joins), [place.relations[0]]
    ordered = []
    while left:
        step = next((s for join in left if (s := _step(join, waiting, there, place, reading))), None)
        if step is None:
            return None
        join, conditions = step
        left = [j for j in left if j is not join]
        waiting = [w for w in waiting if not any(w is c for c in conditions)]
        there.append(_relation(join, place))
        ordered.append(exp.Join(this=join.this.copy(), on=all_of(conditions)))
    return ordered if not waiting else None


def _step(
    join: exp.Join, waiting: list[exp.Expr], there: list[Relation], place: Place, reading: Reading
) -> tuple[exp.Join, list[exp.Expr]] | None:
    """A join with the conditions that tie it to the tables before it; None where none does."""
    new = _relation(join, place)
    known = [*there, new]
    mine = [
        c for c in waiting if new in (named := _named(c, place, reading)) and all(r in known for r in named)
    ]
    tied = any(any(r is not new for r in _named(c, place, reading)) for c in mine)
    return (join, mine) if tied else None
