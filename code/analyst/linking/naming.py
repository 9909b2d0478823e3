"""The words that a name is made of, also where they are written together: "sbTxCustId", "cust_id", "tccallcost"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from analyst.linking.word_lists import is_filling, markers, spelled_words
from analyst.values.folding import plain_words

_BOUNDARY = re.compile(
    r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"
)
_SHORTEST_JOINED = 5
_LONGEST_JOINED = 40
_LONGEST_PREFIX = 4
_SHORTEST_REST = 4
_SHORT_PARTS = frozenset(
    {"id", "no", "nr", "dt", "tm", "ts", "tx", "cd", "nm", "by", "at", "on", "is", "to", "gb", "mb"}
)
_UNKNOWN = 1.5
"""What each letter in front costs that belongs to no word; a word costs less than two."""


def pieces(name: str) -> list[str]:
    """The parts of a name that are told apart by signs, blanks or capitals, in lower case without accents."""
    return plain_words(_BOUNDARY.sub(" ", name.replace("_", " ")))


class Speller:
    """Takes names apart by the words that the catalog itself and business English use."""

    def __init__(self, names: Iterable[str], texts: Iterable[str] = ()) -> None:
        """From all names of a catalog, and from its comments and glossary."""
        known = set(spelled_words())
        for name in names:
            found = pieces(name)
            known.update(found if len(found) > 1 else ())
        for text in texts:
            known.update(plain_words(text))
        self._known = {w for w in known if len(w) > 2 and w.isalpha() and not is_filling(w)} | _SHORT_PARTS
        self._spelled: dict[str, tuple[str, ...]] = {}

    def parts(self, name: str) -> tuple[str, ...]:
        """The words of a name, in order."""
        return tuple(part for piece in pieces(name) for part in self._apart(piece))

    def _apart(self, piece: str) -> tuple[str, ...]:
        made = self._spelled.get(piece)
        if made is None:
            made = self._spelled[piece] = self._spell(piece)
        return made

    def _spell(self, piece: str) -> tuple[str, ...]:
        """The fewest words that make up the piece, a short prefix left out; the piece itself where none do."""
        whole = (piece,)
        if not _SHORTEST_JOINED <= len(piece) <= _LONGEST_JOINED or not piece.isalpha():
            return whole
        if piece in spelled_words() or piece in markers():
            return whole
        best: list[tuple[float, tuple[str, ...]] | None] = [None] * (len(piece) + 1)
        best[0] = (0.0, ())
        for length in range(2, min(_LONGEST_PREFIX, len(piece) - _SHORTEST_REST) + 1):
            best[length] = (1.0 + _UNKNOWN * length, ())
        for end in range(2, len(piece) + 1):
            for start in range(max(0, end - 16), end - 1):
                before, word = best[start], piece[start:end]
                if before is None or word == piece or word not in self._known:
                    continue
                cost = before[0] + 1.0 + 2.0 / len(word)
                now = best[end]
                if now is None or cost < now[0]:
                    best[end] = (cost, (*before[1], word))
        found = best[len(piece)]
        return found[1] if found and found[1] else whole
