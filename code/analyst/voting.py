"""Several candidates for one question: which results agree, and which of them is to be believed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from analyst.result import Cell, Kind, ResultColumn

_DIGITS = 6
"""Figures to which numbers have to agree."""
_SUMMED = 1 << 64


class Taste:
    """A `ResultSink` that keeps of a result only what tells it from another: rows in any order, columns in any."""

    def __init__(self) -> None:
        self._sums: list[int] = []
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
            for at, cell in enumerate(row):
                self._filled = self._filled or cell not in (None, 0, "0")
                self._sums[at] = (self._sums[at] + _number_of(cell, self._kinds[at])) % _SUMMED

    @property
    def fingerprint(self) -> Fingerprint:
        """What the whole result was like."""
        return Fingerprint(rows=self._rows, columns=tuple(sorted(self._sums)), filled=self._filled)


@dataclass(frozen=True, kw_only=True)
class Fingerprint:
    """A result, told from others by its columns' values in any order."""

    rows: int
    columns: tuple[int, ...]
    filled: bool
    """True where any value is neither null nor 0."""

    def agrees(self, other: Fingerprint) -> bool:
        """True where one holds all columns of the other, and both as many rows."""
        mine, theirs = set(self.columns), set(other.columns)
        return self.rows == other.rows and (mine <= theirs or theirs <= mine)


@dataclass(frozen=True, kw_only=True)
class Ballot:
    """What one candidate came to: a result, or a word other than SQL, or nothing."""

    fingerprint: Fingerprint | None = None
    declined: bool = False
    """The model held that the question cannot be answered, or asked back."""


@dataclass(frozen=True, kw_only=True)
class Election:
    """Which candidate won."""

    winner: int | None
    """Its place; None where no candidate came to anything."""
    votes: int
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
    votes = {at: _votes(ballot, ballots) for at, ballot in enumerate(ballots) if _counts(ballot)}
    if not votes:
        return Election(winner=None, votes=0, of=len(ballots))
    winner = max(votes, key=lambda at: (votes[at], _has_values(ballots[at]), -at))
    return Election(winner=winner, votes=votes[winner], of=len(ballots))


def is_decided(ballots: Sequence[Ballot], *, most: int) -> bool:
    """True when no further candidate of at most so many could change the winner."""
    return elect(ballots).votes > most // 2


def _votes(ballot: Ballot, ballots: Sequence[Ballot]) -> int:
    return sum(_agree(ballot, other) for other in ballots)


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


def _number_of(cell: Cell, kind: Kind) -> int:
    text = _plain(cell, kind)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _plain(cell: Cell, kind: Kind) -> str:
    """A value as text, the same for numbers that differ by rounding or by their type."""
    if cell is None:
        return "\0"
    if kind.numeric:
        try:
            return f"{float(cell):.{_DIGITS - 1}e}"
        except (TypeError, ValueError, OverflowError):
            return str(cell)
    return str(cell)
