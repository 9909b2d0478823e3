"""A question as a row of tokens, and what stands where in it."""

from __future__ import annotations

from collections.abc import Sequence

from analyst.matching.concepts import Names
from analyst.matching.frame import Frame, Literal
from analyst.matching.tokens import LITERAL, MARKER, WORD, Token

MEASURES = frozenset({"COUNT", "SUM", "AVG", "MEDIAN", "SHARE", "FRACTION"})
ENDS = frozenset({"HIGH", "LOW"})
LEADS = frozenset({"TOPS", "BOTTOMS", "BESTS", "WORSTS"})
AGES = frozenset({"NEWEST", "OLDEST"})
"""One end of what is ordered by its days."""
TIMES = frozenset({"day", "week", "month", "quarter", "year", "hour", "weekday"})


class Row:
    """The tokens, which of them are used already, and the parts found so far."""

    def __init__(self, row: list[Token], names: Names) -> None:
        self.row, self.names, self.made = row, names, Frame()
        self.used: set[int] = set()
        self.groups: set[frozenset[str]] = set()
        self.literals: list[tuple[int, Literal]] = []
        self.number_roles: dict[int, str] = {}

    def _is(self, at: int, *texts: str) -> bool:
        row = self.row
        return 0 <= at < len(row) and row[at].text in texts and row[at].kind == MARKER

    def _put(self, at: int, kind: str, text: str) -> None:
        self.row[at] = Token(kind=kind, text=text, raw=self.row[at].raw)

    def _has(self, *texts: str) -> bool:
        return any(self._is(i, *texts) for i in range(len(self.row)))

    def _is_number(self, at: int) -> bool:
        return 0 <= at < len(self.row) and self.row[at].kind == LITERAL and self.row[at].text == "number"

    def _is_literal(self, at: int, kind: str) -> bool:
        return 0 <= at < len(self.row) and self.row[at].kind == LITERAL and self.row[at].text == kind

    def _phrase(self, start: int) -> list[int]:
        """The places of the words that belong together from `start` on; one "of" at the start is passed over."""
        at = start
        while self._is_literal(at, "days") or (
            at < len(self.row) and self.row[at].kind == "end" and self.row[at].text == "of"
        ):
            at += 1
        found = []
        while at < len(self.row) and self.row[at].kind == WORD and at not in self.used:
            found.append(at)
            at += 1
        return found

    def _concepts(self, places: Sequence[int]) -> frozenset[str]:
        return frozenset(self.row[i].text for i in places)

    def _before(self, at: int) -> str:
        return next((self.row[i].text for i in range(at - 1, -1, -1) if self.row[i].kind == WORD), "")

    def _follows(self, at: int) -> str:
        return self.row[at + 1].kind if at + 1 < len(self.row) else ""
