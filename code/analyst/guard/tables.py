"""Tables by their names: found in the reduced catalog, or taken on trust where there is no catalog."""

from __future__ import annotations

import re

from sqlglot import exp

from analyst.catalog import Catalog, Table
from analyst.errors import Refused
from analyst.guard.dialects import Tongue
from analyst.guard.scopes import Relation, nearest
from analyst.guard.statement import Statement
from analyst.guard.words import is_system


def named_table(node: exp.Table, statement: Statement) -> Relation:
    """The relation of a table in FROM that is no CTE; its name is rewritten as the catalog has it.

    Raises Refused for a table that does not exist, is hidden, or belongs to the system.
    """
    tongue, catalog = statement.tongue, statement.catalog
    schema, name = _folded(node.args.get("db"), tongue), _folded(node.this, tongue)
    _check_system(node, schema, name, tongue)
    _check_database(node, statement)
    if catalog is None:
        if re.search(r"[/\\:;]", name):
            raise Refused("A table must be given by its name.", rule="tables")
        shown = f"{schema}.{name}" if schema else name
        statement.tables.add(shown)
        return Relation(name=node.alias or name, open=True, table=name, schema=schema)
    table = _found(catalog, schema=schema, name=name, node=node, tongue=tongue)
    _rewrite(node, table, catalog, tongue)
    statement.tables.add(f"{table.schema}.{table.name}")
    return Relation(
        name=node.alias or table.name,
        columns=tuple(c.name for c in table.columns),
        table=table.name,
        schema=table.schema,
        types={c.name: c.type.lower() for c in table.columns},
        rows=table.rows,
    )


def folded(node: exp.Expr | None, tongue: Tongue) -> str:
    """An identifier's name as the database stores it; empty without one."""
    if not isinstance(node, exp.Identifier):
        return ""
    return tongue.fold(node.name, quoted=bool(node.args.get("quoted")))


_folded = folded


def _check_system(node: exp.Table, schema: str, name: str, tongue: Tongue) -> None:
    parts = [schema, _folded(node.args.get("catalog"), tongue)]
    if any(p and is_system(p, dialect=tongue.name, kind="schema") for p in parts):
        raise Refused("The database's own tables may not be read.", rule="tables")
    if is_system(name, dialect=tongue.name, kind="table") or (tongue.name == "athena" and "$" in name):
        raise Refused("The database's own tables may not be read.", rule="tables")


def _check_database(node: exp.Table, statement: Statement) -> None:
    """A third part in front names another database, except on Athena its own data catalog."""
    database = node.args.get("catalog")
    if database is None:
        return
    if statement.tongue.name == "athena" and database.name.lower() == "awsdatacatalog":
        node.set("catalog", None)
    elif statement.tongue.name != "redshift" or statement.catalog is not None:
        raise Refused("Tables must be named without the database.", rule="tables")


def _found(catalog: Catalog, *, schema: str, name: str, node: exp.Table, tongue: Tongue) -> Table:
    exact = [
        t
        for t in catalog.tables
        if tongue.same(t.name, name) and (not schema or tongue.same(t.schema, schema))
    ]
    hits = exact or _other_case(catalog, schema=schema, name=name, node=node)
    default = [t for t in hits if t.schema == catalog.default_schema]
    if len(hits) > 1 and not default:
        places = ", ".join(f"{t.schema}.{t.name}" for t in hits)
        raise Refused(f"There is more than one table {name}: {places}.", rule="tables")
    if hits:
        return default[0] if default else hits[0]
    raise _no_table(catalog, schema=schema, name=name)


def _other_case(catalog: Catalog, *, schema: str, name: str, node: exp.Table) -> list[Table]:
    """A bare name may differ by case from one that needs quotes: they are put in for the writer."""
    if node.this.args.get("quoted"):
        return []
    hits = [t for t in catalog.tables if t.name.lower() == name.lower()]
    return [t for t in hits if not schema or t.schema.lower() == schema.lower()]


def _no_table(catalog: Catalog, *, schema: str, name: str) -> Refused:
    shown = f"{schema}.{name}" if schema else name
    names = [t.name if t.schema == catalog.default_schema else f"{t.schema}.{t.name}" for t in catalog.tables]
    there = f"; there are {nearest(name, names)}" if names else ""
    return Refused(f"There is no table {shown}{there}.", rule="tables")


_SEARCHED = "public"
"""The one schema that every connection looks in; a table elsewhere needs its schema, default or not."""


def _rewrite(node: exp.Table, table: Table, catalog: Catalog, tongue: Tongue) -> None:
    node.set("this", written(table.name, tongue))
    if node.args.get("db") is not None or table.schema != _SEARCHED:
        node.set("db", written(table.schema, tongue))


def written(name: str, tongue: Tongue) -> exp.Identifier:
    """A stored name as an identifier, in quotes where it needs them."""
    return exp.Identifier(this=name, quoted=tongue.needs_quotes(name))
