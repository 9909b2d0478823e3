"""The single conditions of a SELECT's joins and its WHERE, and which relations each is about."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from analyst.guard.scopes import Relation
from analyst.multiplying.derived import Cell, cell_of
from analyst.repairing.conjunctions import conjuncts
from analyst.repairing.kinds import NUMBERS, family
from analyst.repairing.reading import Place, Reading

_MOMENTS = ("date", "time")


@dataclass(frozen=True, kw_only=True, eq=False)
class Condition:
    """One condition that has to hold, with the relations whose columns it compares."""

    node: exp.Expr
    relations: frozenset[int]
    """Identities in memory of relations of this SELECT."""
    join: exp.Join | None
    """Whose ON it stands in; None for WHERE."""
    sure: bool
    """False where a column in it could not be told."""


def conditions(place: Place, reading: Reading) -> list[Condition]:
    """Every condition that is joined to the others by AND."""
    select = place.select
    found = [
        _condition(node, join, place, reading)
        for join in select.args.get("joins") or ()
        for node in conjuncts(join.args.get("on"))
    ]
    where = select.args.get("where")
    return found + [_condition(n, None, place, reading) for n in conjuncts(where.this if where else None)]


def relations_in(node: exp.Expr, place: Place, reading: Reading) -> tuple[frozenset[int], bool]:
    """The relations of this SELECT that an expression speaks of, and whether every column could be told."""
    here = {id(r) for r in place.relations}
    found: set[int] = set()
    sure = True
    for column in node.find_all(exp.Column):
        meaning = reading.meaning(column)
        relation = meaning.relation if meaning is not None else None
        if relation is None or meaning is None or not meaning.stored:
            sure = False
        elif id(relation) in here:
            found.add(id(relation))
    return frozenset(found), sure


def equal_cells(node: exp.Expr, place: Place, reading: Reading) -> tuple[Cell, Cell] | None:
    """The two columns of this SELECT that a condition says are equal."""
    if not isinstance(node, exp.EQ):
        return None
    sides = [cell_of(_plain(s), place, reading) for s in (node.this, node.expression)]
    return (sides[0], sides[1]) if sides[0] is not None and sides[1] is not None else None


def fixed_cell(node: exp.Expr, place: Place, reading: Reading) -> tuple[Cell, exp.Expr] | None:
    """A column that a condition holds at one value, and that value."""
    if isinstance(node, exp.In) and len(node.expressions) == 1:
        sides = (node.this, node.expressions[0])
    elif isinstance(node, exp.EQ):
        sides = (node.this, node.expression)
    else:
        return None
    for one, other in (sides, sides[::-1]):
        cell = cell_of(_plain(one), place, reading)
        if cell is not None and relations_in(other, place, reading) == (frozenset(), True):
            return cell, other
    return None


def is_moment(relation: Relation, column: str) -> bool:
    """True for a column of dates or times."""
    return relation.types.get(column, "").startswith(_MOMENTS)


def _plain(node: exp.Expr | None) -> exp.Expr | None:
    """A column without brackets, and without a cast that keeps different values different."""
    while isinstance(node, exp.Paren) or (isinstance(node, exp.Cast) and _keeps(node)):
        node = node.this
    return node


def _keeps(cast: exp.Cast) -> bool:
    return family(cast.to.sql("postgres")) in NUMBERS | {"text"} and not isinstance(cast.this, exp.Cast)


def _condition(node: exp.Expr, join: exp.Join | None, place: Place, reading: Reading) -> Condition:
    relations, sure = relations_in(node, place, reading)
    return Condition(node=node, relations=relations, join=join, sure=sure)
