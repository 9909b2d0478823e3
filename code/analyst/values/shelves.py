"""The stored values of a catalog in the order in which a question's words are looked up in them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from analyst.catalog import Catalog, Column, Link, Table
from analyst.values.folding import plain_words, singular
from analyst.values.kept import Held
from analyst.values.slips import SHORTEST

FEW = 60
"""A column with at most so many distinct values sorts its rows; its values may be ordinary words."""
MOST_WORDS = 8
"""Of a longer value, which is rather a text than a name, no part is looked up."""
_LONGEST_VALUE = 120
_ADDRESS = re.compile(r"://|@|^www\.|^[\[{]", re.IGNORECASE)
_SECRET = re.compile(r"passw|secret|api_?key|token\b|_hash\b|_salt\b", re.IGNORECASE)
_ENOUGH_SHARED = 20
_SHARED = 0.9
_NAME_PARTS = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

Place = tuple[tuple[str, str], str]
"""A table's key and a column's name."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """One column whose values are known."""

    table: tuple[str, str]
    column: str
    words: frozenset[str]
    """The words of the column's own name, singular."""
    table_words: frozenset[str]
    few: bool
    rows: int

    @property
    def place(self) -> Place:
        """Table and column."""
        return self.table, self.column


@dataclass(slots=True)
class Shelves:
    """Everything that `find` looks in; built once for a catalog."""

    shelves: list[Shelf] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    on: list[int] = field(default_factory=list)
    """For each value, the number of its shelf."""
    wholes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Values by all their words, written together."""
    heads: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Values by their first words, written together, the last words left out."""
    plurals: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Whole values by their singular, where that is another word."""
    inner: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Values by each of their words but the first."""
    shapes: dict[tuple[str, int], list[str]] = field(default_factory=lambda: defaultdict(list))
    """The words of all values by first letter and length."""
    names: frozenset[str] = frozenset()
    """Words and whole names of tables and columns, singular."""
    keys: dict[tuple[Place, str], str] = field(default_factory=dict)
    """The key of the row that has a value, by the value's place and the value."""
    users: dict[tuple[str, str], tuple[Place, ...]] = field(default_factory=dict)
    """Columns elsewhere that hold the key of a table."""
    known: dict[Place, frozenset[str]] = field(default_factory=dict)
    """All values of the columns whose values are all known."""

    longest: int = 0
    """Letters of the longest value."""
    written: list[str] = field(default_factory=list)
    """The keys of wholes, heads and plurals, sorted."""

    def shelf(self, number: int) -> Shelf:
        """The shelf on which the value of that number lies."""
        return self.shelves[self.on[number]]

    def uses(self, place: Place, value: str) -> tuple[str, tuple[Place, ...]] | None:
        """The key that stands for a value and the columns elsewhere that hold it; None where that is not known."""
        key, users = self.keys.get((place, value)), self.users.get(place[0], ())
        if key is None or not users:
            return None
        return key, tuple(user for user in users if key in self.known.get(user, (key,)))

    def begins(self, letters: str) -> bool:
        """True where a value, its singular or its first words begin with these letters."""
        place = bisect_left(self.written, letters)
        return place < len(self.written) and self.written[place].startswith(letters)

    def may_mean(self, forms: Sequence[str]) -> bool:
        """False where no value is, or has, a word of these forms."""
        return not (
            self.wholes.keys().isdisjoint(forms)
            and self.plurals.keys().isdisjoint(forms)
            and self.heads.keys().isdisjoint(forms)
            and self.inner.keys().isdisjoint(forms)
        )

    def contains(self, word: str) -> bool:
        """True where some value has this word."""
        return any(word in words for words in (self.wholes, self.heads, self.inner))


def shelves_of(catalog: Catalog) -> Shelves:
    """The catalog's values in order; kept for the catalogs that were asked last."""
    return _kept(Held.of(catalog.tables), Held.of(catalog.links))


@lru_cache(maxsize=4)
def _kept(tables: Held[Table], links: Held[Link]) -> Shelves:
    # Read anew, an unchanged catalog has other objects and the same values.
    return _shelves(tables.things, links.things)


