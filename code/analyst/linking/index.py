"""What is worked out once of a catalog, so that many questions can be linked to it quickly."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from analyst.catalog import Catalog, Column, Link, Table
from analyst.linking.families import Family, families
from analyst.linking.naming import Speller
from analyst.linking.plain_forms import root
from analyst.linking.roles import role_of
from analyst.values.folding import plain_words
from analyst.values.kept import Held
from analyst.values.vocabulary import is_grammar

NAME, COMMENT, SCHEMA = -1, -2, -3
"""In place of a column's number: where else of a table a word stands."""
_NAME, _TABLE_COMMENT, _SCHEMA, _COLUMN, _COLUMN_COMMENT, _VALUE = 3.0, 1.2, 0.6, 1.6, 1.1, 0.9
_MOST_VALUES = 20
_COMMON = 0.5
"""A word that more of a table's columns have, as a prefix mostly, says which table it is and not which column."""

Posting = tuple[int, int, float]
"""A table's number, a column's (or NAME, COMMENT, SCHEMA), and how much a word there counts."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Index:
    """The words, families and links of one catalog."""

    catalog: Catalog
    speller: Speller
    postings: dict[str, list[Posting]]
    """Where each root stands."""
    rarity: dict[str, float]
    """From near 0, for roots that are everywhere, to 1."""
    name_rarity: dict[str, float]
    """The same among the names of tables alone."""
    family_of: list[tuple[Family, int]]
    """Of each table, its family and its place in it."""
    near: list[tuple[tuple[int, int], ...]]
    """Of each table, the tables it is linked with, and the number of the link."""
    numbers: dict[tuple[str, str], int]
    roles: list[tuple[str, ...]]
    """Of each table, what its columns are for."""
    spelled: dict[str, list[str]]
    """The words of names as they are written, by their first letter."""

    @classmethod
    def build(cls, catalog: Catalog) -> Index:
        """The index of a catalog; a fifth of a second for 1,000 tables of 20 columns."""
        speller = _speller(catalog)
        names = [speller.parts(t.name) for t in catalog.tables]
        schemas = [speller.parts(t.schema) for t in catalog.tables]
        parts = [[speller.parts(c.name) for c in t.columns] for t in catalog.tables]
        kin = families(catalog, names, schemas)
        family_of = _by_table(kin, len(catalog.tables))
        postings = _postings(catalog, names, schemas, parts)
        numbers = {t.key: n for n, t in enumerate(catalog.tables)}
        return cls(
            catalog=catalog,
            speller=speller,
            postings=postings,
            rarity=_rarity(postings, family_of, len(kin)),
            name_rarity=_rarity(_only_names(postings), family_of, len(kin)),
            family_of=family_of,
            near=_near(catalog, numbers),
            numbers=numbers,
            roles=[
                tuple(role_of(c, p) for c, p in zip(t.columns, found, strict=True))
                for t, found in zip(catalog.tables, parts, strict=True)
            ],
            spelled=_spelled(speller, catalog),
        )

    def fits(self, catalog: Catalog) -> bool:
        """True where it was built of this very catalog, or of one with the same tables and links."""
        mine = self.catalog
        return mine is catalog or (
            Held.of(mine.tables) == Held.of(catalog.tables)
            and Held.of(mine.links) == Held.of(catalog.links)
            and (mine.default_schema, mine.glossary) == (catalog.default_schema, catalog.glossary)
        )


def kept_index(catalog: Catalog) -> Index:
    """The catalog's index; kept for the catalogs that were asked last."""
    tables, links = Held.of(catalog.tables), Held.of(catalog.links)
    return _kept(tables, links, schema=catalog.default_schema, glossary=catalog.glossary)


@lru_cache(maxsize=4)
def _kept(
    tables: Held[Table], links: Held[Link], *, schema: str, glossary: tuple[tuple[str, str], ...]
) -> Index:
    # Read anew, an unchanged catalog has other objects and the same values.
    return _of_equal(tables.things, links.things, schema, glossary)


@lru_cache(maxsize=4)
def _of_equal(
    tables: tuple[Table, ...], links: tuple[Link, ...], schema: str, glossary: tuple[tuple[str, str], ...]
) -> Index:
    return Index.build(
        Catalog(source="", dialect="", tables=tables, links=links, glossary=glossary, default_schema=schema)
    )


