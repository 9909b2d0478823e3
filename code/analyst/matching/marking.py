"""Finds the literals of a question: quoted texts, days, stored values and numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from analyst import periods, values
from analyst.catalog import Catalog
from analyst.numerals import Moment, Numeral, normal, stated
from analyst.periods import Period
from analyst.values.mention import Mention

_QUOTED = re.compile(r"\"([^\"]+)\"|(?<!\w)'([^']+)'(?!\w)|“([^”]+)”|‘([^’]+)’")
_MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SHORT = {name[:3].lower(): name for name in _MONTH_NAMES} | {"sept": "September"}
_Said = str | Callable[[re.Match[str]], str]
_ANY_MONTH = "|".join((*_MONTH_NAMES, *(s for s in _SHORT if s != "may")))
_WRITTEN: tuple[tuple[str, str, _Said], ...] = (
    (
        "-",
        rf"(?<![\w-])({_ANY_MONTH}) ?- ?({_ANY_MONTH})(?![\w-])",
        lambda m: f"from {_month(m[1])} to {_month(m[2])}",
    ),
    (
        "0/0",
        r"(?<![\d/.-])(0?[1-9]|1[0-2])/((?:19|20)\d\d)(?![\d/-])",
        lambda m: f"{_MONTH_NAMES[int(m[1]) - 1]} {m[2]}",
    ),
    (">", r"\s*(?:->|=>)\s*", " to "),
    ("→", r"\s*→\s*", " to "),
    ("+", r"(?<=\d)\s*\+(?=\s|$)", " or more"),
    ("month of ", r"\b(?:the )?month of (?=" + "|".join(_MONTH_NAMES) + ")", ""),
    (
        " 0",
        rf"\b({'|'.join(s for s in _SHORT if s != 'may')})\.? (?=\d{{1,2}}\b(?!:))",
        lambda m: f"{_SHORT[m[1].lower()]} ",
    ),
    ("-", r"(?<![\w-])(\d+|two|three|four|five|six|seven|eight|nine|ten|twelve)-(?=[a-z]{3})", r"\1 "),
    (
        "0 ",
        r"\b(?:from |between )?(\d+) ?(?:-|to|through) ?(\d+)"
        r"(?= (?:minutes?|hours?|miles?|feet|seats|pages|euros?|dollars?)\b)",
        r"between \1 and \2",
    ),
    (
        "0",
        r"\b(?:from |between )?(?:the )?(\d{1,2})(?:st|nd|rd|th)? (?:to|until|till|through|and)(?: the)? "
        rf"(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?=(?:{_ANY_MONTH})\b)",
        r"\1-\2 ",
    ),
    *(
        ("quarter", rf"\b(?:the )?(?:{said}) quarter\b(?! of)", f"Q{number}")
        for number, said in enumerate(("first|1st", "second|2nd", "third|3rd", "fourth|4th"), 1)
    ),
    (
        "than ",
        r"\b(?:older|earlier) than (?:(?:model |build )?year )?(?=(?:19|20)\d\d\b)",
        "before ",
    ),
    (
        "than ",
        r"\b(?:newer|younger|later|more recent) than (?:(?:model |build )?year )?(?=(?:19|20)\d\d\b)",
        "after ",
    ),
    ("pre-0", r"\bpre-(?=(?:19|20)\d\d\b)", "before "),
    ("past 0", r"\bpast (?=(?:19|20)\d\d\b)", "after "),
    ("post-0", r"\bpost-(?=(?:19|20)\d\d\b)", "after "),
    *((sign, rf"(?<!\w){re.escape(sign)} ?of\b", "number of") for sign in ("#", "no.", "nr.", "nr")),
    ("w/o", r"\bw/o\b", "without"),
    ("w/", r"\bw/ ?(?=\w)", "with "),
    ("-0", r"\b(top|bottom)-(?=\d)", r"\1 "),
    ("wise", r"\b(\w+)[- ]wise\b", r"by \1"),
    (" zero ", r"\b(with|had|have|has|having) zero (?=[a-z])", r"\1 no "),
    ("hour and a half", r"\ban? hour and a half\b", "90 minutes"),
    ("a thousand", r"(?<=than )a thousand\b", "1000"),
    ("a hundred", r"(?<=than )a hundred\b", "100"),
    ("half", r"\b(?:a )?half an hour\b|\ba half hour\b", "30 minutes"),
    *(
        (
            f" {one} ",
            r"\b(more|less|longer|shorter|later|at least|at most|over|under|exceed\w*|above|below|by|within|than"
            rf"|up to)( than)? {one} (hour|minute|day|week|mile|dollar|euro)\b(?! (?:of|or two))",
            r"\1\2 1 \3",
        )
        for one in ("a", "an", "one")
    ),
    ("twice", r"\btwice\b(?! (?:as|the|a|per|each)\b)", "2 times"),
    ("once", r"\bat least once\b", "at least 1 time"),
    (">=", r"(?:>=|≥) ?(?=\d)", "at least "),
    ("<=", r"(?:<=|≤) ?(?=\d)", "at most "),
    (">", r"> ?(?=\d)", "more than "),
    ("<", r"(?<!-)< ?(?=\d)", "less than "),
    ("0", r"(?<=\d)(?=(?:h|hrs?|mins?|minutes|hours|days|km|miles|secs?|seconds)\b)", " "),
)
"""Ways of writing that are brought to one before anything is looked for: what `_cues` has where one is, what it looks
like, and what is put in its place."""
_SAID = tuple((cue, re.compile(pattern, re.IGNORECASE), instead) for cue, pattern, instead in _WRITTEN)
_CUES = str.maketrans({**dict.fromkeys("123456789", "0"), "≥": ">=", "≤": "<=", "İ": "i", "ı": "i"})
_FIRST_YEAR, _LAST_YEAR = 1900, 2099
_NO_YEAR_BEFORE = re.compile(
    r"(?:[$€£#]|\b(?:top|bottom|first|last|than|over|above|below|under|at least|at most|exceed\w*|between|and|or|to"
    r"|by|through|till|until|since|before|after|early|late|mid|(?:end|start|beginning|middle|as) of|around|about|from"
    r"))\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One literal of a question and where it stands."""

    kind: str
    """"quoted", "days", "value", "number" or "moment"."""
    start: int
    end: int
    text: str
    """As the question has it."""
    number: Decimal | None = None
    period: Period | None = None
    mentions: tuple[Mention, ...] = ()


