"""Arithmetic that the database refuses, or that loses what was asked for."""

from __future__ import annotations

import re

from sqlglot import exp

from analyst.repairing.aggregates import is_aggregate
from analyst.repairing.comparisons import cast
from analyst.repairing.kinds import INTEGERS
from analyst.repairing.reading import Reading

_SHARES = re.compile(
    r"(^|_)(ratio|share|percent|percentage|pct|rate|proportion|fraction|average|avg|mean|per|portion)(_|\Z)",
    re.I,
)
_WHOLE = frozenset({"floor", "trunc", "ceil", "ceiling", "div", "mod"})


def rounded_floats(reading: Reading) -> tuple[str, ...]:
    """ROUND to digits works on exact numbers only."""
    notes = []
    for call in list(reading.tree.find_all(exp.Anonymous)):
        if call.name.lower() != "round" or len(call.expressions) != 2:
            continue
        if reading.kind(call.expressions[0]) == "double precision":
            call.set("expressions", [cast(call.expressions[0], "numeric"), call.expressions[1]])
            notes.append("ROUND to digits needs an exact number; the value was cast to numeric.")
    return tuple(dict.fromkeys(notes))


def whole_divisions(reading: Reading) -> tuple[str, ...]:
    """A share, a rate or an average of two whole numbers is divided with decimals."""
    notes = []
    for node in list(reading.tree.find_all(exp.Div)):
        kinds = {reading.kind(node.this), reading.kind(node.expression)}
        if not kinds <= INTEGERS or not _is_share(node):
            continue
        notes.append(f"{reading.text(node)} divides whole numbers; it is calculated with decimals.")
        left = node.this
        bracketed = (
            exp.Paren(this=left.copy()) if isinstance(left, (exp.Add, exp.Sub, exp.Div)) else left.copy()
        )
        left.replace(exp.Mul(this=exp.Literal.number("1.0"), expression=bracketed))
    return tuple(notes)


def _is_share(node: exp.Div) -> bool:
    """True where the alias says so, or totals are divided, or a percentage is made; not where whole steps are."""
    if isinstance(node.expression.unnest(), exp.Literal) or isinstance(node.this.unnest(), exp.Literal):
        return False
    at: exp.Expr | None = node.parent
    while at is not None and not isinstance(at, (exp.Query, exp.Group)):
        if isinstance(at, exp.Mod) or (isinstance(at, exp.Anonymous) and at.name.lower() in _WHOLE):
            return False
        if isinstance(at, exp.Alias) and _SHARES.search(at.alias):
            return True
        if isinstance(at, exp.Mul) and any(_is_hundred(f) for f in (at.this, at.expression)):
            return True
        at = at.parent
    if any(_is_hundred(f) for f in node.this.find_all(exp.Literal)):
        return True
    totals = [any(is_aggregate(p) for p in side.walk()) for side in (node.this, node.expression)]
    return any(totals) and not isinstance(at, exp.Group)


def _is_hundred(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and node.this in ("100", "100.0")
