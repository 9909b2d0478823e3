"""Questions made from what a catalog holds: counts by kind, averages over time, the largest of a link."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, zip_longest

from analyst import labels
from analyst.catalog import Catalog, Column, Table
from analyst.linking import words
from analyst.result import Kind, ResultColumn
from analyst.suggesting.names import Names, is_sayable
from analyst.suggesting.word_lists import is_listed

MOST = 3
MOST_KINDS = 30
"""Values of a column up to which it parts its rows into kinds."""
MOST_TABLES = 50
"""Tables that are looked at, the likeliest first."""
_SHORTEST_KIND = 4
"""Letters; what is shorter is rather an abbreviation."""
_NUMBERS = ("int", "bigint", "smallint", "numeric", "decimal", "double", "real", "float", "money")
_TEXTS = ("char", "text", "enum", "user-defined")
_MONTHS_FROM, _YEARS_FROM = 60, 3650
"""Days that the data has to span, for its months and for its years to be compared."""


def made(catalog: Catalog, *, about: str = "", most: int = MOST) -> tuple[str, ...]:
    """At most so many questions that the catalog can answer; those on tables near to the question `about` first."""
    names = Names(catalog)
    makers = [_Maker(table, catalog, names) for table in _nearest(catalog, about)[:MOST_TABLES]]
    counts = [q for maker in makers for q in maker.counts()]
    averages = [q for maker in makers for q in maker.averages()]
    largest = [q for maker in makers for q in maker.largest()]
    mixed = chain.from_iterable(zip_longest(counts, averages, largest))
    plain = (f"How many {maker.rows} are there?" for maker in makers)
    return tuple(dict.fromkeys(q for q in chain(mixed, plain) if q))[:most]


def _nearest(catalog: Catalog, about: str) -> list[Table]:
    """Tables that hold rows: those that share most words with the question first, then the largest."""
    asked = set(words(about))
    usable = [t for t in catalog.tables if t.rows != 0 and is_sayable(t)]
    return sorted(usable, key=lambda t: (-_shared(t, asked), -(t.rows or 0), t.key))


def _shared(table: Table, asked: set[str]) -> int:
    """How many words a table has in common with a question; those of its own name count twice."""
    if not asked:
        return 0
    columns = {w for c in table.columns for w in words(labels.readable(c.name))}
    return 2 * len(asked.intersection(words(labels.readable(table.name)))) + len(asked & columns)


@dataclass(frozen=True)
class _Maker:
    """Makes questions about one table."""

    table: Table
    catalog: Catalog
    names: Names

    @property
    def rows(self) -> str:
        return self.names.rows(self.table)

    def counts(self) -> Iterator[str]:
        """ "How many flights are there per carrier?" """
        for column in self._kinds()[:1]:
            yield f"How many {self.rows} are there per {self._said(column)}?"

    def averages(self) -> Iterator[str]:
        """ "What is the average dep delay of flights by month?" """
        over = _steps(self.table) or next((f"per {self._said(c)}" for c in self._kinds()), "")
        for column in self._measures()[:1] if over else ():
            yield f"What is the average {self._said(column)} of {self.rows} {over}?"

    def largest(self) -> Iterator[str]:
        """ "Which airlines have the most flights?" """
        own = (k for k in self.catalog.links if k.table == self.table.key != k.to_table)
        for link in sorted(own, key=lambda k: not k.declared):
            schema, name = link.to_table
            other = self.catalog.table(name, schema)
            if other and other.rows != 0 and is_sayable(other):
                yield f"Which {self.names.rows(other)} have the most {self.rows}?"
                return

    def _said(self, column: Column) -> str:
        return self.names.column(column, self.table)

    def _kinds(self) -> Sequence[Column]:
        return [c for c in self.table.columns if is_sayable(c) and _is_kind(c, self.table)]

    def _measures(self) -> Sequence[Column]:
        links = self.catalog.links
        keys = {name for k in links if k.table == self.table.key for name in k.columns}
        keys |= {name for k in links if k.to_table == self.table.key for name in k.to_columns}
        free = (c for c in self.table.columns if c.name not in keys.union(self.table.primary_key))
        return [c for c in free if is_sayable(c) and _is_measure(c)]


def _is_kind(column: Column, table: Table) -> bool:
    """True for a text of few values, each in several rows."""
    count, rows = len(column.known_values), table.rows
    if not column.all_known or not 2 <= count <= MOST_KINDS or (rows is not None and rows < 2 * count):
        return False
    if not any(word in column.type.lower() for word in _TEXTS) or table.primary_key == (column.name,):
        return False
    named = ResultColumn(name=column.name, kind=Kind.TEXT)
    return len(column.name) >= _SHORTEST_KIND and not labels.is_id(named)


def _is_measure(column: Column) -> bool:
    """True for a number that is called as a measure is, and that is not the same everywhere."""
    named = is_listed(column.name, "measures") and not is_listed(column.name, "not measures")
    varies = not column.lowest or column.lowest != column.highest
    return column.type.lower().startswith(_NUMBERS) and named and varies


def _steps(table: Table) -> str:
    """The steps of time in which a table's events can be compared; empty without a date."""
    dates = (c for c in table.columns if c.type.lower().startswith(("date", "timestamp")))
    days = next((_days(c) for c in dates if is_sayable(c) and not is_listed(c.name, "not events")), None)
    if days is None:
        return ""
    return "by day" if days < _MONTHS_FROM else "by month" if days < _YEARS_FROM else "by year"


def _days(column: Column) -> int:
    """How many days the values span; as many as months need where that is not known."""
    try:
        return (date.fromisoformat(column.highest[:10]) - date.fromisoformat(column.lowest[:10])).days
    except ValueError:
        return _MONTHS_FROM
