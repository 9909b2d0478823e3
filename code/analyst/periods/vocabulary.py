"""The word lists of words.txt."""

from __future__ import annotations

import functools
import re

from analyst import word_files


@functools.lru_cache(maxsize=32)
def words(name: str) -> frozenset[str]:
    """The words of one list; + ties the words of one entry."""
    listed = word_files.named("analyst.periods", "words")[name]
    return frozenset(word.replace("+", " ") for word in listed.split())


@functools.lru_cache(maxsize=32)
def choice(name: str) -> str:
    """The words of one list as a regular expression, the longest first."""
    return "|".join(sorted(map(re.escape, words(name)), key=len, reverse=True))
