"""The most or the least of something, how many from that end, and by what."""

from __future__ import annotations

from analyst.matching.grouping import Grouped
from analyst.matching.row import AGES, ENDS, LEADS
from analyst.matching.tokens import MARKER, WORD

_OFTEN = frozenset(
    ("busiest", "most frequent", "most common", "most popular", "quietest", "least busy", "least frequent",
     "least common", "least popular", "rarest")
)  # fmt: skip
_CALLED = {
    "TOPS": "HIGH",
    "BOTTOMS": "LOW",
    "BESTS": "BEST",
    "WORSTS": "WORST",
    "NEWEST": "NEW",
    "OLDEST": "OLD",
}


class Ended(Grouped):
    """The most or the least of something, how many from that end, and by what."""

    def _ends(self) -> None:
        ends = [i for i, t in enumerate(self.row) if t.kind == MARKER and t.text in ENDS | LEADS | AGES]
        if not ends:
            return
        self.used.update(ends)
        called = [_CALLED.get(self.row[i].text, self.row[i].text) for i in ends]
        self.made.end = " ".join(sorted(set(called)))
        if len(ends) > 1 and len(set(called)) != 1:
            self.made.flags["ENDS"] += len(ends)
        self.made.flags.update(self.row[i].raw for i in ends if self.row[i].text in AGES)
        self.made.often = any(self.row[i].raw in _OFTEN for i in ends)
        if len(ends) > 1 and self.row[ends[-1]].text in LEADS and not self._phrase(ends[-1] + 1):
            ends = self._so_many_best(ends)
        place = ends[-1]
        number = next((i for i in (place - 1, place + 1) if self._is_number(i)), None)
        head = self._head(ends[0])
        counted = self._is(place + 1, "COUNT") and place + 1 in self.used
        behind = self._phrase(place + 2 if counted or self._is_number(place + 1) else place + 1)
        named = place + 2 if self._is_number(place + 1) else place + 1
        if not behind and self._is_literal(named, "value"):
            behind = self._phrase(named + 1)  # "the smallest number of EWR flights"
        behind = self._things(behind)
        by = next((i for i in range(len(self.row)) if self._is(i, "MEASURE")), None)
        if self.row[ends[0]].text in LEADS | AGES or by is not None:
            head = head or behind
            behind = self._phrase(by + 1) if by is not None else behind if len(ends) > 1 else []
            if by is not None:
                self.used.add(by)
                behind = behind or self._phrase(by + 2)
        elif not head and len(behind) > 1 and self.row[behind[-1]].text in self.names.tables:
            head, behind = behind[-1:], behind[:-1]
        if number is None and head and self._is_number(head[0] - 1):
            number = head[0] - 1
        if number is not None:
            self.number_roles[number] = "top"
            mark = self.row[number].mark
            self.made.top = int(mark.number) if mark is not None and mark.number is not None else 0
        else:
            last = head or behind
            self.made.top = 0 if not last or self.row[last[-1]].plural else 1
        if behind and self._counts_amounts(ends[-1], behind[-1]):
            self.made.flags["MANY"] += 1
        self.made.head = self._concepts(head)
        self.made.ended = self._concepts(behind)
        if head:
            self.made.subject = self.row[head[-1]].text

    def _counts_amounts(self, end: int, last: int) -> bool:
        """True for "the most delays on average", of which nobody knows whether they are long or many."""
        many = self.row[end].raw in ("most", "fewest") and self.row[last].plural
        return many and self.row[last].text in self.names.numbers - self.names.tables and self._has("AVG")

    def _so_many_best(self, ends: list[int]) -> list[int]:
        """Without the second end of "most frequent destinations, best 10", which only says how many."""
        last = ends[-1]
        beside = next((i for i in (last + 1, last - 1) if self._is_number(i)), None)
        if beside is None or self._phrase(beside + 1):
            return ends
        number = self.row.pop(beside)
        self.row.insert(ends[0] + 1, number)
        return ends[:-1]

    def _head(self, before: int) -> list[int]:
        """The words behind "which", or those that the question begins with."""
        for i in range(before):
            if self._is(i, "WHICH"):
                at = i + 1
                while at < before and self.row[at].kind == "end":
                    at += 1
                found = self._phrase(at + 1 if self._is_number(at) else at)
                if found and found[0] < before:
                    return self._things(found)
        first = next((i for i in range(before) if self.row[i].kind == WORD and i not in self.used), None)
        return self._things(self._phrase(first)) if first is not None else []
