"""The part that each literal of a question plays."""

from __future__ import annotations

from collections.abc import Iterator

from analyst.matching.concepts import plain
from analyst.matching.frame import Literal
from analyst.matching.marking import Mark
from analyst.matching.measuring import UNITS
from analyst.matching.row import Row
from analyst.matching.tokens import WORD

_CURRENCIES = {"€": "euro", "$": "dollar", "£": "pound", "¥": "yen"}
_WAYS = frozenset({"origin", "orig", "destination", "dest"})


class Literals(Row):
    """The part that each literal of a question plays."""

    def _literals(self) -> Iterator[Literal]:
        for i, token in enumerate(self.row):
            if token.mark is None:
                continue
            unit = self._unit_of(i) if token.text == "number" else ""
            self._name_beside(i, token.mark)
            yield Literal(
                role=self.number_roles.get(i) or self._way(i),
                about=unit,
                beside=self._before(i),
                mark=token.mark,
                denied=token.text == "value" and self._is_denied(i),
            )

    def _is_denied(self, at: int) -> bool:
        """True where "not" stands in the same clause: "... but not from here", "... that we do not have here"."""
        start = next((i for i in range(at, -1, -1) if self._begins(i)), 0)
        end = next((i for i in range(at + 1, len(self.row)) if self._begins(i)), len(self.row))
        return any(self._is(i, "NOT") for i in range(start, end))

    def _begins(self, at: int) -> bool:
        token = self.row[at]
        clause = token.kind == "end" and token.raw in ("that", "which", "whose", ";", "when", "where")
        clause = clause or (token.raw == "," and self._is(at + 1, "NOT", "BUT"))
        shown = token.raw.startswith(("but not", "but no", "but never", "and not", "while not", "though not"))
        return clause or shown or self._is(at, "BUT", "WHEN", "WHICH")

    def _unit_of(self, at: int) -> str:
        """The unit or the thing of a table behind a number, or the currency in front of it."""
        token = self.row[at]
        if token.raw[:1] in _CURRENCIES:
            return _CURRENCIES[token.raw[0]]
        if self._follows(at) == WORD and self.row[at + 1].raw in ("time", "times"):
            self.used.add(at + 1)
        if self.number_roles.get(at) == "GE" and self.number_roles.get(at + 2) == "LE":
            return self._unit_of(at + 2)  # "between 10 and 20 minutes"
        behind = at + 2 if self._is(at + 1, "ORMORE", "ORLESS") else at + 1
        if self._follows(behind - 1) == WORD and self.row[behind].text in UNITS:
            self.used.add(behind)
            return self.row[behind].text
        if self._follows(behind - 1) == WORD and self.number_roles.get(at) != "top":
            return self.row[behind].text if self.row[behind].text in self.names.tables else ""
        return ""

    def _name_beside(self, at: int, mark: Mark) -> None:
        """ "the genre Crime" and "Crime" are the same where only a genre is called so."""
        called = [frozenset(plain(w) for w in m.column.lower().split("_")) for m in mark.mentions]
        for i in (at - 1, at + 1):
            if called and 0 <= i < len(self.row) and self.row[i].kind == WORD:
                word = self.row[i].text
                if (
                    word not in _WAYS
                    and word not in self.names.tables
                    and all({word} == each for each in called)
                ):
                    self.used.add(i)

    def _way(self, at: int) -> str:
        """Where a place lies: "from" it, "to" it, or denied."""
        token = self.row[at]
        self._moving_beside(at)
        for i in (at - 1, at - 2):
            if self._is(i, "FROM", "TO", "NOT", "BEFORE", "AFTER", "SINCE", "UNTIL"):
                return self.row[i].text.lower()
            if i < 0 or self.row[i].kind != "end":
                break
        if at and self.row[at - 1].kind == WORD:
            way = _MOVING.get(self.row[at - 1].text, "")
            named = {"origin": "from", "orig": "from", "destination": "to", "dest": "to"}.get(
                self.row[at - 1].text, ""
            )
            self.used.update({at - 1} if named else ())
            return way or named
        if token.text == "value" and self._is(at + 1, "TO") and self._is_literal(at + 2, "value"):
            return "from"
        if (
            token.text == "value"
            and self._follows(at) == WORD
            and self.row[at + 1].raw in ("departures", "arrivals")
        ):
            return _MOVING.get(self.row[at + 1].text, "")
        return ""

    def _moving_beside(self, at: int) -> None:
        """Who is "from" a place departs there: that has to be said only where it may tell one time from another."""
        if any(t.kind == WORD and t.text in _TIMED for t in self.row):
            return
        for i in (at - 2, at - 1, at + 1):
            if 0 <= i < len(self.row) and self.row[i].kind == WORD and self.row[i].text in _MOVING:
                known = self._is(i + 1, "FROM", "TO") or self.row[i + 1 :][:1] == self.row[at : at + 1]
                if known or (i > at and self.row[i].raw in ("departures", "arrivals")):
                    self.used.add(i)
                    self.made.moved |= {self.row[i].text}


_MOVING = {"depart": "from", "leave": "from", "departure": "from", "arrive": "to", "arrival": "to"}
_TIMED = frozenset(("delay", "late", "early", "time", "schedule", "hour", "minute", "punctual"))
