"""How many rows a series has: counted between written ends, estimated where something computes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sqlglot import exp

from analyst.errors import Refused
from analyst.guard.extents import ORDINARY
from analyst.guard.statement import Statement
from analyst.guard.words import bound

_SERIES = frozenset({"generate_series", "sequence"})
_DAY = 86_400
_SPAN_ASSUMED = 10 * 365 * _DAY
"""Seconds between the ends of a series that only the data knows."""
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_NOW = frozenset({"now", "getdate", "statement_timestamp", "transaction_timestamp", "clock_timestamp"})
_NOW_NODES = (exp.CurrentDate, exp.CurrentTimestamp, exp.Localtimestamp)
_SECONDS = {
    "microsecond": 0.000001,
    "millisecond": 0.001,
    "second": 1,
    "sec": 1,
    "minute": 60,
    "min": 60,
    "hour": 3600,
    "day": _DAY,
    "week": 7 * _DAY,
    "month": 30 * _DAY,
    "mon": 30 * _DAY,
    "quarter": 91 * _DAY,
    "year": 365 * _DAY,
}


def is_series(call: exp.Anonymous) -> bool:
    """True for a call that makes rows or values from a start to an end."""
    return call.name.lower() in _SERIES


def series_rows(call: exp.Expr, statement: Statement) -> int:
    """How many rows a series, or an unnested list, may have; a modest number where that is open."""
    series = [c for c in call.find_all(exp.Anonymous) if c.name.lower() in _SERIES]
    if series:
        rows = max(_literal_length(c) or _made_length(c, statement) for c in series)
        return int(min(rows, bound(f"{statement.tongue.name} series")))
    arrays = list(call.find_all(exp.Array))
    return max((len(a.expressions) for a in arrays), default=bound("grouped rows")) or 1


def _made_length(call: exp.Anonymous, statement: Statement) -> float:
    """The rows of a series with a computed end: many where the statement itself makes a large number."""
    if len(call.expressions) < 2 or _is_interval(call.expressions[-1]):
        return bound("grouped rows")
    largest = sum(statement.extents.number(a) for a in call.expressions[:2])
    return largest if largest > 2 * ORDINARY else bound("grouped rows")


def called_rows(call: exp.Anonymous, statement: Statement) -> float:
    """The most rows that a series may give, as far as it says; refuses a step that is not written out."""
    length = _series_length(call)
    if length is None:
        _check_step(call)
        length = sum(statement.extents.number(a) for a in call.expressions[:2])
    return length


def _check_step(call: exp.Anonymous) -> None:
    step = _number(call.expressions[2]) if len(call.expressions) > 2 else 1.0
    if step is None or abs(step) < 1:
        raise Refused(f"The step of {call.name} must be written out, and at least 1.", rule="bounds")


def _series_length(call: exp.Anonymous) -> float | None:
    """The rows of a series: counted between ends that are known, assumed where an interval is the step."""
    counted = _literal_length(call)
    if counted is not None or len(call.expressions) < 3:
        return counted
    if not _is_interval(call.expressions[2]):
        return None
    step = _step(call.expressions[2])
    return float("inf") if step is None else max((_SPAN_ASSUMED + _farther(call)) / abs(step), 1.0)


def _farther(call: exp.Anonymous) -> float:
    """Seconds that the ends of a series say beyond the dates that data is about."""
    seconds = 0.0
    for end in call.expressions[:2]:
        for node in end.find_all(exp.Interval, exp.Literal):
            if isinstance(node, exp.Interval):
                seconds += abs(_step(node) or 0.0)
            elif node.is_string and re.search(r"inf|\d{5}", node.this, re.IGNORECASE):
                return float("inf")
            elif not node.is_string and isinstance(node.parent, (exp.Add, exp.Sub, exp.Mul)):
                seconds += abs(float(node.this)) * _DAY
    return seconds


def _literal_length(call: exp.Anonymous) -> float | None:
    """The rows of a series between two literals; None where an end is computed."""
    if len(call.expressions) < 2:
        return None
    given = _step(call.expressions[2]) if len(call.expressions) > 2 else None
    if given is None and len(call.expressions) > 2:
        return None
    if given == 0:
        return float("inf")
    start, end = (_number(a) for a in call.expressions[:2])
    if start is not None and end is not None:
        return abs(end - start) / abs(given or 1.0) + 1
    first, last = (_moment(a) for a in call.expressions[:2])
    if first is not None and last is not None:
        return abs(last - first) / abs(given or _DAY) + 1
    return None


def _number(node: exp.Expr) -> float | None:
    sign = 1.0
    while isinstance(node, (exp.Paren, exp.Neg, exp.Cast)):
        sign = -sign if isinstance(node, exp.Neg) else sign
        node = node.this
    if isinstance(node, exp.Literal) and not node.is_string:
        return sign * float(node.this)
    if isinstance(node, exp.Literal) and re.fullmatch(r"\s*-?\d+(\.\d+)?\s*", node.this):
        return sign * float(node.this)
    return None


def _is_interval(node: exp.Expr) -> bool:
    while isinstance(node, (exp.Paren, exp.Neg)):
        node = node.this
    if isinstance(node, exp.Cast):
        return node.to.this in (exp.DataType.Type.INTERVAL,)
    return isinstance(node, exp.Interval) or (isinstance(node, exp.Literal) and node.is_string)


def _step(node: exp.Expr) -> float | None:
    """A step in numbers or seconds; None where it cannot be told."""
    number = _number(node)
    if number is not None:
        return number
    while isinstance(node, (exp.Paren, exp.Neg, exp.Cast)):
        node = node.this
    if isinstance(node, exp.Interval):
        unit = node.args.get("unit")
        amount = node.this.name if isinstance(node.this, exp.Literal) else ""
        return _seconds(f"{amount} {unit.name if isinstance(unit, exp.Var) else ''}")
    if isinstance(node, exp.Literal) and node.is_string:
        return _seconds(node.this)
    return None


def _seconds(text: str) -> float:
    """An interval's text in seconds; what cannot be read counts as a microsecond, so that it is refused."""
    found = re.findall(r"(-?\d+(?:\.\d+)?)\s*([a-z]+)", text.lower())
    total = sum(float(n) * _SECONDS.get(u.rstrip("s"), 0) for n, u in found)
    clock = re.search(r"(\d+):(\d+)(?::(\d+))?", text)
    if clock:
        total += int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3] or 0)
    return total or 0.000001


