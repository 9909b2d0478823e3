"""Ranges of amounts, which people write in many ways."""

from __future__ import annotations

from analyst.matching.row import Row
from analyst.matching.tokens import MARKER, WORD, Token


class Ranged(Row):
    """Ranges of amounts, which people write in many ways."""

    def _ranges(self) -> None:
        """ "From 500 up to 700", "500 to 700", "500-700" and "within the range of 500 and 700" are between both."""
        at = 0
        while at < len(self.row):
            if self._is_number(at):
                self._range(at)
            at += 1

    def _range(self, at: int) -> None:
        second = self._second(at)
        if second is None:
            return
        start = at
        while self._is(start - 1, "FROM", "BETWEEN", "WITHIN"):
            start -= 1
        low, high = self.row[at], self.row[second]
        between = Token(kind=MARKER, text="BETWEEN", raw="between")
        self.row[start : second + 1] = [between, low, Token(kind=MARKER, text="AND", raw="and"), high]

    def _second(self, at: int) -> int | None:
        """Where the second amount stands; None where no range begins here."""
        first = self.row[at].mark
        if self._is_number(at + 1):
            other = self.row[at + 1].mark
            touches = first is not None and other is not None and other.start - first.end == 1
            return at + 1 if touches and not self._is(at - 1, "TOPS", "BOTTOMS") else None
        opened = self._is(at - 1, "BETWEEN")
        for to in (at + 1, at + 2):
            unit = to == at + 1 or self._is_unit(at + 1, to)
            leads = self._is(to, "TO") or (self._is(to, "LE") and self.row[to].raw == "up to")
            if unit and (leads or (opened and self._is(to, "AND"))) and self._is_number(to + 1):
                return to + 1
        return None

    def _is_unit(self, at: int, to: int) -> bool:
        """True for the "euros" of "500 euros to 700 euros"."""
        behind = self.row[to + 2 : to + 3]
        return self._follows(at - 1) == WORD and bool(behind) and behind[0].text == self.row[at].text
