"""Which words are ordinary English, so that they do not name a value by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from analyst import word_files
from analyst.values.folding import singular

_ENDINGS = ("ing", "ed", "er", "est", "ly", "d", "ful", "al")


def _listed(name: str) -> frozenset[str]:
    return word_files.words("analyst.values", name)


def is_grammar(word: str) -> bool:
    """True for words that hold a question together or say how to measure."""
    return word in _grammar_words()


@lru_cache(maxsize=10_000)
def is_ordinary(word: str) -> bool:
    """True for common English words, in any of their commonest forms, and for those of the grammar."""
    return not ordinary_words().isdisjoint(forms(word))


@lru_cache(maxsize=1)
def _grammar_words() -> frozenset[str]:
    return _listed("grammar")


@lru_cache(maxsize=1)
def ordinary_words() -> frozenset[str]:
    """The common English words themselves, without their forms."""
    return _listed("ordinary") | _grammar_words()


def legal_words() -> frozenset[str]:
    """Words that may be added to a name without meaning another one: "Boeing Company"."""
    return _listed("legal")


def turning_words() -> frozenset[str]:
    """Words that make another name of the one they stand before: "New Mexico"."""
    return _listed("turning")


@lru_cache(maxsize=10_000)
def forms(word: str) -> tuple[str, ...]:
    """A word and what it may be a form of."""
    return (word, *bases(word))


def bases(word: str) -> Iterator[str]:
    """What a word may be a form of: "successful" of "success", "planned" of "plan"."""
    if singular(word) != word:
        yield singular(word)
    for ending in _ENDINGS:
        base = word.removesuffix(ending)
        if base != word and len(base) >= 3:
            yield base
            yield base + "e"
            if len(base) > 3 and base[-1] == base[-2]:
                yield base[:-1]