def _moment(node: exp.Expr) -> float | None:
    """A written date, or one that lies a written span from today, in seconds; None for any other."""
    if isinstance(node, (exp.Paren, exp.Cast)):
        return _moment(node.this)
    if isinstance(node, exp.Literal) and node.is_string:
        return _written_moment(node.this)
    if isinstance(node, _NOW_NODES):
        return (datetime.now(UTC) - _EPOCH).total_seconds()
    if isinstance(node, exp.Anonymous):
        name, arguments = node.name.lower(), node.expressions
        if name == "date_trunc" and len(arguments) > 1:
            return _moment(arguments[1])
        return (datetime.now(UTC) - _EPOCH).total_seconds() if name in _NOW else None
    return _moved(node) if isinstance(node, (exp.Add, exp.Sub)) else None


def _written_moment(text: str) -> float | None:
    try:
        return (datetime.fromisoformat(text.strip()).replace(tzinfo=UTC) - _EPOCH).total_seconds()
    except ValueError:
        return None


def _moved(node: exp.Add | exp.Sub) -> float | None:
    base, days = _moment(node.this), _number(node.expression)
    span = _step(node.expression) if days is None and _is_interval(node.expression) else None
    span = days * _DAY if days is not None else span
    if base is None or span is None:
        return None
    return base + span if isinstance(node, exp.Add) else base - span
