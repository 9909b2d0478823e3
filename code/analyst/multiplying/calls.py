"""The aggregates of a SELECT: what each counts or adds up, and of which relations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from sqlglot import exp

from analyst.multiplying.conditions import relations_in
from analyst.multiplying.derived import Cell, cell_of
from analyst.multiplying.joined import Joined
from analyst.repairing.aggregates import aggregates

_IMMUNE = frozenset({"min", "max", "bool_and", "bool_or", "every", "any_value", "arbitrary", "mode"})


class Kind(Enum):
    """What an aggregate does with rows that come several times."""

    ROWS = "counts the rows of the join"
    KEY = "counts the keys of one relation"
    FILLED = "counts the values of another column"
    SUM = "adds up"
    AVERAGE = "takes the mean"
    IMMUNE = "gives the same"
    OTHER = "is not followed"


@dataclass(frozen=True, kw_only=True, eq=False)
class Call:
    """One aggregate of a SELECT."""

    node: exp.Expr
    kind: Kind
    over: frozenset[int] = frozenset()
    """The relations whose columns it takes, by identity."""
    called: str = ""
    """The name of the output column that is nothing but this aggregate."""
    cell: Cell | None = None
    """The one plain column that it takes."""


def calls_of(joined: Joined) -> list[Call]:
    """The aggregates in the list, in HAVING and in ORDER BY, those over windows apart."""
    select = joined.place.select
    found: list[Call] = []
    for projection in select.expressions:
        nodes = aggregates(projection)
        called = projection.alias if isinstance(projection, exp.Alias) and len(nodes) == 1 else ""
        found += [_call(node, called, joined) for node in nodes]
    listed = {joined.reading.text(c.node).lower(): c.called for c in reversed(found)}
    for clause in (select.args.get("having"), select.args.get("order")):
        for node in aggregates(clause):
            found.append(_call(node, listed.get(joined.reading.text(node).lower(), ""), joined))
    return found


def arguments(node: exp.Expr) -> list[exp.Expr]:
    """What a call takes, without DISTINCT."""
    first = [node.this] if isinstance(node, exp.Count) and node.this is not None else node.expressions
    return [e for a in first for e in (a.expressions if isinstance(a, exp.Distinct) else [a])]


def _call(node: exp.Expr, called: str, joined: Joined) -> Call:
    inner = node
    while isinstance(inner, (exp.Filter, exp.WithinGroup)):
        inner = inner.this
    relations, sure = relations_in(node, joined.place, joined.reading)
    kind = _kind(inner, joined) if sure else Kind.OTHER
    taken = arguments(inner)
    cell = cell_of(taken[0], joined.place, joined.reading) if len(taken) == 1 else None
    return Call(node=node, kind=kind, over=relations, called=called, cell=cell)


def _kind(node: exp.Expr, joined: Joined) -> Kind:
    if node.find(exp.Distinct) is not None or node.name.lower() in _IMMUNE:
        return Kind.IMMUNE
    if isinstance(node, exp.Count):
        return _counted(node, joined)
    name = node.name.lower()
    if name not in ("sum", "avg"):
        return Kind.OTHER
    if not any(value.find(exp.Column) for value in _values(node.expressions[0])):
        return Kind.ROWS
    return Kind.SUM if name == "sum" else Kind.AVERAGE


def _counted(node: exp.Expr, joined: Joined) -> Kind:
    taken = arguments(node)
    if len(taken) != 1 or isinstance(taken[0], (exp.Star, exp.Literal)):
        return Kind.ROWS
    cell = cell_of(taken[0], joined.place, joined.reading)
    if cell is None:
        return Kind.ROWS if isinstance(taken[0], exp.Case) else Kind.FILLED
    relation = joined.named([cell[0]])[0]
    return Kind.KEY if frozenset({cell[1]}) in joined.keys_of(relation) else Kind.FILLED


def _values(node: exp.Expr) -> Iterator[exp.Expr]:
    """What an argument may come to: the branches of CASE, without their conditions."""
    if isinstance(node, exp.Paren):
        yield from _values(node.this)
    elif isinstance(node, exp.Case):
        for branch in (*(b.args.get("true") for b in node.args["ifs"]), node.args.get("default")):
            if branch is not None:
                yield from _values(branch)
    else:
        yield node
