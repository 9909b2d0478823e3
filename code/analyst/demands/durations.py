"""How long something took, in the unit that the question names."""

from __future__ import annotations

from sqlglot import exp

from analyst.demands.asked import Demands
from analyst.repairing.reading import Reading

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_HAS_EPOCH = frozenset({"postgres", "redshift"})


def durations_in_their_unit(reading: Reading, asked: Demands) -> tuple[str, ...]:
    """The difference of two instants is told as a number of seconds, minutes, hours or days."""
    if not asked.unit or reading.tongue.name not in _HAS_EPOCH:
        return ()
    notes: dict[str, None] = {}
    for difference in list(reading.tree.find_all(exp.Sub)):
        if not _is_shown(difference) or not _is_duration(difference, reading):
            continue
        notes[f"{reading.text(difference)} is told in {asked.unit}s."] = None
        difference.replace(_in_unit(difference, asked.unit))
    return tuple(notes)


def _is_duration(node: exp.Sub, reading: Reading) -> bool:
    kinds = {reading.kind(node.this), reading.kind(node.expression)}
    return kinds == {"timestamp"}


def _is_shown(node: exp.Expr) -> bool:
    """True in a SELECT list, not yet turned into a number."""
    above: exp.Expr | None = node
    while above is not None and not isinstance(above, exp.Select):
        if isinstance(above, exp.Extract):
            return False
        select = above.parent
        if isinstance(select, exp.Select):
            return any(p is above for p in select.expressions)
        above = select
    return False


def _in_unit(node: exp.Expr, unit: str) -> exp.Expr:
    seconds = exp.Extract(this=exp.Var(this="EPOCH"), expression=exp.Paren(this=node.copy()))
    if _SECONDS[unit] == 1:
        return seconds
    return exp.Paren(this=exp.Div(this=seconds, expression=exp.Literal.number(_SECONDS[unit])))
