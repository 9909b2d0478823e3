"""A median is no average."""

from __future__ import annotations

from sqlglot import exp

from analyst.demands.asked import Demands
from analyst.repairing.reading import Reading


def medians(reading: Reading, asked: Demands) -> tuple[str, ...]:
    """AVG becomes the median where the question asks for that and for no average."""
    if not asked.median:
        return ()
    notes: dict[str, None] = {}
    for call in list(reading.tree.find_all(exp.Anonymous)):
        if call.name.lower() != "avg" or len(call.expressions) != 1 or isinstance(call.parent, exp.Window):
            continue
        notes[f"The median of {reading.text(call.expressions[0])} is taken, not the average."] = None
        call.replace(_median(call.expressions[0].copy(), reading))
    return tuple(notes)


def _median(of: exp.Expr, reading: Reading) -> exp.Expr:
    half = exp.Literal.number("0.5")
    if reading.tongue.name == "athena":
        return exp.Anonymous(this="APPROX_PERCENTILE", expressions=[of, half])
    call = exp.Anonymous(this="PERCENTILE_CONT", expressions=[half])
    return exp.WithinGroup(this=call, expression=exp.Order(expressions=[exp.Ordered(this=of)]))
