"""The word lists beside this file, read once."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from analyst.linking.plain_forms import root


@lru_cache(maxsize=32)
def listed(name: str) -> tuple[str, ...]:
    """The words of one list, as they are written."""
    lines = files(__package__).joinpath("words.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(":", 1) for line in lines if line and not line.startswith("#"))
    return next(tuple(words.split()) for found, words in pairs if found == name)


@lru_cache(maxsize=32)
def roots(*names: str) -> frozenset[str]:
    """The roots of the words of some lists."""
    return frozenset(root(word) for name in names for word in listed(name))


def pattern(*names: str) -> str:
    """A regular expression for any word of some lists."""
    return rf"\b(?:{'|'.join(word for name in names for word in listed(name))})\b"
