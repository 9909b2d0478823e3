"""Days in SQL: which day an expression means, and the same expression for another day."""

from __future__ import annotations

import re
from datetime import date

from sqlglot import exp

from analyst.periods import spans
from analyst.periods.vocabulary import words

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_MOMENTS = frozenset({exp.DType.DATE, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ, exp.DType.DATETIME})
_UNITS = frozenset({"day", "week", "month", "quarter", "year"})
_COUNT = re.compile(r"(\d{1,5})(?: ([a-z]+?)s?)?", re.IGNORECASE)


def is_today(node: exp.Expr) -> bool:
    """True for CURRENT_DATE."""
    return isinstance(node, exp.CurrentDate) or (_is_call(node, "current_date") and not node.expressions)


def is_now(node: exp.Expr) -> bool:
    """True for NOW() and its other names."""
    return isinstance(node, (exp.CurrentTimestamp, exp.Localtimestamp)) or _is_call(node, *words("now"))


def plain_day(node: exp.Expr) -> date | None:
    """The day of a text or date that states one and nothing else."""
    if isinstance(node, exp.Cast) and node.to.this in _MOMENTS:
        node = node.this
    if not isinstance(node, exp.Literal) or not node.is_string or not _DAY.fullmatch(node.this):
        return None
    return _date(node.this)


def following(node: exp.Expr, *, by: date) -> exp.Expr:
    """A plain day as another one, written alike."""
    other = node.copy()
    literal = other if isinstance(other, exp.Literal) else other.this
    literal.set("this", by.isoformat())
    return other


def later(node: exp.Expr, count: int, unit: str) -> exp.Expr:
    """An expression so many days or months later."""
    interval = exp.Interval(this=exp.Literal.string(str(count)), unit=exp.Var(this=unit.upper()))
    return exp.Add(this=node.copy(), expression=interval)


def day_of(node: exp.Expr | None, *, today: date) -> date | None:
    """The day at whose beginning an expression is; None for any other moment and for what is not followed."""
    try:
        return _day_of(node, today)
    except (ValueError, OverflowError):
        return None


def _day_of(node: exp.Expr | None, today: date) -> date | None:
    if node is None:
        return None
    if is_today(node):
        return today
    if isinstance(node, exp.Literal) and node.is_string:
        stated = _MIDNIGHT.fullmatch(node.this)
        return _date(stated[1]) if stated else None
    if isinstance(node, exp.Paren):
        return _day_of(node.this, today)
    if isinstance(node, exp.Cast) and node.to.this in _MOMENTS:
        whole = node.to.this == exp.DType.DATE
        return today if whole and is_now(node.this) else _day_of(node.this, today)
    if _is_call(node, "date") and len(node.expressions) == 1:
        inner = node.expressions[0]
        return today if is_now(inner) else _day_of(inner, today)
    if _is_call(node, "date_trunc") and len(node.expressions) == 2:
        return _truncated(node, today)
    if isinstance(node, (exp.Add, exp.Sub)):
        return _moved(node, today)
    return None


def _truncated(node: exp.Expr, today: date) -> date | None:
    unit, inner = node.expressions
    of = today if is_now(inner) else _day_of(inner, today)
    name = unit.this.lower() if isinstance(unit, exp.Literal) else ""
    return spans.around(of, name, week_start=1).start if of is not None and name in _UNITS else None


def _moved(node: exp.Expr, today: date) -> date | None:
    of, by = _day_of(node.this, today), node.expression
    sign = -1 if isinstance(node, exp.Sub) else 1
    if of is None:
        return None
    if isinstance(by, exp.Literal) and not by.is_string and by.this.isdigit():
        return spans.moved(of, sign * int(by.this), "day")
    if isinstance(by, exp.Interval) and isinstance(by.this, exp.Literal):
        count = _COUNT.fullmatch(by.this.this)
        unit = (by.text("unit") or (count[2] if count else None) or "").lower().rstrip("s")
        return spans.moved(of, sign * int(count[1]), unit) if count and unit in _UNITS else None
    return None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _is_call(node: exp.Expr, *names: str) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.lower() in names
