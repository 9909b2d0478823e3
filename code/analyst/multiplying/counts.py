"""Counts of a table's keys, or of what the output's name says: each row of that table once."""

from __future__ import annotations

from sqlglot import exp

from analyst.guard.scopes import Relation
from analyst.multiplying.calls import Call, Kind, arguments, calls_of
from analyst.multiplying.derived import table_of
from analyst.multiplying.joined import Joined
from analyst.multiplying.keys import Keys
from analyst.multiplying.multiplied import Multiplied, joins_of, multiplied, only_filters
from analyst.multiplying.words import counted_thing, named, one_of, shown
from analyst.repairing.reading import Reading


def counts_once(reading: Reading, keys: Keys) -> tuple[str, ...]:
    """COUNT(key) over repeated rows becomes COUNT(DISTINCT key), where the table of the key is what is counted."""
    notes = []
    for joined in joins_of(reading, keys):
        for found in multiplied(joined):
            if found.call.kind is Kind.KEY and counts_its_own(joined, found):
                notes.append(_made_distinct(found.call, found.by, joined))
        notes += _named_counts(joined)
    return tuple(notes)


def counts_its_own(joined: Joined, found: Multiplied) -> bool:
    """True where the key's table is meant, and not the rows that it is joined to."""
    own = joined.named(found.call.over)
    speaks_of = named(found.call.called, joined.place.relations, joined.reading.catalog)
    if found.beside:
        return not speaks_of or own[0] in speaks_of
    if counted_thing(found.call.called):
        return speaks_of == own
    return all(only_filters(joined, u) for u in found.by) or _counts_both(joined, found)


def means_the_joined(joined: Joined, found: Multiplied) -> bool:
    """True where the output's name says that the joined rows are counted."""
    speaks_of = named(found.call.called, joined.place.relations, joined.reading.catalog)
    return any(u in speaks_of for u in found.by)


def _counts_both(joined: Joined, found: Multiplied) -> bool:
    """True where the joined rows are counted beside: else both counts would be the same number."""
    by = {id(u) for u in found.by}
    counts = [c for c in calls_of(joined) if isinstance(c.node, exp.Count) and c.node is not found.call.node]
    if any(c.kind is Kind.FILLED and c.over & by for c in counts):
        return False  # a bridge's column may stand for the table that it points to
    return any(c.kind is Kind.ROWS or (c.kind is Kind.KEY and c.over & by) for c in counts)


def _made_distinct(call: Call, by: tuple[Relation, ...], joined: Joined) -> str:
    relation = joined.named(call.over)[0]
    count = call.node
    while isinstance(count, (exp.Filter, exp.WithinGroup)):
        count = count.this
    column = arguments(count)[0].copy()
    count.set("this", exp.Distinct(expressions=[column]))
    return _note(relation, by)


def _named_counts(joined: Joined) -> list[str]:
    """COUNT(*) AS customers over customers and their orders: the customers."""
    notes = []
    for call in calls_of(joined):
        relation = _spoken_of(call, joined)
        key = _plain_key(joined, relation) if relation is not None else ""
        if relation is None or not key:
            continue
        by = joined.spread({id(relation)}, grouped=True).by
        own_group = id(relation) in joined.spread((), grouped=True).whole
        if not by or own_group:
            continue
        column = joined.reading.column(relation, key)
        call.node.set("this", exp.Distinct(expressions=[column]))
        notes.append(_note(relation, by))
    return notes


def _spoken_of(call: Call, joined: Joined) -> Relation | None:
    if call.kind is not Kind.ROWS or not call.called or not isinstance(call.node, exp.Count):
        return None
    if not isinstance(call.node.this, (exp.Star, exp.Literal)):
        return None
    found = named(call.called, joined.place.relations, joined.reading.catalog)
    return found[0] if len(found) == 1 else None


def _plain_key(joined: Joined, relation: Relation) -> str:
    """The one column that identifies any row; empty where it takes several."""
    table = table_of(relation, joined.reading)
    keys = joined.keys.in_every_row(table) if table is not None else joined.keys_of(relation)
    return next((name for key in keys if len(key) == 1 for name in key), "")


def _note(relation: Relation, by: tuple[Relation, ...]) -> str:
    called = " and ".join(shown(r) for r in by)
    thing = one_of(shown(relation))
    return f"{thing[0].upper()}{thing[1:]} that {called} holds several times is counted once."
