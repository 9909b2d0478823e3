"""The words that a database has for things."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from analyst.catalog import Catalog, Column
from analyst.linking import known_words, stem, words
from analyst.values.vocabulary import is_grammar

_LONG_ENOUGH = 4
"""Letters; a shorter word is a part of too many others."""
_SAME_BEGINNING = 5
"""Letters with which forms of one word begin: "publish" and "publication"."""


@dataclass(frozen=True)
class Vocabulary:
    """All words of a catalog, in their plain form."""

    things: frozenset[str]
    """The words in the names of tables and columns."""
    words: frozenset[str]
    """Those, and the words of comments, values, glossary and remarks."""
    beginnings: frozenset[str]
    names: str
    """All of them in one text, to look for parts of longer names ("sbtxcustid")."""
    complete: bool
    """True when no text column has values beside those that are known."""

    @classmethod
    def of(cls, catalog: Catalog, *, remarks: str = "") -> Vocabulary:
        """The words of names, comments, values, glossary, and of what was written beside the question."""
        values = (v for c in _texts(catalog) for v in c.known_values)
        every = known_words(catalog) | {w for v in values for w in words(v)} | set(words(remarks))
        names = [t.name for t in catalog.tables] + [c.name for t in catalog.tables for c in t.columns]
        return cls(
            things=frozenset(w for name in names for w in words(name.replace("_", " "))),
            words=frozenset(every),
            beginnings=frozenset(w[:_SAME_BEGINNING] for w in every if len(w) >= _SAME_BEGINNING),
            names=" ".join(every),
            complete=all(c.all_known for c in _texts(catalog)),
        )

    def names_a_thing(self, word: str) -> bool:
        """True for a word in the name of a table or column."""
        return not self.things.isdisjoint(_forms(word))

    def knows(self, word: str) -> bool:
        """True for a word of the database, a part of one, or another form of one."""
        forms = _forms(word)
        if not self.words.isdisjoint(forms):
            return True
        if any(len(form) >= _LONG_ENOUGH and form in self.names for form in forms):
            return True
        return len(word) >= _SAME_BEGINNING and word[:_SAME_BEGINNING] in self.beginnings


def _forms(word: str) -> set[str]:
    """A word, its plain form, and the plain form of that: "ratings", "rating", "rat"."""
    return {word, stem(word), stem(stem(word))}


def is_asking(word: str) -> bool:
    """True for a word in which people ask for data, whatever it is about, and for numbers."""
    if len(word) < 2 or re.match(r"\d", word) or is_grammar(word):
        return True
    return not _asking().isdisjoint(_forms(word))


def _texts(catalog: Catalog) -> list[Column]:
    return [
        c for t in catalog.tables for c in t.columns if c.known_values or "char" in c.type or c.type == "text"
    ]


@lru_cache(maxsize=1)
def _asking() -> frozenset[str]:
    lines = files(__package__).joinpath("asking.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(stem(w) for line in lines if not line.startswith("#") for w in line.split())
