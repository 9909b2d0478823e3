"""What the words of a question plainly ask for: how many rows, which unit, a share or a percentage, a time."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyst.numerals import Numeral, normal, stated

_AN_END = re.compile(
    r"\b(most|least|top|bottom|best|worst|first|last|latest|newest|oldest|earliest|max(imum)?|min(imum)?"
    r"|single|one|an example|any|random|[a-z]{2,}est|\w+-ranked|number one)\b"
)
_SOME = re.compile(r"\b(top|some|few|several|examples?|samples?|a couple|leading|bottom|preview)\b")
_COUNT = r"(\d{1,4}|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty)"
_LEADING = re.compile(
    rf"\b(?:top|bottom|leading)\s+{_COUNT}\b"
    rf"|\b{_COUNT}\s+(?:(?!most|least)[a-z]+\s+){{0,1}}(?:most|least|highest|lowest|largest|smallest|biggest"
    r"|longest|shortest|busiest|best|worst|fastest|slowest|latest|newest|oldest|earliest)\b"
)
_PERCENT = re.compile(r"%|\b(percent(ages?)?|per cent|pct|rates?|\*\s*100|100)\b")
_RATIO = re.compile(r"\b(ratios?|proportions?|fractions?)\b")
_MEDIAN = re.compile(r"\bmedians?\b")
_AVERAGE = re.compile(r"\b(average|mean|avg)s?\b")
_UNIT = re.compile(
    r"\bin (?:whole |full )?(second|minute|hour|day)s?\b|\b(second|minute|hour|day)s? (?:as|of)\b"
)
_TIMED = re.compile(
    r"\b(\d{4}|dates?|days?|weeks?|months?|quarters?|years?|hours?|minutes?|time|times|today|yesterday|tomorrow|now"
    r"|daily|weekly|monthly|quarterly|yearly|annual(ly)?|recent(ly)?|current(ly)?|new(er|est)?|old(er|est)?|late(r|st)"
    r"|earl(y|ier|iest)|last|past|previous|next|since|until|before|after|between|ago|when|age|ytd|mtd|season|decade"
    r"|century|spring|summer|autumn|fall|winter|weekend|january|february|march|april|may|june|july|august|september"
    r"|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b"
)
_SMALL = dict(
    zip(
        ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
        range(2, 11),
        strict=True,
    )
) | {"twelve": 12, "fifteen": 15, "twenty": 20}


@dataclass(frozen=True, kw_only=True)
class Demands:
    """What a question plainly asks for; what it leaves open is empty."""

    numbers: frozenset[float]
    """All numbers that it states, with those of the remarks given beside it."""
    leading: int | None
    """So many rows from the top or the bottom."""
    one: bool
    """It may be after a single row: the most, the latest, any."""
    some: bool
    """It leaves open how many."""
    ratio: bool
    """A share as a fraction, with no word of percent."""
    unit: str
    """ "second", "minute", "hour" or "day": how a duration is to be told."""
    median: bool
    """A median, and no average beside it."""
    words: frozenset[str]
    """Its words in lower case."""
    timed: bool
    """It says anything at all about time."""


def demands(question: str, *, context: str = "") -> Demands:
    """What a question asks for; `context` is what its author wrote beside it."""
    plain = normal(question).lower()
    both = f"{plain} {normal(context).lower()}"
    leading = _LEADING.search(plain)
    unit = _UNIT.search(plain)
    return Demands(
        numbers=frozenset(float(n.value) for n in stated(both) if isinstance(n, Numeral)),
        leading=_whole(leading[1] or leading[2]) if leading else None,
        one=_AN_END.search(plain) is not None,
        some=_SOME.search(plain) is not None,
        ratio=_RATIO.search(plain) is not None and _PERCENT.search(both) is None,
        unit=(unit[1] or unit[2]) if unit else "",
        median=_MEDIAN.search(plain) is not None and _AVERAGE.search(plain) is None,
        words=frozenset(re.findall(r"\w+", plain)),
        timed=_TIMED.search(plain) is not None,
    )


def _whole(word: str) -> int:
    return _SMALL.get(word) or int(word)