def _speller(catalog: Catalog) -> Speller:
    names = [name for t in catalog.tables for name in (t.schema, t.name, *(c.name for c in t.columns))]
    texts = {text for t in catalog.tables for text in (t.comment, *(c.comment for c in t.columns)) if text}
    return Speller(dict.fromkeys(names), [*texts, *(part for entry in catalog.glossary for part in entry)])


def _by_table(kin: Sequence[Family], count: int) -> list[tuple[Family, int]]:
    found: dict[int, tuple[Family, int]] = {}
    for family in kin:
        for place, number in enumerate(family.members):
            found[number] = (family, place)
    return [found[number] for number in range(count)]


_Names = Sequence[tuple[str, ...]]


def _postings(
    catalog: Catalog, names: _Names, schemas: _Names, parts: Sequence[_Names]
) -> dict[str, list[Posting]]:
    found: dict[str, list[Posting]] = {}
    for number, table in enumerate(catalog.tables):
        once: dict[tuple[str, int], float] = {}
        for token, column, weight in _said(table, names[number], schemas[number], parts[number]):
            if weight > once.get((token, column), 0.0):
                once[token, column] = weight
        for (token, column), weight in once.items():
            found.setdefault(token, []).append((number, column, weight))
    return found


def _said(
    table: Table, name: tuple[str, ...], schema: tuple[str, ...], parts: _Names
) -> Iterator[tuple[str, int, float]]:
    """Every root that stands somewhere in a table, where, and what it counts."""
    for token in map(root, name):
        yield token, NAME, _NAME / math.sqrt(len(name))
    for token in _told(table.comment):
        yield token, COMMENT, _TABLE_COMMENT
    for token in map(root, schema):
        yield token, SCHEMA, _SCHEMA
    common = _common(parts)
    for token in sorted(common):
        yield token, NAME, _NAME / 3
    for place, (column, words) in enumerate(zip(table.columns, parts, strict=True)):
        yield from _said_of(column, words, place, common=common)


def _said_of(
    column: Column, words: tuple[str, ...], place: int, *, common: frozenset[str]
) -> Iterator[tuple[str, int, float]]:
    own = [r for r in map(root, words) if r not in common] or [root(w) for w in words]
    for token in own:
        yield token, place, _COLUMN / math.sqrt(len(own))
    for token in _told(column.comment):
        yield token, place, _COLUMN_COMMENT
    if column.values_complete and len(column.values) <= _MOST_VALUES:
        for value in column.values:
            for token in map(root, plain_words(value)):
                yield token, place, _VALUE


def _told(comment: str) -> Iterator[str]:
    return (root(word) for word in plain_words(comment) if not is_grammar(word))


def _common(parts: _Names) -> frozenset[str]:
    """The roots that most columns of a table have in their names."""
    counted: dict[str, int] = {}
    for words in parts:
        for token in {root(w) for w in words}:
            counted[token] = counted.get(token, 0) + 1
    return frozenset(t for t, n in counted.items() if len(parts) > 3 and n > _COMMON * len(parts))


def _rarity(
    postings: dict[str, list[Posting]], family_of: Sequence[tuple[Family, int]], count: int
) -> dict[str, float]:
    homes = {token: {family_of[n][0].members[0] for n, _, _ in found} for token, found in postings.items()}
    return {token: math.log1p(count / len(home)) / math.log1p(count) for token, home in homes.items()}


def _only_names(postings: dict[str, list[Posting]]) -> dict[str, list[Posting]]:
    names = {token: [p for p in found if p[1] == NAME] for token, found in postings.items()}
    return {token: found for token, found in names.items() if found}


def _near(catalog: Catalog, numbers: dict[tuple[str, str], int]) -> list[tuple[tuple[int, int], ...]]:
    near: list[list[tuple[int, int]]] = [[] for _ in catalog.tables]
    for place, link in enumerate(catalog.links):
        here, there = numbers.get(link.table), numbers.get(link.to_table)
        if here is not None and there is not None:
            near[here].append((there, place))
            if here != there:
                near[there].append((here, place))
    return [tuple(found) for found in near]


def _spelled(speller: Speller, catalog: Catalog) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for table in catalog.tables:
        for name in (table.name, *(c.name for c in table.columns)):
            for word in speller.parts(name):
                found.setdefault(word[:1], {})[word] = None
    return {letter: list(words) for letter, words in found.items()}
