"""All values of text columns that are cheap to read, so that a question's words can be looked up in them."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from psycopg2.sql import SQL, Composable, Identifier, Literal

from analyst.catalog import Catalog, Column, Link, Table
from analyst.engines.postgres_session import Session
from analyst.engines.postgres_sql import statement
from analyst.engines.postgres_values import LONGEST_VALUE

MOST_OF_A_COLUMN = 2_000
"""A column with more distinct values is left without: it rather tells its rows apart than sorts them."""
MOST_OF_A_CATALOG = 50_000
MOST_SECONDS = 10.0
_COLUMN_SECONDS = 1.0
_MOST_FAILURES = 5


@dataclass
class Lookups:
    """Reads within what is left for the whole catalog; what fails or takes too long is left out."""

    opened: Session
    values_left: int = MOST_OF_A_CATALOG
    seconds_left: float = MOST_SECONDS
    failures: int = 0

    def filled(
        self,
        tables: Sequence[Table],
        links: Sequence[Link],
        *,
        wanted: Mapping[tuple[str, str], Collection[str]],
        known: Catalog | None = None,
        same: Collection[tuple[str, str]] = (),
    ) -> tuple[Table, ...]:
        """The tables with the values of the wanted columns, in the same order.

        `wanted` names text columns by table, the tables that are to be read first coming first. Tables that are the
        `same` as in `known` have their values already, unless others link to them by another key now.
        """
        named = {table.key: table for table in tables}
        keys = _text_keys(named, links, wanted)
        before = _text_keys({t.key: t for t in known.tables}, known.links, wanted) if known else {}
        kept = {key for key in same if key in named and keys.get(key) == before.get(key)}
        self.values_left -= sum(len(c.more_values) for key in kept for c in named[key].columns)
        for key, names in wanted.items():
            if key in kept:
                continue
            table = named[key]
            if key in same:
                table = replace(table, columns=tuple(_without_lookup(c) for c in table.columns))
            columns = (
                self._filled(c, table, keys.get(key, "")) if c.name in names else c for c in table.columns
            )
            named[key] = replace(table, columns=tuple(columns))
        return tuple(named[table.key] for table in tables)

    def _filled(self, column: Column, table: Table, key: str) -> Column:
        key = "" if key == column.name else key
        if column.values_complete and not key:
            return column
        found = self._found(column, table, key)
        if found is None:
            return column
        short = {value: of or "" for value, of in found.items() if len(value) <= LONGEST_VALUE}
        more = sorted(short.keys() - set(column.values))
        if len(more) > self.values_left:
            return column
        self.values_left -= len(more)
        keys = tuple(_short_key(short.get(value, "")) for value in (*column.values, *more))
        return replace(
            column,
            more_values=tuple(more),
            values_all=len(short) == len(found) and short.keys() >= set(column.values),
            value_keys=keys if any(keys) else (),
        )

    def _found(self, column: Column, table: Table, key: str) -> dict[str, str | None] | None:
        """Every value with its row's key; None where there are too many or they cannot be read."""
        if self.seconds_left <= 0 or self.failures >= _MOST_FAILURES:
            return None
        of: Composable = SQL("left({key}::text, {longest})").format(
            key=Identifier(key), longest=Literal(LONGEST_VALUE + 1)
        )
        sql = SQL(statement("lookup")).format(
            column=Identifier(column.name),
            table=Identifier(*table.key),
            longest=Literal(LONGEST_VALUE + 1),
            key=of if key else SQL("NULL::text"),
            kept=Literal(MOST_OF_A_COLUMN + 1),
        )
        started = time.monotonic()
        rows = self.opened.try_rows(sql, seconds=min(_COLUMN_SECONDS, self.seconds_left))
        self.seconds_left -= time.monotonic() - started
        self.failures += rows is None
        return dict(rows) if rows is not None and len(rows) <= MOST_OF_A_COLUMN else None


def _text_keys(
    tables: Mapping[tuple[str, str], Table],
    links: Sequence[Link],
    wanted: Mapping[tuple[str, str], Collection[str]],
) -> dict[tuple[str, str], str]:
    """The text column by which other tables link to a table; the first where there are several."""
    found: dict[tuple[str, str], str] = {}
    for link in links:
        if len(link.to_columns) == 1 and link.to_table in tables and link.table != link.to_table:
            name = link.to_columns[0]
            if name in wanted.get(link.to_table, ()):
                found.setdefault(link.to_table, name)
    return found


def _without_lookup(column: Column) -> Column:
    return replace(column, more_values=(), values_all=False, value_keys=())


def _short_key(key: str) -> str:
    return key if len(key) <= LONGEST_VALUE else ""
