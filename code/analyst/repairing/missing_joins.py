"""Columns of a table that is not in FROM, though one key leads to it: the join is put in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from analyst.catalog import Table
from analyst.guard.scopes import Relation
from analyst.guard.tables import folded, written
from analyst.repairing.aggregates import aggregates, has_aggregates
from analyst.repairing.likeness import common_prefix, parts, singular, squashed
from analyst.repairing.reading import Place, Reading, Sense, put
from analyst.repairing.ties import Tie

_TELLING = 4
"""Letters that say what a column holds; fewer (id, no) are in every table."""


@dataclass(frozen=True, kw_only=True)
class Road:
    """From a relation that is there to a table that is not, by way of at most one table between."""

    start: Relation
    steps: tuple[tuple[Tie, Table], ...]

    @property
    def end(self) -> Table:
        """The table that is wanted."""
        return self.steps[-1][1]

    @property
    def multiplies(self) -> bool:
        """True where a row may meet several rows of the table that is wanted."""
        return not all(tie.keyed and tie.to_table == table.key for tie, table in self.steps)


def unknown_aliases(reading: Reading) -> tuple[str, ...]:
    """Columns under a name that FROM does not give: a table's own name or initials, or else a missing join."""
    groups: dict[tuple[int, str], list[exp.Column]] = defaultdict(list)
    places: dict[int, Place] = {}
    for column, meaning in reading.columns(Sense.NO_RELATION):
        groups[id(meaning.place), column.table.lower()].append(column)
        places[id(meaning.place)] = meaning.place
    for (place_id, called), columns in groups.items():
        note = _settled(called, columns, places[place_id], reading)
        if note:
            return (note,)
    return ()


def missing_joins(reading: Reading) -> tuple[str, ...]:
    """A column that no table of the SELECT has, and exactly one table that can be joined has."""
    for column, meaning in reading.columns(Sense.NO_COLUMN):
        if meaning.clause == "on" or any(r.open for r in meaning.place.relations):
            continue
        starts = [meaning.relation] if meaning.relation is not None else meaning.place.relations
        alike = [
            c
            for c, m in reading.columns(Sense.NO_COLUMN)
            if m.place is meaning.place and m.relation is meaning.relation
        ]
        road = _only_road(starts, [column], meaning.place, reading)
        if road is None or _in_use(road.end.name, meaning.place):
            continue
        moved = [c for c in alike if _has(road.end, c, reading)]
        if not _may_join(road, moved, meaning.place):
            continue
        own = meaning.relation
        lacks = f"{own.table or own.name} has no" if own is not None else "No table here has a"
        _join(road, road.end.name, meaning.place, reading)
        for each in moved:
            put(each, _column(road.end, road.end.name, each, reading))
        return (f"{lacks} column {column.name}; {road.end.name} has it and was joined.",)
    return ()


def columns_by_their_last_words(reading: Reading) -> tuple[str, ...]:
    """With names that begin as their table's do, "txcountry" is the custcountry of the one table that a key joins."""
    notes: dict[str, None] = {}
    for column, meaning in reading.columns(Sense.NO_COLUMN):
        relations = [meaning.relation] if meaning.relation is not None else meaning.place.relations
        found = {
            (table.key, stored)
            for relation in relations
            if (own := reading.table(relation)) is not None
            for table, stored in _namesakes(column.name, own, reading)
        }
        if len(found) != 1 or any(r.open for r in meaning.place.relations):
            continue
        (_, table), stored = found.pop()
        notes[f"There is no column {column.name}; {table}.{stored} was meant."] = None
        column.set("this", written(stored, reading.tongue))
        column.set("table", None)
    return tuple(notes)


def _namesakes(wanted: str, own: Table, reading: Reading) -> Iterable[tuple[Table, str]]:
    """Columns of joinable tables that have the wanted name but for what their table's names begin with."""
    tables = [own, *(table for _, table in reading.ties.neighbours(own))]
    prefixes = {t.key: common_prefix([c.name for c in t.columns]) for t in tables}
    plain = squashed(wanted)
    rests = {plain.removeprefix(p) for p in prefixes.values() if p and plain.startswith(p)}
    for table in tables:
        theirs = prefixes[table.key]
        for column in table.columns:
            rest = squashed(column.name).removeprefix(theirs)
            if theirs and rest in rests and len(rest) >= _TELLING:
                yield table, column.name


