"""A median is no average."""

from __future__ import annotations

from sqlglot import exp

from analyst.demands.asked import Demands
from analyst.repairing.aggregates import aggregates
from analyst.repairing.comparisons import cast
from analyst.repairing.reading import Reading

_MEDIANS = frozenset({"percentile_cont", "percentile_disc", "median", "approx_percentile"})


def medians(reading: Reading, asked: Demands) -> tuple[str, ...]:
    """AVG becomes the median where the question asks for that and for no average."""
    if not asked.median or any(c.name.lower() in _MEDIANS for c in reading.tree.find_all(exp.Anonymous)):
        return ()
    notes: dict[str, None] = {}
    for call in list(reading.tree.find_all(exp.Anonymous)):
        if call.name.lower() != "avg" or len(call.expressions) != 1 or not _is_plain(call):
            continue
        notes[f"The median of {reading.text(call.expressions[0])} is taken, not the average."] = None
        _put(call, _median(call.expressions[0].copy(), reading), reading)
    return tuple(notes)


def _is_plain(call: exp.Expr) -> bool:
    """True for an average over all rows of a group, of what is no median by its own name."""
    of = call.expressions[0]
    if isinstance(of, exp.Distinct) or of.find(exp.Query) is not None or aggregates(of):
        return False
    above = call.parent.parent if isinstance(call.parent, exp.Filter) else call.parent
    if isinstance(call.parent, exp.Window) or isinstance(above, exp.Window):
        return False
    return not any("median" in c.name.lower() for c in of.find_all(exp.Column))


def _put(call: exp.Expr, median: exp.Expr, reading: Reading) -> None:
    """The median in the average's place; Postgres rounds only exact numbers, which the median is not."""
    whole = call.parent if isinstance(call.parent, exp.Filter) else call
    call.replace(median)
    put = whole if whole is not call else median
    rounded = put.parent
    if not isinstance(rounded, exp.Anonymous) or rounded.name.lower() not in ("round", "trunc"):
        return
    if len(rounded.expressions) == 2 and reading.tongue.name != "athena":
        put.replace(cast(put, "numeric"))


def _median(of: exp.Expr, reading: Reading) -> exp.Expr:
    half = exp.Literal.number("0.5")
    if reading.tongue.name == "athena":
        return exp.Anonymous(this="APPROX_PERCENTILE", expressions=[of, half])
    call = exp.Anonymous(this="PERCENTILE_CONT", expressions=[half])
    return exp.WithinGroup(this=call, expression=exp.Order(expressions=[exp.Ordered(this=of)]))
