"""How tables belong together: the catalog's links, and what only their names say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from analyst.catalog import Catalog, Column, Table
from analyst.repairing.kinds import family
from analyst.repairing.likeness import common_prefix, singular, squashed, table_words

_Key = tuple[str, str]
_TELLING = ("name", "id", "code")


@dataclass(frozen=True, kw_only=True)
class Tie:
    """Columns of one table that equal columns of another."""

    table: _Key
    columns: tuple[str, ...]
    to_table: _Key
    to_columns: tuple[str, ...]
    keyed: bool
    """True when the other columns identify a row there, so that joining it multiplies nothing."""


class Ties:
    """The ties of a catalog, worked out when one is first asked for."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def between(self, one: Table, other: Table) -> list[Tie]:
        """The ties between two tables, whichever of them has the key; the ones by key where there are any."""
        found = [t for t in self._by_table.get(one.key, ()) if other.key in (t.table, t.to_table)]
        found = [t for t in found if t.table != t.to_table]
        return [t for t in found if t.keyed] or found or list(self._shared(one, other))

    def neighbours(self, table: Table) -> list[tuple[Tie, Table]]:
        """The tables that one tie leads to."""
        tables = self._tables
        return [
            (tie, tables[key])
            for tie in self._by_table.get(table.key, ())
            for key in (tie.table, tie.to_table)
            if key != table.key and key in tables
        ]

    def words(self, table: Table) -> set[str]:
        """What a table may be called in the names of columns."""
        return table_words(table.name, prefix=self._prefix)

    @cached_property
    def _prefix(self) -> str:
        return common_prefix([t.name for t in self._catalog.tables])

    @cached_property
    def _tables(self) -> dict[_Key, Table]:
        return {t.key: t for t in self._catalog.tables}

    @cached_property
    def _by_table(self) -> dict[_Key, list[Tie]]:
        found: dict[_Key, list[Tie]] = defaultdict(list)
        for tie in self._every():
            found[tie.table].append(tie)
            if tie.to_table != tie.table:
                found[tie.to_table].append(tie)
        return found

    def _every(self) -> list[Tie]:
        known = [
            Tie(table=k.table, columns=k.columns, to_table=k.to_table, to_columns=k.to_columns, keyed=True)
            for k in self._catalog.links
        ]
        pairs = {(t.table, t.columns) for t in known}
        return known + [t for t in self._by_names() if (t.table, t.columns) not in pairs]

    def _by_names(self) -> Iterator[Tie]:
        """A column named as another table's key, its own table's prefix apart; or as another table's name."""
        tables = self._catalog.tables
        schema_prefix = common_prefix([t.name for t in tables])
        targets: dict[str, list[tuple[Table, Column, bool]]] = defaultdict(list)
        for table in tables:
            for name, column, keyed in _identifying(table, schema_prefix):
                targets[name].append((table, column, keyed))
        for table in tables:
            prefix = common_prefix([c.name for c in table.columns])
            for column in table.columns:
                fits = [
                    hit
                    for hit in targets.get(squashed(column.name).removeprefix(prefix), ())
                    if hit[0].key != table.key and family(hit[1].type) == family(column.type)
                ]
                if len(fits) == 1:
                    target, key, keyed = fits[0]
                    yield _tie(table, column, target, key, keyed=keyed)

    def _shared(self, one: Table, other: Table) -> Iterator[Tie]:
        """The only telling column that two tables share by name and type."""
        both = [
            (mine, theirs)
            for mine in one.columns
            if (theirs := other.column(mine.name)) is not None
            and family(mine.type) == family(theirs.type)
            and mine.name.lower().endswith(_TELLING)
            and mine.name.lower() not in _TELLING
        ]
        if len(both) == 1:
            yield _tie(one, both[0][0], other, both[0][1], keyed=False)


def _identifying(table: Table, schema_prefix: str) -> Iterator[tuple[str, Column, bool]]:
    """What other tables may call the columns that say which row is meant."""
    prefix = common_prefix([c.name for c in table.columns])
    key = table.column(table.primary_key[0]) if len(table.primary_key) == 1 else None
    if key is not None and prefix:
        yield prefix.removeprefix(schema_prefix) + squashed(key.name).removeprefix(prefix), key, True
    for column in table.columns:
        if squashed(column.name) == singular(squashed(table.name)) + "name":
            yield squashed(column.name), column, False


def _tie(table: Table, column: Column, target: Table, key: Column, *, keyed: bool) -> Tie:
    return Tie(
        table=table.key,
        columns=(column.name,),
        to_table=target.key,
        to_columns=(key.name,),
        keyed=keyed,
    )
