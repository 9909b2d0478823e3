"""What the words of questions are compared as: their plain form, and one word for those that mean the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from analyst import word_files
from analyst.catalog import Table
from analyst.values.folding import plain_words
from analyst.values.kept import Held

_HERE = "analyst.matching"
_SHORTEST = 3
PARTICLES = frozenset(("in", "out", "up", "off"))
"""What makes another verb of the one before."""
_DROPPED_E = "cgvsuz"
"""No plain English word ends in these: "placed" is "place" and not "plac"."""


@lru_cache(maxsize=20_000)
def plain(word: str) -> str:
    """A lower-case word without the endings that do not change what it means."""
    known = _forms().get(word)
    if known is not None:
        return known
    return _bare(word)


def _bare(word: str) -> str:
    for ending, rest in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST - 1:
            return word[: -len(ending)] + rest
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > _SHORTEST:
        return plain(word[:-1])
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return _of_verb(word[: -len(ending)])
    return word


def _of_verb(stem: str) -> str:
    if stem[-1] == stem[-2] and stem[-1] not in "aeiouls":
        return stem[:-1]
    return stem + "e" if stem[-1] in _DROPPED_E and stem[-2:] != "ss" else stem


@lru_cache(maxsize=1)
def _forms() -> Mapping[str, str]:
    listed = word_files.named(_HERE, "forms").items()
    return MappingProxyType(
        {form: base for base, forms in listed for form in forms.split()} | {base: base for base, _ in listed}
    )


@lru_cache(maxsize=1)
def _groups() -> Mapping[str, tuple[str, ...]]:
    lines = [tuple(plain(w) for w in line.split()) for line in word_files.lines(_HERE, "synonyms")]
    return MappingProxyType({word: line for line in lines for word in line})


@lru_cache(maxsize=1)
def _alone() -> Mapping[str, tuple[str, ...]]:
    lines = [tuple(plain(w) for w in line.split()) for line in word_files.lines(_HERE, "alone")]
    return MappingProxyType({word: line for line in lines for word in line})


@dataclass(frozen=True, kw_only=True)
class Names:
    """What a catalog calls things, by the plain words of the names."""

    tables: frozenset[str]
    keys: Mapping[str, frozenset[str]]
    """For each word that names a table by itself, the words of its key."""
    numbers: frozenset[str]
    """Words of columns that hold amounts."""
    all: frozenset[str]
    owners: Mapping[str, frozenset[str]]
    """For each word of a column that holds amounts, the words of the tables that have one."""

    happened: Mapping[str, frozenset[str]]
    """For each word of a column that holds days, the words of the tables that have one."""

    def concept(self, word: str) -> str:
        """What a plain word is compared as: one of its synonyms, unless the catalog tells them apart."""
        found = self._always(word)
        others = _alone().get(found)
        if others is None:
            return found
        named = {self._always(w) for w in others} & self.all
        tables = named & self.tables
        if len(tables) == 1:
            named = {w for w in named if w in tables or self.happened.get(w, frozenset()) != tables}
        return next(iter(named)) if len(named) == 1 else found

    def _always(self, word: str) -> str:
        """The first of the synonyms that mean the same wherever they stand."""
        group = _groups().get(word)
        if group is None:
            return word
        named = [w for w in group if w in self.all]
        if len(named) > 1 and not self._one_thing(named):
            return word
        return next((w for w in named if w in self.tables), named[0] if named else group[0])

    def _one_thing(self, named: list[str]) -> bool:
        """True for a table and the column that is its key: an airline is its carrier."""
        return any(
            all(other == table or other in self.keys.get(table, ()) for other in named) for table in named
        )


@lru_cache(maxsize=16)
def names_of(tables: Held[Table]) -> Names:
    """The words that tables and columns are called by."""
    keys: dict[str, frozenset[str]] = {}
    numbers: set[str] = set()
    every: set[str] = set()
    owners: dict[str, set[str]] = {}
    happened: dict[str, set[str]] = {}
    for table in tables.things:
        called = name_words(table.name)
        every.update(called)
        if len(called) == 1:
            keys[called[0]] = frozenset(w for name in table.primary_key for w in name_words(name))
        for column in table.columns:
            every.update(name_words(column.name))
            amounts = name_words(column.name) if is_amount(column.type) else []
            numbers.update(amounts)
            for word in name_words(column.name) if column.type.lower().startswith(("date", "time")) else ():
                happened.setdefault(word, set()).add(" ".join(called))
            for word in amounts:
                owners.setdefault(word, set()).update([" ".join(called)])
    return Names(
        tables=frozenset(keys),
        keys=MappingProxyType(keys),
        numbers=frozenset(numbers),
        all=frozenset(every),
        owners=MappingProxyType({word: frozenset(tables) for word, tables in owners.items()}),
        happened=MappingProxyType({word: frozenset(tables) for word, tables in happened.items()}),
    )


def name_words(name: str) -> list[str]:
    """The plain words of a table's or column's name; "check_in" and "sign_up" are one word each."""
    return list(_name_words(name))


@lru_cache(maxsize=20_000)
def _name_words(name: str) -> tuple[str, ...]:
    made: list[str] = []
    for word in plain_words(name.replace("_", " ")):
        if word in PARTICLES and made:
            made[-1] += word
        else:
            made.append(plain(word))
    return tuple(made)


def is_amount(kind: str) -> bool:
    """True for a type of numbers."""
    return kind.lower().startswith(("int", "big", "small", "num", "dec", "double", "real", "float", "money"))
