""" "In both A and B": rows of either, and of those the ones that have both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from analyst.agreement.case import Case, Compared
from analyst.agreement.contradictions import found_in
from analyst.agreement.saying import Unmet
from analyst.catalog import Table
from analyst.guard.scopes import Relation
from analyst.repairing.conjunctions import conjuncts
from analyst.repairing.reading import Place


@dataclass(frozen=True, kw_only=True)
class Both:
    """Two values of one column, both of which the rows that are shown shall have."""

    place: Place
    compared: tuple[Compared, ...]
    texts: tuple[str, str]


def both(case: Case) -> Iterator[Unmet]:
    """Both of two values are asked for, and rows with either are shown."""
    found = either(case)
    if found is not None:
        one, other = found.texts
        counted = f"COUNT(DISTINCT {case.reading.text(found.compared[0].column)}) = 2"
        asked = f"The question asks for both '{one}' and '{other}', but the SQL takes either"
        yield Unmet(kind="both", said=f"{asked}: group, and keep groups HAVING {counted}.")


def either(case: Case) -> Both | None:
    """Where either of two values is enough, and the question wants those that have both."""
    where = case.root.args.get("where") if case.root is not None else None
    said = re.search(r"\bboth\b(.*)", case.said.plain)
    if where is None or said is None:
        return None
    by_node = {id(c.node): c for c in case.texts()}
    for node in conjuncts(where.this):
        compared = [by_node.get(id(side)) for side in _sides(node)]
        known = tuple(c for c in compared if c is not None)
        texts = tuple(dict.fromkeys(t for c in known for t in c.texts))
        if len(known) == len(compared) and len(texts) == 2 and _are_joined(texts, said[1]):
            found = Both(place=case.reading.places[0], compared=known, texts=(texts[0], texts[1]))
            return found if may_have_both(found, case) else None
    return None


def neither(case: Case) -> Both | None:
    """Where a row would have to have both of two values at once, and the question wants those that have both."""
    found = next(found_in(case), None)
    where = case.root.args.get("where") if case.root is not None else None
    if found is None or found.ties or where is None or not case.said.says(r"\bboth\b"):
        return None
    listed = [id(c) for c in conjuncts(where.this)]
    if not all(id(c.node) in listed for c in (found.one, found.other)):
        return None
    made = Both(place=found.place, compared=(found.one, found.other), texts=found.texts)
    return made if may_have_both(made, case) else None


def _sides(node: exp.Expr) -> list[exp.Expr]:
    """What is enough by itself: the sides of OR, a list, or the node itself."""
    if isinstance(node, exp.Paren):
        return _sides(node.this)
    if isinstance(node, exp.Or):
        return _sides(node.this) + _sides(node.args["expression"])
    return [node]


def _are_joined(texts: tuple[str, ...], said: str) -> bool:
    one, other = (re.escape(text.lower()) for text in texts)
    return any(re.search(rf"{a}\b.*\band\b.*{b}", said) for a, b in ((one, other), (other, one)))


# -- whether a row that is shown can have several at all ------------------------------------------------


def may_have_both(found: Both, case: Case) -> bool:
    """True where the column is of another table than what is shown, of which one row may have many there."""
    select, columns = found.place.select, {(id(c.meaning.relation), c.meaning.stored) for c in found.compared}
    if len(case.reading.places) != 1 or len(columns) != 1 or case.has_aggregate():
        return False
    if select.args.get("group") or case.reading.tree.find(exp.Window, exp.SetOperation):
        return False
    if not all(isinstance(c.node, (exp.EQ, exp.In)) for c in found.compared):
        return False
    relation = found.compared[0].meaning.relation
    there = case.reading.table(relation) if relation is not None else None
    here = [case.reading.table(r) for r in shown(found.place, case)]
    return (
        bool(here) and there is not None and all(t is not None and not _leads(t, there, case) for t in here)
    )


def shown(place: Place, case: Case) -> list[Relation]:
    """The relations of the output columns; nothing where one is anything but a stored column."""
    meanings = [case.reading.meaning(p.unalias()) for p in place.select.expressions]
    found = [m.relation for m in meanings if m is not None and m.relation is not None and m.stored]
    return found if len(found) == len(place.select.expressions) else []


def _leads(here: Table, there: Table, case: Case) -> bool:
    """True where keys lead from one table to the other, so that a row here has one row there at most."""
    reached, new = {here.key}, {here.key}
    while new:
        new = {k.to_table for k in case.reading.catalog.links if k.table in new} - reached
        reached |= new
    return there.key in reached
