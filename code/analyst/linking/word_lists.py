"""The word lists beside this file, read once: synonyms, what questions ask for, and what parts of names say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from analyst import word_files
from analyst.linking.plain_forms import root
from analyst.values.vocabulary import is_grammar, ordinary_words

_HERE = "analyst.linking"
SAME, MEANT = 0.6, 0.4
"""How much a synonym counts, and how much a word that may be meant."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """What words and phrases may also be called: each with its weight, by the roots of the words."""

    meanings: Mapping[tuple[str, ...], Mapping[str, float]]
    hinting: frozenset[tuple[str, ...]]
    """Those that ask for something rather than name it."""
    longest: int


@lru_cache(maxsize=1)
def synonyms() -> Phrases:
    """The general synonyms of synonyms.txt."""
    meanings: dict[tuple[str, ...], dict[str, float]] = {}
    hinting: set[tuple[str, ...]] = set()
    for line in word_files.lines(_HERE, "synonyms"):
        said, _, meant = line.partition(" > ")
        group = said.split()
        for word in group:
            own = _parts(word)
            others = meant.split() if meant else [w for w in group if w != word]
            hinting.update([own] if meant else [])
            known = meanings.setdefault(own, {})
            for token in (part for other in others for part in _parts(other) if len(_parts(other)) < 3):
                if token not in own:
                    known[token] = max(known.get(token, 0.0), MEANT if meant else SAME)
    return Phrases(meanings, frozenset(hinting), max(len(words) for words in meanings))


def also_called(word: str) -> frozenset[str]:
    """What a word may also be called, by the roots of those words."""
    return frozenset(synonyms().meanings.get((root(word),), ()))


def passing_words() -> frozenset[str]:
    """Words that name no table and no column."""
    return word_files.words(_HERE, "passing")


def is_filling(word: str) -> bool:
    """True for words that only hold a question together, and that no column is called by."""
    return is_grammar(word) and not any(word in listed for listed in role_words().values())


@lru_cache(maxsize=1)
def intents() -> Mapping[str, frozenset[str]]:
    """For each kind of column, the plain words that ask for one."""
    return _named("intents")


@lru_cache(maxsize=1)
def role_words() -> Mapping[str, frozenset[str]]:
    """For each kind of column, the parts of names that say it is one; as they are written."""
    return _named("roles")


def markers() -> frozenset[str]:
    """Parts of names that say a table is a copy of another one."""
    return word_files.words(_HERE, "markers")


@lru_cache(maxsize=1)
def spelled_words() -> frozenset[str]:
    """Words that names written together may be made of, whatever the catalog."""
    return ordinary_words() | {
        w for line in word_files.lines(_HERE, "synonyms") for w in line.replace("_", " ").split()
    }


def _named(name: str) -> dict[str, frozenset[str]]:
    return {kind: frozenset(listed.split()) for kind, listed in word_files.named(_HERE, name).items()}


def _parts(word: str) -> tuple[str, ...]:
    return tuple(root(part) for part in word.split("_"))
