"""Reads a question's parts from its tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from analyst.matching.amounts import Compared
from analyst.matching.concepts import Names
from analyst.matching.ends import Ended
from analyst.matching.frame import Frame
from analyst.matching.literal_parts import Literals
from analyst.matching.measuring import SHOWN, Measured
from analyst.matching.rewording import Reworded
from analyst.matching.row import ENDS, MEASURES
from analyst.matching.settling import Settled
from analyst.matching.tokens import LITERAL, MARKER, WORD, Token

_COMPARING = frozenset({"GT", "GE", "LT", "LE"})
_ATTACHING = frozenset({"NOT", "ONLY", "DISTINCT", "FIRST", "LAST", "BEFORE", "AFTER", "SINCE", "UNTIL"})
_FLAGS = frozenset(
    {
        "OR",
        "AND",
        "BUT",
        "IF",
        "BESTFIRST",
        "WORSTFIRST",
        "NEWFIRST",
        "OLDFIRST",
        "BYTIME",
        "TOBE",
        "LEFTOUT",
        "THANANY",
        "WHEN",
        "WHERE",
        "HOW",
        "WHY",
        "WHO",
        "DESC",
        "ASC",
        "OVERYEARS",
        "OVERMONTHS",
        "SORTBY",
        "BETWEEN",
    }
)


_INSTEAD = frozenset(("those", "ones", "one", "them", "such", "any"))
"""What stands for things that are named elsewhere."""
_BEING = frozenset(("were", "was", "are", "is", "have", "has", "had", "got"))


_WHAT = frozenset(("what", "what are", "what were"))


def frame_of(row: Sequence[Token], names: Names) -> Frame:
    """The parts of a question from its tokens."""
    return _Reader(list(row), names).read()


class _Reader(Reworded, Settled, Compared, Ended, Measured, Literals):
    def read(self) -> Frame:
        self._lists()
        self._settle_all()
        self._reword()
        self._settle_ends()
        self._settle_by()
        self._groups()
        self._comparisons()
        self._ends()
        self._measures()
        self._attached()
        self._unit()
        self._rest()
        return self.made

    def _lists(self) -> None:
        """Whether what is wanted is asked for by name: "which", "list", "who"."""
        asked = [
            t for t in self.row if t.kind == MARKER and t.text in ("WHICH", "WHO") and t.raw not in SHOWN
        ]
        self.made.lists = asked[0].text if asked else ""
        if asked and asked[0].raw in _WHAT:
            self.made.lists = "WHAT"
        if not asked and any(t.kind == MARKER and t.text == "WHICH" for t in self.row):
            self.made.lists = "SHOWN"

    def _attached(self) -> None:
        for i, token in enumerate(self.row):
            if token.kind == MARKER and token.text in _ATTACHING and i not in self.used:
                self.used.add(i)
                said = self._target(i)
                self.made.attached[(token.text, said)] += 1
            elif token.kind == MARKER and token.text in _FLAGS and i not in self.used:
                self.used.add(i)
                relative = token.text == "WHO" and i > 0 and self.row[i - 1].kind in (WORD, LITERAL)
                self.made.flags[token.text] += not relative

    def _target(self, at: int) -> str:
        """What is denied, the only one or the first: what stands next, or what is said of it behind a "that"."""
        for i in range(at + 1, len(self.row)):
            token = self.row[i]
            if token.kind == WORD and (token.raw in _INSTEAD or self._is_told_of(i)):
                continue
            if token.kind in (WORD, LITERAL) or token.text in MEASURES | ENDS:
                return token.text
        return ""

    def _is_told_of(self, at: int) -> bool:
        """True for the "flights" of "not the flights that were cancelled"."""
        behind = [t.raw for t in self.row[at + 1 : at + 4]]
        said = behind[:1] in (["that"], ["which"], ["who"]) and len(behind) > 1 and behind[1] in _BEING
        return said and self.row[at].text in self.names.tables

    def _rest(self) -> None:
        self.made.literals = tuple(self._literals())
        left = [t for i, t in enumerate(self.row) if i not in self.used]
        ordered = [t.text for t in left if t.kind == WORD]
        self.made.words, self.made.order = Counter(ordered), tuple(ordered)
        self.made.chunks = frozenset(self._chunks())
        words = [t.text if t.kind == WORD else "" for t in self.row]
        self.made.joint = frozenset(pair for pair in pairwise(words) if all(pair))
        self.made.told = tuple(
            t.text if t.kind == WORD else "*"
            for t in left
            if t.kind == WORD or (t.mark is not None and t.mark.kind in ("value", "quoted"))
        )
        before_words = [(t, w) for t, w in pairwise(self.row) if t.kind == MARKER and w.kind == WORD]
        for way in ("FROM", "TO"):
            for token, word in before_words:
                if token.text == way:
                    self.made.attached[way, word.text] += 1
        if not self.made.subject:
            first = next((w for w in ordered if w in self.names.tables), ordered[0] if ordered else "")
            self.made.subject = first

    def _chunks(self) -> Iterator[frozenset[str]]:
        chunk: set[str] = set()
        for i, token in enumerate(self.row):
            if token.kind == WORD and i not in self.used and token.text not in self.names.tables:
                chunk.add(token.text)
            elif self._is(i, "AND", "BUT"):
                yield frozenset(chunk)
                chunk = set()
        yield frozenset(chunk)
