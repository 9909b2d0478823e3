"""Finds the numbers, dates and times that a text states, with the precision that it shows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MONTHS = {name: i for i, name in enumerate(_MONTH_NAMES, 1)} | {
    n[:3]: i for i, n in enumerate(_MONTH_NAMES, 1)
}
MONTHS |= {"sept": 9}


def _list(text: str) -> list[str]:
    return text.split()


_SMALL = _list(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = _list("twenty thirty forty fifty sixty seventy eighty ninety")
_WORDS = {w: i for i, w in enumerate(_SMALL)} | {w: 10 * i for i, w in enumerate(_TENS, 2)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SUFFIXES = {**_SCALES, "k": 1000, "m": 10**6, "mn": 10**6, "bn": 10**9, "b": 10**9, "tn": 10**12}
_ORDINALS = {w: i for i, w in enumerate(_list("third fourth fifth sixth seventh eighth ninth tenth"), 3)}
_MULTIPLES = _list(
    "half halves twice double doubled doubles triple tripled triples thrice quadruple dozen dozens hundreds "
    "thousands millions billions thirds quarters fifths tenths tenfold twofold threefold"
)
_FIRST = frozenset((*_WORDS, *_SCALES, *_ORDINALS, *_MULTIPLES, "quarter", "and"))
"""What a number in words begins with."""
_UNITS = _list("min mins s sec secs ms h hr hrs km kms mi mph kmh kg lb lbs ft m cm mm d x am pm gb mb kb")

_MONTH = (
    r"(?P<{0}>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
)
_MONTH += r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
_DAY = r"(?P<{0}>\d{{1,2}})(?:st|nd|rd|th)?(?!,\d{{3}}(?!\d)|\.\d)"
_YEAR = r"(?P<{0}>[12]\d{{3}})"
_WORD = r"(?P<word>[A-Za-z]+(?:-[A-Za-z]+)*)\b"

_PATTERN = re.compile(
    "|".join(
        (
            r"(?P<iso>(?<![\w-])\d{4}-\d{2}-\d{2})(?!\d)",
            r"(?<![\w/])(?P<slash>\d{1,4}/\d{1,2}/\d{2,4})(?![\w/])",
            rf"\b{_MONTH.format('m1')} {_DAY.format('d1')}\b(?:,? {_YEAR.format('y1')}\b)?",
            rf"\b{_DAY.format('d2')} (?:of )?{_MONTH.format('m2')}\b(?:,? {_YEAR.format('y2')}\b)?",
            rf"\b{_MONTH.format('m3')},? (?:of )?{_YEAR.format('y3')}\b",
            r"(?P<period>(?<![\w-])[12]\d{3}-(?:\d{2}|Q[1-4]|W\d{2}))(?![\w-])",
            r"(?<![\w:])(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)"
            r"(?: ?(?P<half>[AaPp])\.?[Mm]\b\.?)?(?: ?[+-]\d\d:\d\d)?",
            r"\b(?P<hour>\d{1,2}) ?(?P<half2>[AaPp])\.?[Mm]\b\.?",
            r"\b[Qq](?P<quarter>[1-4])\b",
            r"(?P<number>(?:(?<![\w.,)])[-+])?[$€£¥]?(?<![\w.])(?<!\d,)"
            r"(?:\d{1,3}(?:,\d{3})+(?!,?\d)|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?)"
            r"(?:(?P<ordinal>st|nd|rd|th)\b| ?(?P<percent>%|percent\b|per cent\b|percentage points?\b|pp\b)"
            r"|(?: (?P<scale>hundred|thousand|million|billion|trillion)\b|(?P<suffix>[A-Za-z]+)\b)?"
            r"(?P<percent2> ?%)?)",
            rf"\b{_WORD}",
            r"(?P<stray>\w*\d\w*)",
        )
    )
)
_THOUSANDS = re.compile("(?<=\\d)[\u00a0\u2009\u202f'’](?=\\d{3}(?!\\d))")
_DIGIT = re.compile(r"\d")
_ALONE = re.compile(rf"\b{_WORD}")
"""All that `_PATTERN` finds in a text without digits."""
_NEXT = re.compile(rf" {_WORD}")
_HEDGE = re.compile(
    r"\b(about|around|approximately|approx|roughly|some|circa|close to|nearly|almost|just (?:over|under)|"
    r"over|more than|above|under|less than|below)\s+$|[≈~]\s*$",
    re.IGNORECASE,
)
_MOST_PLACES = 400
"""Beyond what a database's floating point holds, nothing is a number that anybody means."""
_CJK = re.compile("[〇零二三四五六七八九十百千万亿萬億兆两兩]")


