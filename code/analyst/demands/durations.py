"""How long something took, in the unit that the question names."""

from __future__ import annotations

from sqlglot import exp

from analyst.demands.asked import Demands
from analyst.repairing.reading import Reading

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_HAS_EPOCH = frozenset({"postgres", "redshift"})
_SUMS = frozenset({"sum", "avg", "min", "max", "percentile_cont"})
_PLAIN = (exp.Paren, exp.Alias, exp.Case, exp.If, exp.WithinGroup, exp.Order, exp.Ordered)
"""What takes a number as well as a length of time, and gives back the same."""


def durations_in_their_unit(reading: Reading, asked: Demands) -> tuple[str, ...]:
    """The difference of two instants is told as a number of seconds, minutes, hours or days."""
    tree = reading.tree
    if not asked.unit or reading.tongue.name not in _HAS_EPOCH or not isinstance(tree, exp.Select):
        return ()
    found = [d for d in tree.find_all(exp.Sub) if _is_duration(d, reading) and _is_shown(d, reading)]
    notes = dict.fromkeys(f"{reading.text(d)} is told in {asked.unit}s." for d in found)
    for difference in found:
        difference.replace(_in_unit(difference, asked.unit))
    return tuple(notes)


def _is_duration(node: exp.Sub, reading: Reading) -> bool:
    kinds = {reading.kind(node.this), reading.kind(node.expression)}
    return kinds == {"timestamp"}


def _is_shown(node: exp.Expr, reading: Reading) -> bool:
    """True where the length of time itself is shown, or what the lengths of several come to."""
    top = _top(node, reading)
    select = top.parent if top is not None else None
    if top is None or not isinstance(select, exp.Select) or not any(p is top for p in select.expressions):
        return False
    if select.args.get("distinct") is not None or isinstance(select.parent, exp.SetOperation):
        return False  # what is sorted by, or put below it, has to be of the same type
    return select is reading.tree or (isinstance(top, exp.Alias) and _is_passed_on(top.alias, reading))


def _is_passed_on(name: str, reading: Reading) -> bool:
    """True where a column of a query in FROM or WITH is shown, sorted or grouped by, and nothing else."""
    used = [c for c in reading.tree.find_all(exp.Column) if c.name.lower() == name.lower()]
    tops = [_top(c, reading) for c in used]
    return bool(used) and all(t is not None and isinstance(t.parent, (exp.Select, exp.Group)) for t in tops)


def _top(node: exp.Expr, reading: Reading) -> exp.Expr | None:
    """The whole expression that a length of time is, or the sum of several is; None where it is a part of others."""
    above = node.parent
    while isinstance(above, _PLAIN) or (isinstance(above, exp.Anonymous) and above.name.lower() in _SUMS):
        if isinstance(above, exp.Case) and not all(_is_long(branch, reading) for branch in _branches(above)):
            return None
        node, above = above, above.parent
    return node


def _branches(case: exp.Case) -> list[exp.Expr]:
    found = [branch.args["true"] for branch in case.args["ifs"]]
    return [*found, case.args["default"]] if case.args.get("default") is not None else found


def _is_long(branch: exp.Expr, reading: Reading) -> bool:
    return isinstance(branch, exp.Null) or (isinstance(branch, exp.Sub) and _is_duration(branch, reading))


def _in_unit(node: exp.Expr, unit: str) -> exp.Expr:
    seconds = exp.Extract(this=exp.Var(this="EPOCH"), expression=exp.Paren(this=node.copy()))
    if _SECONDS[unit] == 1:
        return seconds
    size = exp.Literal.number(f"{_SECONDS[unit]}.0")
    return exp.Paren(this=exp.Div(this=seconds, expression=size, typed=True))
