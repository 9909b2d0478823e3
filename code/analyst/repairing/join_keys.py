"""Conditions of joins over columns that do not exist or cannot be compared, where a key joins the tables."""

from __future__ import annotations

from sqlglot import exp

from analyst.catalog import Table
from analyst.guard.scopes import Relation
from analyst.guard.tables import written
from analyst.repairing.kinds import NUMBERS, family
from analyst.repairing.missing_joins import equality
from analyst.repairing.reading import Meaning, Place, Reading, Sense
from analyst.repairing.ties import Tie

_KEYS = ("id", "code", "key")
_OF_ANYTHING = frozenset({"id", "code", "key", "no", "nr", "number", "pk", "uid", "uuid"})
"""Names of keys that do not say of what; two keys with another name in common are of the same thing."""


def joins_by_key(reading: Reading) -> tuple[str, ...]:
    """The condition becomes the key between the two tables, or goes over the one table between them."""
    for place in reading.places:
        for join in place.select.args.get("joins") or ():
            note = _joined(join, place, reading)
            if note:
                return (note,)
    return ()


def _joined(join: exp.Join, place: Place, reading: Reading) -> str:
    on = join.args.get("on")
    for pair in list(on.find_all(exp.EQ)) if on is not None else ():
        note = _mended(pair, join, place, reading) or _of_itself(pair, join, place, reading)
        if note:
            return note
    return _used(join, place, reading)


def _of_itself(pair: exp.EQ, join: exp.Join, place: Place, reading: Reading) -> str:
    """A column compared to itself joins every row to every other: the key is meant."""
    left, right = (reading.meaning(side) for side in (pair.this, pair.expression))
    if left is None or right is None or left.relation is None or left.stored == "":
        return ""
    if left.relation is not right.relation or left.stored != right.stored:
        return ""
    found = _only_tie_to_those_before(join, place, reading)
    if found is None:
        return ""
    condition, tables = found
    pair.replace(condition)
    return f"{tables[0].name} and {tables[1].name} were joined by their key: {reading.text(condition)}."


def _only_tie_to_those_before(
    join: exp.Join, place: Place, reading: Reading
) -> tuple[exp.Expr, tuple[Table, Table]] | None:
    """The condition by the one key between the table that is joined and those before it."""
    at = next((i for i, r in enumerate(place.relations) if r.node is join.this), 0)
    new, before = place.relations[at], place.relations[:at]
    table = reading.table(new)
    if table is None or not before or any(r.open for r in before):
        return None
    others = [(r, t) for r in before if (t := reading.table(r)) is not None and t.key != table.key]
    ties = [(r, t, tie) for r, t in others for tie in reading.ties.between(table, t)]
    if len(ties) != 1:
        return None
    relation, other, tie = ties[0]
    callers = {table.key: reading.caller(new), other.key: reading.caller(relation)}
    return equality(tie, callers, reading), (other, table)


def _used(join: exp.Join, place: Place, reading: Reading) -> str:
    """USING a column that one side lacks: the key between the tables instead."""
    names = [c.find(exp.Identifier) for c in join.args.get("using") or ()]
    at = next((i for i, r in enumerate(place.relations) if r.node is join.this), 0)
    new, before = place.relations[at], place.relations[:at]
    if not names or not before or any(r.open for r in (new, *before)):
        return ""
    if all(
        n is not None and reading.stored(new, n) and any(reading.stored(r, n) for r in before) for n in names
    ):
        return ""
    found = _only_tie_to_those_before(join, place, reading)
    if found is None:
        return ""
    condition, tables = found
    join.set("using", None)
    join.set("on", condition)
    return f"{tables[0].name} and {tables[1].name} were joined by their key: {reading.text(condition)}."


