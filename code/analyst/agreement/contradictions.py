"""Conditions that no row can meet, since one column would have to hold two values at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from analyst.agreement.case import Case, Compared
from analyst.agreement.saying import Unmet
from analyst.repairing.conjunctions import conjuncts
from analyst.repairing.reading import Place, Reading

Node = tuple[int, str]
"""A relation's identity and the name of its column."""


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """Two comparisons that cannot both hold, and the equality between columns that ties them, if any."""

    place: Place
    one: Compared
    other: Compared
    ties: tuple[exp.EQ, ...]

    @property
    def texts(self) -> tuple[str, str]:
        """The two values."""
        return self.one.texts[0], self.other.texts[0]


def contradictions(case: Case) -> Iterator[Unmet]:
    """ "name = 'A' AND name = 'B'", also over columns that a join makes equal."""
    for found in found_in(case):
        one, other = found.texts
        columns = [_full(side, case.reading) for side in (found.one, found.other)]
        if found.ties:
            said = (
                f"{columns[0]} = '{one}' and {columns[1]} = '{other}' cannot both hold where "
                f"{case.reading.text(found.ties[0])} joins the rows: join them without that condition."
            )
        else:
            said = (
                f"A row cannot have {columns[0]} = '{one}' and {columns[0]} = '{other}' at once: take the rows of "
                f"either, group them, and keep groups HAVING COUNT(DISTINCT {columns[0]}) = 2."
            )
        yield Unmet(kind="contradiction", said=said)


def found_in(case: Case) -> Iterator[Contradiction]:
    """The first contradiction of every SELECT."""
    by_node = {id(c.node): c for c in case.texts()}
    for place in case.reading.places:
        found = _in_place(place, by_node, case.reading)
        if found is not None:
            yield found


def _in_place(place: Place, by_node: dict[int, Compared], reading: Reading) -> Contradiction | None:
    conditions = list(required(place))
    fixed = [c for n in conditions if (c := by_node.get(id(n))) is not None and _is_equal(c)]
    ties = [
        (e, pair) for e in conditions if isinstance(e, exp.EQ) and (pair := _pair(e, reading)) is not None
    ]
    for at, one in enumerate(fixed):
        for other in fixed[at + 1 :]:
            if _differ(one, other) and _node(one) == _node(other):
                return Contradiction(place=place, one=one, other=other, ties=())
            between = tuple(e for e, pair in ties if pair == {_node(one), _node(other)})
            if between and _differ(one, other):
                return Contradiction(place=place, one=one, other=other, ties=between)
    return None


def required(place: Place) -> Iterator[exp.Expr]:
    """The conditions that every row of a SELECT has to meet."""
    where = place.select.args.get("where")
    if where is not None:
        yield from conjuncts(where.this)
    joins = place.select.args.get("joins") or ()
    if all(not j.args.get("side") for j in joins):
        for join in joins:
            if join.args.get("on") is not None:
                yield from conjuncts(join.args["on"])


def _is_equal(compared: Compared) -> bool:
    return isinstance(compared.node, (exp.EQ, exp.ILike)) and not set("%_") & set(
        compared.texts[0] if isinstance(compared.node, exp.ILike) else ""
    )


def _differ(one: Compared, other: Compared) -> bool:
    return one.texts[0].strip().casefold() != other.texts[0].strip().casefold()


def _node(compared: Compared) -> Node:
    return id(compared.meaning.relation), compared.meaning.stored


def _pair(equality: exp.EQ, reading: Reading) -> set[Node] | None:
    meanings = [reading.meaning(side) for side in (equality.this, equality.expression)]
    nodes = {(id(m.relation), m.stored) for m in meanings if m is not None and m.relation and m.stored}
    return nodes if len(nodes) == 2 else None


def _full(compared: Compared, reading: Reading) -> str:
    relation = compared.meaning.relation
    table = relation.table if relation is not None else ""
    column = reading.text(compared.column.this)
    return f"{table}.{column}" if table else column
