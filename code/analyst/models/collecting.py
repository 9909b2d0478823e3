"""A reply put together from its pieces, up to a size."""

from __future__ import annotations

LONGEST_REPLY = 65_536
"""Characters; a longer reply is cut and its connection closed."""


class Pieces:
    """The text so far."""

    def __init__(self, *, longest: int = LONGEST_REPLY) -> None:
        self._longest = longest
        self._pieces: list[str] = []
        self._left = longest

    @property
    def full(self) -> bool:
        """True once more came than is kept."""
        return self._left < 0

    def add(self, piece: str) -> None:
        """The next piece."""
        if not self.full:
            self._pieces.append(piece)
            self._left -= len(piece)

    def text(self) -> str:
        """At most `longest` characters of it; halves of a surrogate pair are joined, lone ones replaced."""
        text = "".join(self._pieces)[: self._longest]
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
