"""The allowlists, read once from the text files beside this one; `#` begins a comment in them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from importlib.resources import files


def _lines(name: str) -> Iterator[str]:
    text = files("analyst.guard").joinpath(name).read_text(encoding="utf-8")
    for line in text.splitlines():
        bare = re.sub(r"(^|\s)#.*", "", line).strip()
        if bare:
            yield bare


@functools.lru_cache(maxsize=32)
def names(file: str) -> frozenset[str]:
    """All words of a file."""
    return frozenset(word for line in _lines(file) for word in line.split())


@functools.lru_cache(maxsize=4)
def nodes(dialect: str) -> dict[str, frozenset[str] | None]:
    """Parts of a statement that a dialect lets through, each with its allowed clauses (None: all)."""
    found: dict[str, frozenset[str] | None] = {}
    for listed in _lines("nodes.txt"):
        line, _, only = (part.strip() for part in listed.partition("@"))
        if only and dialect not in only.split():
            continue
        name, bracket, clauses = line.partition("(")
        found[name.strip()] = frozenset(clauses.rstrip(")").split()) if bracket else None
    return found


@functools.lru_cache(maxsize=8)
def pairs(file: str) -> dict[str, str]:
    """The `name: value` lines of a file."""
    split = (line.partition(":") for line in _lines(file))
    return {name.strip(): value.strip() for name, _, value in split}


@functools.lru_cache(maxsize=64)
def words_of(file: str, name: str) -> frozenset[str]:
    """The words of one `name: word word` line of a file."""
    return frozenset(pairs(file).get(name, "").split())


@functools.lru_cache(maxsize=32)
def bound(name: str) -> int:
    """A number of bounds.txt."""
    return int(pairs("bounds.txt")[name])


@functools.lru_cache(maxsize=16)
def _patterns(dialect: str, kind: str) -> tuple[frozenset[str], tuple[str, ...]]:
    words = pairs("system.txt").get(f"{dialect} {kind}", "").split()
    exact = frozenset(w for w in words if not w.endswith("*"))
    return exact, tuple(w[:-1] for w in words if w.endswith("*"))


def is_system(name: str, *, dialect: str, kind: str) -> bool:
    """True for a schema, table or column that belongs to the database itself."""
    exact, beginnings = _patterns(dialect, kind)
    low = name.lower()
    return low in exact or low.startswith(beginnings)
