"""Comparisons of the query that may be made within a fence, beside the filter, so that indexes serve them.

Only those that raise no error whatever the row holds, of one column with written values, and never true of NULL: so
no row that the filter takes away can be told by them, and none that the query would show is lost, whichever side of
an outer join the table stands on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from analyst.catalog import Table
from analyst.guard.comparisons import compared_column, compared_columns, conjuncts, family
from analyst.guard.scopes import Relation
from analyst.guard.statement import Statement
from analyst.guard.tables import folded, written

_EQUAL_FAMILIES = ("integer", "numeric", "text", "date", "timestamp", "timestamptz", "uuid", "boolean")
"""Types of which equal values are equal to the same written values."""
_Place = tuple[int, str]
"""A relation, by the id of its object, and a column of it."""


@dataclass(kw_only=True, eq=False)
class _Found:
    """One SELECT's comparisons."""

    known: list[tuple[_Place, exp.Expr, exp.Expr | None]] = field(default_factory=list)
    """Place, condition, and the clause that it may be taken out of."""
    follows: list[tuple[_Place, _Place]] = field(default_factory=list)
    """Pairs of which the second equals the first wherever it is there at all, so that it holds the first's value."""
    only: list[tuple[_Place, exp.Expr]] = field(default_factory=list)
    """Those that hold for the place alone: an outer join's own condition on the table it joins."""


def sunk(statement: Statement, fenced: Mapping[int, Table]) -> dict[int, list[exp.Expr]]:
    """The conditions for each fenced table, by the id of its node and on the table's own name.

    A condition is taken out of the query where it then holds just as well: a planner that sees it twice expects too
    few rows.
    """
    sinks: dict[int, list[exp.Expr]] = {}
    for select in list(statement.tree.find_all(exp.Select)):
        relations = {id(r): r for r in statement.relations.get(id(select), [])}
        targets = {
            key: fenced[id(r.node)]
            for key, r in relations.items()
            if id(r.node) in fenced and not _is_renamed(r)
        }
        if targets:
            _sink(_read(select, relations, statement), relations, targets, statement, sinks)
    return sinks


def is_sunk(condition: exp.Expr, table: Table, statement: Statement) -> bool:
    """True for a condition as it may stand beside the filter of a wrapped table."""
    tongue = statement.tongue

    def kind(column: exp.Column) -> str:
        stored = table.column(folded(column.this, tongue))
        ours = folded(column.args.get("table"), tongue) == table.name and column.args.get("db") is None
        return stored.type if stored is not None and ours else ""

    column = compared_column(condition, kind)
    return column is not None and bool(family(kind(column)))


def _is_renamed(relation: Relation) -> bool:
    alias = relation.node.args.get("alias") if relation.node is not None else None
    return isinstance(alias, exp.TableAlias) and bool(alias.args.get("columns"))


def _read(select: exp.Select, relations: Mapping[int, Relation], statement: Statement) -> _Found:
    found = _Found()
    joins = list(select.args.get("joins") or ())
    source = select.args.get("from_")
    items = [*([source.this] if source is not None else []), *(j.this for j in joins)]
    merged = any(j.args.get("using") or j.args.get("method") for j in select.find_all(exp.Join))
    nested = any(i.args.get("joins") or _is_bracket(i) for i in items)
    inner = not nested and not any(j.args.get("side") for j in joins)
    where = select.args.get("where")
    reader = _Reader(statement, relations, found, merged=merged)
    if where is not None:
        reader.conditions(where, take=inner and not merged)
    for join in joins if not nested else ():
        on, side = join.args.get("on"), join.args.get("side") or ""
        if on is None or side not in ("", "LEFT") or join.args.get("kind") in ("SEMI", "ANTI"):
            continue
        reader.joined(on, join.this, optional=bool(side), alone=any(j.args.get("side") for j in joins))
    return found


def _is_bracket(item: exp.Expr) -> bool:
    return isinstance(item, exp.Subquery) and not isinstance(item.this, exp.Query)


