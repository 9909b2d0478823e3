"""What a question asks for, part by part."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from analyst.matching.marking import Mark

IN_MINUTES = MappingProxyType({"minute": 1, "hour": 60, "day": 1_440, "week": 10_080})


@dataclass(frozen=True, kw_only=True)
class Literal:
    """A literal and the part it plays."""

    role: str
    """"top", a comparison as ">15"'s ">", "from", "to", "not", or empty."""
    about: str
    """The unit of a number."""
    beside: str
    """The concept that stands before it."""
    mark: Mark
    denied: bool = False
    """True where it stands in a part of the question that denies something."""

    @property
    def amount(self) -> tuple[Decimal, str]:
        """The number in the smallest unit that is told of its kind, and that unit."""
        unit = "minute" if self.about in IN_MINUTES else self.about
        return (self.mark.number or Decimal(0)) * IN_MINUTES.get(self.about, 1), unit


@dataclass(kw_only=True)
class Frame:
    """The parts of a question that have to agree with another one's."""

    measures: Counter[str] = field(default_factory=Counter)
    """COUNT, AVG, ... and how often."""
    rated: bool = False
    """True for the share that is called a rate."""
    implied: bool = False
    """True where nobody said that it is to be counted."""
    measured: dict[str, frozenset[str]] = field(default_factory=dict)
    """For each of them what stands right behind it."""
    subject: str = ""
    """What is counted or listed: the first thing of the database that stands behind "which", "how many"."""
    end: str = ""
    """"HIGH" or "LOW" where only one end is asked for."""
    top: int = 0
    """So many from that end; 1 for "the airline with", 0 where it is left open."""
    head: frozenset[str] = frozenset()
    """What is looked for at that end, where it is named: "which airline"."""
    ended: frozenset[str] = frozenset()
    """By what the end is found."""
    lists: str = ""
    """"WHICH" or "WHO" where what is wanted is asked for by name, and "WHAT" or "SHOWN" where it may be an amount."""
    bad: bool = False
    """True where what there is most of is worst: delays, complaints."""
    good: bool = False
    """True where what there is most of is best: ratings, sales."""
    often: bool = False
    """True for the "busiest" and the "most frequent", of which most rows tell."""
    groups: frozenset[frozenset[str]] = frozenset()
    attached: Counter[tuple[str, str]] = field(default_factory=Counter)
    """What is denied, the only one, different ones: the marker and the concept it stands before."""
    flags: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    """All concepts but those of groups."""
    order: tuple[str, ...] = ()
    """The same in their order."""
    moved: frozenset[str] = frozenset()
    """"depart" and "arrive" where they only say which way."""
    chunks: frozenset[frozenset[str]] = frozenset()
    """The words of each part between "and" and "but"."""
    joint: frozenset[tuple[str, str]] = frozenset()
    """The pairs of words that stand side by side with nothing between: "plane models"."""
    told: tuple[str, ...] = ()
    """The same with the names among them."""
    unit: str = ""
    """The unit that the answer is to be told in."""
    literals: tuple[Literal, ...] = ()
    compared: tuple[tuple[str, str], ...] = ()
    """For each comparison, its direction and the concept before it."""
    counted: bool = False
    """True where it says that it is a number of things that is compared."""
    higher: bool = False
    """True where something is said to be "higher than" a number."""
    relating: tuple[str, ...] = ()
    """Comparisons with something else than a number."""
    base: frozenset[str] = frozenset()
    """Of a share: what the whole is narrowed to."""


def without(counted: Counter[str], *names: str) -> Counter[str]:
    """What is counted, but for some names."""
    return Counter({name: n for name, n in counted.items() if name not in names and n})
