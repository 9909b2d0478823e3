"""Words of which the neighbours say what they mean: "all", "best", "by", "number of"."""

from __future__ import annotations

from analyst.matching.row import ENDS, LEADS, MEASURES, Row
from analyst.matching.tokens import MARKER, WORD, Token

_BAD = frozenset(
    {
        "delay",
        "cost",
        "complaint",
        "cancel",
        "error",
        "loss",
        "fail",
        "defect",
        "churn",
        "debt",
        "refund",
        "return",
        "late",
    }
)
"""What is worst where there is most of it."""
_GOOD = frozenset(
    {
        "rating",
        "rate",
        "rat",
        "score",
        "revenue",
        "sale",
        "turnover",
        "profit",
        "margin",
        "income",
        "earning",
        "satisfaction",
        "grade",
        "conversion",
    }
)
"""What is best where there is most of it."""
_BIG = frozenset(("biggest", "largest", "greatest", "smallest"))
_LENGTHS = frozenset({"delay", "distance", "duration", "time", "length"})


class Settled(Row):
    """Words of which the neighbours say what they mean: "all", "best", "by", "number of"."""

    def _settle_all(self) -> None:
        """ "All flights" are the flights where the question begins with them, or takes an amount of them."""
        first = next((i for i, t in enumerate(self.row) if t.kind == WORD), len(self.row))
        amount = any(t.kind == MARKER and t.text in ("AVG", "SUM", "MEDIAN") for t in self.row)
        for i in range(len(self.row)):
            behind_of = i > 0 and self.row[i - 1].text in ("of", "across", "for")
            at_all = i > 0 and self.row[i - 1].raw == "at" and self._follows(i) != WORD
            if self._is(i, "ALL") and not (i < first or (amount and behind_of) or at_all):
                self.made.flags["ALL"] += 1
        self.row = [t for t in self.row if not (t.kind == MARKER and t.text == "ALL")]

    def _settle_ends(self) -> None:
        """One word for both ends whatever they are called; what is worst may be what there is most of."""
        said_twice: list[int] = []
        sorts = any(self._is(i, "DESC", "ASC") for i in range(len(self.row)))
        sorts = sorts and not any(t.kind == MARKER and t.text in ENDS | LEADS for t in self.row)
        denied = any(self._is(i, "NOT") for i in range(len(self.row)))
        bad = any(t.kind == WORD and t.text in _BAD for t in self.row)
        self.made.bad = bad and not denied
        self.made.good = not bad and any(t.kind == WORD and t.text in _GOOD for t in self.row)
        for i, token in enumerate(self.row):
            if token.kind == MARKER and token.text in ("BESTS", "WORSTS"):
                most = (token.text == "BESTS") != bad
                if not (bad and denied):
                    self.row[i] = Token(kind=MARKER, text="TOPS" if most else "BOTTOMS", raw=token.raw)
            elif token.kind == WORD and token.text == "long" and self._is(i - 1, "HIGH", "LOW"):
                if any(t.kind == WORD and t.text in _LENGTHS for t in self.row):
                    said_twice.append(i)
            elif (
                self._is(i, "COUNT")
                and (
                    self._is(i - 1, "HIGH", "LOW", *(() if sorts else ("BY", "SORTBY"))) or self._is_amount(i)
                )
            ) or (self._is(i, "COUNT") and (self._is_ends_count(i) or self._is_compared_count(i))):
                self.used.add(i)
        self.used = {i - sum(n < i for n in said_twice) for i in self.used}
        self.row = [t for i, t in enumerate(self.row) if i not in said_twice]

    def _is_ends_count(self, at: int) -> bool:
        """True in "the highest flight count"."""
        i = at - 1
        while i >= 0 and self.row[i].kind == WORD:
            i -= 1
        ends = any(t.kind == MARKER and t.text in ENDS | LEADS for t in self.row[:at])
        return i < at - 1 and (self._is(i, "HIGH", "LOW") or (ends and self._is(i, "BY")))

    def _is_compared_count(self, at: int) -> bool:
        """True in "whose number of flights exceeds 20000", which is "with more than 20000 flights"."""
        i = at + 1
        while i < len(self.row) and self.row[i].kind == WORD:
            i += 1
        compared = at and self._is(i, "GT", "GE", "LT", "LE") and self._is_number(i + 1)
        ends = i + 2 >= len(self.row) or self.row[i + 2].kind == "end"
        found = bool(compared and ends and any(t.kind == WORD for t in self.row[:at]))
        self.made.counted |= found
        return found

    def _is_amount(self, at: int) -> bool:
        """True for the "number of pages" and the "page count" where a column holds it."""
        amount = self._is(at - 1, "AVG", "SUM", "MEDIAN") or any(
            self._is(i, "AVG") for i in range(len(self.row))
        )
        for i, known in ((at + 1, amount), (at - 1, True)):
            if known and 0 <= i < len(self.row) and self.row[i].kind == WORD:
                word = self.row[i].text
                if word in self.names.numbers and word not in self.names.tables:
                    return True
        return False

    def _said_by(self, at: int) -> bool:
        """True in "the nearest one by distance", which is the nearest one."""
        if self._follows(at) != WORD or (at + 2 < len(self.row) and self.row[at + 2].kind == WORD):
            return False
        return any(
            self._is(i, "HIGH", "LOW")
            and self._follows(i) == WORD
            and self.row[i + 1].text == self.row[at + 1].text
            for i in range(at - 1)
        )

    def _is_sorted(self) -> bool:
        return any(self._is(i, "DESC", "ASC") or t.raw == "rank" for i, t in enumerate(self.row))

    def _is_by_count(self) -> bool:
        """True for the "biggest by number of orders"."""
        return any(self._is(i, "BY") and self._is(i + 1, "COUNT", "SUM", "AVG") for i in range(len(self.row)))

    def _settle_by(self) -> None:
        """A "by" groups, or says what an order follows, or says nothing."""
        leads = [
            i
            for i, t in enumerate(self.row)
            if t.kind == MARKER
            and (t.text in LEADS or (t.text in ENDS and t.raw in _BIG and self._is_by_count()))
        ]
        for i, token in enumerate(self.row):
            if not self._is(i, "BY"):
                continue
            follows = self.row[i + 1] if i + 1 < len(self.row) else None
            if self._said_by(i):
                self.used.add(i + 1)
                text, kind = "by", "end"
            elif follows is None:
                text, kind = "by", "end"
            elif (
                leads
                and leads[0] < i
                and not any(t.kind == MARKER and t.text in MEASURES for t in self.row[leads[0] : i])
            ):
                text, kind, leads = "MEASURE", MARKER, []
            elif follows.kind == MARKER and follows.text in MEASURES and self._is_sorted():
                text, kind = "SORTBY", MARKER
            elif follows.kind == WORD or (follows.kind == MARKER and follows.text == "GROUP"):
                text, kind = "GROUP", MARKER
            else:
                text, kind = "by", "end"
            self.row[i] = Token(kind=kind, text=text, raw=token.raw)
