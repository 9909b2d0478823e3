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
from analyst.matching.passing import is_passed, joined

_HERE = "analyst.matching"
_PIECE = re.compile(r"\x00(\d+)\x00|[^\W_]+|[%&,;:?!.]")
_CONTRACTIONS = (
    (
        "nt",
        re.compile(r"\b(does|did|do|is|was|are|were|has|have|had|would|could|should)nt\b"),
        r"\1 not",
    ),
    ("nt", re.compile(r"\b(cant|wont)\b"), " not"),
    ("n't", re.compile(r"\b(ca|wo|sha)n't\b"), r"\1n not"),
    ("n't", re.compile(r"n't\b"), " not"),
    ("s", re.compile(r"\b(what|who|where|how)s\b"), r"\1 is"),
    ("'", re.compile(r"'(?:s|re|ve|d|ll|m)\b"), " "),
    ("s'", re.compile(r"(?<=s)'(?=\s|$)"), " "),
    ("non-", re.compile(r"\bnon-(?=\w)"), "not "),
)
"""Each after the letters that a text has where it is found."""
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
    for letters, pattern, instead in _CONTRACTIONS:
        if letters in plainer:
            plainer = pattern.sub(instead, plainer)
    return [match[0] for match in _PIECE.finditer(plainer)]


def _tokens(pieces: list[str], found: Sequence[Mark], names: Names) -> Iterator[Token]:
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        if piece.startswith("\x00"):
            mark = found[int(piece.strip("\x00"))]
            yield Token(kind=LITERAL, text=mark.kind, raw=mark.text, mark=mark)
            at += 1
            continue
        if one := joined(pieces, at, names):
            yield Token(kind=WORD, text=names.concept(one), raw=f"{piece} {pieces[at + 1]}")
            at += 2
            continue
        phrase = _phrase(pieces, at)
        if len(phrase) == 1 and piece == "min" and at and pieces[at - 1].startswith("\x00"):
            phrase = ()  # "15 min" are minutes
        if phrase and not _is_own_name(phrase, names):
            yield from _marked(_phrases()[phrase], " ".join(phrase), names)
            at += len(phrase)
            continue
        if not is_passed(pieces, at, names):
            yield from _word(piece, names)
        at += 1


def _phrase(pieces: Sequence[str], at: int) -> tuple[str, ...]:
    """The longest of the listed wordings that stands here; empty where none does."""
    for length in _lengths().get(pieces[at], ()):
        said = tuple(pieces[at : at + length])
        if said in _phrases():
            return said
    return ()


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
def _phrases() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """The tokens of each listed wording."""
    listed: dict[tuple[str, ...], tuple[str, ...]] = {}
    for made, said in word_files.pairs(_HERE, "phrases"):
        for phrase in said.split("|"):
            listed[tuple(m[0] for m in _PIECE.finditer(phrase))] = tuple(made.split())
    return MappingProxyType(listed)


@lru_cache(maxsize=1)
def _lengths() -> Mapping[str, tuple[int, ...]]:
    """How many words the wordings with a first word have, the most first."""
    found: dict[str, set[int]] = {}
    for phrase in _phrases():
        found.setdefault(phrase[0], set()).add(len(phrase))
    return MappingProxyType({first: tuple(sorted(each, reverse=True)) for first, each in found.items()})


@lru_cache(maxsize=1)
def _filler() -> tuple[frozenset[str], frozenset[str]]:
    listed = word_files.named(_HERE, "filler")
    return frozenset(listed["pass"].split()), frozenset(listed["end"].split())
