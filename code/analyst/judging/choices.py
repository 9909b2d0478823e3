"""Gold SQL as it is written in a suite: alternatives, and columns of which any may be shown."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice

MOST_CHOICES = 200
"""Concrete statements that one gold may mean."""

_CLOSING = {"(": ")", "[": "]"}
_QUOTES = "'\""


def golds(text: str) -> list[str]:
    """Every concrete statement of a gold, the most telling first.

    `;` separates alternatives. `{a, b}` stands for any non-empty choice of these columns, and a later `{}` for
    the same choice again. Neither counts inside quotes.
    """
    parts = [part.strip() for part in _split(text, ";")]
    return list(islice((sql for part in parts if part for sql in _chosen(part)), MOST_CHOICES))


def _chosen(sql: str) -> Iterator[str]:
    """Every way to choose columns, all of them first."""
    braces = _braces(sql)
    if braces is None:
        yield sql
        return
    first, last = braces
    names = [name.strip() for name in _split(sql[first + 1 : last], ",")]
    for size in range(len(names), 0, -1):
        for chosen in combinations(names, size):
            columns = ", ".join(chosen)
            yield from _chosen(sql[:first] + columns + _filled(sql[last + 1 :], columns))


def _braces(sql: str) -> tuple[int, int] | None:
    """Where the first choice begins and ends; None where there is none."""
    opened = None
    for place, character in _outside_quotes(sql):
        if character == "{":
            opened = place
        elif character == "}" and opened is not None:
            if sql[opened + 1 : place].strip():
                return opened, place
            opened = None
    return None


def _filled(sql: str, columns: str) -> str:
    """The statement with the choice in place of each `{}`."""
    empty = [p for p, c in _outside_quotes(sql) if c == "{" and sql[p + 1 : p + 2] == "}"]
    for place in reversed(empty):
        sql = sql[:place] + columns + sql[place + 2 :]
    return sql


def _split(text: str, separator: str) -> list[str]:
    """The parts between separators that stand outside quotes and brackets."""
    parts, begin, expected = [], 0, []
    for place, character in _outside_quotes(text):
        if character in _CLOSING:
            expected.append(_CLOSING[character])
        elif expected and character == expected[-1]:
            expected.pop()
        elif character == separator and not expected:
            parts.append(text[begin:place])
            begin = place + 1
    return [*parts, text[begin:]]


def _outside_quotes(text: str) -> Iterator[tuple[int, str]]:
    """Each character with its place, except those inside quotes; a doubled quote closes and opens again."""
    quote = ""
    for place, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in _QUOTES:
            quote = character
        else:
            yield place, character
