"""Words that only ask, or only say that something is in the records, unless the database calls something so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from analyst import word_files
from analyst.matching.concepts import PARTICLES, Names, plain

_HERE = "analyst.matching"
_STOPS = frozenset(".?!:;,")
_SINGLE = "\x00"
"""What a literal's piece begins with."""


def is_passed(pieces: Sequence[str], at: int, names: Names) -> bool:
    """True for a word that makes no difference where it stands."""
    kind = _kinds().get(pieces[at], "")
    if not kind or plain(pieces[at]) in names.all:
        return False
    if kind == "light":
        return True
    if kind == "asking":
        return _begins(pieces, at)
    if kind == "telling":
        return _begins(pieces, at) and at + 1 < len(pieces) and pieces[at + 1] in _words("openers")
    if kind == "standins":
        return _was_named(pieces, at, names)
    if kind == "owners":
        return any(p.startswith(_SINGLE) for p in pieces[:at])
    if kind == "stretches":
        return at > 0 and pieces[at - 1].startswith(_SINGLE)
    if kind == "alone":
        return at > 1 and pieces[at - 1] == "a" and bool(_words("denials") & set(pieces[:at]))
    if kind == "pointing":
        return _points_on(pieces, at, names)
    return kind == "sorts" and _is_behind_name(pieces, at, names)


def joined(pieces: Sequence[str], at: int, names: Names) -> str:
    """The word that two pieces are where the database writes them as one: "signed up", "check-in"; empty for others."""
    if at + 1 >= len(pieces) or not (pieces[at].isalpha() and pieces[at + 1].isalpha()):
        return ""
    second = pieces[at + 1]
    made = plain(pieces[at]) + (plural_cut(second) if plural_cut(second) in PARTICLES else plain(second))
    return made if made in names.all else ""


def plural_cut(word: str) -> str:
    """ "Ups" as in "sign-ups" is "up"."""
    return word.removesuffix("s")


def _begins(pieces: Sequence[str], at: int) -> bool:
    """True where nothing but courtesy stands before it in its sentence."""
    for piece in reversed(pieces[:at]):
        if piece in _STOPS:
            return True
        if piece not in _words("courtesy"):
            return False
    return True


def _was_named(pieces: Sequence[str], at: int, names: Names) -> bool:
    """True for a "they" that stands for what an earlier clause has named, and not an earlier question."""
    clause = next((n for n in range(at - 1, -1, -1) if pieces[n] in _words("clauses")), 0)
    if pieces[at] == "ones":
        return any(p.startswith(_SINGLE) or names.concept(plain(p)) in names.all for p in pieces[:at])
    return any(names.concept(plain(p)) in names.tables for p in pieces[:clause])


def _points_on(pieces: Sequence[str], at: int, names: Names) -> bool:
    """True for "flights, but those that", and for "those flights that": not for "how many of those"."""
    behind = pieces[at + 1 : at + 3]
    if behind and behind[0] in _words("relatives"):
        return any(names.concept(plain(p)) in names.tables for p in pieces[:at])
    return (
        len(behind) > 1
        and behind[1] in _words("relatives")
        and names.concept(plain(behind[0])) in names.tables
    )


def _is_behind_name(pieces: Sequence[str], at: int, names: Names) -> bool:
    """True for the "type" of "device type", where the column is called device."""
    return at > 0 and names.concept(plain(pieces[at - 1])) in names.all


@lru_cache(maxsize=1)
def _kinds() -> Mapping[str, str]:
    listed = word_files.named(_HERE, "passing").items()
    kinds = ("light", "asking", "telling", "standins", "owners", "pointing", "alone", "stretches", "sorts")
    return MappingProxyType({word: kind for kind, words in listed if kind in kinds for word in words.split()})


@lru_cache(maxsize=8)
def _words(kind: str) -> frozenset[str]:
    return frozenset(word_files.named(_HERE, "passing")[kind].split())
