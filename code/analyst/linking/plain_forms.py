"""Words as they are compared: case and endings put aside."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_DERIVED = (
    "ations", "ation", "ments", "ment", "tions", "tion", "ances", "ance", "ences", "ence", "ers", "er", "ors", "or",
    "ity", "al", "ly", "ing", "ed", "y", "e",
)  # fmt: skip
_SHORTEST_ROOT = 4


def words(text: str) -> list[str]:
    """The words of a text in their plain form, in order: lower case, a plural's ending taken off."""
    return [stem(w) for w in _WORD.findall(text.lower())]


def stem(word: str) -> str:
    """A word without the commonest English endings, so that "delayed" meets "delay"."""
    for ending, rest in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)] + rest
    return word


@lru_cache(maxsize=50_000)
def root(word: str) -> str:
    """What related words have in common, so that "shipment" meets "shipped"; a lower-case word goes in."""
    short = stem(word)
    for ending in _DERIVED:
        rest = short.removesuffix(ending)
        if rest != short and len(rest) >= _SHORTEST_ROOT:
            short = rest
            break
    double = len(short) > _SHORTEST_ROOT - 1 and short[-1] == short[-2] and short[-1] not in "aeious"
    return short[:-1] if double else short.removesuffix("e") if len(short) > _SHORTEST_ROOT else short