def _mended(pair: exp.EQ, join: exp.Join, place: Place, reading: Reading) -> str:
    sides = (pair.this, pair.expression)
    meanings = [reading.meaning(s) for s in sides]
    if not all(
        isinstance(s, exp.Column) and m is not None and m.relation
        for s, m in zip(sides, meanings, strict=True)
    ):
        return ""
    left, right = (m for m in meanings if m is not None)
    one, other = left.relation, right.relation
    if one is None or other is None or one is other:
        return ""
    tables = reading.table(one), reading.table(other)
    if tables[0] is None or tables[1] is None:
        return ""
    strangers = are_strangers(left, right, (tables[0], tables[1]), reading)
    if not strangers and not _is_broken(left, right):
        return ""
    tie = _only_tie(reading.ties.between(tables[0], tables[1]), (left, right))
    if tie is not None and Sense.NO_COLUMN in (left.sense, right.sense):
        named = [m for m in (left, right) if m.sense is Sense.FOUND]
        if any(not _is_in(m, tie) for m in named):
            return _key_side(pair, named[0], tie, reading)
    if tie is not None and tables[0].key != tables[1].key:
        callers = {tables[0].key: reading.caller(one), tables[1].key: reading.caller(other)}
        condition = equality(tie, callers, reading)
        pair.replace(condition)
        return f"{tables[0].name} and {tables[1].name} were joined by their key: {reading.text(condition)}."
    if not strangers and any(
        m.stored and not _is_key(m, (tables[0], tables[1]), reading) for m in (left, right)
    ):
        return ""
    ends = ((one, tables[0]), (other, tables[1]))
    return _by_bridge(pair, join, *ends, place=place, reading=reading, any_way=strangers)


def are_strangers(left: Meaning, right: Meaning, tables: tuple[Table, Table], reading: Reading) -> bool:
    """True for two keys that say which row is meant, of two different tables."""
    if left.stored.lower() == right.stored.lower() and left.stored.lower() not in _OF_ANYTHING:
        return False
    things = [_things(m, table, reading) for m, table in zip((left, right), tables, strict=True)]
    return all(things) and not things[0] & things[1]


def _things(meaning: Meaning, table: Table, reading: Reading) -> set[tuple[tuple[str, str], str]]:
    """The columns whose rows a key tells apart: its own, or what it points to, and what that points to."""
    keyed = [t for t, _ in reading.ties.neighbours(table) if t.keyed and len(t.columns) == 1]
    own = (table.key, meaning.stored)
    found = {own} if any((t.to_table, t.to_columns[0]) == own for t in keyed) else set()
    todo = [own]
    while todo:
        pointed = _pointed(todo.pop(), reading) - found
        found |= pointed
        todo += pointed
    return found


def _pointed(key: tuple[tuple[str, str], str], reading: Reading) -> set[tuple[tuple[str, str], str]]:
    """The keys of other tables that a column points to."""
    table = reading.catalog.table(key[0][1], key[0][0])
    ties = [t for t, _ in reading.ties.neighbours(table)] if table is not None else []
    return {
        (t.to_table, t.to_columns[0])
        for t in ties
        if t.keyed and len(t.columns) == 1 and (t.table, t.columns[0]) == key
    }


def _is_broken(left: Meaning, right: Meaning) -> bool:
    if Sense.NO_COLUMN in (left.sense, right.sense):
        return True
    return _crosses(left, right)


def _crosses(left: Meaning, right: Meaning) -> bool:
    """True where a text would be compared to a number."""
    kinds = [_kind(m) for m in (left, right)]
    return (kinds[0] == "text" and kinds[1] in NUMBERS) or (kinds[1] == "text" and kinds[0] in NUMBERS)


def _kind(meaning: Meaning) -> str:
    return family(meaning.relation.types.get(meaning.stored, "")) if meaning.relation is not None else ""


def _only_tie(ties: list[Tie], meanings: tuple[Meaning, Meaning]) -> Tie | None:
    """The one tie, or the one of several that goes over a column which the condition already names."""
    if len(ties) > 1:
        named = {(m.relation.schema, m.relation.table, m.stored) for m in meanings if m.relation and m.stored}
        ties = [
            t
            for t in ties
            if any((*t.table, c) in named for c in t.columns)
            or any((*t.to_table, c) in named for c in t.to_columns)
        ]
    return ties[0] if len(ties) == 1 else None


