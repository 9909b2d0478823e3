"""Statements that people wrote, broken: pieces cut out, doubled, swapped, mixed, and sprinkled with traps."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from fuzzing.grammar import EVIL_ENDS, EVIL_QUERIES, EVIL_VALUES

_PIECES = re.compile(r"\s+|\w+|'(?:[^']|'')*'|\"[^\"]*\"|.", re.DOTALL)
_TRAPS = (
    *EVIL_VALUES,
    *EVIL_QUERIES,
    *EVIL_ENDS,
    *("'", '"', ";", "--", "/*", "*/", "$$", "$a$", "\\", "E'\\''", "U&'\\0027'", 'U&"\\0061"', "N'"),
    *("(", ")", "[", "]", "{", "}", "::", ".", ",", "?", ":a", "%s", "@", "#", "`", "\n", "\t", "\r", "\x00"),
    *("\u00a0", "\u2028", "\u200b", "\ufeff", "\u0131", "\u017f", "\uff07", "\u2019", "\u037e"),
    *(
        "OPERATOR(pg_catalog.+)",
        "TABLE",
        "LATERAL",
        "ONLY",
        "VARIADIC",
        "WITH",
        "INTO",
        "FOR UPDATE",
        "ROWS FROM",
    ),
    *("information_schema.tables", "pg_shadow", "ctid", "$path", "row(" * 12, "(" * 30, "CASE " * 20),
)


def mutated(corpus: Sequence[str]) -> SearchStrategy[str]:
    """One of the statements with up to four things done to it."""
    return _mutated(tuple(corpus))


@st.composite
def _mutated(draw: DrawFn, corpus: tuple[str, ...]) -> str:
    pieces = _PIECES.findall(draw(_picked(corpus)))
    for _ in range(draw(st.integers(1, 4))):
        pieces = _changed(draw, pieces, corpus)
    return "".join(pieces)


def _picked(corpus: tuple[str, ...]) -> SearchStrategy[str]:
    return st.integers(0, len(corpus) - 1).map(corpus.__getitem__)


def _changed(draw: DrawFn, pieces: list[str], corpus: tuple[str, ...]) -> list[str]:
    at = draw(st.integers(0, len(pieces)))
    end = min(len(pieces), at + draw(st.integers(0, 4)))
    way = draw(st.integers(0, 5))
    if way == 0:
        return [*pieces[:at], *pieces[end:]]
    if way == 1:
        return [*pieces[:end], *pieces[at:]]
    if way == 2:
        return [*pieces[:at], draw(st.sampled_from(_TRAPS)), *pieces[at:]]
    if way == 3:
        return [*pieces[:at], " ", draw(st.sampled_from(_TRAPS)), " ", *pieces[end:]]
    if way == 4:
        other = _PIECES.findall(draw(_picked(corpus)))
        start = draw(st.integers(0, len(other)))
        return [*pieces[:at], *other[start : start + draw(st.integers(1, 12))], *pieces[end:]]
    return [p.swapcase() if at <= i < end else p for i, p in enumerate(pieces)]
