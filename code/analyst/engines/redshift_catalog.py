"""What a Redshift database holds, read from its own catalog as far as the role may read; no table is looked at."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from analyst.catalog import Catalog, Column, Link, Table
from analyst.engines.redshift_sql import statement
from analyst.links import infer_links

_KINDS = {"r": "table", "v": "view", "m": "materialized view"}
_TRY_SECONDS = 20.0
_LEAST_ROWS = 1.0
"""A table that ANALYZE never saw has less than one row, by what the catalog says of it."""
_MOST_KEYED = 8

_Key = tuple[str, str]
Rows = list[tuple[Any, ...]]


class Asker(Protocol):
    """Runs statements on Redshift, over the wire or through the Data API."""

    def rows(self, sql: str) -> Rows:
        """All rows of one statement."""
        ...

    def try_rows(self, sql: str, *, seconds: float) -> Rows | None:
        """The same for one that may fail or take too long; None then."""
        ...


@dataclass(kw_only=True)
class _Found:
    """One table or view while it is put together; columns by their number."""

    kind: str
    rows: int | None = None
    comment: str = ""
    columns: dict[int, Column] = field(default_factory=dict)
    primary_key: tuple[str, ...] = ()
    unique_keys: list[tuple[str, ...]] = field(default_factory=list)


def read_catalog(asker: Asker, *, source: str) -> Catalog:
    """The catalog; external tables, late-binding views, comments, keys and counts are left out where they fail."""
    found = _stored(asker)
    _bind_late(asker, found)
    _comment(asker, found)
    _count(asker, found)
    declared = _keys(asker, found)
    _external(asker, found)
    tables = tuple(_table(key, f) for key, f in sorted(found.items()) if f.columns)
    known = {t.key for t in tables}
    links = tuple(k for k in declared if k.table in known and k.to_table in known)
    return Catalog(
        source=source,
        dialect="redshift",
        tables=tables,
        links=links + infer_links(tables, links),
        default_schema=_default_schema(tables),
    )


def _stored(asker: Asker) -> dict[_Key, _Found]:
    found: dict[_Key, _Found] = {}
    partly: set[_Key] = set()
    for schema, name, kind, tuples, readable in asker.rows(statement("relations")):
        rows = round(tuples) if tuples is not None and tuples >= _LEAST_ROWS else None
        found[schema, name] = _Found(kind=_KINDS[kind], rows=rows if kind != "v" else None)
        if not readable:
            partly.add((schema, name))
    for schema, name, number, column, type_, required in asker.rows(statement("columns")):
        if (schema, name) in found:
            made = Column(name=column, type=type_, nullable=not required)
            found[schema, name].columns[number] = made
    _only_granted(asker, found, partly)
    return found


def _only_granted(asker: Asker, found: dict[_Key, _Found], partly: set[_Key]) -> None:
    """Of tables that may not be read in whole, the columns that may."""
    rows = asker.try_rows(statement("granted_columns"), seconds=_TRY_SECONDS) if partly else ()
    granted: dict[_Key, set[int]] = defaultdict(set)
    for schema, name, number in rows or ():
        granted[schema, name].add(number)
    for key in partly:
        kept = {n: c for n, c in found[key].columns.items() if n in granted[key]}
        if kept:
            found[key].columns = kept
        else:
            del found[key]


def _bind_late(asker: Asker, found: Mapping[_Key, _Found]) -> None:
    """Views without columns of their own; asked only where there are some."""
    if not any(f.kind == "view" and not f.columns for f in found.values()):
        return
    rows = asker.try_rows(statement("late_binding"), seconds=_TRY_SECONDS)
    for schema, name, number, column, type_ in rows or ():
        view = found.get((schema, name))
        if view is not None and view.kind == "view":
            view.columns.setdefault(number, Column(name=column, type=type_))


def _comment(asker: Asker, found: Mapping[_Key, _Found]) -> None:
    for schema, name, number, text in asker.try_rows(statement("comments"), seconds=_TRY_SECONDS) or ():
        table = found.get((schema, name))
        if table is None:
            continue
        if number == 0:
            table.comment = text
        elif number in table.columns:
            table.columns[number] = replace(table.columns[number], comment=text)


def _count(asker: Asker, found: Mapping[_Key, _Found]) -> None:
    rows = asker.try_rows(statement("row_counts"), seconds=_TRY_SECONDS)
    for schema, name, count in rows or ():
        if (schema, name) in found and count is not None:
            found[schema, name].rows = int(count)


def _keys(asker: Asker, found: Mapping[_Key, _Found]) -> tuple[Link, ...]:
    """Keys as declared, put into the tables; the foreign ones are given back."""
    links: list[Link] = []
    for row in asker.try_rows(statement("keys"), seconds=_TRY_SECONDS) or ():
        kind, table, to_table = row[0], (row[1], row[2]), (row[11], row[12])
        columns = _names(found.get(table), row[3 : 3 + _MOST_KEYED])
        if not columns:
            continue
        if kind == "p":
            found[table].primary_key = columns
        elif kind == "u":
            found[table].unique_keys.append(columns)
        elif to_columns := _names(found.get(to_table), row[13 : 13 + _MOST_KEYED]):
            links.append(Link(table=table, columns=columns, to_table=to_table, to_columns=to_columns))
    return tuple(dict.fromkeys(links))


def _names(table: _Found | None, numbers: Sequence[int | None]) -> tuple[str, ...]:
    """The columns of these numbers; none where one of them may not be read."""
    wanted = [n for n in numbers if n is not None]
    if table is None or not all(n in table.columns for n in wanted):
        return ()
    return tuple(table.columns[n].name for n in wanted)


def _external(asker: Asker, found: dict[_Key, _Found]) -> None:
    """Tables of Spectrum and of federated databases, of which Redshift asks another catalog."""
    rows = asker.try_rows(statement("external_columns"), seconds=_TRY_SECONDS)
    made: dict[_Key, _Found] = {}
    for schema, name, number, column, type_, nullable in rows or ():
        table = made.setdefault((schema, name), _Found(kind="foreign table"))
        required = str(nullable).lower() in ("false", "no")
        table.columns[number] = Column(name=column, type=type_, nullable=not required)
    noted = asker.try_rows(statement("external_tables"), seconds=_TRY_SECONDS) if made else ()
    for schema, name, parameters in noted or ():
        if (schema, name) in made:
            made[schema, name].rows = _noted_rows(parameters)
    found.update(made)


def _noted_rows(parameters: Any) -> int | None:
    try:
        noted = json.loads(parameters).get("numRows")
    except (TypeError, ValueError, AttributeError):
        return None
    return int(noted) if str(noted).isdigit() else None


def _table(key: _Key, found: _Found) -> Table:
    return Table(
        schema=key[0],
        name=key[1],
        columns=tuple(found.columns[number] for number in sorted(found.columns)),
        comment=found.comment,
        primary_key=found.primary_key,
        unique_keys=tuple(dict.fromkeys(found.unique_keys)),
        rows=found.rows,
        kind=found.kind,
    )


def _default_schema(tables: Sequence[Table]) -> str:
    """ "public" where it has tables, else the schema with most of them."""
    counts = Counter(t.schema for t in tables)
    if "public" in counts or not counts:
        return "public"
    return min(counts, key=lambda schema: (-counts[schema], schema))