def _settled(called: str, columns: list[exp.Column], place: Place, reading: Reading) -> str:
    """The note of what a name that is not defined was taken for; empty where that is not plain."""
    if any(r.open for r in place.relations):
        return ""
    holding = [r for r in place.relations if all(reading.stored(r, c.this) for c in columns)]
    named = [r for r in holding if _is_called(called, r.table or r.name)]
    if len(named) == 1:
        return _taken(called, columns, named[0], reading)
    named_tables = [
        t
        for t in reading.catalog.tables
        if _is_called(called, t.name)
        and not any(r.table == t.name and r.schema == t.schema for r in place.relations)
    ]
    roads = _roads(
        place.relations, [t for t in named_tables if all(_has(t, c, reading) for c in columns)], reading
    )
    if roads:
        return _joined(called, columns, roads, place, reading)
    if len(holding) == 1 and not named_tables and not reading.tongue.paths:
        return _taken(called, columns, holding[0], reading)
    return ""


def _taken(called: str, columns: list[exp.Column], relation: Relation, reading: Reading) -> str:
    for column in columns:
        put(column, reading.column(relation, reading.stored(relation, column.this) or ""))
    return f"No table is called {called} here; {relation.name} was meant."


def _joined(called: str, columns: list[exp.Column], roads: list[Road], place: Place, reading: Reading) -> str:
    road = roads[0]
    called = road.end.name if called == road.end.name.lower() else called
    if len(roads) > 1 or _in_use(called, place) or not _may_join(road, columns, place):
        return ""
    _join(road, called, place, reading)
    for column in columns:
        put(column, _column(road.end, called, column, reading))
    if called == road.end.name:
        return f"{called} was not in FROM; it was joined by its key."
    return f"No table is called {called} here; {road.end.name} was meant and joined."


def _is_called(called: str, table: str) -> bool:
    words = parts(table)
    initials = {"".join(w[0] for w in words), words[0][0] if words else ""}
    names = {squashed(table), singular(squashed(table))}
    if called == table.lower():
        return True
    if not squashed(called):  # nothing but signs, which every name would begin with
        return False
    if len(called) > 2 and squashed(table).startswith(squashed(called)):
        return True
    return bool(words) and (squashed(called) in names | initials or singular(squashed(called)) in names)


# -- the way to a table --------------------------------------------------------------------------------


def _only_road(
    starts: Iterable[Relation], columns: list[exp.Column], place: Place, reading: Reading
) -> Road | None:
    there = {(r.schema, r.table) for r in place.relations}
    ends = [
        t for t in reading.catalog.tables if t.key not in there and all(_has(t, c, reading) for c in columns)
    ]
    roads = _roads(starts, ends, reading)
    return roads[0] if len(roads) == 1 else None


def _roads(starts: Iterable[Relation], ends: list[Table], reading: Reading) -> list[Road]:
    """The shortest ways from any of the relations to any of the tables: over one key, else over a bridge."""
    wanted = {t.key for t in ends}
    if not wanted:
        return []
    first = [
        Road(start=relation, steps=((tie, other),))
        for relation in starts
        if (table := reading.table(relation)) is not None
        for tie, other in reading.ties.neighbours(table)
    ]
    direct = [road for road in first if road.end.key in wanted]
    if direct:
        return direct
    return [
        Road(start=road.start, steps=(*road.steps, (tie, other)))
        for road in first
        if _is_bridge(road.end, reading)
        for tie, other in reading.ties.neighbours(road.end)
        if other.key in wanted and tie != road.steps[0][0]
    ]


def _is_bridge(table: Table, reading: Reading) -> bool:
    """True for a table that has little besides the keys of two others."""
    pointing = [t for t, _ in reading.ties.neighbours(table) if t.table == table.key and t.keyed]
    return len(pointing) >= 2 and len(table.columns) <= len(pointing) + 2


