"""What is left out, where that is said behind it."""

from __future__ import annotations

from analyst.matching.row import Row
from analyst.matching.tokens import MARKER, WORD, Token


class LeftOut(Row):
    """What is left out, where that is said behind it."""

    def _left_out(self) -> None:
        """ "Cancelled flights left out" is "without cancelled flights"."""
        for i in range(len(self.row) - 1, -1, -1):
            if self._is(i, "LEFTOUT") and not self._is(i - 1, "NOT"):
                start = self._start_of_thing(i)
                if start is not None:
                    del self.row[i]
                    self.row.insert(start, Token(kind=MARKER, text="NOT", raw="without"))

    def _start_of_thing(self, at: int) -> int | None:
        """Where the words begin that stand right before; None where there are none, or it is not plain how many.

        They begin behind a comma or another sign: of words that go on further back nobody knows which are meant.
        """
        start = at
        while start and self.row[start - 1].kind == WORD:
            start -= 1
        apart = start == 0 or (self.row[start - 1].kind == "end" and not self.row[start - 1].raw.isalnum())
        joined = self._is(start - 1, "AND", "BUT", "WHEN", "IF") or self._opens_clause(start - 1)
        return start if start < at and (apart or joined) else None

    def _opens_clause(self, at: int) -> bool:
        """True for the "whose" of "whose email is missing"."""
        return (
            at >= 0
            and self.row[at].kind == "end"
            and self.row[at].raw in ("whose", "with", "where", "that", "which")
        )
