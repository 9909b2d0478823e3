"""What identifies a row of a table, and which columns are known to hold the same value in several rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from analyst.catalog import Catalog, Column, Link, Table

_Key = tuple[str, str]
Columns = frozenset[str]


class Keys:
    """The keys of a catalog's tables: declared, linked to, told by complete values, or of a bridge."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known: dict[_Key, list[Columns]] = {}

    def of(self, table: Table) -> list[Columns]:
        """Sets of columns that identify a row, the declared key first; empty where none is known."""
        if table.key not in self._known:
            self._known[table.key] = list(dict.fromkeys(self._every(table)))
        return self._known[table.key]

    def in_every_row(self, table: Table) -> list[Columns]:
        """Those keys that have a value in every row; one that is only unique may be empty, and still joins once."""
        return [key for key in self.of(table) if not _may_be_empty(table, key)]

    def repeats(self, table: Table, columns: Columns) -> bool:
        """True where the catalog gives reason to say that several rows share their values in these columns."""
        if not columns or any(key <= columns for key in self.of(table)):
            return False
        by_values = _by_values(table, columns)
        if by_values is not None:
            return by_values
        counts = [_compared(table, self._tables.get(k.to_table)) for k in self._links(table, columns)]
        if any(count is not None and count > 0 for count in counts):
            return True
        if any(columns < key for key in self.of(table)):
            return True
        return bool(self.of(table)) and 0 not in counts

    @cached_property
    def _tables(self) -> dict[_Key, Table]:
        return {t.key: t for t in self._catalog.tables}

    @cached_property
    def _outgoing(self) -> dict[_Key, list[Link]]:
        found: dict[_Key, list[Link]] = defaultdict(list)
        for link in self._catalog.links:
            found[link.table].append(link)
        return found

    @cached_property
    def _targets(self) -> dict[_Key, list[Columns]]:
        found: dict[_Key, list[Columns]] = defaultdict(list)
        for link in self._catalog.links:
            found[link.to_table].append(frozenset(link.to_columns))
        return found

    def _links(self, table: Table, columns: Columns) -> Iterable[Link]:
        return [k for k in self._outgoing[table.key] if frozenset(k.columns) == columns]

    def _every(self, table: Table) -> Iterable[Columns]:
        if table.primary_key:
            yield frozenset(table.primary_key)
        yield from map(frozenset, table.unique_keys)
        yield from self._targets[table.key]
        yield from (frozenset({c.name}) for c in table.columns if _is_unique(c, table))
        if table.primary_key:
            return
        if "view" not in table.kind:
            part = {name for key in table.unique_keys for name in key}  # "id" may be unique with others only
            ids = (c.name for c in table.columns if c.name.lower() == "id")
            yield from (frozenset({name}) for name in ids if name not in part)
        if self._is_bridge(table):
            yield frozenset(c.name for c in table.columns)

    def _is_bridge(self, table: Table) -> bool:
        """True for a table that holds nothing but keys of two or more others: each pair once."""
        links = self._outgoing[table.key]
        linked = {name for link in links for name in link.columns}
        return len(links) > 1 and linked == {c.name for c in table.columns}


def _may_be_empty(table: Table, key: Columns) -> bool:
    if key == frozenset(table.primary_key) or key not in map(frozenset, table.unique_keys):
        return False
    return any(c.nullable for c in table.columns if c.name in key)


def _is_unique(column: Column, table: Table) -> bool:
    return column.all_known and bool(table.rows) and len(column.known_values) >= (table.rows or 0)


def _by_values(table: Table, columns: Columns) -> bool | None:
    """What complete values of the only column tell: fewer than rows. None where they tell nothing."""
    column = table.column(next(iter(columns))) if len(columns) == 1 else None
    if column is None or not column.all_known or not table.rows or not column.known_values:
        return None
    values = len(column.known_values)
    if column.nullable and values < table.rows < 2 * values:
        return None
    return values < table.rows


def _compared(table: Table, other: Table | None) -> int | None:
    """How many rows more than the table it points to; None where that is not known."""
    if other is None or other is table or table.rows is None or other.rows is None:
        return None
    return table.rows - other.rows
