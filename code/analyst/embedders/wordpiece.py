"""BERT's uncased WordPiece: text to the numbers of its word pieces."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

LONGEST_TEXT = 20_000
"""Characters; what comes after them is left out, as no vector would hold it."""
_LONGEST_WORD = 100
_UNKNOWN, _BEGIN, _END = "[UNK]", "[CLS]", "[SEP]"
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs"})
"""Categories of control and format characters, which are left out."""
_IDEOGRAPHS = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)
"""Each of these characters is a word of its own."""


class WordPiece:
    """Splits text into the longest pieces that a vocabulary knows."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        """`vocabulary` gives each piece its number; pieces inside a word begin with ##."""
        self._vocabulary = vocabulary

    @classmethod
    def from_file(cls, path: Path) -> WordPiece:
        """From a file with one piece a line, numbered from 0."""
        pieces = path.read_text(encoding="utf-8").split("\n")
        return cls({piece: number for number, piece in enumerate(pieces) if piece})

    def ids(self, text: str, *, most: int) -> list[int]:
        """The numbers of a text's pieces, with the mark of its begin and end, at most `most` of them."""
        pieces = itertools.islice(self.pieces(text), most - 2)
        return [self._vocabulary[piece] for piece in (_BEGIN, *pieces, _END)]

    def pieces(self, text: str) -> Iterator[str]:
        """The pieces one after another; a word that cannot be split into known ones is [UNK]."""
        for word in _words(_normal(text[:LONGEST_TEXT])):
            yield from self._split(word)

    def _split(self, word: str) -> list[str]:
        if len(word) > _LONGEST_WORD:
            return [_UNKNOWN]
        pieces: list[str] = []
        rest = word
        while rest:
            piece = self._longest_start(rest, prefix="##" if pieces else "")
            if piece is None:
                return [_UNKNOWN]
            pieces.append(piece)
            rest = rest[len(piece) - (2 if len(pieces) > 1 else 0) :]
        return pieces

    def _longest_start(self, rest: str, *, prefix: str) -> str | None:
        starts = (prefix + rest[:end] for end in range(len(rest), 0, -1))
        return next((start for start in starts if start in self._vocabulary), None)


def _normal(text: str) -> str:
    clean = "".join(map(_clean, text))
    bare = (char for char in unicodedata.normalize("NFD", clean) if unicodedata.category(char) != "Mn")
    # Character by character: a whole string's lower() writes a final sigma in another way.
    return "".join(char.lower() for char in bare)


def _clean(char: str) -> str:
    if char in "\t\n\r":
        return " "
    if char == "\ufffd" or unicodedata.category(char) in _UNSEEN:
        return ""
    if char.isspace():
        return " "
    return f" {char} " if _is_ideograph(char) else char


def _is_ideograph(char: str) -> bool:
    return char > "\u33ff" and any(first <= ord(char) <= last for first, last in _IDEOGRAPHS)


def _words(text: str) -> Iterator[str]:
    for chunk in text.split():
        word = ""
        for char in chunk:
            if not _is_punctuation(char):
                word += char
                continue
            if word:
                yield word
            yield char
            word = ""
        if word:
            yield word


def _is_punctuation(char: str) -> bool:
    ascii_symbol = char.isascii() and not char.isalnum() and char.isprintable()
    return ascii_symbol or unicodedata.category(char).startswith("P")