@dataclass(frozen=True, kw_only=True)
class Numeral:
    """One number as a text states it."""

    value: Decimal
    unit: Decimal
    """The worth of the last place shown: 0.1 for "12.6", 100000 for "1.2 million"."""
    start: int
    end: int
    percent: bool = False
    ordinal: bool = False
    spelled: bool = False
    hedge: str = ""
    """The word before it that says it is rounded, and in which direction: "about", "over", "almost"."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A date, part of one, or a time of day as a text states it."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    clock: str = ""
    """"17:45" or "17:45:30"."""
    others: tuple[tuple[int, int, int], ...] = ()
    """Other readings as year, month, day: 1/5/2013 is a day in January or in May."""


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """Something with a number in it whose value is not known, or that says a result was reckoned with."""

    start: int
    end: int


Stated = Numeral | Moment | Unreadable


def normal(text: str) -> str:
    """The text with one way of writing digits, minus signs, spaces and thousands."""
    text = _THOUSANDS.sub(",", text)
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text)
    text = re.sub("[\u2212\u2010\u2011]", "-", text).replace("–", " – ").replace("—", " — ")
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def stated(text: str) -> list[Stated]:
    """Everything with a number in it, in order; `text` is as `normal` returns it."""
    found = list(_scan(text))
    if text.isascii():
        return found
    found += [Unreadable(start=m.start(), end=m.end()) for m in _CJK.finditer(text)]
    odd = (i for i, c in enumerate(text) if not c.isascii() and not c.isalpha() and c.isnumeric())
    return found + [Unreadable(start=i, end=i + 1) for i in odd]


def _scan(text: str) -> Iterator[Stated]:
    pattern = _PATTERN if _DIGIT.search(text) else _ALONE
    position = 0
    while match := pattern.search(text, position):
        read = _spelled(text, match) if match["word"] else _figures(text, match)
        position = read.end if read is not None else match.end()
        if read is not None:
            yield read


def _figures(text: str, match: re.Match[str]) -> Stated:
    groups = {name: value for name, value in match.groupdict().items() if value is not None}
    if "number" in groups:
        return _number(text, match, groups)
    if "stray" in groups:
        return Unreadable(start=match.start(), end=match.end())
    return _moment(match, groups)


def _number(text: str, match: re.Match[str], groups: dict[str, str]) -> Stated:
    start, end = match.span()
    digits = groups["number"].translate(str.maketrans("", "", ",$€£¥+"))
    value = Decimal(digits)
    if abs(value.adjusted()) > _MOST_PLACES:
        return Unreadable(start=start, end=end)
    exponent = value.as_tuple().exponent
    unit = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    suffix = groups.get("scale", groups.get("suffix", ""))
    scale = Decimal(1)
    if suffix in _SUFFIXES or suffix.lower() in ("k", "bn", "mn"):
        scale = Decimal(_SUFFIXES[suffix.lower() if suffix.lower() in _SUFFIXES else suffix])
    elif suffix in ("K", "M", "B"):
        scale = Decimal(_SUFFIXES[suffix.lower()])
    elif suffix and suffix.lower() not in _UNITS:
        return Unreadable(start=start, end=end)
    hedge = _HEDGE.search(text, max(0, start - 24), start)
    return Numeral(
        value=value * scale,
        unit=unit * scale,
        start=start,
        end=end,
        percent=bool(groups.get("percent") or groups.get("percent2")),
        ordinal="ordinal" in groups,
        hedge=" ".join(hedge.group().lower().split()) if hedge else "",
    )


def _spelled(text: str, match: re.Match[str]) -> Numeral | Unreadable | None:
    """A number in words that begins here, as far as it goes."""
    start, end = match.span()
    word = match["word"].lower()
    if word == "and" or word.partition("-")[0] not in _FIRST:
        return None
    if word in _MULTIPLES or re.match(r"(one|two|three)-(third|quarter|fifth|half)", word):
        return Unreadable(start=start, end=end)
    if word in ("third", "fourth", "fifth", "quarter", "tenth") and _is_fraction(text, match):
        return Unreadable(start=start, end=end)
    if word in _ORDINALS:
        return Numeral(
            value=Decimal(_ORDINALS[word]), unit=Decimal(1), start=start, end=end, ordinal=True, spelled=True
        )
    words, end = _run_of_words(text, match)
    if not words or words == ["one"]:
        only = words and re.search(r"\b(only|exactly|just|precisely) $", text[:start], re.IGNORECASE)
        return (
            Numeral(value=Decimal(1), unit=Decimal(1), start=start, end=end, spelled=True) if only else None
        )
    if all(w in _SCALES for w in words):
        return Unreadable(start=start, end=end)
    percent = re.match(r"\s*(%|percent\b|per cent\b)", text[end:]) is not None
    return Numeral(
        value=Decimal(_value(words)), unit=Decimal(1), start=start, end=end, spelled=True, percent=percent
    )


def _is_fraction(text: str, match: re.Match[str]) -> bool:
    return re.search(r"\b(a|an|one|two|three) $", text[: match.start()], re.IGNORECASE) is not None and (
        text[match.end() : match.end() + 3] == " of"
    )


def _run_of_words(text: str, match: re.Match[str]) -> tuple[list[str], int]:
    words: list[str] = []
    end = match.end()
    part: re.Match[str] | None = match
    while part is not None:
        parts = [w for w in part["word"].lower().split("-") if w != "and"]
        if not parts and not words:
            break
        if any(w not in _WORDS and w not in _SCALES for w in parts):
            break
        if parts:
            words += parts
            end = part.end()
        part = _NEXT.match(text, part.end())
    return words, end


def _value(words: list[str]) -> int:
    total = current = 0
    for word in words:
        if word in _WORDS:
            current += _WORDS[word]
        elif word == "hundred":
            current = max(current, 1) * 100
        else:
            total += max(current, 1) * _SCALES[word]
            current = 0
    return total + current


def _moment(match: re.Match[str], groups: dict[str, str]) -> Stated:
    start, end = match.span()
    if "clock" in groups or "hour" in groups:
        return _clock(match, groups)
    if "quarter" in groups:
        return Numeral(value=Decimal(groups["quarter"]), unit=Decimal(1), start=start, end=end)
    if "iso" in groups:
        return _day(groups["iso"].split("-"), start=start, end=end)
    if "slash" in groups:
        return _slashed(groups["slash"], start=start, end=end)
    if "period" in groups:
        year, part = groups["period"].split("-")
        if not part.isdigit() or not 1 <= int(part) <= 12:
            return Unreadable(start=start, end=end)
        return Moment(start=start, end=end, year=int(year), month=int(part))
    year, month, day = (next((groups[k + i] for i in "123" if k + i in groups), "") for k in "ymd")
    return Moment(
        start=start,
        end=end,
        year=int(year) if year else None,
        month=MONTHS[month.lower()],
        day=int(day) if day else None,
    )


def _day(parts: list[str], *, start: int, end: int) -> Stated:
    readings = _readings([parts])
    if not readings:
        return Unreadable(start=start, end=end)
    year, month, day = readings[0]
    return Moment(start=start, end=end, year=year, month=month, day=day)


def _slashed(text: str, *, start: int, end: int) -> Stated:
    a, b, c = text.split("/")
    readings = _readings([[a, b, c]] if len(a) == 4 else [[c, a, b], [c, b, a]])
    if not readings:
        return Unreadable(start=start, end=end)
    year, month, day = readings[0]
    return Moment(start=start, end=end, year=year, month=month, day=day, others=tuple(readings[1:]))


def _readings(candidates: list[list[str]]) -> list[tuple[int, int, int]]:
    found = []
    for parts in candidates:
        year, month, day = (int(p) for p in parts)
        try:
            date(year + 2000 if year < 100 else year, month, day)
        except ValueError:
            continue
        found.append((year + 2000 if year < 100 else year, month, day))
    return found


def _clock(match: re.Match[str], groups: dict[str, str]) -> Stated:
    parts = groups.get("clock", groups.get("hour", "")).split(":")
    half = groups.get("half", groups.get("half2", "")).lower()
    hour = int(parts[0])
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    rest = parts[1:] or ["00"]
    if hour > 24 or int(rest[0]) > 59:
        return Unreadable(start=match.start(), end=match.end())
    return Moment(start=match.start(), end=match.end(), clock=":".join([f"{hour:02d}", *rest]))
