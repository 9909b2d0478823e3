"""Sums over two tables that hang on a third: each is summed up by itself before they are joined."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from analyst.guard.scopes import Relation
from analyst.guard.tables import written
from analyst.multiplying.calls import Call, Kind, arguments, calls_of
from analyst.multiplying.conditions import Condition
from analyst.multiplying.derived import table_of
from analyst.multiplying.joined import Joined
from analyst.multiplying.keys import Keys
from analyst.multiplying.multiplied import joins_of, multiplied
from analyst.repairing.conjunctions import all_of
from analyst.repairing.reading import Reading

_ADDED = ("sum", "count")
_EXTREME = ("min", "max")


@dataclass(kw_only=True)
class _Part:
    """One table that is to be summed up by itself."""

    relation: Relation
    join: exp.Join
    own: list[Condition]
    ties: tuple[str, ...]
    """Its columns that tie it to the rest."""
    outputs: dict[str, tuple[str, exp.Expr]] = field(default_factory=dict)


def summed_before(reading: Reading, keys: Keys) -> tuple[str, ...]:
    """The tables whose sums multiply each other become queries that yield one row for each row of the third."""
    for joined in joins_of(reading, keys):
        if not any(f.beside and f.call.kind is Kind.SUM for f in multiplied(joined)):
            continue
        parts = _parts(joined)
        calls = _placed(joined, parts) if parts else None
        if not calls:
            continue
        for call, part in calls:
            _replace(call, part, joined)
        for part in parts:
            _sum_up(part, joined)
        names = " and ".join(p.relation.table for p in parts)
        return (
            f"{names} were each summed up before they were joined, so that neither repeats the other's rows.",
        )
    return ()


def _parts(joined: Joined) -> list[_Part]:
    """Two or more plain tables over which something is added up; empty where one cannot stand alone."""
    over = {i for c in calls_of(joined) if c.kind is not Kind.IMMUNE for i in c.over}
    found = [_part(joined, relation, over) for relation in joined.named(over)]
    parts = [p for p in found if p is not None]
    rest = {id(r) for r in joined.place.relations} - over
    if len(parts) < 2 or len(parts) < len(found) or not rest:
        return []
    alone = all(set(joined.spread({i}, grouped=True).by) <= set(joined.named(over)) for i in over)
    return parts if alone and not any(joined.spread(rest, without=over).by) else []


def _part(joined: Joined, relation: Relation, over: set[int]) -> _Part | None:
    joins: list[exp.Join] = joined.place.select.args.get("joins") or []
    join = next((j for j in joins if j.this is relation.node), None)
    if join is None or table_of(relation, joined.reading) is None or join.args.get("using"):
        return None
    own: list[Condition] = []
    ties: list[str] = []
    for condition in (c for c in joined.conditions if id(relation) in c.relations or c.join is join):
        if condition.relations == {id(relation)} and condition.sure:
            if condition.join is None and join.side:
                return None
            own.append(condition)
            continue
        pair = joined.equality(condition)
        others = condition.relations - {id(relation)}
        if pair is None or condition.join is not join or others & over or not others:
            return None
        ties.append(next(c for i, c in pair if i == id(relation)))
    part = _Part(relation=relation, join=join, own=own, ties=tuple(dict.fromkeys(ties)))
    return part if ties and not any(c.node.find(exp.Query) for c in own) else None


def _placed(joined: Joined, parts: list[_Part]) -> list[tuple[Call, _Part]] | None:
    """Each aggregate with the part it is over; None where one cannot be taken apart."""
    by_id = {id(p.relation): p for p in parts}
    found = []
    for call in calls_of(joined):
        inside = call.over & set(by_id)
        if not inside and call.kind is Kind.IMMUNE and call.over:
            continue
        if len(call.over) != 1 or not inside or not _splits(call, joined):
            return None
        found.append((call, by_id[next(iter(inside))]))
    taken = {id(c) for call, _ in found for c in call.node.find_all(exp.Column)}
    return None if any(_shows(joined, part.relation, taken) for part in parts) else found


def _shows(joined: Joined, relation: Relation, taken: set[int]) -> bool:
    """True where a column of a relation stands elsewhere than in conditions and in aggregates."""
    return any(
        meaning.relation is relation
        and identity not in taken
        and (meaning.place is not joined.place or meaning.clause not in ("on", "where"))
        for identity, meaning in joined.reading.meanings.items()
    )


def _splits(call: Call, joined: Joined) -> bool:
    """True where the whole can be told from the parts: sums, counts, extremes; DISTINCT of a key."""
    if isinstance(call.node, exp.Filter):
        return False
    name = _name(call)
    if call.node.find(exp.Distinct) is None:
        return name in _ADDED or name in _EXTREME
    relation = joined.named(call.over)[0]
    taken = arguments(call.node)
    own = [joined.reading.meaning(c) for c in taken]
    key = frozenset(m.stored for m in own if m is not None and m.relation is relation)
    return name == "count" and len(taken) == 1 and key in joined.keys_of(relation)


def _name(call: Call) -> str:
    return "count" if isinstance(call.node, exp.Count) else call.node.name.lower()


def _replace(call: Call, part: _Part, joined: Joined) -> None:
    name, text = _name(call), joined.reading.text(call.node)
    if text not in part.outputs:
        part.outputs[text] = (f"{name}_{len(part.outputs) + 1}", call.node.copy())
    column = exp.Column(
        this=exp.Identifier(this=part.outputs[text][0], quoted=False),
        table=joined.reading.caller(part.relation),
    )
    new: exp.Expr = exp.Anonymous(this=name.upper() if name in _EXTREME else "SUM", expressions=[column])
    if name == "count":
        new = exp.Anonymous(this="COALESCE", expressions=[new, exp.Literal.number(0)])
    call.node.replace(new)


def _sum_up(part: _Part, joined: Joined) -> None:
    tongue = joined.reading.tongue
    ties = [joined.reading.column(part.relation, c) for c in part.ties]
    totals = [
        exp.Alias(this=node, alias=exp.Identifier(this=name, quoted=False))
        for name, node in part.outputs.values()
    ]
    assert part.relation.node is not None
    query = exp.Select(
        expressions=[*ties, *totals],
        from_=exp.From(this=part.relation.node.copy()),
        where=exp.Where(this=all_of([c.node for c in part.own])) if part.own else None,
        group=exp.Group(expressions=[t.copy() for t in ties]),
    )
    caller = (
        joined.reading.caller(part.relation) if part.relation.name else written(part.relation.table, tongue)
    )
    for condition in part.own:
        _drop(condition, part.join, joined.place.select)
    part.join.set("this", exp.Subquery(this=query, alias=exp.TableAlias(this=caller)))


def _drop(condition: Condition, join: exp.Join, select: exp.Select) -> None:
    """Take one condition out of the ON or WHERE that it stands in."""
    node = condition.node
    parent = node.parent
    while isinstance(parent, exp.Paren):
        node, parent = parent, parent.parent
    if isinstance(parent, exp.And):
        parent.replace((parent.expression if parent.this is node else parent.this).copy())
    elif isinstance(parent, exp.Where):
        select.set("where", None)
