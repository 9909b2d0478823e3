"""Conditions in the wrong clause: on groups in WHERE, on rows in HAVING, on a whole table without a query."""

from __future__ import annotations

from sqlglot import exp

from analyst.repairing.aggregates import aggregates, has_aggregates, holds_window
from analyst.repairing.conjunctions import all_of, conjuncts
from analyst.repairing.reading import Reading, Sense


def conditions_on_rows(reading: Reading) -> tuple[str, ...]:
    """HAVING without anything summed up is a condition on rows: it goes to WHERE."""
    notes = []
    for place in reading.places:
        having = place.select.args.get("having")
        if having is None or has_aggregates(place.select) or place.select.args.get("group"):
            continue
        if not any(m.place is place and m.clause == "having" for _, m in reading.columns(Sense.FOUND)):
            continue
        _add_where(place.select, having.this)
        place.select.set("having", None)
        notes.append("HAVING without groups became WHERE.")
    return tuple(notes)


def conditions_on_groups(reading: Reading) -> tuple[str, ...]:
    """WHERE with an aggregate is a condition on groups: it goes to HAVING."""
    notes = []
    for place in reading.places:
        where = place.select.args.get("where")
        if where is None or not aggregates(where.this) or holds_window(where.this):
            continue
        if not place.select.args.get("group"):
            continue
        conditions = list(conjuncts(where.this))
        moved = [c for c in conditions if aggregates(c)]
        kept = [c for c in conditions if not aggregates(c)]
        place.select.set("where", exp.Where(this=all_of(kept)) if kept else None)
        having = place.select.args.get("having")
        every = [*conjuncts(having.this if having else None), *moved]
        place.select.set("having", exp.Having(this=all_of(every)))
        notes.append(
            f"The condition {reading.text(moved[0])} is about groups: it moved from WHERE to HAVING."
        )
    return tuple(notes)


def extremes_of_table(reading: Reading) -> tuple[str, ...]:
    """WHERE x = MAX(x) over one table without any other condition: the largest of that table is meant."""
    notes = []
    for place in reading.places:
        call, source = _compared_aggregate(place.select), _only_table(place.select)
        if call is None or source is None or has_aggregates(place.select):
            continue
        text = reading.text(call)
        inner = exp.Select(expressions=[call.copy()], from_=exp.From(this=source.copy()))
        call.replace(exp.Subquery(this=inner))
        notes.append(f"{text} in WHERE was taken over the whole table {source.name}.")
    return tuple(notes)


def _compared_aggregate(select: exp.Select) -> exp.Expr | None:
    """The aggregate on the right of the only condition."""
    where = select.args.get("where")
    condition = where.this if where is not None else None
    if not isinstance(condition, (exp.EQ, exp.GT, exp.LT, exp.GTE, exp.LTE)):
        return None
    call = condition.expression
    return call if aggregates(call) == [call] and not aggregates(condition.this) else None


def _only_table(select: exp.Select) -> exp.Table | None:
    source = select.args.get("from_")
    lone = source is not None and not select.args.get("joins") and not select.args.get("group")
    return source.this if lone and source is not None and isinstance(source.this, exp.Table) else None


def _add_where(select: exp.Select, condition: exp.Expr) -> None:
    where = select.args.get("where")
    every = [*conjuncts(where.this), condition] if where is not None else [condition]
    select.set("where", exp.Where(this=all_of(every)))