def tidy(question: str) -> str:
    """The question on one line, with one way of writing digits, blanks and apostrophes."""
    text = normal(question.replace("–", "-").replace("—", " - ")).replace("’", "'")
    cues = _cues(text)
    for cue, pattern, instead in _SAID:
        if cue in cues:
            text = pattern.sub(instead, text)
            cues = _cues(text)
    return " ".join(text.split())


def _cues(text: str) -> str:
    """The text in small letters and with 0 for every digit, so that what a pattern needs is seen at once."""
    return text.translate(_CUES).lower()


def _month(said: str) -> str:
    """A month's whole name."""
    return _SHORT[said[:3].lower()]


def marks(text: str, catalog: Catalog | None, *, anchor: date, fiscal_start: int) -> tuple[Mark, ...]:
    """The literals of a text that `tidy` made, in its order, none over another."""
    found: list[Mark] = []
    for mark in (
        *_quoted(text, catalog),
        *_days(text, anchor, fiscal_start),
        *_months(text, anchor, fiscal_start),
        *(_values(text, catalog) if catalog else ()),
        *_numbers(text),
    ):
        if all(mark.end <= other.start or mark.start >= other.end for other in found):
            found.append(mark)
    whole = [_explained(text, mark) for mark in sorted(found, key=lambda mark: mark.start)]
    return tuple(m for m in whole if not any(o.start <= m.start and m.end < o.end for o in whole))


_BEFORE_BRACKET = re.compile(r"(?<![\w.])(?:[A-Z][\w'.-]*\s+){1,4}\($")


def _explained(text: str, mark: Mark) -> Mark:
    """ "Boston (BOS)" is BOS, and "Christmas Day (December 25)" that day."""
    before = _BEFORE_BRACKET.search(text[: mark.start])
    if before is None or mark.kind not in ("value", "days") or text[mark.end : mark.end + 1] != ")":
        return mark
    return replace(mark, start=before.start(), end=mark.end + 1)


