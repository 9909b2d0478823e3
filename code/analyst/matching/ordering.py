"""What comes first in a list, and which end of it is asked for, where that is told in a roundabout way."""

from __future__ import annotations

from analyst.matching.row import AGES, ENDS, LEADS, MEASURES, TIMES, Row
from analyst.matching.tokens import LITERAL, MARKER, WORD, Token

_FIRST = {
    "HIGH": "DESC",
    "TOPS": "DESC",
    "NEWEST": "NEWFIRST",
    "LOW": "ASC",
    "BOTTOMS": "ASC",
    "OLDEST": "OLDFIRST",
    "BESTS": "BESTFIRST",
    "WORSTS": "WORSTFIRST",
}
_DONE = frozenset(
    ("sold", "bought", "paid", "seen", "read", "used", "built", "lent", "spent", "chosen", "taken")
)
"""Participles that do not end in "ed"."""
_MORE = frozenset(("more", "higher", "larger", "greater", "bigger"))
_LESS = frozenset(("fewer", "less", "lower", "smaller"))


class Ordered(Row):
    """What comes first in a list, and which end of it is asked for."""

    def _orders(self) -> None:
        self._most_late()
        self._most_done()
        self._from_end_to_end()
        self._cheapest_first()
        self._worst_first()
        self._than_any_other()
        self._at_most()
        self._last_so_many()
        self._ranked()

    def _most_late(self) -> None:
        """Who "arrived latest" has the highest delay, where delays are known."""
        if "delay" not in self.names.all:
            return
        for i in range(1, len(self.row)):
            doing = self.row[i - 1].kind == WORD and self.row[i - 1].text in ("arrive", "depart")
            if doing and self._is(i, "NEWEST") and self.row[i].raw == "latest":
                self._put(i, MARKER, "HIGH")
                self.row.insert(i + 1, Token(kind=WORD, text=self.names.concept("delay"), raw="late"))

    def _most_done(self) -> None:
        """The "most viewed pages" are the pages with the most views."""
        for i in range(len(self.row) - 1):
            if not (self._is(i, "HIGH", "LOW") and self.row[i].raw in ("most", "least")):
                continue
            if any(t.raw == "of" for t in self.row[:i]):
                continue  # "the makers of the most used ones" are others than these
            done = self.row[i + 1]
            way = 1 if self._is(i + 2, "TO", "FROM") else 0
            if done.kind != WORD or not (done.raw.endswith("ed") or done.raw in _DONE or way):
                continue
            start = end = i + 2 + way
            while end < len(self.row) and self.row[end].kind == WORD:
                end += 1
            if end > start:
                self.row[i:end] = [*self.row[start:end], self.row[i], done]
                return

    def _from_end_to_end(self) -> None:
        """ "From cheapest to most expensive" is by price, the lowest first."""
        for i in range(len(self.row) - 5):
            ends = [self.row[n].text for n in (i + 1, i + 4)]
            same = self.row[i + 2].kind == WORD and self.row[i + 2].text == self.row[i + 5].text
            if self._is(i, "FROM") and self._is(i + 3, "TO") and same and sorted(ends) == ["HIGH", "LOW"]:
                order = Token(kind=MARKER, text="ASC" if ends[0] == "LOW" else "DESC", raw="sorted")
                self.row[i : i + 6] = [order, self.row[i + 2]]
                return

    def _cheapest_first(self) -> None:
        """ "Cheapest first" and "lowest price first" say in which order all are listed."""
        for i in range(2, len(self.row)):
            ends = self._is(i, "FIRST") and self._follows(i) not in (WORD, LITERAL)
            if ends and self.row[i - 1].kind == WORD and self._is(i - 2, "HIGH", "LOW"):
                named = any(t.text == self.row[i - 1].text for t in self.row[: i - 2])
                order = Token(kind=MARKER, text=_FIRST[self.row[i - 2].text], raw="sorted")
                self.row[i - 2 : i + 1] = [order] if named else [order, self.row[i - 1]]
                return

    def _worst_first(self) -> None:
        """ "Worst first" and "the highest on top" say in which order all are listed, and ask for no end of it."""
        for i in range(len(self.row) - 1, 0, -1):
            if not self._is(i, "FIRST") or not self._is(i - 1, *_FIRST):
                continue
            if self._follows(i) in (WORD, "literal"):
                continue  # "the latest first order"
            late = self.row[i - 1].raw == "latest" and any(t.text == "delay" for t in self.row)
            self._put(i - 1, MARKER, "DESC" if late else _FIRST[self.row[i - 1].text])
            del self.row[i]
            if (
                i > 1
                and self.row[i - 2].kind == WORD
                and self.row[i - 2].raw in ("put", "sort", "show", "list")
            ):
                del self.row[i - 2]

    def _ranked(self) -> None:
        """What is ranked begins with the most, unless it says otherwise."""
        ranks = any(t.raw.split()[:1] in (["rank"], ["ranked"], ["ranking"]) for t in self.row)
        if ranks and not self._has("DESC", "ASC", "BESTFIRST", "WORSTFIRST", "FIRST", *ENDS, *LEADS, *AGES):
            self.row.append(Token(kind=MARKER, text="DESC", raw="ranked"))

    def _than_any_other(self) -> None:
        """ "More flights than any other" are the most."""
        at = next((i for i in range(len(self.row)) if self._is(i, "THANANY")), None)
        if at is None or any(t.kind == MARKER and t.text in ENDS | LEADS | AGES for t in self.row):
            return
        more = next((i for i in range(at - 1, -1, -1) if self.row[i].raw in _MORE | _LESS), None)
        if more is not None and self.row[more].kind == WORD:
            self._put(more, MARKER, "HIGH" if self.row[more].raw in _MORE else "LOW")
            del self.row[at]

    def _at_most(self) -> None:
        """ "How hot was it at most?" asks for the highest."""
        for i, token in enumerate(self.row):
            behind = self.row[i + 1] if i + 1 < len(self.row) else None
            ends = behind is None or (behind.kind == "end" and not behind.raw.isalnum())
            if not (self._is(i, "LE") and token.raw == "at most" and ends) or self._has(*LEADS, *MEASURES):
                continue
            if not self._has(*ENDS):
                self._put(i, MARKER, "HIGH")
            elif self._has("HIGH") and not self._has("LOW"):
                del self.row[i]
            return

    def _last_so_many(self) -> None:
        """ "The last 10 orders" are the newest ten."""
        for i in range(len(self.row)):
            aged = self._is(i, "LAST", "FIRST") or self.row[i].text in ("last", "first")
            if not aged or not self._is_number(i + 1) or self._follows(i + 1) not in (WORD, LITERAL):
                continue
            if self.row[i + 2].text not in TIMES | {"days"}:
                newest = self.row[i].text.upper() == "LAST"
                self.row[i] = Token(kind=MARKER, text="NEWEST" if newest else "OLDEST", raw=self.row[i].raw)
