"""What a table already holds need not be reckoned out."""

from __future__ import annotations

from sqlglot import exp

from analyst.demands.asked import Demands
from analyst.repairing.aggregates import aggregates
from analyst.repairing.kinds import NUMBERS, family
from analyst.repairing.reading import Place, Reading

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
    words = projection.alias.lower().split("_")
    found = [
        (relation, name)
        for relation in place.relations
        for name in relation.columns
        if name.lower() in words and len(name) >= _LONG_ENOUGH and name.lower() in asked.words
        if family(relation.types.get(name, "")) in NUMBERS
    ]
    if len(found) != 1 or any(c.name.lower() == found[0][1].lower() for c in projection.find_all(exp.Column)):
        return None
    return reading.column(*found[0])
