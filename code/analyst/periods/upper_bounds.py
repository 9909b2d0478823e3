"""The end of a period where SQL states only its beginning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlglot import exp

from analyst.periods.day_ends import both, is_dated
from analyst.periods.period import Anchor, Period, Span
from analyst.periods.sql_days import day_of, following, later, plain_day
from analyst.repairing.conjunctions import conjuncts
from analyst.repairing.reading import Reading


def missing_ends(reading: Reading, periods: Sequence[Period], *, anchor: Anchor) -> tuple[str, ...]:
    """`column >= day` with the end of the period that begins on that day, where nothing else bounds the column."""
    notes = []
    for place in reading.places:
        where = place.select.args.get("where")
        for node in list(conjuncts(where.this if where is not None else None)):
            period = _begun(node, reading, periods, anchor)
            if period is None or _is_bounded(node, reading) or _has_its_end(period, reading, anchor):
                continue
            end = _written(node.expression, period, anchor)
            both(node, node.copy(), exp.LT(this=node.this.copy(), expression=end))
            column = next(node.this.find_all(exp.Column))
            notes.append(
                f'"{period.phrase}" ends on {period.last}; the SQL had no end for {reading.text(column)}.'
            )
    return tuple(notes)


def _begun(node: exp.Expr, reading: Reading, periods: Sequence[Period], anchor: Anchor) -> Period | None:
    """The one period that begins where a column's lower bound is, when no other reaches beyond its end."""
    if not isinstance(node, exp.GTE) or not is_dated(_bare(node.this), reading):
        return None
    start = day_of(node.expression, today=anchor.day)
    found = [p for p in periods if p.start == start and _has_end(p, anchor)]
    if start is None or not found:
        return None
    beyond = any(other.end > found[0].end for other in _every(periods))
    return None if beyond or any(p.end != found[0].end for p in found) else found[0]


def _every(periods: Sequence[Period]) -> Iterator[Span]:
    for period in periods:
        yield period
        if period.compared_to is not None:
            yield period.compared_to


def _has_end(period: Period, anchor: Anchor) -> bool:
    """True unless it is open, or ends with the anchor's day because it was counted back from it."""
    return period.end < date.max and (period.grain != "range" or period.end <= anchor.day)


def _bare(node: exp.Expr) -> exp.Expr:
    """The column itself, or the column whose day is compared."""
    inner: exp.Expr = node
    if isinstance(node, exp.Cast) and node.to.this == exp.DType.DATE:
        inner = node.this
    if isinstance(node, exp.Anonymous) and node.name.lower() == "date" and len(node.expressions) == 1:
        inner = node.expressions[0]
    return inner


def _is_bounded(node: exp.Expr, reading: Reading) -> bool:
    """True where any other condition in the whole statement is about a column of that name."""
    name = next(node.this.find_all(exp.Column)).name.lower()
    for other in reading.tree.find_all(exp.Predicate):
        if other is node or isinstance(other, exp.Exists):
            continue
        sides = [s for s in other.iter_expressions() if not isinstance(s, exp.Query)]
        if any(c.name.lower() == name for side in sides for c in side.find_all(exp.Column)):
            return True
    return False


def _has_its_end(period: Period, reading: Reading, anchor: Anchor) -> bool:
    """True where the statement already ends something with the period: `begun >= … AND ended < …`."""
    sides = (n.expression for n in reading.tree.find_all(exp.LT, exp.LTE))
    return any(day_of(side, today=anchor.day) in (period.end, period.last) for side in sides)


def _written(start: exp.Expr, period: Period, anchor: Anchor) -> exp.Expr:
    """The end, written as the start is: a day, or so much later than it."""
    whole: exp.Expr = start.this if isinstance(start, exp.Sub) else start
    if day_of(whole, today=anchor.day) == period.end:
        return whole.copy()
    if plain_day(start) is not None:
        return following(start, by=period.end)
    if period.start.day == period.end.day == 1:
        count = (period.end.year - period.start.year) * 12 + period.end.month - period.start.month
        return later(start, count, "month")
    return later(start, (period.end - period.start).days, "day")