def _may_join(road: Road, columns: list[exp.Column], place: Place) -> bool:
    """Joining must not multiply what is summed up, unless only the joined table's columns are."""
    select = place.select
    if any(j.side in ("RIGHT", "FULL") for j in select.args.get("joins") or ()) or not select.args.get(
        "from_"
    ):
        return False
    if not road.multiplies:
        return True
    if not has_aggregates(select):
        return not select.args.get("group")
    wanted = {id(c) for c in columns}
    clauses = [*select.expressions, select.args.get("having"), select.args.get("order")]
    calls = [call for clause in clauses for call in aggregates(clause) if not _ignores_repeats(call)]
    counted = [list(call.find_all(exp.Column)) for call in calls]
    return all(found and all(id(c) in wanted for c in found) for found in counted)


def _ignores_repeats(call: exp.Expr) -> bool:
    """True for what stays the same when rows come more than once: MIN, MAX, COUNT(DISTINCT …)."""
    return call.name.lower() in ("min", "max") or isinstance(call.this, exp.Distinct)


def _join(road: Road, called: str, place: Place, reading: Reading) -> None:
    _say_whose(place, [table for _, table in road.steps], reading)
    before = reading.caller(road.start)
    last = len(road.steps) - 1
    for at, (tie, table) in enumerate(road.steps):
        name = called if at == last else _free_name(table.name, place)
        here = written(name, reading.tongue)
        node = exp.Table(this=written(table.name, reading.tongue))
        if table.schema != reading.catalog.default_schema or _is_qualified(place):
            node.set("db", written(table.schema, reading.tongue))
        if name != table.name:
            node.set("alias", exp.TableAlias(this=here.copy()))
        on = equality(tie, {tie.table: before, tie.to_table: before} | {table.key: here}, reading)
        place.select.append("joins", exp.Join(this=node, on=on))
        before = here


def _say_whose(place: Place, tables: list[Table], reading: Reading) -> None:
    """Bare columns would be ambiguous once a table with the same names is joined."""
    names = {c.name.lower() for t in tables for c in t.columns}
    for column in place.columns:
        found = reading.meaning(column)
        bare = found is not None and found.sense is Sense.FOUND and column.args.get("table") is None
        if found is not None and bare and found.relation in place.relations and found.stored.lower() in names:
            column.set("table", reading.caller(found.relation))


def _is_qualified(place: Place) -> bool:
    first = place.select.find(exp.Table)
    return first is not None and first.args.get("db") is not None


def equality(tie: Tie, callers: dict[tuple[str, str], exp.Identifier], reading: Reading) -> exp.Expr:
    """The condition of a tie between two relations, given what each is called."""
    pairs = [
        exp.EQ(
            this=exp.Column(this=written(mine, reading.tongue), table=callers[tie.table].copy()),
            expression=exp.Column(this=written(theirs, reading.tongue), table=callers[tie.to_table].copy()),
        )
        for mine, theirs in zip(tie.columns, tie.to_columns, strict=True)
    ]
    condition: exp.Expr = pairs[0]
    for pair in pairs[1:]:
        condition = exp.And(this=condition, expression=pair)
    return condition


def _in_use(name: str, place: Place) -> bool:
    return any(r.name.lower() == name.lower() for near in place.chain() for r in near.relations)


def _free_name(name: str, place: Place) -> str:
    return f"{name}_between" if _in_use(name, place) else name


def _has(table: Table, column: exp.Column, reading: Reading) -> bool:
    return _stored(table, column, reading) != ""


def _stored(table: Table, column: exp.Column, reading: Reading) -> str:
    name = folded(column.this, reading.tongue)
    return next((c.name for c in table.columns if reading.tongue.same(c.name, name)), "")


def _column(table: Table, called: str, column: exp.Column, reading: Reading) -> exp.Column:
    return exp.Column(
        this=written(_stored(table, column, reading), reading.tongue), table=written(called, reading.tongue)
    )
