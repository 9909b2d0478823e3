"""The smaller statements that tell which part of a query finds nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from analyst.catalog import Catalog, Column, Table
from analyst.emptiness.chain import (
    Spot,
    add,
    chain,
    conditions,
    leave_out,
    only_rows,
    sums_all_up,
    unwrapped,
    with_counted_conditions,
)
from analyst.emptiness.probe import Condition, Holder, Inquiry, Probe
from analyst.emptiness.ranges import asks_beyond
from analyst.guard.dialects import Tongue, tongue
from analyst.guard.parsing import text_of
from analyst.guard.scopes import Relation
from analyst.repairing.aggregates import aggregates
from analyst.repairing.kinds import MOMENTS, NUMBERS, family
from analyst.repairing.reading import Place, Reading
from analyst.repairing.statement import UNREADABLE, parsed
from analyst.repairing.ties import Ties
from analyst.result import ResultSet

MOST_PROBES = 6
LONGEST_CONDITION = 120
_MOST_LEFT_OUT = 4
_MOST_HOLDERS = 1


def probes(sql: str, *, dialect: str, catalog: Catalog, result: ResultSet | None = None) -> tuple[Probe, ...]:
    """Statements that find which condition or join of a query leaves nothing; none where that cannot be told.

    `sql` is the readable SQL of a query that passed the guard and found nothing, as `is_empty` says. With its
    result fewer are needed. What matters of each is whether it finds a row; the likeliest culprits come first.
    """
    try:
        speech = tongue(dialect)
        tree = unwrapped(parsed(sql, speech))
        inquiry = _Query(tree, speech, catalog).inquiry(nothing=result is not None and result.row_count == 0)
    except UNREADABLE:
        return ()
    return tuple(_chosen(inquiry)) if inquiry is not None else ()


def _chosen(inquiry: Inquiry) -> Iterator[Probe]:
    """The first few that differ."""
    seen: set[str] = set()
    for sql, what in _wanted(inquiry):
        if sql and sql not in seen and len(seen) < MOST_PROBES:
            seen.add(sql)
            yield Probe(sql=sql, what=what, inquiry=inquiry)


def _wanted(inquiry: Inquiry) -> Iterator[tuple[str, str]]:
    doubtful = sorted(inquiry.conditions, key=lambda c: not c.asks)
    holders = inquiry.holders
    if inquiry.unsure:
        yield inquiry.whole, "the rows themselves"
    yield from ((h.within, f"a value in {h.column} among them") for h in holders)
    yield from ((h.at_all, f"a value in {h.column} anywhere") for h in holders)
    wanted = [
        *((c.without, f"without {c.text}") for c in doubtful[:_MOST_LEFT_OUT]),
        (inquiry.joined, "the join without conditions"),
        *((c.alone, f"only {c.text}") for c in doubtful),
        *((c.holds, f"a value in {c.column}") for c in doubtful),
        *((sql, f"a row of {table}") for table, sql in inquiry.rows),
        *((c.without, f"without {c.text}") for c in doubtful[_MOST_LEFT_OUT:]),
    ]
    yield from ((sql, what) for sql, what in wanted if sql != inquiry.whole)


@dataclass(frozen=True)
class _About:
    """What a condition is about: the relations it names, and the column where it names only one."""

    relations: tuple[Relation, ...]
    table: Table | None = None
    column: Column | None = None


class _Query:
    """One query as probes see it."""

    def __init__(self, tree: exp.Expr, speech: Tongue, catalog: Catalog) -> None:
        self._speech = speech
        self._catalog = catalog
        levels = chain(tree, speech)
        self._tree: exp.Expr = levels[0] if levels else tree
        if levels:
            with_counted_conditions(levels[0])
        self._levels = chain(self._tree, speech)
        self._reading = Reading(self._tree, tongue=speech, catalog=catalog, ties=Ties(catalog))

    def inquiry(self, *, nothing: bool) -> Inquiry | None:
        """What can be asked; None where the query cannot be taken apart. `nothing` says that it had no rows."""
        if not self._levels or not self._levels[0].args.get("from_"):
            return None
        found = [(s, c, self._about(s, c)) for s, c in conditions(self._levels)]
        free = [(s, c, a) for s, c, a in found if not _ties(s, c, a)]
        whole = self._rows(())
        tables = self._joined_names() if self._joins_inside() else ()
        joins = len(tables) > 1
        return Inquiry(
            whole=whole,
            joined=self._rows([s for s, _, _ in free]) if joins else "",
            tables=tables,
            rows=tuple(self._table_rows(every=joins and not free)) if tables else (),
            conditions=tuple(self._condition(s, c, a) for s, c, a in free),
            holders=() if nothing else tuple(self._holders())[:_MOST_HOLDERS],
            unsure=(not nothing and not _counts_rows(self._levels[0])) or self._skips(),
            skips=self._skips(),
        )

    # -- conditions --------------------------------------------------------------------------------

    def _condition(self, spot: Spot, node: exp.Expr, about: _About) -> Condition:
        text = self._short(node)
        table = about.table
        # What a column holds says nothing of a condition that is decided by another query.
        column = about.column if node.find(exp.Query) is None else None
        is_equal = column is not None and _is_plain_equation(node)
        return Condition(
            text=text,
            says=self._says(node, text, about),
            table=self._called(table) if table is not None else "",
            place=table.key if table is not None else ("", ""),
            column=column.name if column is not None else "",
            asks=asks_beyond(node, column) if column is not None else "",
            is_equal=is_equal,
            without=self._rows([spot]),
            alone=self._alone(node, about),
            holds=self._holds(table, column) if _may_be_void(table, column) else "",
        )

    def _says(self, node: exp.Expr, text: str, about: _About) -> str:
        """What a row does that meets a condition."""
        if about.column is not None and _is_plain_equation(node):
            return f"has {about.column.name} {self._short(node.expression)}"
        plain = node if about.table is None or node.find(exp.Query) else node.copy().transform(_bare)
        said = self._short(plain)
        return "meets it" if said == text else f"meets {said}"

    def _about(self, spot: Spot, node: exp.Expr) -> _About:
        place = self._place(self._levels[spot.level])
        meanings = [self._reading.meaning(c) for c in node.find_all(exp.Column)]
        here = [
            m for m in meanings if m is not None and m.relation is not None and m.relation in place.relations
        ]
        relations = tuple(dict.fromkeys(m.relation for m in here if m.relation is not None))
        if (
            spot.clause == "having"
            or len(relations) != 1
            or any(m is None or m.relation is None for m in meanings)
        ):
            return _About(relations)
        table = self._reading.table(relations[0])
        names = {m.stored for m in here}
        column = table.column(names.pop()) if table is not None and len(names) == 1 else None
        return _About(relations, table, column)

    def _place(self, select: exp.Select) -> Place:
        return next(p for p in self._reading.places if p.select is select)

    # -- statements --------------------------------------------------------------------------------

    def _rows(self, dropped: Collection[Spot], *, also: exp.Expr | None = None) -> str:
        """The query without some conditions, and with one more, asked only for whether it has a row."""
        tree = self._tree.copy()
        levels = chain(tree, self._speech)
        leave_out(levels, dropped)
        if also is not None:
            add(levels[0], also.copy())
        only_rows(levels[0])
        return self._text(tree)

    def _alone(self, condition: exp.Expr, about: _About) -> str:
        """One condition on its table, where it needs nothing else."""
        if about.table is None or about.relations[0].node is None:
            return ""
        select = _from_one(about.relations[0].node)
        add(select, condition)
        if condition.find(exp.Query) is not None and self._tree.args.get("with_"):
            select.set("with_", self._tree.args["with_"].copy())
        return self._text(select)

    def _holds(self, table: Table | None, column: Column | None) -> str:
        if table is None or column is None:
            return ""
        select = _from_one(self._table_node(table))
        add(select, _is_not_null(exp.Column(this=_identifier(column.name))))
        return self._text(select)

    def _table_rows(self, *, every: bool) -> Iterator[tuple[str, str]]:
        """Of each joined table whether it has a row; without `every` only of those that may have none."""
        for relation in self._place(self._joining()).relations:
            table = self._reading.table(relation)
            if table is not None and (every or not table.rows):
                yield self._called(table), self._text(_from_one(self._table_node(table)))

    def _table_node(self, table: Table) -> exp.Table:
        return exp.Table(this=_identifier(table.name), db=_identifier(table.schema))

    def _holders(self) -> Iterator[Holder]:
        """Columns that the outermost SELECT shows or sums up, where a null of theirs makes a null of it."""
        top = self._levels[0]
        for node in _shown(top):
            found = self._reading.meaning(node)
            table = self._reading.table(found.relation) if found and found.relation is not None else None
            column = table.column(found.stored) if table is not None and found is not None else None
            if column is not None and column.nullable and not self._wants_null(column):
                within = self._rows((), also=_is_not_null(node))
                yield Holder(column=column.name, within=within, at_all=self._holds(table, column))

    def _skips(self) -> bool:
        return self._levels[0].args.get("offset") is not None

    def _wants_null(self, column: Column) -> bool:
        """True where the query itself asks for rows without a value in that column."""
        tests = (
            n for level in self._levels for n in level.find_all(exp.Is) if isinstance(n.expression, exp.Null)
        )
        return any(c.name.lower() == column.name.lower() for n in tests for c in n.find_all(exp.Column))

    # -- names and texts ---------------------------------------------------------------------------

    def _joining(self) -> exp.Select:
        """The SELECT that joins; of a chain that is the innermost, as all others read from one thing."""
        return self._levels[-1]

    def _joins_inside(self) -> bool:
        """True where only rows that have a partner are kept."""
        return not any(join.side for join in self._joining().args.get("joins") or ())

    def _joined_names(self) -> tuple[str, ...]:
        relations = self._place(self._joining()).relations
        tables = [self._reading.table(r) for r in relations]
        return tuple(
            self._called(t) if t is not None else r.name or "a subquery"
            for r, t in zip(relations, tables, strict=True)
        )

    def _called(self, table: Table) -> str:
        return table.name if table.schema == self._catalog.default_schema else f"{table.schema}.{table.name}"

    def _short(self, node: exp.Expr) -> str:
        text = " ".join(self._text(node).split())
        return text if len(text) <= LONGEST_CONDITION else text[: LONGEST_CONDITION - 1] + "…"

    def _text(self, node: exp.Expr) -> str:
        return text_of(node, self._speech)


def _is_plain_equation(node: exp.Expr) -> bool:
    return (
        isinstance(node, exp.EQ)
        and isinstance(node.this, exp.Column)
        and isinstance(node.expression, exp.Literal)
    )


def _ties(spot: Spot, node: exp.Expr, about: _About) -> bool:
    """True for a condition that joins tables: without it every row would meet every other."""
    if len(about.relations) < 2 or spot.clause == "having":
        return False
    columns = isinstance(node, exp.EQ) and all(
        isinstance(s, exp.Column) for s in (node.this, node.expression)
    )
    return columns or spot.clause != "where"


def _counts_rows(top: exp.Select) -> bool:
    """True where nothing but COUNT(*) is shown: then a 0 says that there is no row."""
    calls = [projection.unalias() for projection in top.expressions]
    return sums_all_up(top) and all(isinstance(c, exp.Count) and isinstance(c.this, exp.Star) for c in calls)


def _shown(top: exp.Select) -> Iterator[exp.Column]:
    """The columns of the list that are shown as they are, or summed up by something other than COUNT(*)."""
    if top.args.get("having"):
        return
    for projection in top.expressions:
        node = projection.unalias()
        if isinstance(node, exp.Column) and not isinstance(node.this, exp.Star) and not sums_all_up(top):
            yield node
        for call in aggregates(node):
            inner = list(_arguments(call))
            if len(inner) == 1 and isinstance(inner[0], exp.Column):
                yield inner[0]


def _arguments(call: exp.Expr) -> Iterable[exp.Expr]:
    if isinstance(call, exp.Count):
        inner = call.this.expressions if isinstance(call.this, exp.Distinct) else [call.this]
        return [n for n in inner if isinstance(n, exp.Expr)]
    return call.expressions if isinstance(call, exp.Anonymous) else ()


def _may_be_void(table: Table | None, column: Column | None) -> bool:
    """True where the catalog knows nothing of a column of which it would know the ends."""
    if table is None or column is None or not table.rows or not column.nullable:
        return False
    return family(column.type) in NUMBERS | MOMENTS and not column.lowest


def _from_one(source: exp.Expr) -> exp.Select:
    node = source.copy()
    node.set("joins", None)
    one = exp.Literal.number(1)
    return exp.Select(expressions=[one], from_=exp.From(this=node), limit=exp.Limit(expression=one.copy()))


def _is_not_null(column: exp.Expr) -> exp.Expr:
    return exp.Not(this=exp.Is(this=column.copy(), expression=exp.Null()))


def _identifier(name: str) -> exp.Identifier:
    return exp.Identifier(this=name, quoted=True)


def _bare(node: exp.Expr) -> exp.Expr:
    """A column without the table in front of it."""
    return exp.Column(this=node.this.copy()) if isinstance(node, exp.Column) else node
