"""A question as a row of tokens: wordings that ask for the same thing are one token, literals are one token each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from analyst import word_files
from analyst.matching.concepts import Names, plain
from analyst.matching.marking import Mark

_HERE = "analyst.matching"
_PIECE = re.compile(r"\x00(\d+)\x00|[^\W_]+|[%&,;:?!.]")
_CONTRACTIONS = (
    (re.compile(r"\b(ca|wo|sha)n't\b"), r"\1n not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"\b(what|who|where|how)s\b"), r"\1 is"),
    (re.compile(r"'(?:s|re|ve|d|ll|m)\b"), " "),
    (re.compile(r"(?<=s)'(?=\s|$)"), " "),
    (re.compile(r"\bnon-(?=\w)"), "not "),
)
WORD, LITERAL, MARKER, END = "word", "literal", "marker", "end"


@dataclass(frozen=True, kw_only=True)
class Token:
    """One step of a question."""

    kind: str
    """"word", "literal", "marker" or "end", where a group of words ends."""
    text: str
    """The concept, the marker's name, or the literal's kind."""
    raw: str
    mark: Mark | None = None

    @property
    def plural(self) -> bool:
        """True where it is written as several."""
        return (self.raw.endswith("s") and not self.raw.endswith(("ss", "us", "is"))) or self.raw in (
            "people",
            "children",
        )


def tokens(text: str, found: Sequence[Mark], names: Names) -> tuple[Token, ...]:
    """The tokens of a text that `tidy` made."""
    pieces = _pieces(text, found)
    return tuple(_tokens(pieces, found, names))


def _pieces(text: str, found: Sequence[Mark]) -> list[str]:
    kept, at = [], 0
    for number, mark in enumerate(found):
        kept += [text[at : mark.start], f" \x00{number}\x00 "]
        at = mark.end
    plainer = "".join([*kept, text[at:]]).lower()
    for pattern, instead in _CONTRACTIONS:
        plainer = pattern.sub(instead, plainer)
    return [match[0] for match in _PIECE.finditer(plainer)]


def _tokens(pieces: list[str], found: Sequence[Mark], names: Names) -> Iterator[Token]:
    listed, longest = _phrases()
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        if piece.startswith("\x00"):
            mark = found[int(piece.strip("\x00"))]
            yield Token(kind=LITERAL, text=mark.kind, raw=mark.text, mark=mark)
            at += 1
            continue
        length = next(
            (n for n in range(min(longest, len(pieces) - at), 0, -1) if tuple(pieces[at : at + n]) in listed),
            0,
        )
        if length == 1 and piece == "min" and at and pieces[at - 1].startswith("\x00"):
            length = 0  # "15 min" are minutes
        if length and not _is_own_name(pieces[at : at + length], names):
            yield from _marked(
                listed[tuple(pieces[at : at + length])], " ".join(pieces[at : at + length]), names
            )
            at += length
            continue
        yield from _word(piece, names)
        at += 1


def _is_own_name(pieces: Sequence[str], names: Names) -> bool:
    """True for a "rate" or a "total" that is part of a column's name."""
    return len(pieces) == 1 and pieces[0] in _MAY_BE_NAMES and plain(pieces[0]) in names.all


_MAY_BE_NAMES = frozenset(
    {"rate", "rates", "share", "ratio", "separate", "count", "name", "first", "last", "total"}
)


def _marked(made: Sequence[str], raw: str, names: Names) -> Iterator[Token]:
    for name in made:
        if name == "PASS":
            continue
        if name.isupper():
            yield Token(kind=MARKER, text=name, raw=raw)
        else:
            yield Token(kind=WORD, text=names.concept(plain(name)), raw=name)
    if len(made) > 1 and made[0] == "GROUP":
        yield Token(kind=END, text="GROUP", raw=raw)


def _word(piece: str, names: Names) -> Iterator[Token]:
    passed, ends = _filler()
    if piece in passed:
        return
    if piece in ends or not piece[0].isalnum():
        yield Token(kind=END, text=piece, raw=piece)
    else:
        yield Token(kind=WORD, text=names.concept(plain(piece)), raw=piece)


@lru_cache(maxsize=1)
def _phrases() -> tuple[Mapping[tuple[str, ...], tuple[str, ...]], int]:
    listed: dict[tuple[str, ...], tuple[str, ...]] = {}
    for made, said in word_files.pairs(_HERE, "phrases"):
        for phrase in said.split("|"):
            listed[tuple(m[0] for m in _PIECE.finditer(phrase))] = tuple(made.split())
    return MappingProxyType(listed), max(map(len, listed))


@lru_cache(maxsize=1)
def _filler() -> tuple[frozenset[str], frozenset[str]]:
    listed = word_files.named(_HERE, "filler")
    return frozenset(listed["pass"].split()), frozenset(listed["end"].split())
