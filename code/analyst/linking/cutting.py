"""A catalog cut down to some of its columns, which still is a whole catalog to who reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import replace

from analyst.catalog import Catalog, Column, Table

_SHORT_COMMENT = 70
_SENTENCE_END = re.compile(r"(?<=[.;:])\s")


def has_values(column: Column) -> bool:
    """True where something is told of a column's values, or much of the column."""
    return bool(column.values or column.lowest or column.highest or len(column.comment) > _SHORT_COMMENT)


def untold(column: Column) -> Column:
    """The column without its values, and with the beginning of its comment."""
    if not (has_values(column) or column.more_values):
        return column
    plain = replace(
        column, values=(), values_complete=False, lowest="", highest="", comment=_beginning(column.comment)
    )
    return replace(plain, more_values=(), values_all=False, value_keys=())


def cut(
    catalog: Catalog,
    kept: Mapping[int, set[int]],
    *,
    told: Set[tuple[int, int]] = frozenset(),
    glossary: tuple[tuple[str, str], ...] = (),
) -> Catalog:
    """The catalog with these columns of these tables, by number, in its own order; values only of those told.

    Links stay where the columns of both ends do, a key where all of its columns do.
    """
    tables = tuple(
        _cut(table, kept[n], {p for t, p in told if t == n})
        for n, table in enumerate(catalog.tables)
        if n in kept
    )
    there = {t.key: {c.name for c in t.columns} for t in tables}
    links = tuple(
        link
        for link in catalog.links
        if there.get(link.table, set()).issuperset(link.columns)
        and there.get(link.to_table, set()).issuperset(link.to_columns)
        and link.table in there
        and link.to_table in there
    )
    return replace(catalog, tables=tables, links=links, glossary=glossary)


def _cut(table: Table, places: set[int], told: set[int]) -> Table:
    columns = tuple(c if p in told else untold(c) for p, c in enumerate(table.columns) if p in places)
    names = {c.name for c in columns}
    key = table.primary_key if names.issuperset(table.primary_key) else ()
    unique = tuple(k for k in table.unique_keys if names.issuperset(k))
    return replace(
        table, columns=columns, primary_key=key, unique_keys=unique, comment=shortened(table).comment
    )


def shortened(table: Table) -> Table:
    """The table with the beginning of its comment."""
    short = _beginning(table.comment)
    return table if short == table.comment else replace(table, comment=short)


def _beginning(comment: str) -> str:
    """The first sentence, or as much as fits."""
    if len(comment) <= _SHORT_COMMENT:
        return comment
    sentence = _SENTENCE_END.split(comment, maxsplit=1)[0]
    return sentence if len(sentence) <= _SHORT_COMMENT else sentence[: _SHORT_COMMENT - 1].rstrip() + "…"
