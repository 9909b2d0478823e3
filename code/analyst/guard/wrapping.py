"""Rule: what a policy keeps back of a table is gone before anything else of the query sees the table."""

from __future__ import annotations

from sqlglot import exp

from analyst.catalog import Table
from analyst.errors import Refused
from analyst.guard.dependence import grouped_by_key
from analyst.guard.failing import STORED, can_fail
from analyst.guard.narrowing import narrowed, widened
from analyst.guard.outermost import plain_limit
from analyst.guard.parsing import text_of
from analyst.guard.qualifying import real_tables, without_schema
from analyst.guard.row_filters import condition, read_table
from analyst.guard.seeing import Rules
from analyst.guard.sinking import is_sunk, sunk
from analyst.guard.statement import Statement
from analyst.guard.tables import folded, written

_KEPT = ("alias", "joins", "pivots")
"""What a table bears that stays outside, around what takes its place."""
_INSIDE = ("sample", "version")
"""What only a stored table can bear."""


def wrapped_tables(statement: Statement) -> None:
    """Put `(SELECT allowed columns FROM table WHERE (filter)) AS name` in the place of each table with rules.

    Runs when names are resolved and before the limit. Raises Refused when anything is not understood.
    """
    if not statement.policy.restricts:
        return
    if statement.catalog is None or statement.whole is None:
        raise Refused("A policy can only be applied where the tables are known.", rule="policy")
    plain_limit(statement.tree, most=statement.policy.row_limit + 1)
    rules = Rules(statement.policy, dialect=statement.whole.dialect)
    found = [(node, _table(node, statement)) for node in real_tables(statement.tree, statement.tongue)]
    if {f"{t.schema}.{t.name}" for _, t in found} != statement.tables:
        raise Refused("The tables of the query could not be told for certain.", rule="policy")
    kept_back = [(node, table) for node, table in found if rules.about(table.key)]
    if kept_back:
        _wrap_all(kept_back, statement, rules)


def only_wrapped(statement: Statement) -> None:
    """The same on the text that will run: no table with rules stands in it but as it was wrapped."""
    if not statement.policy.restricts:
        return
    if statement.whole is None:
        raise Refused("A policy can only be applied where the tables are known.", rule="policy")
    rules = Rules(statement.policy, dialect=statement.whole.dialect)
    expected = {key: text_of(select, statement.tongue) for key, select in statement.wrappers.items()}
    proven: set[int] = set()
    for node in sorted(real_tables(statement.tree, statement.tongue), key=lambda n: n.depth):
        if any(id(above) in proven for above in _above(node)):
            continue
        table = _table(node, statement)
        if not rules.about(table.key):
            continue
        select = node.find_ancestor(exp.Select)
        if select is None or _bare_text(select, table, statement) != expected.get(table.key):
            raise Refused("The policy could not be applied for certain.", rule="policy")
        proven.add(id(select))


def _above(node: exp.Expr) -> list[exp.Expr]:
    found = []
    parent = node.parent
    while parent is not None:
        found.append(parent)
        parent = parent.parent
    return found


def _bare_text(select: exp.Select, table: Table, statement: Statement) -> str:
    """A wrapper's text with every column, and without what was moved into it."""
    bare = select.copy()
    inner = bare.args["from_"].this
    for key in _INSIDE:
        inner.set(key, None)
    if statement.tongue.name == "postgres":
        widened(bare, table, statement.tongue)
        where = bare.args.get("where")
        while where is not None and isinstance(where.this, exp.And):
            if not is_sunk(where.this.expression, table, statement):
                break
            where.set("this", where.this.this)
    return text_of(bare, statement.tongue)


def _table(node: exp.Table, statement: Statement) -> Table:
    """The visible table of a resolved node; one without a schema is found in the schema that is searched."""
    tongue, catalog = statement.tongue, statement.catalog
    name, schema = folded(node.this, tongue), folded(node.args.get("db"), tongue) or "public"
    for table in catalog.tables if catalog is not None else ():
        if tongue.same(table.name, name) and tongue.same(table.schema, schema):
            return table
    raise Refused("The tables of the query could not be told for certain.", rule="policy")


