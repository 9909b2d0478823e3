"""How texts are made comparable: case, accents, punctuation and the endings of plurals put aside."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Letters of scripts that put no spaces between words; each counts as a word of its own."""
_OWNER = re.compile(r"(?<=\w)['’]s?\b", re.IGNORECASE)


class Word(NamedTuple):
    """A word of a text: as it is compared, and where it stands."""

    plain: str
    start: int
    end: int


def plain_words(text: str) -> list[str]:
    """The words of a text as they are compared, in order; the ending of a possessive is left out."""
    if text.isascii():
        text = text.lower()
        return _WORD.findall(_OWNER.sub(_without_s, text) if "'" in text else text)
    return [word.plain for word in placed_words(text)]


def placed_words(text: str) -> list[Word]:
    """The words of a text with their places in it."""
    whole = _OWNER.sub(_without_s, text) if "'" in text or "’" in text else text
    found = []
    for match in _WORD.finditer(whole):
        if match[0].isascii():
            found.append(Word(match[0].lower(), *match.span()))
            continue
        for start, end in _pieces(match[0], match.start()):
            plain = fold(text[start:end])
            if plain:
                found.append(Word(plain, start, end))
    return found


def fold(word: str) -> str:
    """A word in lower case and without accents."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.casefold())
    kept = "".join(c for c in parts if c.isalnum())
    return unicodedata.normalize("NFC", kept)


def squashed(text: str) -> str:
    """A text as one word: nothing left but letters and digits, compared as `fold` does."""
    return "".join(plain_words(text))


@lru_cache(maxsize=50_000)
def singular(word: str) -> str:
    """A word without the ending of a plural; the word itself where it has none."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("xes", "ches", "shes", "sses", "uses")) else word[:-1]


def _without_s(match: re.Match[str]) -> str:
    # As many blanks, so that places stay what they are.
    return " " * len(match[0])


def _pieces(word: str, start: int) -> list[tuple[int, int]]:
    if not _UNSPACED.search(word):
        return [(start, start + len(word))]
    pieces: list[tuple[int, int]] = []
    for place, letter in enumerate(word, start):
        if pieces and not _UNSPACED.match(letter) and not _UNSPACED.match(word[place - start - 1]):
            pieces[-1] = (pieces[-1][0], place + 1)
        else:
            pieces.append((place, place + 1))
    return pieces
