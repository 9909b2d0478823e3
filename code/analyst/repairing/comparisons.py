"""Comparisons whose sides have types that the database does not compare."""

from __future__ import annotations

import re

from sqlglot import exp

from analyst.repairing.kinds import INTEGERS, MOMENTS, NUMBERS, family
from analyst.repairing.reading import Reading, Sense

_EQUAL = (exp.EQ, exp.NEQ)
_SIZE = (exp.GT, exp.GTE, exp.LT, exp.LTE)
_NUMBER = re.compile(r"\s*[-+]?\d+(\.\d+)?\s*\Z")
_YEARS = range(1800, 2201)
_SUMMED = ("sum", "avg")


def texts_and_numbers(reading: Reading) -> tuple[str, ...]:
    """A text column beside a number: the number is quoted, or the text read as a number where size matters."""
    notes: list[str] = []
    for node in list(reading.tree.find_all(*_EQUAL, *_SIZE, exp.In, exp.Between)):
        notes += _by_size(node, reading) if not isinstance(node, (*_EQUAL, exp.In)) else _equal(node, reading)
    return tuple(dict.fromkeys(notes))


def summed_texts(reading: Reading) -> tuple[str, ...]:
    """SUM and AVG of a text column read it as numbers; of a condition or a yes/no column they count the yes."""
    notes: list[str] = []
    for call in list(reading.tree.find_all(exp.Anonymous)):
        if call.name.lower() not in _SUMMED or len(call.expressions) != 1:
            continue
        of = reading.kind(call.expressions[0])
        if of in ("text", "boolean"):
            to = "numeric" if of == "text" else "int"
            inner = call.expressions[0]
            what = "text" if of == "text" else "true or false"
            notes.append(f"{reading.text(inner)} is {what}; it was read as a number for {call.name.upper()}.")
            call.set("expressions", [cast(inner, to)])
    return tuple(notes)


def yes_and_no(reading: Reading) -> tuple[str, ...]:
    """A yes/no column compared to 1 or 0."""
    notes: list[str] = []
    for node in list(reading.tree.find_all(*_EQUAL)):
        for side, other in (("this", node.expression), ("expression", node.this)):
            literal = node.args[side]
            is_bit = isinstance(literal, exp.Literal) and not literal.is_string and literal.this in ("0", "1")
            if is_bit and reading.kind(other) == "boolean":
                node.set(side, exp.Boolean(this=literal.this == "1"))
                notes.append(f"{reading.text(other)} is true or false, not {literal.this}.")
    return tuple(notes)


def patterns(reading: Reading) -> tuple[str, ...]:
    """LIKE on a number or a date reads it as text."""
    notes: list[str] = []
    for node in list(reading.tree.find_all(exp.Like, exp.ILike)):
        if reading.kind(node.this) in NUMBERS | MOMENTS:
            notes.append(f"{reading.text(node.this)} is no text; it was read as one for LIKE.")
            node.set("this", cast(node.this, "text"))
    return tuple(notes)


def years_of_dates(reading: Reading) -> tuple[str, ...]:
    """A date compared to a bare year: the year of the date is meant."""
    notes: list[str] = []
    for node in list(reading.tree.find_all(*_EQUAL, *_SIZE, exp.In, exp.Between)):
        others = _others(node)
        if reading.kind(node.this) in MOMENTS and others and all(_is_year(o) for o in others):
            notes.append(f"{reading.text(node.this)} is a date; its year is compared.")
            node.set("this", exp.Extract(this=exp.Var(this="YEAR"), expression=node.this.copy()))
    return tuple(notes)


def dates_of_years(reading: Reading) -> tuple[str, ...]:
    """A column of whole years compared to dates, or asked for its year."""
    notes: list[str] = []
    for node in list(reading.tree.find_all(exp.Extract)):
        column = node.expression
        unit = node.this.name.lower()
        if not isinstance(column, exp.Column):
            continue
        if column.name.lower() == unit and reading.kind(column) in INTEGERS:
            notes.append(f"{reading.text(column)} already is the {unit}.")
            node.replace(column.copy())
        elif (whole := _stored_unit(column, unit, reading)) is not None:
            notes.append(f"There is no column {column.name}; {reading.text(whole)} is the {unit}.")
            node.replace(whole)
    return tuple(notes)


def _stored_unit(column: exp.Column, unit: str, reading: Reading) -> exp.Column | None:
    """The one column of whole years (months …) where the date that is asked for it does not exist."""
    found = reading.meaning(column)
    if found is None or found.sense is not Sense.NO_COLUMN:
        return None
    relations = [found.relation] if found.relation is not None else found.place.relations
    hits = [r for r in relations if family(r.types.get(unit, "")) in INTEGERS]
    return reading.column(hits[0], unit) if len(hits) == 1 else None


def _equal(node: exp.Expr, reading: Reading) -> list[str]:
    others = _others(node)
    if isinstance(node, exp.In):
        pairs = [(node.this, o) for o in others]
    else:
        pairs = [(node.this, node.expression), (node.expression, node.this)]
    notes: list[str] = []
    for text, other in pairs:
        if reading.kind(text) != "text":
            continue
        if isinstance(other, exp.Literal) and not other.is_string:
            other.replace(exp.Literal.string(other.this))
            notes.append(f"{reading.text(text)} is text; it is compared to '{other.this}'.")
        elif (
            isinstance(text, exp.Column) and reading.kind(other) in INTEGERS and isinstance(other, exp.Column)
        ):
            notes.append(f"{reading.text(text)} is text, {reading.text(other)} a number; compared as texts.")
            other.replace(cast(other, "text"))
    return notes


def _by_size(node: exp.Expr, reading: Reading) -> list[str]:
    sides = [node.this, *_others(node)]
    if not any(reading.kind(s) in NUMBERS for s in sides):
        return []
    notes: list[str] = []
    for side in sides:
        if reading.kind(side) == "text":
            notes.append(f"{reading.text(side)} is text; it was read as a number.")
            side.replace(cast(side, "numeric"))
    return notes


def _others(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.In):
        return list(node.expressions)
    if isinstance(node, exp.Between):
        return [node.args["low"], node.args["high"]]
    return [node.expression]


def _is_year(node: exp.Expr) -> bool:
    if not isinstance(node, exp.Literal) or not _NUMBER.match(node.this):
        return False
    return node.this.strip().isdigit() and int(node.this) in _YEARS


def cast(node: exp.Expr, to: str) -> exp.Cast:
    """A copy of an expression as another type."""
    return exp.Cast(this=node.copy(), to=exp.DataType.build(to, dialect="postgres"))
