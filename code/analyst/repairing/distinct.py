"""DISTINCT in an order by something that is not in the list."""

from __future__ import annotations

from sqlglot import exp

from analyst.repairing.aggregates import aggregates, has_aggregates, holds_window, same
from analyst.repairing.grouping import extreme, group_by
from analyst.repairing.reading import Place, Reading, Sense


def distinct_in_order(reading: Reading) -> tuple[str, ...]:
    """DISTINCT sorted by something that is not in the list: grouped instead, sorted by its largest or smallest."""
    notes = []
    for place in reading.places:
        select = place.select
        distinct, order = select.args.get("distinct"), select.args.get("order")
        if distinct is None or order is None or distinct.args.get("on") is not None:
            continue
        plain = [p.this if isinstance(p, exp.Alias) else p for p in select.expressions]
        if any(not _is_plain(p) for p in plain) or select.args.get("group") or has_aggregates(select):
            continue
        foreign = [o for o in order.expressions if not _in_list(o.this, place, reading)]
        if not foreign or any(_is_open(o.this, reading) for o in foreign):
            continue
        for key in foreign:
            key.set("this", extreme(key))
        select.set("distinct", None)
        group_by(select, plain)
        notes.append("Each row once, in an order by other columns: grouped instead of DISTINCT.")
    return tuple(notes)


def _is_plain(node: exp.Expr) -> bool:
    return not (node.find(exp.Star) or node.find(exp.Query) or holds_window(node) or aggregates(node))


def _in_list(node: exp.Expr, place: Place, reading: Reading) -> bool:
    if isinstance(node, exp.Literal):
        return True
    found = reading.meaning(node)
    if found is not None and found.sense is Sense.OUTPUT:
        return True
    return any(same(node, p, reading) for p in place.select.expressions)


def _is_open(node: exp.Expr, reading: Reading) -> bool:
    columns = [reading.meaning(c) for c in node.find_all(exp.Column)]
    return (
        not columns
        or any(m is None or m.sense is not Sense.FOUND for m in columns)
        or bool(node.find(exp.Query))
    )
