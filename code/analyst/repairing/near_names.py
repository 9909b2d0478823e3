"""Names that do not exist while exactly one that does is plainly meant: tables, columns."""

from __future__ import annotations

from sqlglot import exp

from analyst.catalog import Table
from analyst.guard.scopes import Relation
from analyst.guard.tables import folded, written
from analyst.guard.words import is_system
from analyst.repairing.likeness import (
    SAME,
    column_score,
    common_prefix,
    singular,
    squashed,
    table_score,
)
from analyst.repairing.reading import Meaning, Reading, Sense, put
from analyst.repairing.wrong_tables import opposite
from analyst.showing import is_reserved

_KEY = 90.0
_Hit = tuple[float, Relation, str]


def near_tables(reading: Reading) -> tuple[str, ...]:
    """An unknown table is the one whose name is clearly nearest."""
    notes = []
    for node, _ in reading.unknown_tables:
        table = _nearest_table(node, reading)
        if table is None:
            continue
        shown = ".".join(part.name for part in node.parts)
        here = f"{table.schema}.{table.name}" if node.args.get("db") is not None else table.name
        notes.append(f"There is no table {shown}; {here} was meant.")
        for column, meaning in reading.columns(*Sense):
            relation = meaning.relation
            if relation is not None and relation.node is node and not node.alias and column.table:
                column.set("table", written(table.name, reading.tongue))
        if node.args.get("db") is not None or table.schema != reading.catalog.default_schema:
            node.set("db", written(table.schema, reading.tongue))
        node.set("this", written(table.name, reading.tongue))
    return tuple(notes)


def keys_by_other_names(reading: Reading) -> tuple[str, ...]:
    """A key under the name that it has in the table at its other end, or under the table's name and id."""
    notes: dict[str, None] = {}
    for column, meaning in reading.columns(Sense.NO_COLUMN):
        table = reading.table(meaning.relation) if meaning.relation is not None else None
        if table is None or meaning.relation is None:
            continue
        stored = _other_end(column.name, table, reading) or _key_meant(column.name, table, reading)
        if stored:
            put(column, reading.column(meaning.relation, stored))
            notes[f"{table.name} has no column {column.name}; {table.name}.{stored} was meant."] = None
    return tuple(notes)


def _other_end(wanted: str, table: Table, reading: Reading) -> str:
    """The one column of the table that equals a column of this name in another table."""
    name, found = wanted.lower(), set()
    for tie, _ in reading.ties.neighbours(table):
        if not tie.keyed or len(tie.columns) != 1 or tie.table == tie.to_table:
            continue
        if tie.table == table.key and tie.to_columns[0].lower() == name:
            found.add(tie.columns[0])
        elif tie.to_table == table.key and tie.columns[0].lower() == name:
            found.add(tie.to_columns[0])
    return found.pop() if len(found) == 1 else ""


def same_columns(reading: Reading) -> tuple[str, ...]:
    """A column written with other underscores, in the plural, or with or without its table's prefix."""
    return _renamed(reading, least=SAME)


def near_columns(reading: Reading) -> tuple[str, ...]:
    """A column whose name is clearly the nearest of those in the tables of this SELECT."""
    return _renamed(reading, least=1.0)


def _nearest_table(node: exp.Table, reading: Reading) -> Table | None:
    tongue, catalog = reading.tongue, reading.catalog
    schema, name = folded(node.args.get("db"), tongue), folded(node.this, tongue)
    if node.args.get("catalog") is not None or is_system(name, dialect=tongue.name, kind="table"):
        return None
    if schema and is_system(schema, dialect=tongue.name, kind="schema"):
        return None
    if schema and any(r.name == schema for place in reading.places for r in place.relations):
        return None  # a path into another relation's value
    if len([t for t in catalog.tables if t.name.lower() == name.lower()]) > 1:
        return None
    prefix = common_prefix([t.name for t in catalog.tables])
    scored = [(table_score(name, t.name, prefix=prefix), t) for t in catalog.tables]
    exact = [t for t in catalog.tables if t.name.lower() == name.lower()]
    best = max((score for score, _ in scored), default=0.0)
    hits = exact or [t for score, t in scored if score == best and score > 0]
    return hits[0] if len(hits) == 1 else None


def _renamed(reading: Reading, *, least: float) -> tuple[str, ...]:
    notes: dict[str, None] = {}
    for column, meaning in reading.columns(Sense.NO_COLUMN):
        hit = _nearest_column(column, meaning, reading, least=least)
        if hit is None:
            continue
        relation, stored = hit
        called = relation.table or relation.name
        before = meaning.relation.table if meaning.relation is not None else ""
        there = f"{before or column.table or called} has no column {column.name}"
        bare = column.args.get("table") is None and len(meaning.place.relations) == 1
        new = reading.column(relation, stored)
        if bare:
            new.set("table", None)
        put(column, new)
        notes[f"{there}; {called}.{stored} was meant."] = None
    return tuple(notes)


def _nearest_column(
    column: exp.Column, meaning: Meaning, reading: Reading, *, least: float
) -> tuple[Relation, str] | None:
    own = [meaning.relation] if meaning.relation is not None else []
    if not column.this.args.get("quoted") and is_reserved(column.name.lower()):
        return None
    hit = _winner(column.name, own, reading, least=least) if own else None
    across = opposite(column, reading)
    others = [r for r in meaning.place.relations if r not in own and r is not across]
    if hit is None and not any(r.open for r in others):
        hit = _winner(column.name, others, reading, least=SAME if own else least)
    return hit


def _winner(
    wanted: str, relations: list[Relation], reading: Reading, *, least: float
) -> tuple[Relation, str] | None:
    scored: list[_Hit] = []
    for relation in relations:
        table = reading.table(relation)
        key = _key_meant(wanted, table, reading) if table is not None else ""
        words = reading.ties.words(table) if table is not None else set()
        prefix = common_prefix([c.name for c in table.columns]) if table is not None else ""
        for stored in relation.columns:
            score = column_score(wanted, stored, words=words, prefix=prefix)
            scored.append((max(score, _KEY) if stored == key and stored else score, relation, stored))
    scored = [h for h in scored if h[0] >= min(least, _KEY)]
    best = max((h[0] for h in scored), default=0.0)
    hits = [h for h in scored if h[0] == best]
    return (hits[0][1], hits[0][2]) if len(hits) == 1 else None


def _key_meant(wanted: str, table: Table, reading: Reading) -> str:
    """The key of this table by a name such as id or author_id, or its column that points to that author."""
    name = squashed(wanted)
    if name == "id" or name in {f"{w}id" for w in reading.ties.words(table)}:
        keys = {
            t.to_columns for t, _ in reading.ties.neighbours(table) if t.to_table == table.key and t.keyed
        }
        keys |= {table.primary_key} if table.primary_key else set()
        return next(iter(keys))[0] if len(keys) == 1 and len(next(iter(keys))) == 1 else ""
    pointing = {
        tie.columns[0]
        for tie, other in reading.ties.neighbours(table)
        if tie.keyed
        and tie.table == table.key
        and len(tie.columns) == 1
        and name in {f"{w}id" for w in (singular(squashed(other.name)), squashed(other.name))}
    }
    return pointing.pop() if len(pointing) == 1 else ""
