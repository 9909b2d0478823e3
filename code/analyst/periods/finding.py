"""The time words of a question, each with the days that it means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from analyst.numerals import normal
from analyst.periods import spans
from analyst.periods.beginnings import may_begin, may_lead
from analyst.periods.frame import Frame, Reach, longest
from analyst.periods.joined import atom, opened, part, ranged, week_of
from analyst.periods.period import Period, Span
from analyst.periods.stated import doubtful_days, expected
from analyst.periods.vocabulary import choice

_LONGEST = 2_000
"""Characters of a question that are read; nobody states a time after so many."""
_QUOTED = re.compile(r"\"[^\"]*\"|`[^`]*`|(?<!\w)'[^']*'(?!\w)|“[^”]*”|‘[^’]*’(?!\w)")
_MAY_SAY = re.compile(
    r"\d|day|week|month|quarter|year|decade|centur|fortnight|half|tomorrow|now|td\b|date|recent|past|last|previous"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|yoy|mom\b|qoq|wow|spring|summer|autumn|fall|winter|hour|minute|season",
    re.IGNORECASE,
)
"""What a text with a time in it says; nothing is found where only "y/y" is said."""
_START = re.compile(r"(?<![\w$€£¥#@/\\.%-])(?<!\w')\w[\w']*")


def find(
    question: str, *, anchor: date, fiscal_start: int = 1, week_start: int = 1, context: str = ""
) -> tuple[Period, ...]:
    """The periods that a question names, in its order; none where words only might mean a time.

    `fiscal_start` is the month in which fiscal years begin, `week_start` 1 for Monday to 7 for Sunday. What
    `context` defines itself ("last week = …") is left to it.
    """
    text = _plain(question)
    frame = Frame(anchor=anchor, fiscal_start=fiscal_start, week_start=week_start)
    reaches = list(_scan(text, frame))
    if not reaches or not _MAY_SAY.search(text):
        return ()
    years = {reach.year for _, reach in reaches if reach.year is not None}
    if len(years) == 1 and any(reach.assumed for _, reach in reaches):
        reaches = list(_scan(text, replace(frame, year=years.pop())))
    found = _compared(reaches, text, frame)
    return tuple(period for period in found if not _is_defined(period.phrase, context))


def _is_defined(phrase: str, context: str) -> bool:
    """True where the context says what the words mean, but for what is included or not."""
    core = re.split(r",| \(| (?:in|ex)clu", phrase.lower().removeprefix("the "))[0]
    said = r"[\"')]? ?(?:=|:|means?\b|refers? to\b|is defined\b|stands for\b)"
    return (
        bool(context)
        and re.search(rf"\b{re.escape(core)}{said}", " ".join(context.lower().split())) is not None
    )


def doubts(question: str) -> tuple[str, ...]:
    """Plain sentences on the days that were not read because they could be two: 03/04/2013."""
    found = dict.fromkeys(doubtful_days(_plain(question)))
    return tuple(
        f'"{phrase}" could be two days, so it was left as it is; 2013-12-31 is clear.' for phrase in found
    )


def _plain(question: str) -> str:
    text = " ".join(normal(question[:_LONGEST].replace("–", "-")).replace("’", "'").split())
    return _QUOTED.sub(lambda m: "\0" * len(m[0]), text)


# -- one after the other ---------------------------------------------------------------------------


def _scan(text: str, frame: Frame) -> Iterator[tuple[int, Reach]]:
    at = 0
    while match := _START.search(text, at):
        start, at = match.span()
        if not may_lead(text, start):
            continue
        skipped = _SKIPPED.match(text, start)
        skipped_to = _past(skipped, text, frame) if skipped else None
        reach = _furthest(text, start, frame)
        if skipped_to is not None and (reach is None or reach.end < skipped_to):
            at = skipped_to
        elif reach is not None:
            if not _is_row_relative(text, start, reach):
                yield start, reach
            at = reach.end


def _furthest(text: str, at: int, frame: Frame) -> Reach | None:
    """The longest time that begins here; a single one is read once, for itself and for the range it may begin."""
    single = atom(text, at, frame)
    reach = longest((_same_last_year, partial(ranged, single=single), opened, part, week_of), text, at, frame)
    if single is None or reach is None:
        return reach or single
    return single if single.end > reach.end else reach


_SKIPPED = re.compile(rf"(?:the )?(?:{choice('skipped')})[ -](?:the )?", re.IGNORECASE)


def _past(skipped: re.Match[str], text: str, frame: Frame) -> int | None:
    """Where the time ends that is not meant as a whole; None where none follows."""
    if not may_begin(text, skipped.end()):
        return None
    reach = longest((part, atom, expected), text, skipped.end(), frame)
    return reach.end if reach is not None else None


def _is_row_relative(text: str, start: int, reach: Reach) -> bool:
    """True for "each month's change from the previous month", which means another month in every row."""
    words = re.fullmatch(
        r"(?:the )?(?:previous|prior|last) (day|week|month|quarter|year)", text[start : reach.end].lower()
    )
    if words is None:
        return False
    unit = words[1]
    steady = "daily" if unit == "day" else f"{unit}ly"
    each = rf"(?:each|every|per|by|consecutive|same) {unit}"
    again = rf"{unit}[- ](?:over|on|by|to)[- ]{unit}"
    return re.search(rf"\b(?:{each}|{again}|{steady})\b", text, re.IGNORECASE) is not None


# -- a year before ---------------------------------------------------------------------------------

_SAME = re.compile(
    r"(?:the )?(?:same|corresponding) "
    r"(?P<unit>period|time|day|week|month|quarter|days|weeks|months|timeframe|time period)"
    r"(?: of| in| from| during)? (?:the )?"
    r"(?:(?:last|previous|prior|preceding) year|year before|(?:a|one) year (?:ago|earlier|before))(?!\w)"
    r"|(?:year[- ](?:over|on)[- ]year|yoy|y/y)(?!\w)",
    re.IGNORECASE,
)


def _same_last_year(text: str, at: int, frame: Frame) -> Reach | None:
    """Words for the same days a year before: of what else the question names, else of this year so far."""
    words = _SAME.match(text, at)
    if words is None:
        return None
    unit = (words["unit"] or "").lower()
    if unit in ("day", "week", "month", "quarter"):
        now = spans.around(frame.anchor, unit, week_start=frame.week_start)
    else:
        now = Span(start=frame.anchor.replace(month=1, day=1), end=frame.anchor + timedelta(days=1))
    return Reach(end=words.end(), span=now, relative=True, last_year=True)


def _compared(reaches: list[tuple[int, Reach]], text: str, frame: Frame) -> tuple[Period, ...]:
    """The periods; the same days a year before belong to the period that stands before them, or after."""
    periods = []
    before = next((reach for _, reach in reaches if reach.last_year), None)
    bases = [reach for _, reach in reaches if not reach.last_year and reach.span.bounded]
    base = bases[0] if bases and before else None
    for start, reach in reaches:
        phrase = text[start : reach.end]
        if not reach.last_year:
            earlier = _year_before(reach.span) if reach is base else None
            periods.append(_period(phrase, reach, frame, compared_to=earlier))
        elif _SAME_WORDS.search(phrase):
            if (base is None and (earlier := _year_before(reach.span))) or (
                base is not None and (earlier := _year_before(base.span))
            ):
                periods.append(_period(phrase, replace(reach, span=earlier), frame))
        elif base is None and not _PER_ROW.search(text):
            periods.append(_period(phrase, reach, frame, compared_to=_year_before(reach.span)))
    return tuple(periods)


_SAME_WORDS = re.compile(r"same|corresponding", re.IGNORECASE)
_PER_ROW = re.compile(
    r"\b(?:each|every|per|by|all|trends?|month(?:ly)?|year(?:ly)|annual(?:ly)?|quarter(?:ly)?)\b",
    re.IGNORECASE,
)


def _year_before(span: Span) -> Span | None:
    try:
        return spans.year_before(span)
    except (ValueError, OverflowError):
        return None


def _period(phrase: str, reach: Reach, frame: Frame, *, compared_to: Span | None = None) -> Period:
    span = reach.span
    return Period(
        phrase=phrase.strip(" ,"),
        start=span.start,
        end=span.end,
        grain=span.grain,
        relative=reach.relative,
        complete=span.end == date.max or span.end <= frame.anchor + timedelta(days=1),
        compared_to=compared_to,
        assumed=reach.assumed and reach.relative,
        sides=reach.sides,
        reading=reach.reading,
    )
