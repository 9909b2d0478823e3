"""What a table already holds need not be reckoned out."""

from __future__ import annotations

import re

from sqlglot import exp

from analyst.demands.asked import Demands
from analyst.repairing.aggregates import aggregates
from analyst.repairing.kinds import NUMBERS, family
from analyst.repairing.likeness import singular
from analyst.repairing.reading import Place, Reading

_RECKON = re.compile(r"(calculat|comput|divid|deriv|formula|reckon|work$)")
_LONG_ENOUGH = 4
"""Letters of a column's name that says what it holds."""


def columns_reckoned_out(reading: Reading, asked: Demands) -> tuple[str, ...]:
    """`population / area AS density` where the table has a column density that the question names: that is shown."""
    notes: list[str] = []
    for place in reading.places[:1]:
        for projection in list(place.select.expressions):
            column = _stored(projection, place, reading, asked)
            if column is not None:
                text = reading.text(projection.this)
                projection.set("this", column)
                notes.append(f"{reading.text(column)} is shown as it is stored, not reckoned out as {text}.")
    return tuple(notes)


def _stored(projection: exp.Expr, place: Place, reading: Reading, asked: Demands) -> exp.Column | None:
    """The one number column that the alias names, where the expression is a division of other columns."""
    if (
        not isinstance(projection, exp.Alias)
        or projection.find(exp.Div) is None
        or aggregates(projection.this)
    ):
        return None
    if place.select.args.get("group") is not None or projection.find(exp.Query) is not None:
        return None
    used = list(projection.find_all(exp.Column))
    operands = {c.name.lower() for c in used}
    if len(operands) < 2 or operands <= asked.words or any(map(_RECKON.match, asked.words)):
        return None  # a unit is converted, or the question itself says what is to be divided
    holders = {id(m.relation) for c in used if (m := reading.meaning(c)) is not None}
    found = [
        (relation, name)
        for relation in place.relations
        for name in relation.columns
        if holders == {id(relation)} and _is_named(name, projection.alias, relation.table, operands)
        if len(name) >= _LONG_ENOUGH and set(name.lower().split("_")) <= asked.words
        if family(relation.types.get(name, "")) in NUMBERS
    ]
    return reading.column(*found[0]) if len(found) == 1 and found[0][1].lower() not in operands else None


def _is_named(name: str, alias: str, table: str, operands: set[str]) -> bool:
    """True where an alias says the column's name, and besides at most its table's or what is divided."""
    words, own = alias.lower().split("_"), name.lower().split("_")
    spare = operands | {table.lower(), singular(table.lower())}
    return set(own) <= set(words) and all(w in own or w in spare for w in words)
