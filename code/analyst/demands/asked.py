"""What the words of a question plainly ask for: how many rows, which unit, a share or a percentage, a time."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyst.numerals import Numeral, normal, stated
from analyst.values.vocabulary import is_grammar

_AN_END = re.compile(
    r"\b(most|least|tops?|bottom|best|worst|first|last|latest|newest|oldest|earliest|max(imum)?|min(imum)?"
    r"|single|one|an example|any|random|[a-z]{2,}est|\w+-ranked|number one|more|less|fewer|better|worse|greater"
    r"|(high|low|larg|small|bigg|long|short|fast|slow|lat|earl(i)?|old|young|new|cheap|busi)er|versus|vs"
    r"|peak|record|winners?|winning|leads?|leaders?|leading|beats?|dominat\w+|popular|favou?rites?|prefer\w*|main"
    r"|primary|chief|extremes?|final|(is|are|was|were|be|been) there)\b"
)
_SOME = re.compile(
    r"\b(tops?|some|few|several|examples?|samples?|a couple|leading|bottom|preview|pages?|handful|pair|dozens?"
    r"|peek|glance|glimpse|looks? like|idea of|at random|randomly)\b"
)
_COUNT = r"(\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty)"
_NO_SHARE = r"(?![\d.,]*\d|\s*(?:%|-|percent|per cent|pct|or|to)\b|\s*%)"
_LEADING = re.compile(
    rf"\b(?:top|bottom|leading)\s+{_COUNT}\b{_NO_SHARE}"
    rf"|(?:^|\b(?:the|our|my|its|their|show|list|find|give|get|return|name|me|us)\s+){_COUNT}\s+"
    r"(?:(?!most|least|the)[a-z]+\s+)?(?:most|least|highest|lowest|largest|smallest|biggest"
    r"|longest|shortest|busiest|best|worst|fastest|slowest|latest|newest|oldest|earliest)\b"
)
_EACH = re.compile(r"\b(each|every|per|within|respective(ly)?)\b")
_PERCENT = re.compile(r"%|\b(percent(ages?)?|per cent|pct|rates?|\*\s*100|100)\b")
_RATIO = re.compile(r"\b(ratios?|proportions?|fractions?)\b")
_MEDIAN = re.compile(r"\bmedians?\b")
_AVERAGE = re.compile(r"\b(average|mean|avg)s?\b")
_UNIT = re.compile(
    r"\bin (?:whole |full )?(seconds|minutes|hours|days)\b"
    r"|\b(?:how many|number of) (?:whole |full )?(seconds|minutes|hours|days)\b"
    r"|(?<![\d\w] )\b(?:as|total|average) (seconds|minutes|hours|days)\b"
)
_TIMED = re.compile(
    r"(?<!\w)'\d\d|\b(\d{4}|\d{1,4}[/-]\d{1,2}([/-]\d{1,4})?|\d{1,2}\.\d{1,2}\.|dates?|days?|weeks?|months?|quarters?|years?|hours?|minutes?"
    r"|time|times|today|yesterday|tomorrow|tonight|now|daily|weekly|monthly|quarterly|yearly|annual(ly)?|recent(ly)?"
    r"|current(ly)?|new(er|est)?|old(er|est)?|late(r|st|ly)?|earl(y|ier|iest)|last|past|previous(ly)?|next|since|until"
    r"|till|before|after|between|during|while|ago|when|whenever|age[ds]?|y\.?t\.?d|m\.?t\.?d|q\.?t\.?d|seasons?|decades?"
    r"|century|spring|summer|autumn|fall|winter|weekends?|january|february|march|april|may|june|july|august|september"
    r"|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|(mon|tues|wednes|thurs|fri|satur|sun)days?"
    r"|mornings?|evenings?|nights?|noon|midnight|q[1-4]|h[12]|[1-4]q|[12]h|fy\w*|fiscal|periods?|eras?|holidays?"
    r"|christmas|easter|thanksgiving|birthdays?|born|pandemic|covid\S*|lockdown|active|inactive|dormant|expired?|expir\w+"
    r"|overdue|due|upcoming|future|ongoing|pending|valid|invalid|former(ly)?"
    r"|histor\w+|trends?|trending|so far|to date|as of|up to|forecast\w*|schedul\w+|outdated|stale|fresh|aging|ageing"
    r"|tenure|seniority|vintage|cohorts?|churn\w*|retention)\b"
)
_WORD = re.compile(r"[^\W\d_]+")
_FEWEST_ENGLISH = 3
"""More than one word of so many holds an English question together."""
_SENTENCE = re.compile(r"\n|(?<=[.;])\s")
_HEAD = 5
"""Words with which a remark says what it is about."""
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


def demands(question: str, *, context: str = "", earlier: str = "") -> Demands:
    """What a question asks for; `context` was written beside it, `earlier` are the questions before it, with their SQL.

    What a follow-up does not repeat may still be meant, and what is not said in English was not looked for.
    """
    plain, before = _plain(question), _plain(earlier)
    both = f"{plain} {_plain(context)} {before}"
    said = f"{plain} {before}"
    open_ = not _is_english(plain)
    unit = _UNIT.search(plain)
    return Demands(
        numbers=frozenset(float(n.value) for n in stated(both) if isinstance(n, Numeral)),
        leading=_leading(plain),
        one=open_ or _AN_END.search(said) is not None or _is_one_asked(said),
        some=open_ or _SOME.search(said) is not None,
        ratio=_RATIO.search(plain) is not None and _PERCENT.search(both) is None,
        unit=next((u.removesuffix("s") for u in unit.groups() if u), "") if unit else "",
        median=_MEDIAN.search(plain) is not None and _AVERAGE.search(plain) is None,
        words=frozenset(re.findall(r"\w+", plain)),
        timed=open_ or _TIMED.search(f"{said} {_about(plain, context)}") is not None,
    )


def _plain(text: str) -> str:
    """In lower case on one line, with one way of writing numbers."""
    return " ".join(normal(text).lower().split())


def _leading(plain: str) -> int | None:
    """How many from one end, where one such number is named, and not for each of something."""
    found = {_whole(next(g for g in m.groups() if g)) for m in _LEADING.finditer(plain)}
    return found.pop() if len(found) == 1 and _EACH.search(plain) is None else None


def _is_one_asked(plain: str) -> bool:
    return re.search(r"\b1\b", plain) is not None


def _is_english(plain: str) -> bool:
    words = set(_WORD.findall(plain))
    return _FEWEST_ENGLISH * sum(map(is_grammar, words)) > len(words)


def _about(plain: str, context: str) -> str:
    """Those remarks beside a question that begin with one of its own words."""
    words = {w for w in _WORD.findall(plain) if not is_grammar(w)}
    remarks = [r for r in _SENTENCE.split(normal(context).lower()) if r.strip()]
    return " ".join(r for r in remarks if not words.isdisjoint(_WORD.findall(r.partition(" = ")[0])[:_HEAD]))


def _whole(word: str) -> int:
    return _SMALL.get(word) or int(word)
