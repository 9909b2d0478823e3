"""Wordings that are brought to another one before a question's parts are read."""

from __future__ import annotations

from analyst.matching.leaving import LeftOut
from analyst.matching.ordering import Ordered
from analyst.matching.ranging import Ranged
from analyst.matching.row import MEASURES
from analyst.matching.tokens import END, LITERAL, MARKER, WORD, Token

_DOES = frozenset(("vary", "differ", "split", "break", "look", "change", "develop"))
"""What something does by month: that it is told for each says as much."""
_SPREAD = frozenset(("split", "spread", "distribution", "distributed", "breakdown", "divided", "allocated"))
_LENGTHS = frozenset(("delay", "distance", "duration", "time"))


class Reworded(Ranged, Ordered, LeftOut):
    """Wordings that are brought to another one before a question's parts are read."""

    def _reword(self) -> None:
        self._left_out()
        self._orders()
        self._ranges()
        self._clauses()
        self._broken_down()
        self._spread()
        self._miles()
        self._totals()
        self._fewest()
        self._longest_by()
        self._how_it_varies()
        self._when_clause()
        self._said_twice()

    def _clauses(self) -> None:
        """A "when" or "where" behind what is asked for says under which conditions, and asks for nothing."""
        asked = False
        for i, token in enumerate(self.row):
            asked = asked or (token.kind == MARKER and token.text in MEASURES)
            noun = i > 0 and self._is(i, "WHERE") and self.row[i - 1].kind == WORD and self.row[i - 1].plural
            if (
                (asked or noun)
                and self._is(i, "WHEN", "IF", "WHERE")
                and not self._is(i - 1, "AND", "WHICH", "BUT")
            ):
                self.row[i] = Token(kind=END, text="when", raw=token.raw)

    def _spread(self) -> None:
        """The "split across methods" is told for each of the methods."""
        said = next((i for i, t in enumerate(self.row) if t.kind == WORD and t.raw in _SPREAD), None)
        if said is None:
            return
        for i in range(said + 1, len(self.row) - 1):
            across = self.row[i].kind == END and self.row[i].text in ("across", "among", "between")
            over = self._is(i, "GT", "BETWEEN") and self.row[i].raw in ("over", "between")
            if (across or over) and self._follows(i) == WORD and self._is_several(i + 1):
                self._put(i, MARKER, "GROUP")
                del self.row[said]
                return

    def _broken_down(self) -> None:
        """ "Break orders down by channel" asks for them by channel."""
        first = next((i for i, t in enumerate(self.row) if t.raw in ("break", "split")), None)
        down = next((i for i, t in enumerate(self.row) if t.raw in ("down", "up")), None)
        if first is not None and down is not None and first < down and self._is(down + 1, "BY", "GROUP"):
            self.row = [t for i, t in enumerate(self.row) if i not in (first, down)]

    def _is_several(self, at: int) -> bool:
        """True where the words from there on end with one that is written as several."""
        while self._follows(at) == WORD:
            at += 1
        return self.row[at].plural

    def _miles(self) -> None:
        """ "How many miles" it flew is the total distance, where a distance is what is known."""
        if "distance" not in self.names.all or "mile" in self.names.all:
            return
        for i, token in enumerate(self.row):
            numbered = any(self._is_number(n) for n in (i - 1, i - 2)) or self._is(i - 1, "ORMORE", "ORLESS")
            told_in = i > 0 and self.row[i - 1].kind == "end" and self.row[i - 1].text == "in"
            if token.kind == WORD and token.text == "mile" and not numbered and not told_in:
                self._put(i, WORD, "distance")
                if self._is(i - 1, "COUNT") and not self._has("AVG", "SUM", "HIGH", "LOW"):
                    self._put(i - 1, MARKER, "SUM")

    def _totals(self) -> None:
        """ "Total cancellations" are counted; "how much" says nothing beside "on average"."""
        for i in range(len(self.row)):
            if self._is(i, "SUM") and self._follows(i) == WORD:
                done = self.row[i + 1]
                many = done.raw.endswith(("ations", "als", "ures")) and done.text not in self.names.all
                if many and self._follows(i + 1) != WORD:
                    self._put(i, MARKER, "COUNT")
        if self._has("AVG"):
            self.row = [t for t in self.row if not (t.text == "SUM" and t.raw == "how much")]

    def _fewest(self) -> None:
        """ "From most to fewest employees" is by the number of employees."""
        if self._has(*MEASURES):
            return
        sorts = (i for i, t in enumerate(self.row) if "fewest" in t.raw and self._is(i, "DESC", "ASC"))
        at = next(sorts, None)
        if at is not None and self._follows(at) in (WORD, LITERAL):
            self.row.insert(at + 1, Token(kind=MARKER, text="COUNT", raw="number of"))

    def _longest_by(self) -> None:
        """ "The longest one by distance" is the one of the longest distance."""
        by = next((i for i in range(len(self.row)) if self._is(i, "BY") and self._follows(i) == WORD), None)
        if by is None or self.row[by + 1].text not in _LENGTHS or self._follows(by + 1) == WORD:
            return
        for i in range(by):
            if self._is(i, "HIGH", "LOW") and self._follows(i) == WORD and self.row[i + 1].text == "long":
                self._put(i + 1, WORD, self.row[by + 1].text)
                del self.row[by : by + 2]
                return

    def _how_it_varies(self) -> None:
        """ "How does the delay vary by month?" asks for the delay by month."""
        does = next((i for i, t in enumerate(self.row) if t.kind == WORD and t.text in _DOES), None)
        how = next((i for i in range(len(self.row)) if self._is(i, "HOW")), None)
        if does is not None and how is not None and how < does and self._has("GROUP", "BY"):
            self.row = [t for i, t in enumerate(self.row) if i not in (does, how)]

    def _when_clause(self) -> None:
        """ "When flights are late, what is …" asks about late flights, and not for a time."""
        first = next((i for i, t in enumerate(self.row) if t.kind != "end"), None)
        if first is None or not self._is(first, "WHEN", "IF"):
            return
        comma = next((i for i, t in enumerate(self.row) if t.raw == ","), len(self.row))
        if any(self._is(i, *MEASURES) for i in range(comma, len(self.row))):
            del self.row[first]
            return
        if any(self._is(i, "WHICH", "COUNT") for i in range(first + 2, len(self.row))):
            del self.row[first]

    def _said_twice(self) -> None:
        """ "The coldest temperature" has the lowest one."""
        kept = [
            t
            for i, t in enumerate(self.row)
            if not (
                i > 1 and t.kind == WORD and t.text == self.row[i - 1].text and self._is(i - 2, "HIGH", "LOW")
            )
        ]
        self.row = kept
