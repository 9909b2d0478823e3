"""IN with a query that yields a column of the query around it, which makes it mean nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from analyst.guard.scopes import Relation
from analyst.repairing.join_keys import are_strangers
from analyst.repairing.missing_joins import equality
from analyst.repairing.reading import Place, Reading, Sense
from analyst.repairing.ties import Tie


@dataclass(frozen=True, kw_only=True)
class _Strayed:
    """`x IN (SELECT c FROM inner)` where c is a column of `outer`."""

    test: exp.In
    column: exp.Column
    place: Place
    outer: Relation
    inner: Relation


_Test = Callable[[_Strayed, Reading], bool]


def columns_of_the_query_around(reading: Reading) -> tuple[str, ...]:
    """In `x IN (SELECT x FROM t)` where t has no x, the column of t that belongs to x is meant.

    Such a test is true of every row, or with NOT of none: SQL takes x from the query around it.
    """
    notes = []
    for place in reading.places:
        found = _strayed(place, reading, is_meant=_is_around)
        tie = _only_tie(found, reading) if found is not None else None
        if found is not None and tie is not None:
            notes.append(_settled(found, tie, reading))
    return tuple(notes)


def keys_of_other_tables(reading: Reading) -> tuple[str, ...]:
    """`author.aid IN (SELECT oid FROM organization)` compares keys of two things: the key between both is meant."""
    notes = []
    for place in reading.places:
        found = _strayed(place, reading, is_meant=_is_key_of_another_thing)
        tie = _only_tie(found, reading) if found is not None else None
        if found is not None and tie is not None:
            _as_exists(found, tie, reading)
            notes.append(f"{found.outer.table} and {found.inner.table} were matched by their key.")
    return tuple(notes)


def columns_compared_to_themselves(reading: Reading) -> tuple[str, ...]:
    """In `NOT EXISTS (SELECT 1 FROM t WHERE x = u.x)` where t has no x, the column of t that belongs to x is meant."""
    notes = []
    for place in reading.places:
        if place.outer is None or len(place.relations) != 1 or place.relations[0].open:
            continue
        where = place.select.args.get("where")
        for pair in list(where.find_all(exp.EQ)) if where is not None else ():
            note = _untied(pair, place, reading)
            notes += [note] if note else []
    return tuple(notes)


def _untied(pair: exp.EQ, place: Place, reading: Reading) -> str:
    meanings = [reading.meaning(side) for side in (pair.this, pair.expression)]
    outer = meanings[0].relation if meanings[0] is not None else None
    if (
        outer is None
        or outer in place.relations
        or any(m is None or m.relation is not outer for m in meanings)
    ):
        return ""
    bare = [s for s in (pair.this, pair.expression) if isinstance(s, exp.Column) and not s.table]
    if len({m.stored for m in meanings if m is not None}) != 1 or not bare:
        return ""
    tie = _tie_over(bare[0].name, outer, place.relations[0], reading)
    if tie is None:
        return ""
    inner = (place.relations[0].schema, place.relations[0].table)
    new = reading.column(place.relations[0], _side(tie, inner))
    note = f"{place.relations[0].table} has no column {bare[0].name}; {reading.text(new)} was meant."
    other = reading.column(outer, _side(tie, (outer.schema, outer.table)))
    pair.replace(exp.EQ(this=new, expression=other))
    return note


def _strayed(place: Place, reading: Reading, *, is_meant: _Test) -> _Strayed | None:
    test = place.select.parent
    holder = test.parent if isinstance(test, exp.Subquery) else test
    if place.outer is None or len(place.relations) != 1 or not isinstance(holder, exp.In):
        return None
    column = place.select.expressions[0].unalias() if len(place.select.expressions) == 1 else None
    tested = reading.meaning(holder.this)
    if not isinstance(column, exp.Column) or tested is None or tested.relation is None:
        return None
    if place.select.args.get("group") or place.relations[0].open or _is_cut(place.select):
        return None
    found = _Strayed(test=holder, column=column, place=place, outer=tested.relation, inner=place.relations[0])
    return found if is_meant(found, reading) else None


def _is_cut(select: exp.Select) -> bool:
    """True where only some of the rows are taken, which would be others once they are matched by a key."""
    return any(select.args.get(part) is not None for part in ("limit", "offset", "fetch", "having"))


def _is_around(found: _Strayed, reading: Reading) -> bool:
    """True for a bare column that only the query around has."""
    meaning = reading.meaning(found.column)
    if meaning is None or found.column.table or meaning.sense is not Sense.FOUND:
        return False
    return meaning.relation is found.outer


def _is_key_of_another_thing(found: _Strayed, reading: Reading) -> bool:
    tested, meaning = reading.meaning(found.test.this), reading.meaning(found.column)
    tables = reading.table(found.outer), reading.table(found.inner)
    if tested is None or meaning is None or meaning.relation is not found.inner:
        return False
    if tables[0] is None or tables[1] is None or tables[0].key == tables[1].key:
        return False
    return are_strangers(tested, meaning, (tables[0], tables[1]), reading)


def _only_tie(found: _Strayed, reading: Reading) -> Tie | None:
    """The one key between both tables; of several, the one over the column that is named."""
    return _tie_over(found.column.name, found.outer, found.inner, reading)


def _tie_over(name: str, outer: Relation, inner: Relation, reading: Reading) -> Tie | None:
    tables = reading.table(outer), reading.table(inner)
    if tables[0] is None or tables[1] is None or tables[0].key == tables[1].key:
        return None
    ties = [t for t in reading.ties.between(tables[0], tables[1]) if len(t.columns) == 1]
    over = [t for t in ties if name.lower() in _side(t, tables[0].key).lower()]
    chosen = over if len(over) == 1 else ties
    return chosen[0] if len(chosen) == 1 else None


def _side(tie: Tie, key: tuple[str, str]) -> str:
    """The column of a tie in one of its two tables."""
    return tie.columns[0] if tie.table == key else tie.to_columns[0]


def _settled(found: _Strayed, tie: Tie, reading: Reading) -> str:
    outer = (found.outer.schema, found.outer.table)
    inner = (found.inner.schema, found.inner.table)
    new = reading.column(found.inner, _side(tie, inner))
    note = f"{found.inner.table} has no column {found.column.name}; {reading.text(new)} was meant."
    same = (
        isinstance(found.test.this, exp.Column) and found.test.this.name.lower() == _side(tie, outer).lower()
    )
    if same:
        found.column.replace(new)
        return note
    _as_exists(found, tie, reading)
    return f"{found.inner.table} has no column {found.column.name}; it was matched by its key."


def _as_exists(found: _Strayed, tie: Tie, reading: Reading) -> None:
    """EXISTS over the key, which also holds where the key is null."""
    callers = {
        (found.outer.schema, found.outer.table): reading.caller(found.outer),
        (found.inner.schema, found.inner.table): reading.caller(found.inner),
    }
    condition = equality(tie, callers, reading)
    where = found.place.select.args.get("where")
    whole = exp.And(this=exp.Paren(this=where.this), expression=condition) if where is not None else condition
    query = found.place.select.copy()
    query.set("where", exp.Where(this=whole.copy()))
    query.set("expressions", [exp.Literal.number(1)])
    found.test.replace(exp.Exists(this=query))
