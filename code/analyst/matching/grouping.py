"""For each of what an answer is told."""

from __future__ import annotations

from analyst.matching.concepts import plain
from analyst.matching.row import MEASURES, TIMES, Row
from analyst.matching.tokens import MARKER, WORD

_DOING = frozenset(
    {
        "fly",
        "hold",
        "serve",
        "have",
        "make",
        "sell",
        "place",
        "receive",
        "borrow",
        "build",
        "depart",
        "arrive",
        "operate",
        "bring",
        "generate",
        "yield",
        "use",
        "run",
        "cover",
        "manufacture",
        "handle",
        "manage",
        "write",
        "buy",
        "spend",
        "earn",
        "win",
        "lose",
        "give",
        "take",
        "complete",
        "deliver",
        "attract",
        "contain",
        "include",
        "contribute",
        "achieve",
        "carry",
        "employ",
        "attend",
        "resolve",
        "publish",
    }
)
"""What may stand behind "each airline": what it does is no part of its name."""


_DONE = frozenset(
    ("paid", "sold", "bought", "sent", "held", "flown", "taken", "left", "given", "written", "kept", "won", "lost",
     "spent", "leave", "leaves", "land", "lands", "go", "goes", "come", "comes", "came")
)  # fmt: skip


def _is_doing(raw: str) -> bool:
    """True for a verb, or its participle, behind a noun."""
    return plain(raw) in _DOING or raw in _DONE or (raw.endswith("ed") and len(raw) > len("need"))


_SPREADING = frozenset(
    ("falls to each", "fall to each", "falling to each", "goes to each", "belongs to each", "accounted for by each",
     "attributable to each", "distributed over", "distributed across", "distributed among", "divided over",
     "divided among", "divided across", "spread over", "spread across", "split over", "split across", "split among",
     "from each", "to each")
)  # fmt: skip
"""A whole that is spread over groups: not what share of each group something is."""
_SORTED = frozenset(("ordered", "sorted", "ranked", "listed", "rank"))


class Grouped(Row):
    """For each of what an answer is told."""

    def _groups(self) -> None:
        self._sorted_groups()
        for i in range(len(self.row)):
            if self._is(i, "GROUP") and i not in self.used:
                self._group(i)
        self.made.groups = frozenset(self.groups)

    def _sorted_groups(self) -> None:
        """ "Carriers from most to least total distance" is the total distance of each carrier, in that order."""
        rank = next((i for i, t in enumerate(self.row) if t.kind == WORD and t.raw == "rank"), None)
        sorts = [i for i in range(len(self.row)) if self._is(i, "SORTBY", "GROUP", "DESC", "ASC")]
        if not sorts or not any(self._is(i, "DESC", "ASC") for i in sorts):
            return
        if rank is not None:
            self.used.add(rank)
        self.used.update(
            i
            for i, t in enumerate(self.row)
            if t.raw in _SORTED and (self._is(i + 1, "DESC", "ASC") or i == rank)
        )
        both = self._has("SORTBY") and self._has("GROUP")
        at = next(i for i in sorts if not both or self._is(i, "SORTBY"))
        before = [i for i in range(at) if self.row[i].kind == WORD and i not in self.used]
        measured = [i for i, t in enumerate(self.row) if t.kind == MARKER and t.text in MEASURES]
        told = not any(self._is(i, "GROUP") and i != at for i in sorts)
        if before and measured and measured[0] > at and told:
            self.groups.add(self._concepts(before))
            self.used.update([*before, at] if not self._is(at, "DESC", "ASC") else before)
        self.used.update(i for i in sorts if self._is(i, "SORTBY"))

    def _group(self, at: int) -> None:
        self.used.add(at)
        self.made.flags["SPREAD"] += self.row[at].raw in _SPREADING
        places = self._phrase(at + 1)
        if not places and self._is_literal(at + 1, "value"):
            places = self._phrase(at + 2)  # "per Boeing plane"
            places = places if self._concepts(places) & self.names.tables else []
        if not places:
            if not self._is(at + 1, "GROUP"):
                self.made.flags["GROUP"] += 1
            return
        places = self._shortened(places)
        self.groups.add(self._concepts(places))
        self.used.update(places)
        joint = places[-1] + 1
        joint += joint < len(self.row) and self.row[joint].kind == "end" and self.row[joint].text == "GROUP"
        if self._is(joint, "AND") and self._phrase(joint + 1):
            self._group(joint)

    def _shortened(self, places: list[int]) -> list[int]:
        """Of "each airline flights" the airline alone: after the genitive's end another thing follows."""
        if self.row[places[-1]].text in TIMES and not self._concepts(places) & self.names.tables:
            return places[-1:]  # "per check-in month" is by month, and about the check-in
        tables = [i for i in places if self.row[i].text in self.names.tables]
        return self._things(places[: places.index(tables[0]) + 1] if len(tables) > 1 else places)

    def _things(self, places: list[int]) -> list[int]:
        """Those before the word that says what they do."""
        doing = next((n for n, i in enumerate(places) if n and _is_doing(self.row[i].raw)), len(places))
        return places[:doing]
