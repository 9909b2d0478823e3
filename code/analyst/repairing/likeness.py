"""How likely it is that a name that does not exist meant one that does."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import OSA

SAME = 100
"""The same words, but for a plural, underscores, or the table's own prefix."""
SHORTENED = 80
PART = 70
TYPO = 60

_KEPT = 50_000
"""Names whose forms are remembered: those of a large catalog."""
_LONG_ENOUGH = 4
_FEW = 3


@functools.lru_cache(maxsize=_KEPT)
def squashed(name: str) -> str:
    """A name in lower case without what divides its words."""
    return re.sub(r"[\W_]+", "", name.lower())


@functools.lru_cache(maxsize=_KEPT)
def singular(name: str) -> str:
    """A name without the ending of a plural."""
    for ending, rest in (
        ("ies", "y"),
        ("sses", "ss"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("xes", "x"),
        ("s", ""),
    ):
        if name.endswith(ending) and len(name) - len(ending) > 1 and not name.endswith(("ss", "us", "is")):
            return name[: -len(ending)] + rest
    return name


@functools.lru_cache(maxsize=_KEPT)
def parts(name: str) -> tuple[str, ...]:
    """The words of a name, by underscores and humps."""
    return tuple(p.lower() for p in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\W_a-zA-Z\d]+", name))


def common_prefix(names: Sequence[str]) -> str:
    """What several names all begin with; empty for few names, or where a name would be left with nothing."""
    plain = [squashed(n) for n in names]
    if len(plain) < _FEW:
        return ""
    first, last = min(plain), max(plain)
    size = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    found = first[:size]
    return found if len(found) > 1 and all(len(n) > len(found) for n in plain) else ""


def table_words(table: str, *, prefix: str) -> set[str]:
    """What a table may be called in the names of columns: "sbcustomer" and "customer" of "sbCustomers"."""
    words = {squashed(table), squashed(table).removeprefix(prefix)}
    words |= {p for p in parts(table) if len(p) >= _LONG_ENOUGH}
    return {form for w in words if w for form in (w, singular(w))}


def cores(name: str, prefixes: Iterable[str]) -> set[str]:
    """A name with and without each prefix, in the singular."""
    plain = squashed(name)
    found = {plain} | {plain.removeprefix(p) for p in prefixes if p}
    return {singular(c) for c in found if c}


def column_score(wanted: str, column: str, *, words: set[str], prefix: str) -> float:
    """How well a column that exists fits a name that does not: 0 to 100.

    Given are the words for its table, and what the names of all its columns begin with.
    """
    mine, theirs = cores(wanted, words), cores(column, {*words, prefix})
    if mine & theirs:
        return SAME
    return _score(wanted, column, mine, theirs)


def table_score(wanted: str, table: str, *, prefix: str) -> float:
    """How well a table that exists fits a name that does not: 0 to 100."""
    mine, theirs = cores(wanted, {prefix}), cores(table, {prefix})
    if mine & theirs:
        return SAME
    return _score(wanted, table, mine, theirs)


def _score(wanted: str, name: str, mine: set[str], theirs: set[str]) -> float:
    ours, other = [singular(p) for p in parts(wanted)], [singular(p) for p in parts(name)]
    if any(_shortens(ours, t) for t in theirs) or any(_shortens(other, m) for m in mine):
        return SHORTENED
    if _without_id(ours) == _without_id(other) or _within(ours, other):
        return PART
    if any(_ends(m, t) for m in mine for t in theirs):
        return PART
    return max((_typo(m, t) for m in mine for t in theirs), default=0.0)


def _shortens(words: list[str], text: str) -> bool:
    """True where a text is made of the beginnings of all these words: "custid" of customer and id."""
    if not words or len(words) < 2:
        return False
    return _rest(words, text)


def _rest(words: list[str], text: str) -> bool:
    if not words:
        return not text
    word, least = words[0], min(_FEW, len(words[0]))
    return any(
        text.startswith(word[:size]) and _rest(words[1:], text[size:])
        for size in range(len(word), least - 1, -1)
    )


def _without_id(words: list[str]) -> list[str]:
    return words[:-1] if len(words) > 1 and words[-1] == "id" else words


def _within(ours: list[str], other: list[str]) -> bool:
    """True where all the words of the wanted name stand together in the other."""
    size = len(ours)
    long = len("".join(ours)) >= _LONG_ENOUGH
    return long and any(other[i : i + size] == ours for i in range(len(other) - size + 1))


def _ends(wanted: str, name: str) -> bool:
    long = len(wanted) >= _LONG_ENOUGH and 2 * len(wanted) >= len(name)
    return long and name.startswith(wanted)


def _typo(wanted: str, name: str) -> float:
    size = max(len(wanted), len(name))
    if min(len(wanted), len(name)) < _LONG_ENOUGH:
        return 0.0
    most = 1 if size < 8 else 2
    distance = OSA.distance(wanted, name, score_cutoff=most)
    return TYPO - distance if distance <= most else 0.0
