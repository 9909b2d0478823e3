"""A table that only filters, and repeats the rows of another on the way: a condition EXISTS in its place."""

from __future__ import annotations

from sqlglot import exp

from analyst.guard.scopes import Relation
from analyst.multiplying.calls import Kind, calls_of
from analyst.multiplying.conditions import Condition
from analyst.multiplying.joined import Joined
from analyst.multiplying.keys import Keys
from analyst.multiplying.multiplied import Multiplied, joins_of, multiplied, only_filters
from analyst.multiplying.words import says, shown
from analyst.repairing.conjunctions import all_of
from analyst.repairing.reading import Reading


def semi_joins(reading: Reading, keys: Keys) -> tuple[str, ...]:
    """Sums and means of a table keep each of its rows once, where what repeats them only says which rows count."""
    for joined in joins_of(reading, keys):
        for found in multiplied(joined):
            if found.call.kind is Kind.KEY or not (found.beside or _is_lasting(joined, found)):
                continue
            apart = _apart(joined, found)
            if apart and not any(c.kind is Kind.ROWS for c in calls_of(joined)):
                whose = joined.named(found.call.over)[0]
                _put_apart(joined, apart)
                names = " and ".join(shown(r) for r in found.by)
                return (f"Each row of {shown(whose)} counts once: {names} served as a filter only.",)
    return ()


def _is_lasting(joined: Joined, found: Multiplied) -> bool:
    """True for what a thing has as long as it is (a balance), where the query begins with the thing."""
    cell = found.call.cell
    return cell is not None and says(cell[1], "lasting") and id(joined.place.relations[0]) == cell[0]


def _apart(joined: Joined, found: Multiplied) -> list[Relation]:
    """The relations that can go into EXISTS, so that nothing multiplies any more; none where that cannot be."""
    gone = {id(u) for u in found.by}
    if not all(c.sure for c in joined.conditions) or len(found.call.over) != 1:
        return []
    while True:
        kept = joined.spread(found.call.over, grouped=True, without=gone)
        more = {
            i
            for c in joined.conditions
            if c.relations & gone
            for i in c.relations - gone - kept.whole - found.call.over
        }
        if not more:
            break
        gone |= more
    relations = joined.named(gone)
    fits = not kept.by and all(only_filters(joined, r) and _is_inner(joined, r) for r in relations)
    return relations if fits and _is_tied(joined, gone) else []


def _is_inner(joined: Joined, relation: Relation) -> bool:
    join = _join(joined, relation)
    return join is not None and not (join.side or join.args.get("using") or join.args.get("method"))


def _join(joined: Joined, relation: Relation) -> exp.Join | None:
    joins = joined.place.select.args.get("joins") or ()
    return next((j for j in joins if j.this is relation.node), None)


def _is_tied(joined: Joined, gone: set[int]) -> bool:
    """True where conditions tie what goes to what stays, and no ON of what stays is about what goes."""
    about = [c for c in joined.conditions if c.relations & gone]
    own = {id(r.node) for r in joined.named(gone)}
    stays = [c for c in about if c.join is not None and id(c.join.this) not in own and c.join.side]
    return any(c.relations - gone for c in about) and not stays


def _put_apart(joined: Joined, relations: list[Relation]) -> None:
    select = joined.place.select
    gone = {id(r) for r in relations}
    moved = [c for c in joined.conditions if c.relations & gone or _is_on(c, relations)]
    exists = exp.Exists(this=_query(relations, moved))
    _keep(select, [c.node for c in joined.conditions if c.join is None and c not in moved] + [exists])
    for join in list(select.args["joins"]):
        if any(join.this is r.node for r in relations):
            select.args["joins"].remove(join)
        elif any(c.join is join for c in moved):
            left = [c.node for c in joined.conditions if c.join is join and c not in moved]
            join.set("on", all_of(left) if left else None)
            if not left:
                join.set("kind", "CROSS")


def _is_on(condition: Condition, relations: list[Relation]) -> bool:
    return condition.join is not None and any(condition.join.this is r.node for r in relations)


def _keep(select: exp.Select, nodes: list[exp.Expr]) -> None:
    select.set("where", exp.Where(this=all_of(nodes)))


def _query(relations: list[Relation], moved: list[Condition]) -> exp.Select:
    """SELECT 1 FROM what went, each joined by its own conditions where there are any."""
    first, *others = relations
    assert first.node is not None
    query = exp.Select(expressions=[exp.Literal.number(1)], from_=exp.From(this=first.node.copy()))
    seen, used = {id(first)}, []
    for relation in others:
        seen.add(id(relation))
        own = [c for c in moved if c not in used and id(relation) in c.relations and c.relations <= seen]
        own = [c for c in own if len(c.relations) > 1]
        used += own
        assert relation.node is not None
        join = exp.Join(this=relation.node.copy(), on=all_of([c.node for c in own]) if own else None)
        query.append("joins", join)
        if not own:
            join.set("kind", "CROSS")
    left = [c.node for c in moved if c not in used]
    query.set("where", exp.Where(this=all_of(left)) if left else None)
    return query
