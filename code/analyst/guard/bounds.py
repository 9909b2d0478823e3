"""Rule: functions that make something out of nothing make no more than bounds.txt says."""

from __future__ import annotations

import re
from datetime import datetime

from sqlglot import exp

from analyst.errors import Refused
from analyst.guard.statement import Statement
from analyst.guard.words import bound, pairs

_SERIES = frozenset({"generate_series", "sequence"})
_LENGTHS = frozenset({"repeat", "lpad", "rpad", "replicate", "ngrams"})
_YEARS_ASSUMED = 10
_DAY = 86_400
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


def bounded_literals(statement: Statement) -> None:
    """Raise Refused for a series, repetition, padding, power or format pattern beyond its bound."""
    dialect = statement.tongue.name
    for call in statement.tree.find_all(exp.Anonymous):
        name = call.name.lower()
        if name in _SERIES:
            _check_series(call, dialect)
        elif name in _LENGTHS:
            _check_length(call, name)
        elif name == "format":
            _check_format(call)
        elif name in ("pow", "power") and len(call.expressions) > 1:
            _check_number(call.expressions[1], bound("power"), name)
    for power in statement.tree.find_all(exp.Pow):
        _check_number(power.expression, bound("power"), "power")


def is_series(call: exp.Anonymous) -> bool:
    """True for a call that makes rows or values from a start to an end."""
    return call.name.lower() in _SERIES


def series_rows(call: exp.Expr, dialect: str) -> int:
    """How many rows a series, or an unnested list, may have; a modest number where that is open."""
    series = [c for c in call.find_all(exp.Anonymous) if c.name.lower() in _SERIES]
    if series:
        rows = max(_literal_length(c) or bound("grouped rows") for c in series)
        return int(min(rows, bound(f"{dialect} series")))
    arrays = list(call.find_all(exp.Array))
    return max((len(a.expressions) for a in arrays), default=bound("grouped rows")) or 1


def _check_series(call: exp.Anonymous, dialect: str) -> None:
    most = bound(f"{dialect} series")
    if len(call.expressions) < 2:
        raise Refused(f"{call.name} needs a start and an end.", rule="bounds")
    length = _series_length(call)
    if length is not None and length > most:
        raise Refused(f"{call.name} would make more than {most:,} rows.", rule="bounds")
    if length is None:
        for argument in call.expressions:
            _check_calm(argument, most, call.name)
            _check_number(argument, most, call.name)


def _series_length(call: exp.Anonymous) -> float | None:
    """The rows of a series: counted between literals, assumed where an interval is the step; else None."""
    counted = _literal_length(call)
    if counted is not None or len(call.expressions) < 3:
        return counted
    step = _step(call.expressions[2])
    if step is None or not _is_interval(call.expressions[2]):
        return None
    return max(_YEARS_ASSUMED * 365 * _DAY / abs(step), 1.0)


def _literal_length(call: exp.Anonymous) -> float | None:
    """The rows of a series between two literals; None where an end is computed."""
    if len(call.expressions) < 2:
        return None
    given = _step(call.expressions[2]) if len(call.expressions) > 2 else None
    if given == 0:
        return float("inf")
    start, end = (_number(a) for a in call.expressions[:2])
    if start is not None and end is not None:
        return abs(end - start) / abs(given or 1.0) + 1
    first, last = (_instant(a) for a in call.expressions[:2])
    if first is not None and last is not None:
        return abs((last - first).total_seconds()) / abs(given or _DAY) + 1
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


def _instant(node: exp.Expr) -> datetime | None:
    while isinstance(node, (exp.Paren, exp.Cast)):
        node = node.this
    if not isinstance(node, exp.Literal) or not node.is_string:
        return None
    try:
        return datetime.fromisoformat(node.this.strip()).replace(tzinfo=None)
    except ValueError:
        return None


def _check_length(call: exp.Anonymous, name: str) -> None:
    most = bound(name)
    text, *rest = call.expressions or [exp.Null()]
    if any(c.name.lower() in _LENGTHS for c in text.find_all(exp.Anonymous)):
        raise Refused(
            f"{name} must not be applied to a text that is itself repeated or padded.", rule="bounds"
        )
    if rest:
        _check_calm(rest[0], most, name)
        _check_number(rest[0], most, name)


def _check_calm(node: exp.Expr, most: int, name: str) -> None:
    """A computed length may not be multiplied or raised to a power."""
    if any(node.find_all(exp.Mul, exp.Pow, exp.BitwiseLeftShift)):
        raise Refused(f"The numbers given to {name} must not be products or powers.", rule="bounds")
    if any(c.name.lower() in ("pow", "power", "exp") for c in node.find_all(exp.Anonymous)):
        raise Refused(f"The numbers given to {name} must not be products or powers.", rule="bounds")


def _check_number(node: exp.Expr, most: int, name: str) -> None:
    for literal in node.find_all(exp.Literal):
        number = _number(literal)
        if number is not None and abs(number) > most:
            raise Refused(f"The number given to {name} is larger than {most:,}.", rule="bounds")


def _check_format(call: exp.Anonymous) -> None:
    pattern = call.expressions[0] if call.expressions else None
    if not isinstance(pattern, exp.Literal) or not pattern.is_string:
        raise Refused("The pattern of format must be written out.", rule="bounds")
    digits = int(pairs("bounds.txt")["format width digits"])
    if re.search(rf"%[^a-zA-Z%]*(\*|\d{{{digits + 1},}})", pattern.this):
        raise Refused("The width in the pattern of format is too large.", rule="bounds")
