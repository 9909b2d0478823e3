"""What of a catalog a policy lets be seen: its tables and columns, before anything is resolved against them."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace

from analyst.catalog import Catalog, Column, Link, Table
from analyst.policy import EVERY, Policy, RowFilter

_log = logging.getLogger(__name__)


def reduced(catalog: Catalog, policy: Policy) -> Catalog:
    """The catalog with the policy's tables and columns only, and the keys and links that remain whole.

    What allows is compared to the letter, where the database tells letters' case apart; what forbids, without case.
    """
    if not policy.restricts:
        return catalog
    rules = Rules(policy, dialect=catalog.dialect)
    tables = tuple(t for t in (rules.table(t) for t in catalog.tables) if t is not None)
    seen = {t.key: {c.name for c in t.columns} for t in tables}
    return replace(catalog, tables=tables, links=tuple(k for k in catalog.links if _whole(k, seen)))


class Rules:
    """A policy's rules by the table they are about."""

    def __init__(self, policy: Policy, *, dialect: str) -> None:
        self._exact = dialect == "postgres"
        self._allowed = None if policy.tables is None else {self._as_allowed(*t) for t in policy.tables}
        self._hidden = {_low(*t) for t in policy.hidden}
        self._only = _by_table(policy.columns, exact=self._exact)
        self._private = _by_table(policy.private)
        self._filters: dict[tuple[str, str], list[RowFilter]] = {}
        for found in policy.filters:
            self._filters.setdefault(_low(found.schema, found.table), []).append(found)

    def table(self, table: Table) -> Table | None:
        """The table with what may be seen of it; None when that is nothing."""
        if not self._may_see(table):
            return None
        key = _low(*table.key)
        private, only = self._private.get(key, set()), self._only.get(key)
        if private - {c.name.lower() for c in table.columns}:
            # A name that fits nothing may be a wrong spelling of one that was meant to be hidden.
            _log.warning("a policy hides %s.%s: it names a private column that is not there", *table.key)
            return None
        columns = tuple(c for c in table.columns if self._shown(c, private=private, only=only))
        if len(columns) == len(table.columns):
            return table
        names = {c.name for c in columns}
        whole_key = table.primary_key if set(table.primary_key) <= names else ()
        return replace(table, columns=columns, primary_key=whole_key) if columns else None

    def filters(self, key: tuple[str, str]) -> list[RowFilter]:
        """The row filters of a table."""
        return self._filters.get(_low(*key), [])

    def about(self, key: tuple[str, str]) -> bool:
        """True when columns or rows of a table are kept back, so that it is never read as it is."""
        low = _low(*key)
        return low in self._filters or low in self._private or low in self._only

    def _may_see(self, table: Table) -> bool:
        if _low(*table.key) in self._hidden or _low(table.schema, EVERY) in self._hidden:
            return False
        wanted = {self._as_allowed(*table.key), self._as_allowed(table.schema, EVERY)}
        return self._allowed is None or bool(wanted & self._allowed)

    def _as_allowed(self, schema: str, name: str) -> tuple[str, str]:
        return (schema, name) if self._exact else _low(schema, name)

    def _shown(self, column: Column, *, private: set[str], only: set[str] | None) -> bool:
        low = column.name.lower()
        return low not in private and (only is None or (column.name if self._exact else low) in only)


def _low(schema: str, name: str) -> tuple[str, str]:
    return schema.lower(), name.lower()


def _by_table(
    columns: Iterable[tuple[str, str, str]], *, exact: bool = False
) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for schema, table, column in columns:
        found.setdefault(_low(schema, table), set()).add(column if exact else column.lower())
    return found


def _whole(link: Link, seen: dict[tuple[str, str], set[str]]) -> bool:
    here, there = seen.get(link.table), seen.get(link.to_table)
    if here is None or there is None:
        return False
    return set(link.columns) <= here and set(link.to_columns) <= there
