"""The word lists of words.txt."""

from __future__ import annotations

import functools
import re
from importlib.resources import files


@functools.lru_cache(maxsize=32)
def words(name: str) -> frozenset[str]:
    """The words of one list."""
    return frozenset(_lists()[name])


@functools.lru_cache(maxsize=32)
def choice(name: str) -> str:
    """The words of one list as a regular expression, the longest first."""
    return "|".join(sorted(map(re.escape, words(name)), key=len, reverse=True))


@functools.lru_cache(maxsize=1)
def _lists() -> dict[str, tuple[str, ...]]:
    text = files(__package__).joinpath("words.txt").read_text(encoding="utf-8")
    lines = "\n".join(line for line in text.splitlines() if line and not line.startswith("#"))
    entries = (line.partition(": ") for line in lines.replace("\n ", " ").splitlines())
    return {name: tuple(word.replace("+", " ") for word in listed.split()) for name, _, listed in entries}
