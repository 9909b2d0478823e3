"""Dates kept as text, where they are used as dates."""

from __future__ import annotations

import re

from sqlglot import exp

from analyst.catalog import Column
from analyst.repairing.comparisons import cast
from analyst.repairing.kinds import MOMENTS
from analyst.repairing.reading import Reading

_DATED = re.compile(r"\d{4}-?\d\d-?\d\d|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}")
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)


def texts_used_as_dates(reading: Reading) -> tuple[str, ...]:
    """A text column in EXTRACT, DATE_TRUNC, AGE, date arithmetic or beside a date is read as a date."""
    found: dict[int, exp.Expr] = {}
    for node in reading.tree.find_all(exp.Extract, exp.Anonymous, exp.Add, exp.Sub, *_COMPARISONS):
        for column in _used_as_dates(node, reading):
            found[id(column)] = column
    notes: dict[str, None] = {}
    for column in found.values():
        stored = _column(column, reading)
        if stored is None or not _holds_dates(stored):
            continue
        notes[f"{reading.text(column)} is text; it was read as a date."] = None
        column.replace(cast(column, "timestamp" if _holds_times(stored, column) else "date"))
    return tuple(notes)


def dates_in_quotes(reading: Reading) -> tuple[str, ...]:
    """A date in quotes as the argument of EXTRACT, DATE_TRUNC or AGE, which need its type said."""
    notes: dict[str, None] = {}
    for node in reading.tree.find_all(exp.Extract, exp.Anonymous):
        for argument in _used_as_dates(node, reading):
            if isinstance(argument, exp.Literal) and argument.is_string and _DATED.match(argument.name):
                notes[f"{reading.text(argument)} was read as a date."] = None
                argument.replace(cast(argument, "timestamp"))
    return tuple(notes)


def extracted_dates(reading: Reading) -> tuple[str, ...]:
    """EXTRACT(DATE FROM x), which no database knows, is the date of x."""
    notes: dict[str, None] = {}
    for node in list(reading.tree.find_all(exp.Extract)):
        if node.this.name.lower() == "date":
            notes[f"{reading.text(node)} was read as the date of {reading.text(node.expression)}."] = None
            node.replace(cast(node.expression, "date"))
    return tuple(notes)


def _used_as_dates(node: exp.Expr, reading: Reading) -> list[exp.Expr]:
    if isinstance(node, exp.Extract):
        return [node.expression]
    if isinstance(node, exp.Anonymous):
        at = {"date_trunc": slice(1, 2), "age": slice(0, 2), "date_part": slice(1, 2)}.get(node.name.lower())
        return list(node.expressions[at]) if at is not None else []
    sides = (
        [node.this, node.args["low"], node.args["high"]]
        if isinstance(node, exp.Between)
        else [
            node.this,
            node.expression,
        ]
    )
    dated = MOMENTS | {"interval"} if isinstance(node, (exp.Add, exp.Sub)) else MOMENTS
    return sides if any(reading.kind(s) in dated for s in sides) else []


def _column(node: exp.Expr, reading: Reading) -> Column | None:
    """The catalog's column where it holds text."""
    found = reading.meaning(node) if isinstance(node, exp.Column) else None
    if found is None or found.relation is None or reading.kind(node) != "text":
        return None
    table = reading.table(found.relation)
    return table.column(found.stored) if table is not None else None


def _holds_dates(column: Column) -> bool:
    """True where the known values look like dates; where none are known, the way it is used decides."""
    known = [v for v in (*column.values, column.lowest, column.highest) if v]
    return all(_DATED.match(v) for v in known)


def _holds_times(column: Column, node: exp.Expr) -> bool:
    timed = any(":" in v for v in (*column.values, column.lowest, column.highest))
    return timed or isinstance(node.parent, (exp.Extract, exp.Anonymous))
