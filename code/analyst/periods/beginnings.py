"""Which words a time may begin with, so that none is looked for at the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from analyst.numerals import MONTHS
from analyst.periods.vocabulary import words

_TWO_WORDS = re.compile(r"(?:the )?(?P<first>\w+)(?:[ -](?P<second>\w+))?", re.IGNORECASE)
_DAYS_AGO = re.compile(r"[a-z]+(?:-[a-z]+)? days ago", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = "0"
"""Stands for every number in the word list."""

Known = Mapping[str, frozenset[str]]
"""First words, each with the second ones of which it needs one; with none where it needs none."""


def may_begin(text: str, at: int) -> bool:
    """False where no single time begins, nor part of one: "yesterday", "2013", "first week of June"."""
    return _is_known(text, at, _of_times())


def may_lead(text: str, at: int) -> bool:
    """False where nothing begins that has a time in it: "from March", "the same week last year", "end of 2013"."""
    return _is_known(text, at, _of_leads())


def _is_known(text: str, at: int, known: Known) -> bool:
    found = _TWO_WORDS.match(text, at)
    if found is None:
        return False
    first, second = found.groups()
    seconds = known.get(_NUMBER if _is_count(first) else first.lower())
    if seconds is None:
        # Letters of other alphabets may be those of a listed word in another case.
        return not (first.isalpha() and first.isascii()) or _DAYS_AGO.match(text, at) is not None
    if second is None:
        return not seconds or first.isdecimal()
    return not seconds or (_NUMBER if second.isdecimal() else second.lower()) in seconds


def _is_count(word: str) -> bool:
    return word.isdecimal() and _YEAR.fullmatch(word) is None


@lru_cache(maxsize=1)
def _of_times() -> Known:
    days = (f"{_NUMBER} {month}" for month in MONTHS)
    return _table([*words("begins"), *MONTHS, *days])


@lru_cache(maxsize=1)
def _of_leads() -> Known:
    days = (f"{_NUMBER} {month}" for month in MONTHS)
    return _table([*words("begins"), *MONTHS, *days, *words("leads"), *words("skipped")])


def _table(phrases: Iterable[str]) -> Known:
    seconds: dict[str, frozenset[str]] = {}
    alone = {phrase for phrase in phrases if " " not in phrase}
    for first, second, *_ in (phrase.split() for phrase in phrases if " " in phrase):
        seconds[first] = seconds.get(first, frozenset()) | {second}
    return MappingProxyType(seconds | {first: frozenset() for first in alone})