def _quoted(text: str, catalog: Catalog | None) -> list[Mark]:
    known = values.find(text, catalog) if catalog and _QUOTED.search(text) else ()
    made = []
    for match in _QUOTED.finditer(text):
        inner = next(g for g in match.groups() if g)
        meant = tuple(m for m in known if m.phrase.strip("\"'“”‘’") == inner)
        made.append(Mark(kind="quoted", start=match.start(), end=match.end(), text=inner, mentions=meant))
    return made


_DAY_FIRST = re.compile(r"(?<=\d):(?=\s)")
"""After a day, what it is asked of."""


def _days(text: str, anchor: date, fiscal_start: int) -> list[Mark]:
    made, at = [], 0
    for period in periods.find(_DAY_FIRST.sub(",", text), anchor=anchor, fiscal_start=fiscal_start):
        start = text.find(period.phrase, at)
        if start < 0:
            continue
        at = start + len(period.phrase)
        made.append(Mark(kind="days", start=start, end=at, text=period.phrase, period=period))
    return made


_MONTH = re.compile(
    rf"(?<![\w-])({'|'.join(_MONTH_NAMES)}"
    rf"|{'|'.join(n.lower() for n in _MONTH_NAMES if n != 'May')}|{'|'.join(s for s in _SHORT if s != 'may')}"
    rf"|{'|'.join(s.title() for s in _SHORT if s != 'may')})(?![\w-])"
)


def _months(text: str, anchor: date, fiscal_start: int) -> list[Mark]:
    """A month that stands alone, as in "March flights": in capitals it is no other word."""
    made = []
    for match in _MONTH.finditer(text):
        read = _month_alone(_SHORT[match[0][:3].lower()], anchor, fiscal_start)
        if (
            len(read) == 1
            and not _NO_YEAR_BEFORE.search(text[: match.start()])
            and (match[0].lower() != "may" or match.start())
        ):
            made.append(
                Mark(kind="days", start=match.start(), end=match.end(), text=match[0], period=read[0])
            )
    return made


@lru_cache(maxsize=100)
def _month_alone(name: str, anchor: date, fiscal_start: int) -> tuple[Period, ...]:
    return periods.find(f"in {name}", anchor=anchor, fiscal_start=fiscal_start)


def _values(text: str, catalog: Catalog) -> list[Mark]:
    groups: dict[str, list[Mention]] = {}
    for mention in values.find(text, catalog):
        groups.setdefault(mention.phrase, []).append(mention)
    made = []
    for phrase, mentions in groups.items():
        for start in _places(phrase, text):
            end = start + len(phrase)
            made.append(Mark(kind="value", start=start, end=end, text=phrase, mentions=tuple(mentions)))
    return made


def _places(phrase: str, text: str) -> Iterator[int]:
    """Where a phrase stands that is no part of a longer word."""
    start = text.find(phrase)
    while start >= 0:
        end = start + len(phrase)
        alone = not (_is_letter(text[start - 1 : start]) or _is_letter(text[end : end + 1]))
        if alone:
            yield start
        start = text.find(phrase, end if alone else start + 1)


def _is_letter(beside: str) -> bool:
    return beside.isalnum() or beside == "_"


def _numbers(text: str) -> list[Mark]:
    made = []
    for said in stated(text):
        if isinstance(said, Numeral) and not said.ordinal:
            made.append(_number(text, said))
        elif isinstance(said, Moment):
            made.append(Mark(kind="moment", start=said.start, end=said.end, text=text[said.start : said.end]))
    return made


def _number(text: str, said: Numeral) -> Mark:
    raw = text[said.start : said.end]
    year = _year(text, said, raw)
    mark = Mark(kind="number", start=said.start, end=said.end, text=raw, number=said.value)
    if said.percent or not re.search(r"\d", raw):
        return Mark(kind="moment", start=said.start, end=said.end, text=raw) if said.percent else mark
    return Mark(kind="days", start=said.start, end=said.end, text=raw, period=year) if year else mark


def _year(text: str, said: Numeral, raw: str) -> Period | None:
    """A year that stands alone, as in "2013 flights"."""
    if not re.fullmatch(r"\d{4}", raw) or not _FIRST_YEAR <= int(raw) <= _LAST_YEAR:
        return None
    if _NO_YEAR_BEFORE.search(text[: said.start]):
        return None
    first = date(int(raw), 1, 1)
    end = date(int(raw) + 1, 1, 1)
    return Period(phrase=raw, start=first, end=end, grain="year")
