"""Whether policies fit a source: what they name is there, and their row filters can be read in its dialect."""

from __future__ import annotations

from analyst.catalog import Catalog, Table
from analyst.errors import Refused
from analyst.guard.dialects import tongue
from analyst.guard.row_filters import usable
from analyst.policies.roles import ANY, Policies, SourceRules
from analyst.policy import EVERY


def misfits(policies: Policies, catalog: Catalog, *, source: str) -> tuple[str, ...]:
    """Sentences on what policies say of a source and its catalog does not bear out; none when all is well."""
    found: list[str] = []
    for name in (source, ANY):
        if name in policies.everyone:
            found += _misfits(policies.everyone[name], catalog, path=f"sources.{name}", strict=name == source)
    for role in policies.roles.values():
        name = source if source in role.sources else ANY
        if name in role.sources:
            path = f"roles.{role.name}.sources.{name}"
            found += _misfits(role.sources[name], catalog, path=path, strict=name == source)
    return tuple(found)


def _misfits(rules: SourceRules, catalog: Catalog, *, path: str, strict: bool) -> list[str]:
    """Rules for any source (not strict) may name what this one does not have."""
    tables = {(t.schema.lower(), t.name.lower()): t for t in catalog.tables}
    found: list[str] = []
    named = [(k, t) for k, ts in (("tables", rules.tables or ()), ("hidden", rules.hidden)) for t in ts]
    for key, (schema, name) in sorted(named):
        if name != EVERY and (schema.lower(), name.lower()) not in tables and strict:
            found.append(f"{path}.{key}: there is no table {schema}.{name}.")
    for key, columns in (
        ("columns", rules.columns),
        ("private", rules.private),
        ("open_values", rules.open_values),
    ):
        for schema, name, column in sorted(columns):
            table = tables.get((schema.lower(), name.lower()))
            if table is None and strict:
                found.append(f"{path}.{key}: there is no table {schema}.{name}.")
            elif table is not None and column.lower() not in {c.name.lower() for c in table.columns}:
                found.append(f"{path}.{key}: there is no column {column} in {schema}.{name}.")
    for row_filter in rules.filters:
        table = tables.get((row_filter.schema.lower(), row_filter.table.lower()))
        shown = f'{path}.rows."{row_filter.schema}.{row_filter.table}"'
        if table is None:
            found += [f"{shown}: there is no such table."] if strict else []
        else:
            found += [f"{shown}: {why}" for why in _why_not(row_filter.sql, table, catalog)]
    return list(dict.fromkeys(found))


def _why_not(sql: str, table: Table, catalog: Catalog) -> list[str]:
    try:
        usable(sql, table, catalog=catalog, speech=tongue(catalog.dialect))
    except Refused as error:
        return [str(error)]
    return []