@lru_cache(maxsize=4)
def _shelves(tables: tuple[Table, ...], links: tuple[Link, ...]) -> Shelves:
    made = Shelves(names=_names(tables))
    for table in tables:
        for column in table.columns:
            if is_text(column):
                _put(made, table, column)
    made.written = sorted(made.wholes.keys() | made.heads.keys() | made.plurals.keys())
    made.longest = max(map(len, made.wholes), default=0)
    made.users = _users(tables, links, made)
    for word in made.inner.keys() | made.heads.keys() | made.wholes.keys():
        if len(word) >= SHORTEST and word.isalpha():
            made.shapes[word[0], len(word)].append(word)
    return made


def is_text(column: Column) -> bool:
    """True for columns whose values words may name."""
    return bool(column.known_values) and column.type != "boolean" and not is_secret(column.name)


def is_secret(name: str) -> bool:
    """True for columns that hold what nobody asks for by its value."""
    return _SECRET.search(name) is not None


def _put(made: Shelves, table: Table, column: Column) -> None:
    values = column.known_values
    number = len(made.shelves)
    shelf = Shelf(
        table=table.key,
        column=column.name,
        words=frozenset(name_words(column.name)),
        table_words=frozenset(name_words(table.name)),
        few=len(values) <= FEW,
        rows=table.rows or 0,
    )
    made.shelves.append(shelf)
    if column.all_known:
        made.known[shelf.place] = frozenset(values)
    for value, key in zip(values, column.value_keys, strict=False):
        if key:
            made.keys[shelf.place, value] = key
    for value in values:
        if len(value) <= _LONGEST_VALUE:
            made.values.append(value)
            made.on.append(number)
            _index(made, len(made.values) - 1, value)


def _index(made: Shelves, number: int, value: str) -> None:
    parts = plain_words(value)
    if not parts:
        return
    made.wholes["".join(parts)].append(number)
    if len(parts) > MOST_WORDS or (len(parts) > 1 and _ADDRESS.search(value)):
        return
    written = ""
    for place, part in enumerate(parts):
        written += part
        if place < len(parts) - 1:
            made.heads[written].append(number)
        if place and not part.isdigit():
            made.inner[part].append(number)
    one = singular(parts[-1])
    if one != parts[-1]:
        made.plurals["".join(parts[:-1]) + one].append(number)


def name_words(name: str) -> list[str]:
    """The words of a table's or column's name, singular."""
    return [singular(w) for w in plain_words(" ".join(_NAME_PARTS.findall(_CAMEL.sub(" ", name))))]


def _names(tables: Iterable[Table]) -> frozenset[str]:
    found: set[str] = set()
    for table in tables:
        for name in (table.name, *(c.name for c in table.columns)):
            found.update(name_words(name), ["".join(name_words(name))])
    return frozenset(found)


def _users(
    tables: Sequence[Table], links: Sequence[Link], made: Shelves
) -> dict[tuple[str, str], tuple[Place, ...]]:
    """Where the key of a table with keyed values is used: by a link, or by holding hardly anything else."""
    keyed = {place[0] for place, _ in made.keys}
    named = {t.key: t for t in tables}
    return {key: _users_of(named[key], tables, links, made) for key in keyed}


def _users_of(
    table: Table, tables: Sequence[Table], links: Sequence[Link], made: Shelves
) -> tuple[Place, ...]:
    linked = [k for k in links if k.to_table == table.key and len(k.columns) == 1]
    found = {(k.table, k.columns[0]): None for k in linked if k.table != table.key}
    held = _keys_of(table, linked, made.known)
    for other in tables:
        for column in other.columns if other.key != table.key else ():
            values = made.known.get((other.key, column.name), frozenset())
            if len(values) >= _ENOUGH_SHARED and len(values & held) >= _SHARED * len(values):
                found[other.key, column.name] = None
    rows = {t.key: t.rows or 0 for t in tables}
    return tuple(sorted(found, key=lambda place: -rows[place[0]]))


def _keys_of(table: Table, linked: Sequence[Link], known: Mapping[Place, frozenset[str]]) -> frozenset[str]:
    for link in linked:
        return known.get((table.key, link.to_columns[0]), frozenset())
    return frozenset()
