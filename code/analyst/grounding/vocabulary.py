"""The words that a database has for things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from analyst.catalog import Catalog, Column, Table
from analyst.grounding.word_lists import listed
from analyst.linking import also_called, known_words, root, stem, words
from analyst.values.kept import Held
from analyst.values.vocabulary import is_grammar, is_ordinary

_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SHORT, _SHORTENED = 3, 5
"""Letters of what may be the shorthand of a word: "appl", "src", "arr"."""
_NUMBERED = re.compile(r"\d|(?:[qh][1-4]|(?:fy|cw|kw|wk)\d*|[ymqw]td)\Z")
_VOWELS = frozenset("aeiou")
_LONG_ENOUGH = 4
"""Letters; a shorter word is a part of too many others."""
_TELLING = 6
"""Letters of what a word may also be called, to be looked for within longer names."""
_SAME_BEGINNING = 5
"""Letters with which forms of one word begin: "publish" and "publication"."""


@dataclass(frozen=True)
class Vocabulary:
    """All words of a catalog, in their plain form."""

    things: frozenset[str]
    """The words in the names of tables and columns."""
    words: frozenset[str]
    """Those, and the words of comments, values, glossary and remarks."""
    roots: frozenset[str]
    """The roots of the words in names, to meet synonyms."""
    shorthand: frozenset[str]
    """Parts of names that are no English words, and may be short for one."""
    beginnings: frozenset[str]
    names: str
    """All of them in one text, to look for parts of longer names ("sbtxcustid")."""
    complete: bool
    """True when no text column has values beside those that are known."""

    @classmethod
    def of(cls, catalog: Catalog, *, remarks: str = "") -> Vocabulary:
        """The words of names, comments, values, glossary, and of what was written beside the question.

        What is of the catalog is kept for the catalogs that were asked last.
        """
        known = _kept(Held.of(catalog.tables), source=catalog.source, glossary=catalog.glossary)
        return known.and_of(remarks)

    @classmethod
    def build(cls, catalog: Catalog) -> Vocabulary:
        """All words of a catalog; a tenth of a second for 1,000 tables of 20 columns."""
        values = (v for c in _texts(catalog.tables) for v in c.known_values)
        every = known_words(catalog) | {w for v in values for w in words(v)}
        names = [t.name for t in catalog.tables] + [c.name for t in catalog.tables for c in t.columns]
        parts = {part.lower() for name in names for part in _PART.findall(name)}
        return cls(
            things=frozenset(w for name in names for w in words(name.replace("_", " "))),
            words=frozenset(every),
            roots=frozenset(map(root, parts)),
            shorthand=frozenset(p for p in parts if _SHORT <= len(p) <= _SHORTENED and not is_ordinary(p)),
            beginnings=_beginnings(every),
            names=" ".join(every),
            complete=all(c.all_known for c in _texts(catalog.tables)),
        )

    def and_of(self, text: str) -> Vocabulary:
        """With the words of a text besides."""
        more = set(words(text)) - self.words
        if not more:
            return self
        return replace(
            self,
            words=self.words | more,
            beginnings=self.beginnings | _beginnings(more),
            names=" ".join([self.names, *more]),
        )

    def names_a_thing(self, word: str) -> bool:
        """True for a word in the name of a table or column."""
        return not self.things.isdisjoint(_forms(word))

    def knows(self, word: str) -> bool:
        """True for a word of the database, a part of one, or another form of one."""
        forms = _forms(word)
        if not self.words.isdisjoint(forms):
            return True
        others = also_called(word)
        if not self.roots.isdisjoint(others) or any(self._holds(o, _TELLING) for o in others):
            return True
        if any(self._holds(form) for form in forms):
            return True
        if len(word) >= _SHORT and f"{word} " in f"{self.names} ":  # the last word of "tcplanmonthlyfee"
            return True
        if any(_is_short_for(short, word) for short in self.shorthand):
            return True
        return len(word) >= _SAME_BEGINNING and word[:_SAME_BEGINNING] in self.beginnings

    def _holds(self, form: str, least: int = _LONG_ENOUGH) -> bool:
        """True for a part of a longer name: "subscriber" of "tcsubscriber"."""
        return len(form) >= least and form in self.names


def _is_short_for(short: str, word: str) -> bool:
    """True for a word's beginning ("vac" of vacancy), and for some of its letters without a vowel ("src" of source)."""
    if len(word) <= len(short) or word[0] != short[0]:
        return False
    rest = iter(word)
    return word.startswith(short) or (_VOWELS.isdisjoint(short) and all(letter in rest for letter in short))


def _forms(word: str) -> set[str]:
    """A word, its plain form, and the plain form of that: "ratings", "rating", "rat"."""
    return {word, stem(word), stem(stem(word))}


def is_asking(word: str) -> bool:
    """True for a word in which people ask for data, whatever it is about, for numbers, and for "q3" and "ytd"."""
    if len(word) < 2 or _NUMBERED.match(word) or is_grammar(word):
        return True
    return not _asking().isdisjoint(_forms(word))


def _texts(tables: Sequence[Table]) -> list[Column]:
    return [c for t in tables for c in t.columns if c.known_values or "char" in c.type or c.type == "text"]


def _beginnings(every: Iterable[str]) -> frozenset[str]:
    return frozenset(w[:_SAME_BEGINNING] for w in every if len(w) >= _SAME_BEGINNING)


@lru_cache(maxsize=4)
def _kept(tables: Held[Table], *, source: str, glossary: tuple[tuple[str, str], ...]) -> Vocabulary:
    # Read anew, an unchanged catalog has other objects and the same values.
    return _of_equal(tables.things, source, glossary)


@lru_cache(maxsize=4)
def _of_equal(tables: tuple[Table, ...], source: str, glossary: tuple[tuple[str, str], ...]) -> Vocabulary:
    return Vocabulary.build(Catalog(source=source, dialect="", tables=tables, glossary=glossary))


@lru_cache(maxsize=1)
def _asking() -> frozenset[str]:
    return frozenset(map(stem, listed("asking")))
