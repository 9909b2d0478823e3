"""Comparisons of times with days, where the last day would be lost but for its first moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlglot import exp

from analyst.periods.period import Period
from analyst.periods.sql_days import following, is_today, later, plain_day
from analyst.repairing.kinds import MOMENTS
from analyst.repairing.reading import Reading

_DAY = timedelta(days=1)


def whole_days(reading: Reading, periods: Sequence[Period], *, zone: str = "") -> tuple[str, ...]:
    """`ts = day`, `ts <= day` and `ts BETWEEN day AND day` with the whole of the day; a sentence for each."""
    notes = []
    for node in list(reading.tree.find_all(exp.EQ, exp.LTE, exp.GTE, exp.Between)):
        whose = _of_zone(node, reading, zone)
        if isinstance(node, exp.Between):
            note = _between(node, reading, periods)
        elif isinstance(node, exp.EQ):
            note = _equal(node, reading)
        else:
            note = _up_to(node, reading, periods)
        if note:
            notes.append(note + whose)
    return tuple(notes)


def is_dated(node: exp.Expr, reading: Reading) -> bool:
    """True for a column of dates or times."""
    return isinstance(node, exp.Column) and reading.kind(node) in MOMENTS


def both(node: exp.Expr, low: exp.Expr, high: exp.Expr) -> None:
    """Put two conditions in the place of one."""
    pair: exp.Expr = exp.And(this=low, expression=high)
    joined = isinstance(node.parent, (exp.Where, exp.And, exp.Join))
    node.replace(pair if joined else exp.Paren(this=pair))


def _between(node: exp.Between, reading: Reading, periods: Sequence[Period]) -> str:
    low, high = node.args["low"], node.args["high"]
    first, last = plain_day(low), plain_day(high)
    if node.args.get("symmetric") or first is None or last is None or first > last:
        return ""
    end = _end(node.this, first, last, reading, periods)
    if end is None:
        return ""
    column = node.this
    both(
        node,
        exp.GTE(this=column.copy(), expression=low.copy()),
        exp.LT(this=column.copy(), expression=following(high, by=end)),
    )
    return _said(reading.text(column), last, end)


def _up_to(node: exp.Expr, reading: Reading, periods: Sequence[Period]) -> str:
    column, day = (node.this, node.expression) if isinstance(node, exp.LTE) else (node.expression, node.this)
    if is_today(day) and _holds_times(column, reading):
        node.replace(exp.LT(this=column.copy(), expression=later(day, 1, "day")))
        return f"{reading.text(column)} holds times of day; the whole of today is meant."
    last = plain_day(day)
    end = _end(column, None, last, reading, periods) if last else None
    if last is None or end is None:
        return ""
    node.replace(exp.LT(this=column.copy(), expression=following(day, by=end)))
    return _said(reading.text(column), last, end)


def _equal(node: exp.EQ, reading: Reading) -> str:
    for column, day in ((node.this, node.expression), (node.expression, node.this)):
        of = plain_day(day)
        if not _holds_times(column, reading) or not (of or is_today(day)):
            continue
        if of == date.max:
            return ""
        next_day = following(day, by=of + _DAY) if of else later(day, 1, "day")
        both(
            node,
            exp.GTE(this=column.copy(), expression=day.copy()),
            exp.LT(this=column.copy(), expression=next_day),
        )
        return f"{reading.text(column)} holds times of day; the whole of {of or 'today'} is meant."
    return ""


def _end(
    column: exp.Expr, first: date | None, last: date, reading: Reading, periods: Sequence[Period]
) -> date | None:
    """Where the days end, exclusive; None where it is well as it is, or not sure which day is the last."""
    meant = [p for p in periods if first is None or p.start == first]
    times = _holds_times(column, reading)
    if any(p.end == last for p in meant) and not any(p.last == last for p in meant):
        return last if times or (first is not None and is_dated(column, reading)) else None
    if not times or last == date.max:
        return None
    sure = any(p.last == last for p in meant) or last.day != 1
    return last + _DAY if sure or (first is not None and first.day != 1) else None


def _holds_times(node: exp.Expr, reading: Reading) -> bool:
    return isinstance(node, exp.Column) and reading.kind(node) == "timestamp"


def _said(column: str, last: date, end: date) -> str:
    if last == end:
        return f"{last} itself is not meant for {column}; the days end before it."
    return f"{column} holds times of day; the whole of {last} is meant."


def _of_zone(node: exp.Expr, reading: Reading, zone: str) -> str:
    """Whose days they are, for times that are stored with a time zone."""
    types = [_type(column, reading) for column in node.find_all(exp.Column)] if zone else []
    zoned = any("with time zone" in type_ or "tz" in type_ for type_ in types)
    return f" Days are those of the time zone {zone}." if zoned else ""


def _type(column: exp.Column, reading: Reading) -> str:
    found = reading.meaning(column)
    return found.relation.types.get(found.stored, "") if found is not None and found.relation else ""
