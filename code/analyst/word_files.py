"""Word lists in text files beside the code that uses them: one in a file, or several by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType


def lines(package: str, file: str) -> tuple[str, ...]:
    """The lines of `file`.txt in a package, without remarks, which begin with #.

    A line that begins with a space goes on with the one before.
    """
    text = files(package).joinpath(f"{file}.txt").read_text(encoding="utf-8")
    kept = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return tuple("\n".join(kept).replace("\n ", " ").splitlines())


@lru_cache(maxsize=64)
def words(package: str, file: str) -> frozenset[str]:
    """All words of a file."""
    return frozenset(word for line in lines(package, file) for word in line.split())


@lru_cache(maxsize=64)
def named(package: str, file: str) -> Mapping[str, str]:
    """The `name: text` lines of a file, in its order."""
    return MappingProxyType(dict(pairs(package, file)))


def pairs(package: str, file: str) -> tuple[tuple[str, str], ...]:
    """The same where several lines may have one name."""
    parts = (line.partition(":") for line in lines(package, file))
    return tuple((name.strip(), text.strip()) for name, _, text in parts)
