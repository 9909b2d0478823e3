"""Which aggregates of a SELECT take rows that its joins repeat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from analyst.guard.scopes import Relation
from analyst.multiplying.calls import Call, Kind, calls_of
from analyst.multiplying.joined import Joined
from analyst.multiplying.keys import Keys
from analyst.repairing.aggregates import has_aggregates
from analyst.repairing.reading import Reading

_FOLLOWED = (Kind.SUM, Kind.AVERAGE, Kind.KEY)


@dataclass(frozen=True, kw_only=True, eq=False)
class Multiplied:
    """An aggregate over rows that come several times."""

    call: Call
    by: tuple[Relation, ...]
    """The relations of which several rows may meet one."""
    beside: bool
    """True where none of them says which row is meant: both hang on a third, and multiply each other."""


def joins_of(reading: Reading, keys: Keys, *, fewest: int = 2) -> Iterator[Joined]:
    """The SELECTs with aggregates over that many relations or more, as far as they can be followed."""
    inside: dict[int, Joined | None] = {}
    for place in reading.places:
        if len(place.relations) >= fewest and has_aggregates(place.select):
            joined = Joined(place, reading, keys, inside_of=inside)
            if joined.readable:
                yield joined


def multiplied(joined: Joined) -> list[Multiplied]:
    """The sums, means and counts of keys that joins make larger or shift."""
    found = []
    by_group = joined.spread((), grouped=True).whole
    for call in calls_of(joined):
        if call.kind not in _FOLLOWED or not call.over:
            continue
        by = joined.spread(call.over, grouped=True).by
        if not by or (call.kind is Kind.AVERAGE and is_even(joined, by)):
            continue
        beside = all(_is_beside(joined, call.over, u) for u in by)
        if call.kind is Kind.KEY and call.over <= by_group and not beside:
            continue  # a key counted within its own group: the joined rows are what is counted
        found.append(Multiplied(call=call, by=by, beside=beside))
    return found


def is_even(joined: Joined, by: tuple[Relation, ...]) -> bool:
    """True where every row of a group meets as many rows as every other, so that a mean stays the same."""
    known = joined.known_by_group()
    ties = [c for c in joined.conditions if len(c.relations) > 1 and c.relations & {id(r) for r in by}]
    cells = [joined.equality(c) for c in ties]
    return bool(cells) and all(pair is not None and pair[0] in known for pair in cells)


def only_filters(joined: Joined, relation: Relation) -> bool:
    """True for a relation whose columns stand in conditions of this SELECT alone."""
    uses = [m for m in joined.reading.meanings.values() if m.relation is relation]
    if any(m.place is not joined.place or m.clause not in ("on", "where") for m in uses):
        return False
    return not any(p.find(exp.Star) for p in joined.place.select.expressions if not p.find(exp.Count))


def _is_beside(joined: Joined, over: frozenset[int], other: Relation) -> bool:
    back = joined.spread({id(other)})
    return bool(back.by) and back.sure and not over <= back.whole
