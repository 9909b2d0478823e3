"""What of a catalog a policy leaves to everything but the guard: prompts, look-ups, examples, suggestions, errors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analyst.catalog import Catalog, Column, Table
from analyst.guard.seeing import Rules, reduced
from analyst.policy import Policy


@dataclass(frozen=True, kw_only=True, eq=False)
class View:
    """What one person sees of a source."""

    policy: Policy
    whole: Catalog
    """Everything, for the guard alone: it needs to know what it keeps from them."""
    catalog: Catalog
    """What is left, for everything else."""

    def limited(self, tables: Sequence[str]) -> tuple[str, ...]:
        """Those of some tables ("schema.table") of which the policy lets some rows only be seen."""
        rules = Rules(self.policy, dialect=self.whole.dialect)
        filtered = {".".join(t.key) for t in self.whole.tables if rules.filters(t.key)}
        return tuple(table for table in tables if table in filtered)


def visible(catalog: Catalog, policy: Policy) -> Catalog:
    """The catalog without what the policy keeps back: tables, columns, the keys and links on them, the values
    and number of rows of filtered tables, and comments and glossary entries that name what is kept back.

    Not for the guard: it takes the whole catalog and the policy.
    """
    if not policy.restricts:
        return catalog
    seen = reduced(catalog, policy)
    rules = Rules(policy, dialect=catalog.dialect)
    kept_back = _kept_back(catalog, seen)
    tables = tuple(_quiet(_blanked(t, rules, policy), kept_back) for t in seen.tables)
    glossary = tuple(entry for entry in seen.glossary if not _names(" ".join(entry), kept_back))
    return replace(seen, tables=tables, glossary=glossary)


def _kept_back(catalog: Catalog, seen: Catalog) -> re.Pattern[str] | None:
    """The names that are nowhere to be seen any more, as one pattern."""
    left = {t.name.lower() for t in seen.tables} | {c.name.lower() for t in seen.tables for c in t.columns}
    every = {t.name for t in catalog.tables} | {c.name for t in catalog.tables for c in t.columns}
    gone = sorted(name for name in every if name.strip() and name.lower() not in left)
    if not gone:
        return None
    return re.compile(rf"(?<![\w])(?:{'|'.join(re.escape(name) for name in gone)})(?![\w])", re.IGNORECASE)


def _names(text: str, kept_back: re.Pattern[str] | None) -> bool:
    return kept_back is not None and kept_back.search(text) is not None


def _quiet(table: Table, kept_back: re.Pattern[str] | None) -> Table:
    comment = "" if _names(table.comment, kept_back) else table.comment
    columns = tuple(replace(c, comment="") if _names(c.comment, kept_back) else c for c in table.columns)
    return replace(table, comment=comment, columns=columns)


def _blanked(table: Table, rules: Rules, policy: Policy) -> Table:
    """A filtered table's values are those of all rows, whoever may see them."""
    if not rules.filters(table.key):
        return table
    columns = tuple(c if (*table.key, c.name) in policy.open_values else _blank(c) for c in table.columns)
    return replace(table, columns=columns, rows=None)


def _blank(column: Column) -> Column:
    plain = column.without_values()
    return replace(plain, more_values=(), values_all=False, value_keys=())
