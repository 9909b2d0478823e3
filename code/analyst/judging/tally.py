"""Verdicts counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from analyst.judging.verdict import Outcome, Verdict


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many questions of a group had which outcome."""

    name: str
    counts: Counter[Outcome]

    @property
    def total(self) -> int:
        """Questions that could be judged."""
        return sum(self.counts.values()) - self.counts[Outcome.UNJUDGED]

    @property
    def right(self) -> int:
        """Questions answered right, or rightly declined."""
        return self.counts[Outcome.RIGHT]

    @property
    def share(self) -> float:
        """Right ones in percent; 0 where nothing could be judged."""
        return 100 * self.right / self.total if self.total else 0.0


def tallies(verdicts: Iterable[Verdict], group: Callable[[Verdict], str]) -> list[Tally]:
    """A tally a group, in the order in which groups first occur."""
    counts: dict[str, Counter[Outcome]] = {}
    for verdict in verdicts:
        counts.setdefault(group(verdict), Counter())[verdict.outcome] += 1
    return [Tally(name=name, counts=count) for name, count in counts.items()]
