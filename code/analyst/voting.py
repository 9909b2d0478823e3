"""Several candidates for one question: which results agree, and which of them is to be believed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from analyst.result import Cell, Kind, ResultColumn

_DIGITS = 10
"""Figures to which fractions have to agree; whole numbers agree in all, since many are keys."""
_DOUBTFUL = 0.34
"""What the vote of a candidate counts that leaves out what the question says; most such are wrong."""
_SUMMED = 1 << 64
_PRIME = (1 << 61) - 1
_MIDNIGHT = "T00:00:00"
_NULL = "\0"
_NOTHING = (_NULL, f"{0:.{_DIGITS - 1}e}")


class Taste:
    """A `ResultSink` that keeps of a result only what tells it from another: rows in any order, columns in any."""

    def __init__(self) -> None:
        self._sums: list[int] = []
        self._together = 0
        self._kinds: list[Kind] = []
        self._rows = 0
        self._filled = False

    def columns(self, columns: Sequence[ResultColumn]) -> None:
        """Called once, before any row."""
        self._kinds = [column.kind for column in columns]
        self._sums = [0] * len(columns)

    def rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        """The next batch of rows."""
        self._rows += len(rows)
        for row in rows:
            whole = 1
            for at, cell in enumerate(row):
                text = _plain(cell, self._kinds[at])
                number = _number_of(text)
                self._filled = self._filled or text not in _NOTHING
                self._sums[at] = (self._sums[at] + number) % _SUMMED
                whole = whole * (number | 1) % _PRIME
            self._together = (self._together + whole) % _PRIME

    @property
    def fingerprint(self) -> Fingerprint:
        """What the whole result was like."""
        return Fingerprint(
            rows=self._rows, columns=tuple(sorted(self._sums)), together=self._together, filled=self._filled
        )


@dataclass(frozen=True, kw_only=True)
class Fingerprint:
    """A result, told from others by its columns' values in any order."""

    rows: int
    columns: tuple[int, ...]
    together: int = 0
    """Which values stand in one row."""
    filled: bool
    """True where any value is neither null nor 0."""

    def agrees(self, other: Fingerprint) -> bool:
        """True where one holds all columns of the other, and both as many rows."""
        if self.columns == other.columns:
            return self.rows == other.rows and self.together == other.together
        mine, theirs = set(self.columns), set(other.columns)
        return self.rows == other.rows and (mine <= theirs or theirs <= mine)


@dataclass(frozen=True, kw_only=True)
class Ballot:
    """What one candidate came to: a result, or a word other than SQL, or nothing."""

    fingerprint: Fingerprint | None = None
    unmet: int = 0
    """What the question says and the SQL does not do."""
    declined: bool = False
    """The model held that the question cannot be answered, or asked back."""


@dataclass(frozen=True, kw_only=True)
class Election:
    """Which candidate won."""

    winner: int | None
    """Its place; None where no candidate came to anything."""
    votes: int
    weight: float = 0.0
    """The votes, those of candidates that leave out what the question says counted less."""
    of: int
    """Candidates that were drawn, those that failed with them."""

    @property
    def share(self) -> float:
        """How many of the candidates agree."""
        return self.votes / self.of if self.of else 0.0


def elect(ballots: Sequence[Ballot]) -> Election:
    """The largest group of candidates that agree; among equals one with values, then the earliest.

    Grouping samples by what they return rather than by their text follows Shi et al., "Natural Language to
    Code Translation with Execution" (2022), and Wang et al., "Self-Consistency" (2022).
    """
    weights = {at: _weight(ballot, ballots) for at, ballot in enumerate(ballots) if _counts(ballot)}
    if not weights:
        return Election(winner=None, votes=0, of=len(ballots))
    winner = max(weights, key=lambda at: (weights[at], -ballots[at].unmet, _has_values(ballots[at]), -at))
    agreeing = sum(_agree(ballots[winner], other) for other in ballots)
    return Election(winner=winner, votes=agreeing, weight=weights[winner], of=len(ballots))


def is_decided(ballots: Sequence[Ballot], *, most: int) -> bool:
    """True when no further candidate of at most so many could change the winner."""
    return elect(ballots).weight > most // 2


def _weight(ballot: Ballot, ballots: Sequence[Ballot]) -> float:
    return sum(_DOUBTFUL if other.unmet else 1.0 for other in ballots if _agree(ballot, other))


def _agree(one: Ballot, other: Ballot) -> bool:
    if one.declined or other.declined:
        return one.declined and other.declined
    return (
        one.fingerprint is not None
        and other.fingerprint is not None
        and one.fingerprint.agrees(other.fingerprint)
    )


def _counts(ballot: Ballot) -> bool:
    return ballot.declined or ballot.fingerprint is not None


def _has_values(ballot: Ballot) -> bool:
    return ballot.fingerprint is not None and ballot.fingerprint.filled


def _number_of(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _plain(cell: Cell, kind: Kind) -> str:
    """A value as text, the same for numbers that differ by rounding or by their type."""
    if cell is None:
        return _NULL
    if kind.numeric:
        return _figures(cell)
    return str(cell).replace(_MIDNIGHT, "", 1) if kind.temporal else str(cell)


def _figures(cell: Cell) -> str:
    try:
        number = Decimal(str(cell))
        whole = number == number.to_integral_value() and abs(number) >= 10 ** (_DIGITS - 1)
        return str(int(number)) if whole else f"{float(number) + 0.0:.{_DIGITS - 1}e}"
    except (ArithmeticError, ValueError):  # infinities, and what is no number
        return str(cell)