def _wrap_all(found: list[tuple[exp.Table, Table]], statement: Statement, rules: Rules) -> None:
    _check_names(statement, {table.key for _, table in found})
    if statement.tongue.name == "postgres":
        grouped_by_key(statement, {table.key: table.primary_key for _, table in found})
    fenced = _fenced(found, statement, rules)
    without_schema(statement.tree, statement, wrapped={table.name for _, table in found})
    for _, table in found:
        if table.key not in statement.wrappers:
            fence = table.key in {t.key for t in fenced.values()}
            statement.wrappers[table.key] = _wrapper(table, statement, rules, fence=fence)
    sinks = sunk(statement, {key: t for key, t in fenced.items() if t.kind in STORED})
    made = [(node, _made(node, table, statement, sinks.get(id(node), []))) for node, table in found]
    for node, select in made:
        _wrap(node, select)
    if isinstance(statement.tree, exp.Table):
        raise Refused("Only SELECT statements are allowed.", rule="statement")


def _made(node: exp.Table, table: Table, statement: Statement, sinks: list[exp.Expr]) -> exp.Select:
    """A table's wrapper for one place; on Postgres with the columns named there and the conditions that sink."""
    select = statement.wrappers[table.key].copy()
    for sinking in sinks:
        where = select.args["where"]
        where.set("this", exp.And(this=where.this, expression=sinking))
    if statement.tongue.name == "postgres":
        narrowed(select, node, table, statement.tongue)
    return select


def _fenced(found: list[tuple[exp.Table, Table]], statement: Statement, rules: Rules) -> dict[int, Table]:
    """The tables, by their nodes, whose rows no condition of the query may be tried on before the filter.

    Postgres takes conditions by what they cost, and the query's own first of two that cost the same.
    """
    filtered = {id(node): table for node, table in found if rules.filters(table.key)}
    if statement.tongue.name != "postgres" or not filtered or not can_fail(statement):
        return {}
    return filtered


def _wrap(node: exp.Table, select: exp.Select) -> None:
    known = {"this", "db", "catalog", *_KEPT, *_INSIDE}
    if any(value not in (None, False, []) for key, value in node.args.items() if key not in known):
        raise Refused("This form of a table cannot be used under your policy.", rule="policy")
    for key in _INSIDE:
        select.args["from_"].this.set(key, node.args.get(key))
    kept = {key: node.args[key] for key in _KEPT if node.args.get(key)}
    if "alias" not in kept and "pivots" not in kept:
        kept["alias"] = exp.TableAlias(this=node.this.copy())
    alias = kept.get("alias")
    if isinstance(alias, exp.TableAlias) and alias.this is None:
        alias.set("this", node.this.copy())
    node.replace(exp.Subquery(this=select, **kept))


def _wrapper(table: Table, statement: Statement, rules: Rules, *, fence: bool) -> exp.Select:
    tongue, whole = statement.tongue, statement.whole
    if whole is None:
        raise Refused("A policy can only be applied where the tables are known.", rule="policy")
    stored = next(t for t in whole.tables if t.key == table.key)
    conditions = [
        condition(f.sql, stored, catalog=whole, policy=statement.policy, speech=tongue)
        for f in rules.filters(table.key)
    ]
    columns = [exp.Column(this=written(c.name, tongue)) for c in table.columns]
    select = exp.Select(expressions=columns, from_=exp.From(this=read_table(table, tongue)))
    if conditions:
        together = conditions[0]
        for more in conditions[1:]:
            together = exp.And(this=together, expression=more)
        select.set("where", exp.Where(this=together))
    if fence:
        # A fence: else the user's own condition may be tried first, on rows that the filter takes away. As a text
        # it is a constant from the beginning; of a number Postgres works one out too late to read in parallel.
        select.set("offset", exp.Offset(expression=exp.Literal.string("0")))
    return select


def _check_names(statement: Statement, keys: set[tuple[str, str]]) -> None:
    """Two tables of one name in one FROM are told apart by their schemas, which no wrapped table has."""
    for relations in statement.relations.values():
        names = [r.name for r in relations if r.name]
        for relation in relations:
            if (relation.schema, relation.table) in keys and names.count(relation.name) > 1:
                raise Refused(
                    f"The name {relation.name} stands for two tables here; give one an alias.", rule="tables"
                )
