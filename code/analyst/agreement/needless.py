"""Tables that are joined and used for nothing: they only repeat rows, or lose some."""

from __future__ import annotations

from sqlglot import exp

from analyst.agreement.case import Case
from analyst.agreement.made_up import unexplained
from analyst.agreement.saying import alike
from analyst.catalog import Table
from analyst.guard.scopes import Relation
from analyst.repairing.reading import Meaning, Place

_TELLING = 4
"""Letters of a word in a column's name that says what it holds; fewer (id, no) are in every table."""


def tables_for_nothing(case: Case) -> tuple[str, ...]:
    """An inner join of a table that the question does not name, of which nothing but its key is used, is left out."""
    if not case.said.english or unexplained(case):  # "loyal" customers may be those with orders
        return ()
    for place in case.reading.places:
        for join in list(place.select.args.get("joins") or ()):
            relation = next((r for r in place.relations if r.node is join.this), None)
            table = case.reading.table(relation) if relation is not None else None
            if relation is None or table is None or not _is_inner(join) or _is_named(table, case):
                continue
            if _holds_together(relation, join, place, case):
                place.select.set("joins", [j for j in place.select.args["joins"] if j is not join])
                return (f"{table.name} was left out: nothing of it is asked for.",)
    return ()


def _is_inner(join: exp.Join) -> bool:
    return not join.side and join.kind in ("", "INNER") and join.args.get("on") is not None


def _holds_together(relation: Relation, join: exp.Join, place: Place, case: Case) -> bool:
    """True where the join is one equation by a key, and nothing else uses the table."""
    on = join.args["on"]
    if not isinstance(on, exp.EQ) or not _counts_stars(place):
        return False
    uses = [c for c in case.reading.tree.find_all(exp.Column) if _is_of(case.reading.meaning(c), relation)]
    return len(uses) == 1 and any(side is uses[0] for side in (on.this, on.expression))


def _counts_stars(place: Place) -> bool:
    """True where every star of a SELECT stands in a COUNT(*)."""
    return all(isinstance(s.parent, exp.Count) for s in place.select.find_all(exp.Star))


def _is_of(meaning: Meaning | None, relation: Relation) -> bool:
    return meaning is not None and meaning.relation is relation


def _is_named(table: Table, case: Case) -> bool:
    """True where the question, a value it names or a remark beside it may speak of what only this table holds."""
    others = {root for t in case.tables().values() if t.key != table.key for root in case.roots_of(t.name)}
    own = case.roots_of(table.name) - others
    held = {root for c in table.columns for root in case.roots_of(c.name)} - others
    words = own | {w for w in held if len(w) >= _TELLING}
    return not own or any(alike(word, other) for word in words for other in case.said.known)