def _is_in(meaning: Meaning, tie: Tie) -> bool:
    """True where the column that is there belongs to the tie."""
    key = (meaning.relation.schema, meaning.relation.table) if meaning.relation is not None else None
    sides = ((tie.table, tie.columns), (tie.to_table, tie.to_columns))
    return any(key == table and meaning.stored in columns for table, columns in sides)


def _key_side(pair: exp.EQ, named: Meaning, tie: Tie, reading: Reading) -> str:
    """Another column than the known link's points to the same key: flights.dest to airports, as origin does."""
    wrong = pair.expression if reading.meaning(pair.this) is named else pair.this
    found = reading.meaning(wrong)
    table = reading.table(found.relation) if found is not None and found.relation is not None else None
    if found is None or found.relation is None or table is None or named.relation is None:
        return ""
    if not tie.keyed or len(tie.to_columns) != 1 or table.key != tie.to_table:
        return ""
    if not wrong.name.lower().endswith(_KEYS):
        return ""
    key = table.column(tie.to_columns[0])
    kinds = (family(key.type) if key is not None else "", _kind(named))
    if key is None or kinds[0] != kinds[1]:
        return ""
    note = f"{table.name} has no column {wrong.name}; its key {key.name} was meant."
    wrong.replace(reading.column(found.relation, key.name))
    return note


def _is_key(meaning: Meaning, ends: tuple[Table, Table], reading: Reading) -> bool:
    """True where the column is what other tables point to: only then a table between them can be meant."""
    table = next(
        t for t in ends if meaning.relation and t.key == (meaning.relation.schema, meaning.relation.table)
    )
    ties = [tie for tie, _ in reading.ties.neighbours(table) if tie.keyed and tie.to_table == table.key]
    return any(meaning.stored in tie.to_columns for tie in ties)


def _by_bridge(
    pair: exp.EQ,
    join: exp.Join,
    one: tuple[Relation, Table],
    other: tuple[Relation, Table],
    *,
    place: Place,
    reading: Reading,
    any_way: bool = False,
) -> str:
    """Many to many: the table that holds both keys is joined first; with `any_way` any one table between."""
    there = {(r.schema, r.table) for r in place.relations}
    firsts = _tied_by_key(one[1], reading, any_way=any_way)
    seconds = _tied_by_key(other[1], reading, any_way=any_way)
    both = [key for key in firsts if key in seconds and key not in there]
    joins = place.select.args["joins"]
    new = next((r for r in (one, other) if r[0].node is join.this), None)
    if len(both) != 1 or new is None or join.side or join not in joins:
        return ""
    table = firsts[both[0]][1]
    ties = {one[1].key: firsts[both[0]][0], other[1].key: seconds[both[0]][0]}
    old = other if new is one else one
    bridge = written(table.name, reading.tongue)
    if any(r.name == table.name for r in place.relations):
        return ""
    on = equality(ties[old[1].key], {table.key: bridge, old[1].key: reading.caller(old[0])}, reading)
    pair.replace(equality(ties[new[1].key], {table.key: bridge, new[1].key: reading.caller(new[0])}, reading))
    node = exp.Table(this=bridge.copy())
    if table.schema != reading.catalog.default_schema or join.this.args.get("db"):
        node.set("db", written(table.schema, reading.tongue))
    joins.insert(next(i for i, j in enumerate(joins) if j is join), exp.Join(this=node, on=on))
    place.select.set("joins", joins)
    return f"{one[1].name} and {other[1].name} were joined by way of {table.name}."


def _tied_by_key(
    table: Table, reading: Reading, *, any_way: bool
) -> dict[tuple[str, str], tuple[Tie, Table]]:
    """The tables that hold the table's key, with the tie; with `any_way` those whose key it holds, too."""
    ties = reading.ties.neighbours(table)
    return {t.key: (tie, t) for tie, t in ties if tie.keyed and (any_way or tie.table == t.key)}