class _Reader:
    """Sorts conditions of one SELECT into what they tell of which column."""

    def __init__(
        self, statement: Statement, relations: Mapping[int, Relation], found: _Found, *, merged: bool
    ) -> None:
        self._statement, self._relations, self._found, self._merged = statement, relations, found, merged

    def conditions(self, where: exp.Where, *, take: bool) -> None:
        for condition in conjuncts(where.this):
            column = compared_column(condition, self._kind)
            if column is not None and (place := self._place(column)) is not None:
                self._found.known.append((place, condition, where if take else None))
            self._equality(condition)

    def joined(self, on: exp.Expr, item: exp.Expr, *, optional: bool, alone: bool) -> None:
        """What ON tells; where there is an outer join (`alone`), only of the table that it joins."""
        for condition in conjuncts(on):
            column = compared_column(condition, self._kind)
            place = self._place(column) if column is not None else None
            if place is not None and not alone:
                self._found.known.append((place, condition, None))
            elif place is not None and self._relations[place[0]].node is item:
                self._found.only.append((place, condition))
            self._equality(condition, optional=item if optional else None)

    def _equality(self, condition: exp.Expr, *, optional: exp.Expr | None = None) -> None:
        """Beside an outer join only the table that may be missing follows: the others stay where it is missing."""
        both = compared_columns(condition, self._kind) if isinstance(condition, exp.EQ) else None
        if both is None or family(self._kind(both[0])) not in _EQUAL_FAMILIES:
            return
        left, right = (self._place(c) for c in both)
        if left is None or right is None:
            return
        for one, other in ((left, right), (right, left)):
            if optional is None or self._relations[other[0]].node is optional:
                self._found.follows.append((one, other))

    def _place(self, column: exp.Column) -> _Place | None:
        if self._merged and column.args.get("table") is None:
            return None
        origin = self._statement.origins.get(id(column))
        if origin is None or id(origin) not in self._relations:
            return None
        return id(origin), folded(column.this, self._statement.tongue)

    def _kind(self, column: exp.Column) -> str:
        origin = self._statement.origins.get(id(column))
        return origin.types.get(column.name, "") if origin is not None else ""


def _sink(
    found: _Found,
    relations: Mapping[int, Relation],
    targets: Mapping[int, Table],
    statement: Statement,
    sinks: dict[int, list[exp.Expr]],
) -> None:
    tied = {place for pair in found.follows for place in pair}
    for place, condition, clause in found.known:
        for (key, name), derived in _places(place, condition, found):
            if key in targets and targets[key].column(name) is not None:
                made = _on(condition, targets[key], name, statement)
                sinks.setdefault(id(relations[key].node), []).append(made)
                if clause is not None and not derived and place not in tied:
                    _take_out(condition)
    for (key, name), condition in found.only:
        if key in targets and targets[key].column(name) is not None:
            made = _on(condition, targets[key], name, statement)
            sinks.setdefault(id(relations[key].node), []).append(made)


def _places(place: _Place, condition: exp.Expr, found: _Found) -> Iterator[tuple[_Place, bool]]:
    """The place itself, and those that are equal to it, of which an equality holds as well."""
    yield place, False
    if not isinstance(condition, (exp.EQ, exp.In)):
        return
    same, size = {place}, 0
    while len(same) > size:
        size = len(same)
        same |= {after for before, after in found.follows if before in same}
    yield from ((other, True) for other in sorted(same - {place}))


def _on(condition: exp.Expr, table: Table, name: str, statement: Statement) -> exp.Expr:
    """The condition on a table's own column."""
    made = condition.copy()
    for column in list(made.find_all(exp.Column)):
        own = exp.Column(this=written(name, statement.tongue), table=written(table.name, statement.tongue))
        column.replace(own)
    return made


def _take_out(condition: exp.Expr) -> None:
    """Away with one of the conditions that AND joins."""
    node = condition
    while isinstance(node.parent, exp.Paren):
        node = node.parent
    above = node.parent
    if isinstance(above, exp.And):
        above.replace(above.expression if above.this is node else above.this)
    elif isinstance(above, exp.Where) and above.parent is not None:
        above.parent.set("where", None)
