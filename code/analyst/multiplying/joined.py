"""Whether the rows of one relation come several times in a join: which others it determines by their keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlglot import exp

from analyst.guard.scopes import Relation
from analyst.guard.tables import folded
from analyst.multiplying.conditions import (
    Condition,
    conditions,
    equal_cells,
    fixed_cell,
    is_moment,
)
from analyst.multiplying.derived import Cell, cell_of, place_of, query_of, table_of, yields
from analyst.multiplying.keys import Columns, Keys
from analyst.multiplying.words import says
from analyst.repairing.aggregates import has_aggregates
from analyst.repairing.reading import Place, Reading

_DEEPEST = 8
"""Queries within queries that are looked into."""


@dataclass(frozen=True, kw_only=True)
class Spread:
    """What several rows of may meet one row of what was asked about."""

    by: tuple[Relation, ...] = ()
    """Relations that the catalog gives reason to think of so, in the order of FROM."""
    whole: frozenset[int] = frozenset()
    """Relations of which at most one row meets it."""
    sure: bool = True
    """False where of another relation nothing is known."""


@dataclass(eq=False)
class Joined:
    """One SELECT's relations, with what equals what."""

    place: Place
    reading: Reading
    keys: Keys
    inside_of: dict[int, Joined | None] = field(default_factory=dict)
    """The SELECT behind each relation that was looked into, by the relation's identity."""
    depth: int = 0
    known_keys: dict[int, list[Columns]] = field(default_factory=dict)
    conditions: list[Condition] = field(init=False)
    equal: list[tuple[Cell, Cell]] = field(init=False)
    fixed: dict[Cell, exp.Expr] = field(init=False)
    grouped: set[Cell] = field(init=False)

    def __post_init__(self) -> None:
        self.conditions = conditions(self.place, self.reading)
        pairs = [equal_cells(c.node, self.place, self.reading) for c in self.conditions]
        self.equal = [p for p in pairs if p is not None] + self._using()
        self.fixed = dict(self._fixed())
        self.grouped = set(self._grouped())

    @property
    def readable(self) -> bool:
        """False for joins that are not followed here: nested, RIGHT, FULL, LATERAL or over things unknown."""
        joins = self.place.select.args.get("joins") or ()
        relations = self.place.relations
        plain = all(j.side in ("", "LEFT") and j.kind in ("", "INNER", "CROSS", "OUTER") for j in joins)
        return plain and len(relations) == len(joins) + 1 and not any(r.open for r in relations)

    def named(self, identities: Iterable[int]) -> list[Relation]:
        """The relations of these identities, in the order of FROM."""
        wanted = set(identities)
        return [r for r in self.place.relations if id(r) in wanted]

    def spread(self, over: Iterable[int], *, grouped: bool = False, without: Iterable[int] = ()) -> Spread:
        """What multiplies the rows of these relations, in the whole result or within one group of it."""
        walk = _Walk(self, set(without))
        walk.start({id(r) for r in self.place.relations} & set(over), self.grouped if grouped else ())
        return walk.spread()

    def known_by_group(self) -> set[Cell]:
        """The columns that hold one value within a group."""
        walk = _Walk(self, set())
        walk.follow(self.grouped)
        return walk.known

    def equality(self, condition: Condition) -> tuple[Cell, Cell] | None:
        """The two columns that a condition says are equal."""
        return equal_cells(condition.node, self.place, self.reading)

    def keys_of(self, relation: Relation) -> list[Columns]:
        """Sets of columns that identify a row of a relation."""
        if id(relation) not in self.known_keys:
            self.known_keys[id(relation)] = self._keys_of(relation)
        return self.known_keys[id(relation)]

    def _keys_of(self, relation: Relation) -> list[Columns]:
        table = table_of(relation, self.reading)
        if table is not None:
            return self.keys.of(table)
        query = query_of(relation, self.reading)
        if query is None or self.depth >= _DEEPEST:
            return []
        if isinstance(query, exp.Union) and query.args.get("distinct"):
            return [frozenset(relation.columns)] if relation.columns else []
        inner = self.inside(relation)
        return inner.output_keys(relation) if inner is not None else []

    def inside(self, relation: Relation) -> Joined | None:
        """The SELECT that a relation stands for, where it is one and can be followed."""
        if id(relation) not in self.inside_of:
            place = place_of(query_of(relation, self.reading), self.reading)
            inner = self._inner(place) if place is not None and self.depth < _DEEPEST else None
            self.inside_of[id(relation)] = inner
        return self.inside_of[id(relation)]

    def _inner(self, place: Place) -> Joined | None:
        inner = Joined(place, self.reading, self.keys, inside_of=self.inside_of, depth=self.depth + 1)
        return inner if inner.readable and place.relations else None

    def output_keys(self, relation: Relation) -> list[Columns]:
        """What identifies a row of this SELECT's result, by the names of its columns."""
        select = self.place.select
        if _is_one_row(select):
            return [frozenset()]
        names = {cell: name for name, cell in yields(self.place, self.reading).items()}
        found: list[Columns] = []
        if select.args.get("group"):
            found += self._group_key()
        elif not has_aggregates(select):
            found += self._carried(names)
        distinct = select.args.get("distinct")
        if distinct is not None and distinct.args.get("on") is None:
            found.append(frozenset(relation.columns))
        return found

    def repeats(self, relation: Relation, columns: Columns) -> bool:
        """True where there is reason to say that rows of a relation share their values in these columns."""
        table = table_of(relation, self.reading)
        if table is not None:
            return self.keys.repeats(table, columns)
        keys = self.keys_of(relation)
        if not columns or any(key <= columns for key in keys):
            return False
        inner = self.inside(relation)
        if inner is None or inner.place.select.args.get("distinct") or inner.place.select.args.get("limit"):
            return False
        if inner.place.select.args.get("group"):
            return bool(keys)
        return inner._repeats_within(columns)

    def singled(self, relation: Relation) -> bool:
        """True where a condition picks one of several rows: the current one, the one of a day."""
        return any(
            cell[0] == id(relation) and _picks_one(relation, cell[1], value)
            for cell, value in self.fixed.items()
        ) or any(self._is_newest(c, relation) or self._is_absent(c, relation) for c in self.conditions)

    def _is_absent(self, condition: Condition, relation: Relation) -> bool:
        """x IS NULL: what is wanted are the rows that have no partner there."""
        node = condition.node
        empty = (
            isinstance(node, exp.Is) and not node.args.get("negate") and isinstance(node.expression, exp.Null)
        )
        return empty and condition.join is None and condition.relations == {id(relation)}

    def _is_newest(self, condition: Condition, relation: Relation) -> bool:
        """x = (SELECT MAX(x) …), be it of one row or of all."""
        node = condition.node
        holds_query = isinstance(node, (exp.EQ, exp.In)) and node.find(exp.Query) is not None
        return (
            holds_query
            and id(relation) in condition.relations
            and bool(cell_of(node.this, self.place, self.reading) or isinstance(node, exp.EQ))
        )

    def _repeats_within(self, columns: Columns) -> bool:
        cells = yields(self.place, self.reading)
        if len(self.place.relations) != 1 or self.singled(self.place.relations[0]):
            return False
        if not all(c in cells for c in columns):
            return False
        return self.repeats(self.place.relations[0], frozenset(cells[c][1] for c in columns))

    def _using(self) -> list[tuple[Cell, Cell]]:
        found: list[tuple[Cell, Cell]] = []
        relations = self.place.relations
        for at, join in enumerate(self.place.select.args.get("joins") or (), 1):
            names = [
                folded(c.find(exp.Identifier), self.reading.tongue) for c in join.args.get("using") or ()
            ]
            if at >= len(relations):
                break
            if join.args.get("method") == "NATURAL":
                names = [c for c in relations[at].columns if any(c in r.columns for r in relations[:at])]
            found += [
                ((id(r), name), (id(relations[at]), name))
                for name in names
                for r in relations[:at]
                if name in r.columns
            ]
        return found

    def _fixed(self) -> Iterable[tuple[Cell, exp.Expr]]:
        for condition in self.conditions:
            found = fixed_cell(condition.node, self.place, self.reading)
            if found is None:
                continue
            join = condition.join
            own = join is None or not join.side or self._relation_of(join) == found[0][0]
            if own:
                yield found

    def _relation_of(self, join: exp.Join) -> int:
        return next((id(r) for r in self.place.relations if r.node is join.this), 0)

    def group_expressions(self) -> list[exp.Expr]:
        """What a SELECT groups by, with names and numbers of output columns spelled out."""
        group = self.place.select.args.get("group")
        outputs = self.place.select.expressions
        found: list[exp.Expr] = []
        for key in group.expressions if group is not None else ():
            if isinstance(key, exp.Literal) and key.this.isdigit() and 0 < int(key.this) <= len(outputs):
                key = outputs[int(key.this) - 1]
                key = key.this if isinstance(key, exp.Alias) else key
            elif isinstance(key, exp.Column) and cell_of(key, self.place, self.reading) is None:
                key = self.place.outputs.get(folded(key.this, self.reading.tongue), key)
            found.append(key)
        return found

    def _grouped(self) -> Iterable[Cell]:
        cells = [cell_of(key, self.place, self.reading) for key in self.group_expressions()]
        return [c for c in cells if c is not None]

    def _group_key(self) -> list[Columns]:
        """The group's columns, where all of them are put out; none for GROUPING SETS and their like."""
        group = self.place.select.args["group"]
        if any(group.args.get(k) for k in ("grouping_sets", "cube", "rollup", "all")):
            return []
        outputs = [
            (p.this if isinstance(p, exp.Alias) else p, folded(p.args["alias"], self.reading.tongue))
            if isinstance(p, exp.Alias)
            else (p, folded(p.this, self.reading.tongue) if isinstance(p, exp.Column) else "")
            for p in self.place.select.expressions
        ]
        names = [next((n for o, n in outputs if n and o == key), "") for key in self.group_expressions()]
        return [frozenset(names)] if names and all(names) else []

    def _carried(self, names: dict[Cell, str]) -> list[Columns]:
        """Keys of relations that determine all the others, as far as they are put out."""
        found = []
        for relation in self.place.relations:
            whole = self.spread({id(relation)}).whole
            if len(whole) < len(self.place.relations):
                continue
            for key in self.keys_of(relation):
                cells = [(id(relation), c) for c in key]
                if all(c in names for c in cells):
                    found.append(frozenset(names[c] for c in cells))
        return found


