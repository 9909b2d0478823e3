"""Times of several words: from A to B, since A, the first week of A."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from analyst.periods import spans
from analyst.periods.beginnings import may_begin
from analyst.periods.frame import Frame, Reach, longest
from analyst.periods.period import Grain, Span
from analyst.periods.relative import NUMBER, number, relative
from analyst.periods.stated import expected, named

_UNIT = r"(?P<unit>day|week|month|quarter|year|half)"
_NTH = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "fifth": 5,
    "5th": 5,
    "last": -1,
    "final": -1,
}
_NO_SIDES = ("", "")


def atom(text: str, at: int, frame: Frame) -> Reach | None:
    """A single time that needs nothing before it to be one."""
    return longest((relative, named), text, at, frame) if may_begin(text, at) else None


def due(text: str, at: int, frame: Frame) -> Reach | None:
    """A single time where one is due, after "since" or "first week of"."""
    return longest((relative, expected), text, at, frame) if may_begin(text, at) else None


_AND = re.compile(
    r",? (?:and|to|until|till|through|thru|up to|and up to) (?:and including |the end of )?(?:the )?| ?- ?",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"(?P<word>between|from|starting from|starting)(?: and including)? (?:the )?", re.IGNORECASE
)
_WITH = re.compile(r",? ?\(?inclusive\)?(?=[, ])", re.IGNORECASE)
_NOT_ALL = re.compile(r",? ?\(?(?:both )?(?:exclusive\b(?! of)|not inclusive\b)\)?", re.IGNORECASE)
_ALL = re.compile(r" ?\(?(?:both )?exclusive\b(?! of)|,? not inclusive", re.IGNORECASE)
_ALL = re.compile(r",? ?\((?:both )?(?:dates? )?inclusive[^()]*\)", re.IGNORECASE)


def ranged(text: str, at: int, frame: Frame, *, single: Reach | None) -> Reach | None:
    """Between A and B, from A to B, A to B: both ends belong to it; `single` is the `atom` that begins here."""
    opening = _OPENING.match(text, at)
    start = opening.end() if opening else at
    first = due(text, start, frame) if opening else single or _unsure(text, start, frame)
    with_it = _WITH.match(text, first.end) if first else None
    joint = _AND.match(text, with_it.end() if with_it else first.end) if first else None
    if first is None or joint is None or not _joins(joint[0], opening["word"] if opening else ""):
        return None
    last = due(text, joint.end(), frame)
    without = _NOT_ALL.match(text, last.end) if last else None
    if last is None or (without and not with_it):
        return None
    first, last = _same_years(text, (start, joint.end()), (first, last), frame)
    if not (first.span.bounded and last.span.bounded and first.span.start < last.span.end):
        return None
    closing = without or _ALL.match(text, last.end)
    return Reach(
        end=closing.end() if closing else last.end,
        span=Span(start=first.span.start, end=last.span.start if without else last.span.end),
        relative=first.relative or last.relative,
        reading=last.reading or first.reading,
        year=last.year or first.year,
        assumed=first.assumed and last.assumed,
    )


def _joins(joint: str, opening: str) -> bool:
    """True for "between A and B", "from A to B", "A to B"; not for "A and B"."""
    return joint.strip(" ,").lower().partition(" ")[0] != "and" or opening.lower() == "between"


def _unsure(text: str, at: int, frame: Frame) -> Reach | None:
    """A month with a capital letter that may begin a range: "March to May 2013"."""
    return due(text, at, frame) if text[at].isupper() else None


def _same_years(
    text: str, places: tuple[int, int], ends: tuple[Reach, Reach], frame: Frame
) -> tuple[Reach, Reach]:
    """Both ends, an end without a year in the year of the other, or in the year before or after it."""
    first, last = ends
    if first.assumed and frame.year is None:
        year = last.span.last.year
        first = due(text, places[0], replace(frame, year=year)) or first
        if first.span.start >= last.span.end:
            first = due(text, places[0], replace(frame, year=year - 1)) or first
    elif last.assumed and not first.assumed:
        year = first.span.start.year
        last = due(text, places[1], replace(frame, year=year)) or last
        if first.span.start >= last.span.end:
            last = due(text, places[1], replace(frame, year=year + 1)) or last
    return first, last


_OPEN = re.compile(
    r"(?P<since>(?:ever )?since|starting(?: from| on| in| with)?|beginning(?: on| in| with)|on or after|from)"
    r"|(?P<after>after|later than)|(?P<before>before|prior to|earlier than)"
    r"|(?P<until>until|till|up until|up to|on or before|no later than|not later than)",
    re.IGNORECASE,
)
_EDGE = re.compile(
    r" (?:and including )?(?:the )?(?:(?P<edge>start|beginning|end) of )?(?:the (?=\d))?", re.IGNORECASE
)
_ON = re.compile(
    r",? (?:onwards?|on(?= ?(?:$|[,?.;]))|forward|and (?:later|after|onwards?)|or later)(?!\w)", re.IGNORECASE
)


def opened(text: str, at: int, frame: Frame) -> Reach | None:
    """Since A, after A, before A, until A; A itself belongs to the first and the last."""
    word = _OPEN.match(text, at)
    edge = _EDGE.match(text, word.end()) if word else None
    inner = longest((part, due), text, edge.end(), frame) if edge else None
    if word is None or edge is None or inner is None or not inner.span.bounded:
        return None
    onwards = _ON.match(text, inner.end)
    if word[0].lower() == "from" and not onwards:
        return None
    if word[0].lower() == "up to" and re.fullmatch(r"\d{4}", text[edge.end() : inner.end]):
        return None
    return replace(
        inner,
        end=onwards.end() if onwards else inner.end,
        span=_side(word.lastgroup or "", edge["edge"] or "", inner.span),
        sides=_NO_SIDES,
        reading=_kept(inner) or ("with that day" if word["until"] and inner.span.grain == "day" else ""),
    )


def _side(word: str, edge: str, span: Span) -> Span:
    if word in ("since", "after"):
        whole = edge == "end" or (word == "after" and not edge)
        return Span(start=span.end if whole else span.start, end=date.max)
    with_it = (word == "until" and edge not in ("start", "beginning")) or edge == "end"
    return Span(start=date.min, end=span.end if with_it else span.start)


_PART = re.compile(
    rf"(?:the )?(?P<nth>{'|'.join(_NTH)}) (?:{NUMBER} )?(?:full |calendar )?{_UNIT}s? "
    r"(?:of|in) (?:the )?(?:month of |year )?",
    re.IGNORECASE,
)


def part(text: str, at: int, frame: Frame) -> Reach | None:
    """The first week of June, the last 3 months of 2013, the second half of last year."""
    words = _PART.match(text, at)
    whole = due(text, words.end(), frame) if words else None
    if words is None or whole is None or not whole.span.bounded:
        return None
    unit, nth = words["unit"].lower(), _NTH[words["nth"].lower()]
    count = number(words["n"]) if words["n"] else 1
    if count is None or (words["n"] and nth not in (1, -1)):
        return None
    span = _piece(whole.span, unit, nth, count)
    said = f"its {words['nth'].lower()} seven days" if unit == "week" and count == 1 else _kept(whole)
    return replace(whole, span=span, reading=said, sides=_NO_SIDES) if span else None


def _kept(whole: Reach) -> str:
    """What is said of how a part was read: not that last month is the one before."""
    return "" if whole.relative and not whole.assumed else whole.reading


def _piece(whole: Span, unit: str, nth: int, count: int) -> Span | None:
    if unit == "half":
        unit, count = ("month", 6) if whole.grain == "year" else ("", 0)
    longer = {"day": 1, "week": 7, "month": 28, "quarter": 90, "year": 365, "": 0}[unit]
    if not unit or longer >= (whole.end - whole.start).days:
        return None
    if nth < 0:
        return Span(start=spans.moved(whole.end, -count, unit), end=whole.end, grain=_grain(unit, count))
    start = spans.moved(whole.start, (nth - 1) * count, unit)
    end = min(spans.moved(start, count, unit), whole.end)
    return Span(start=start, end=end, grain=_grain(unit, count)) if start < end else None


def _grain(unit: str, count: int) -> Grain:
    """Seven days from the first are no week of the calendar."""
    grains: dict[str, Grain] = {"day": "day", "month": "month", "quarter": "quarter"}
    return grains.get(unit, "range") if count == 1 else "range"


_WEEK_OF = re.compile(r"(?:the )?week (?:of|beginning|starting|commencing)(?: on)? (?:the )?", re.IGNORECASE)


def week_of(text: str, at: int, frame: Frame) -> Reach | None:
    """The week of 4 July 2013."""
    words = _WEEK_OF.match(text, at)
    inner = due(text, words.end(), frame) if words else None
    if inner is None or inner.span.grain != "day":
        return None
    return replace(
        inner,
        span=spans.week(inner.span.start, week_start=frame.week_start),
        sides=_NO_SIDES,
        reading="the week that holds the day",
    )
