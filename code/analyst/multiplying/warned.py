"""Totals that joins may multiply and that could not be put right, in words."""

from __future__ import annotations

from sqlglot import exp

from analyst.guard.scopes import Relation
from analyst.multiplying.calls import Kind, calls_of
from analyst.multiplying.counts import means_the_joined
from analyst.multiplying.derived import yields
from analyst.multiplying.joined import Joined
from analyst.multiplying.keys import Keys
from analyst.multiplying.multiplied import Multiplied, joins_of, multiplied
from analyst.multiplying.words import one_of, says, shown
from analyst.repairing.reading import Reading


def repeated_rows(reading: Reading, keys: Keys) -> tuple[str, ...]:
    """One sentence for each pair of tables of which one repeats rows that are added up or counted."""
    said = []
    for joined in joins_of(reading, keys):
        for found in multiplied(joined):
            if not _is_meant(joined, found):
                said += [_sentence(own, by) for own in joined.named(found.call.over) for by in found.by[:1]]
        said += _combinations(joined)
    for joined in joins_of(reading, keys, fewest=1):
        said += _from_inside(joined)
    return tuple(said)


def _is_meant(joined: Joined, found: Multiplied) -> bool:
    """True for what is due each time, and for a count that says it is of the joined rows."""
    if found.beside:
        return False
    if found.call.kind is Kind.KEY:
        return means_the_joined(joined, found)
    return any(says(c.name, "each") for c in found.call.node.find_all(exp.Column))


def _sentence(relation: Relation, by: Relation) -> str:
    name, other = (shown(r) for r in (relation, by))
    if name == other:
        return (
            f"{name} is joined to itself by a key that repeats: {one_of(name)} may be counted several times."
        )
    return f"{name} is joined to {other} by a key that repeats: {one_of(name)} may be counted several times."


def _combinations(joined: Joined) -> list[str]:
    """COUNT(*) over tables that multiply each other counts pairs of rows."""
    if not any(c.kind is Kind.ROWS for c in calls_of(joined)):
        return []
    for one in joined.place.relations:
        spreads = {id(r): joined.spread({id(r)}, grouped=True) for r in joined.place.relations}
        if not all(s.by and s.sure for s in spreads.values()):
            return []
        for other in spreads[id(one)].by:
            if one in spreads[id(other)].by:
                names = f"{shown(one)} and {shown(other)}"
                return [f"{names} repeat each other's rows here: the count is of their combinations."]
    return []


def _from_inside(joined: Joined) -> list[str]:
    """A sum over a query within whose joins repeat the rows that are added up."""
    said = []
    for call in calls_of(joined):
        if call.kind not in (Kind.SUM, Kind.AVERAGE) or call.cell is None:
            continue
        relation = joined.named([call.cell[0]])[0]
        inner = joined.inside(relation)
        if inner is None or len(inner.place.relations) < 2 or _is_summed(inner):
            continue
        cells = yields(inner.place, inner.reading)
        source = cells.get(call.cell[1])
        if source is None or says(source[1], "each"):
            continue
        inner.grouped = {cells[name] for i, name in joined.grouped if i == call.cell[0] and name in cells}
        own = inner.named([source[0]])[0]
        by = inner.spread({source[0]}, grouped=True).by
        said += [_sentence(own, by[0])] if by else []
    return said


def _is_summed(inner: Joined) -> bool:
    select = inner.place.select
    return bool(select.args.get("group") or select.args.get("distinct") or calls_of(inner))