class _Walk:
    """From some relations to all that they determine, by way of equal columns and keys."""

    def __init__(self, joined: Joined, without: set[int]) -> None:
        self._joined = joined
        self._left = {id(r): r for r in joined.place.relations if id(r) not in without}
        self._whole: set[int] = set()
        self._reached: set[int] = set()
        self._known: set[Cell] = set(joined.fixed)
        self._by: list[Relation] = []
        self._sure = True
        self._by_group = False

    @property
    def known(self) -> set[Cell]:
        """The columns that were found to follow."""
        return self._known

    def follow(self, cells: Iterable[Cell]) -> None:
        """All that follows from columns that are known."""
        cells = set(cells)
        self._by_group = bool(cells)
        self._known |= cells
        self._known |= {
            (id(r), c)
            for identity, name in cells
            for r in self._joined.named([identity])
            if self._names_one(r, name)
            for c in r.columns
        }
        self._settle()

    def start(self, over: set[int], cells: Iterable[Cell]) -> None:
        for identity in over:
            self._take(identity)
        self.follow(cells)
        self._whole = set(self._reached)
        while self._left:
            if not self._blame():
                break
            self._settle()

    def spread(self) -> Spread:
        order = self._joined.place.relations
        by = tuple(sorted(self._by, key=order.index))
        return Spread(by=by, whole=frozenset(self._whole), sure=self._sure and not self._left)

    def _take(self, identity: int) -> None:
        relation = self._left.pop(identity, None)
        if relation is not None:
            self._reached.add(identity)
            self._known |= {(identity, c) for c in relation.columns}

    def _settle(self) -> None:
        """Whatever follows by equality and by key."""
        changed = True
        while changed:
            before = len(self._known), len(self._left)
            for one, other in self._joined.equal:
                if one in self._known or other in self._known:
                    self._known |= {c for c in (one, other) if c[0] in self._left or c[0] in self._reached}
            for identity in list(self._left):
                columns = self._columns(identity)
                if any(key <= columns for key in self._joined.keys_of(self._left[identity])):
                    self._take(identity)
            changed = before != (len(self._known), len(self._left))

    def _columns(self, identity: int) -> Columns:
        return frozenset(c for i, c in self._known if i == identity)

    def _blame(self) -> bool:
        """Name the relations next in line that multiply, and go on as if they did not."""
        next_ones = [i for i in self._left if self._tied(i)]
        for identity in next_ones:
            relation = self._left[identity]
            if self._joined.repeats(relation, self._tied(identity)) and not self._joined.singled(relation):
                self._by.append(relation)
            else:
                self._sure = False
        for identity in next_ones:
            self._take(identity)
        return bool(next_ones)

    def _tied(self, identity: int) -> Columns:
        """The columns by which a relation is tied to those reached, with what is known of it by its group.

        What is only filtered does not count: a condition says which rows, and not how many.
        """
        pairs = [pair for one, other in self._joined.equal for pair in ((one, other), (other, one))]
        tied = {mine[1] for mine, other in pairs if mine[0] == identity and other[0] in self._reached}
        if not tied:
            return frozenset()
        grouped = {c for i, c in self._joined.grouped if i == identity and self._by_group}
        return frozenset(tied | grouped)

    def _names_one(self, relation: Relation, column: str) -> bool:
        """True where a group by this column stands for one row: a name, unless few names are shared by many."""
        table = table_of(relation, self._joined.reading)
        stored = table.column(column) if table is not None else None
        if table is None or stored is None or not says(column, "naming"):
            return False
        few = stored.all_known and table.rows is not None and 2 * len(stored.known_values) <= table.rows
        foreign = any(
            k.table == table.key and column in k.columns for k in self._joined.reading.catalog.links
        )
        return not few and not foreign


def _is_one_row(select: exp.Select) -> bool:
    limit = select.args.get("limit")
    most = limit.expression if isinstance(limit, exp.Limit) else None
    if isinstance(most, exp.Literal) and most.this == "1":
        return True
    return has_aggregates(select) and not select.args.get("group")


def _picks_one(relation: Relation, column: str, value: exp.Expr) -> bool:
    if value.find(exp.Query) is not None or is_moment(relation, column):
        return True
    return (
        relation.types.get(column) == "boolean" or says(column, "single") or column.lower().startswith("is_")
    )
