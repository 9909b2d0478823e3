"""The word lists beside this file, read once."""

from __future__ import annotations

from functools import lru_cache

from analyst import word_files
from analyst.linking.plain_forms import root


def listed(name: str) -> tuple[str, ...]:
    """The words of one list, as they are written."""
    return tuple(word_files.named("analyst.agreement", "words")[name].split())


@lru_cache(maxsize=32)
def roots(*names: str) -> frozenset[str]:
    """The roots of the words of some lists."""
    return frozenset(root(word) for name in names for word in listed(name))


def pattern(*names: str) -> str:
    """A regular expression for any word of some lists."""
    return rf"\b(?:{'|'.join(word for name in names for word in listed(name))})\b"
