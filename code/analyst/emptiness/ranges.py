"""What a condition asks of a column, compared to the ends of what the column holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from analyst.catalog import Column
from analyst.repairing.kinds import MOMENTS, NUMBERS, family

_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?(?![\d-])")
_UNITS = {"year": 4, "month": 7, "day": 10, "YYYY": 4, "YYYY-MM": 7, "YYYY-MM-DD": 10}
"""How much of a date is compared, in letters of its text."""
_SIDES: dict[type[exp.Expr], tuple[bool, bool]] = {
    exp.EQ: (True, True),
    exp.GT: (True, False),
    exp.GTE: (True, False),
    exp.LT: (False, True),
    exp.LTE: (False, True),
}
"""Whether a comparison asks for no less than its literal, and for no more."""
_MIRRORED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.EQ: exp.EQ, exp.GT: exp.LT, exp.GTE: exp.LTE, exp.LT: exp.GT, exp.LTE: exp.GTE,
}  # fmt: skip
_WORDS: dict[type[exp.Expr], tuple[str, str]] = {
    exp.EQ: ("{}", "{}"),
    exp.GT: ("what is later than {}", "more than {}"),
    exp.GTE: ("{} or later", "{} or more"),
    exp.LT: ("what is before {}", "less than {}"),
    exp.LTE: ("{} or earlier", "{} or less"),
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """Between which values a condition wants the column, and how much of a date is meant."""

    low: str
    high: str
    said: str
    digits: int = 10


def runs(column: Column) -> str:
    """From where to where a column reaches: "2013-01-01 to 2013-12-31"; empty where that is not known."""
    if not column.lowest or not column.highest:
        return ""
    cut = 10 if family(column.type) in MOMENTS else None
    return f"{column.lowest[:cut]} to {column.highest[:cut]}"


def asks_beyond(condition: exp.Expr, column: Column) -> str:
    """What a condition asks for, where that plainly lies outside the column's values; else empty."""
    kind = family(column.type)
    if not column.lowest or not column.highest or kind not in MOMENTS | NUMBERS:
        return ""
    dated = kind in MOMENTS
    asked = _asked(condition, dated=dated)
    outside = [a.said for a in asked if _is_outside(a, column, dated=dated)]
    return ", ".join(outside) if asked and len(outside) == len(asked) else ""


def _asked(node: exp.Expr, *, dated: bool) -> list[_Asked]:
    if isinstance(node, exp.Paren):
        return _asked(node.this, dated=dated)
    digits = _digits(node.this, dated=dated)
    if isinstance(node, exp.Between) and digits:
        low, high = _value(node.args["low"]), _value(node.args["high"])
        return [_Asked(low, high, f"{low} to {high}", digits)] if low and high else []
    if isinstance(node, exp.In) and digits and not node.args.get("query"):
        values = [_value(e) for e in node.expressions]
        return [_Asked(v, v, v, digits) for v in values] if values and all(values) else []
    return _compared(node, dated=dated)


def _compared(node: exp.Expr, *, dated: bool) -> list[_Asked]:
    kind = type(node)
    if kind not in _SIDES:
        return []
    side, other = node.this, node.expression
    if not _digits(side, dated=dated):
        kind, side, other = _MIRRORED[kind], other, side
    digits, value = _digits(side, dated=dated), _value(other)
    if not digits or not value:
        return []
    least, most = _SIDES[kind]
    said = _WORDS[kind][0 if dated else 1].format(value)
    return [_Asked(value if least else "", value if most else "", said, digits)]


def _digits(node: exp.Expr, *, dated: bool) -> int:
    """How many letters of a date are compared; 1 for a number; 0 for what is no plain column or part of a date."""
    while isinstance(node, (exp.Paren, exp.Cast)):
        node = node.this
    if isinstance(node, exp.Column):
        return 10 if dated else 1
    if not dated:
        return 0
    if isinstance(node, exp.Extract) and _is_column(node.expression) and node.this.name.lower() == "year":
        return 4
    if not isinstance(node, exp.Anonymous) or len(node.expressions) != 2:
        return 0
    first, second = node.expressions
    name, unit, of = node.name.lower(), first, second
    if name == "to_char":
        unit, of = second, first
    elif name not in ("date_trunc", "date_part"):
        return 0
    if not isinstance(unit, exp.Literal) or not _is_column(of):
        return 0
    if name == "date_part" and unit.this.lower() != "year":
        return 0
    return _UNITS.get(unit.this if name == "to_char" else unit.this.lower(), 0)


def _is_column(node: exp.Expr) -> bool:
    while isinstance(node, (exp.Paren, exp.Cast)):
        node = node.this
    return isinstance(node, exp.Column)


def _value(node: exp.Expr) -> str:
    """A literal's text, also of a typed one; empty for anything else."""
    sign = ""
    while isinstance(node, (exp.Paren, exp.Cast, exp.Neg)):
        sign = "-" if isinstance(node, exp.Neg) else sign
        node = node.this
    return sign + node.this if isinstance(node, exp.Literal) else ""


def _is_outside(asked: _Asked, column: Column, *, dated: bool) -> bool:
    if dated:
        return _is_past(asked, column)
    ends = [_number(text) for text in (asked.low, asked.high, column.lowest, column.highest)]
    low, high, lowest, highest = ends
    if lowest is None or highest is None or (asked.low and low is None) or (asked.high and high is None):
        return False
    return (low is not None and low > highest) or (high is not None and high < lowest)


def _is_past(asked: _Asked, column: Column) -> bool:
    """Dates compared as far as both are written, so that a time zone or an hour decides nothing."""
    texts = (asked.low, asked.high, column.lowest, column.highest)
    if not all(_DATE.match(text) for text in texts if text):
        return False
    sizes = [asked.digits, *(len(t) for t in (asked.low, asked.high) if t)]
    low, high, lowest, highest = (text[: min(sizes)] for text in texts)
    return bool((low and low > highest) or (high and high < lowest))


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
