"""Words that mean days counted from today: "yesterday", "last month", "past 30 days", "year to date"."""

from __future__ import annotations

import re
from datetime import timedelta

from analyst.numerals import MONTHS, Numeral
from analyst.numerals import stated as numbers_in
from analyst.periods import spans
from analyst.periods.frame import Frame, Reach, Reader, longest, reader
from analyst.periods.from_today import this, today
from analyst.periods.period import Span
from analyst.periods.stated import MONTH

_UNIT = r"(?P<unit>week|month|quarter|year)"
_UNITS = r"(?P<unit>day|week|month|quarter|year)"
NUMBER = r"(?P<n>\d{1,4}|[a-z]+(?:-[a-z]+)?)"
_THIS = r"(?P<which>this|current|last|previous|prior|past|next)"
_NEAR = {"this": 0, "current": 0, "last": -1, "previous": -1, "prior": -1, "next": 1}
_DAYS = {
    "the day before yesterday": -2,
    "yesterday": -1,
    "today": 0,
    "tomorrow": 1,
    "the day after tomorrow": 2,
}
_OUT = r"excluding|exclude|excl\.?|exclusive of|not including|not counting|without|except(?: for)?|other than|but not"
_IN = r"including|inclusive of|incl\.?|counting"
_CURRENT = (
    r"(?:the )?(?:current|this|present|ongoing|running)(?: \w+)? (?:day|week|month|quarter|year)|today(?!')"
)
_SIDE = re.compile(
    rf",? ?\(? ?(?:(?P<out>(?:{_OUT}) (?:{_CURRENT}))|(?P<in>(?:and )?(?:{_IN}) (?:{_CURRENT}))"
    r"|(?P<both>(?:and )?(?:inclusive of|including|incl\.?) (?:the )?(?:\w+ \w+ ago|start and end \w+|both)|inclusive)"
    r"|(?P<now>(?:as of|from|up to|until|till|through|ending|before|to|counting back from) today"
    r"|to date|until now|up to now))(?!\w)\)?",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r" (?:of|before|prior to|after|following|since|from|preceding|leading up)\b(?! (?:today|now|all)\b)",
    re.IGNORECASE,
)
"""What makes it count from another moment than today: "last week of the month", "past 7 days before departure"."""


def relative(text: str, at: int, frame: Frame) -> Reach | None:
    """The longest relative time that begins here."""
    return longest(_READERS, text, at, frame)


def number(text: str) -> int | None:
    """A whole number in digits or words; None for any other word."""
    found = numbers_in(text if text.isdigit() else f"exactly {text}")
    whole = found[0] if len(found) == 1 else None
    if not isinstance(whole, Numeral) or whole.ordinal or whole.value != int(whole.value):
        return None
    return int(whole.value) or None


def _day(match: re.Match[str], frame: Frame) -> Reach | None:
    word, before = match["word"], match.string[: match.start()].rstrip()
    if word[0].isupper() and before and before[-1] not in '.?!:;("':
        return None  # a name: USA Today
    return _on(match.end(), frame, _DAYS[word.lower()])


def _days_ago(match: re.Match[str], frame: Frame) -> Reach | None:
    count = number(match["n"])
    return None if count is None else _on(match.end(), frame, -count)


def _on(end: int, frame: Frame, count: int) -> Reach:
    span = spans.day(spans.moved(frame.anchor, count, "day"))
    return Reach(end=end, span=span, relative=True, sides=(today(count), today(count + 1)))


def _one(match: re.Match[str], frame: Frame) -> Reach | None:
    """This, last or next week … of the calendar; the past one is the one up to today."""
    which, unit = match["which"].lower(), match["unit"].lower()
    side = _SIDE.match(match.string, match.end())
    side = None if side and side["now"] else side
    end = side.end() if side else match.end()
    if _ELSEWHERE.match(match.string, end):
        return None
    rolling = which == "past" or (which == "last" and unit != "quarter" and _is_window(match))
    if rolling and not (side and side["out"]) and not match["fiscal"] and not match["whole"]:
        return _window(match, frame, 1, unit, side, end)
    start = frame.fiscal_start if match["fiscal"] else 1
    now = spans.around(frame.anchor, unit, week_start=frame.week_start, fiscal_start=start)
    near = _NEAR.get(which, -1) - _is_second(match, rf"last {unit}")
    span = spans.around(
        spans.moved(now.start, near, unit), unit, week_start=frame.week_start, fiscal_start=start
    )
    kind = f"the {'fiscal' if match['fiscal'] else 'calendar'} {unit} "
    said = {0: f"{kind}that holds the day", 1: f"{kind}after"}.get(near, f"{kind}before")
    said += " that" if near < -1 else ""
    return Reach(
        end=end, span=span, relative=True, reading=said, sides=_from(unit, near, near + 1, frame, start)
    )


def _from(unit: str, first: int, last: int, frame: Frame, fiscal_start: int = 1) -> tuple[str, str]:
    """The sides from the start of one week, month … to that of another, counted from this one."""
    begins = {"week_start": frame.week_start, "fiscal_start": fiscal_start}
    return this(unit, first, **begins), this(unit, last, **begins)


def _is_second(match: re.Match[str], first: str) -> bool:
    """True for "last month and the previous month", where the second is the one before the first."""
    again = match["which"].lower() in ("previous", "prior")
    return again and re.search(rf"\b{first}\b", match.string[: match.start()], re.IGNORECASE) is not None


def _is_window(match: re.Match[str]) -> bool:
    """True for "in the last month", which is the one up to today; "last month" is the one before this."""
    before = match.string[max(0, match.start() - 20) : match.start()].lower()
    whole = match[0].lower().startswith("the ")
    return whole and re.search(r"\b(?:in|over|during|within|for) $", before) is not None


def _several(match: re.Match[str], frame: Frame) -> Reach | None:
    """The last n days …; whole ones of the calendar where the current one is excluded or whole ones are asked for."""
    count, unit, which = number(match["n"]), match["unit"].lower(), match["which"].lower()
    if count is None:
        return None
    side = _SIDE.match(match.string, match.end())
    end = side.end() if side else match.end()
    if _ELSEWHERE.match(match.string, end):
        return None
    if which == "next":
        return _ahead(frame, count, unit, end)
    if _is_second(match, rf"(?:last|past) {match['n']} {unit}s?"):
        until = spans.moved(frame.anchor, -count, unit)
        span = Span(start=spans.moved(frame.anchor, -2 * count, unit), end=until)
        return Reach(end=end, span=span, relative=True, reading="as long again before")
    whole = match["whole"] or which in ("previous", "prior") or unit == "quarter"
    if (side and side["out"]) or (whole and not (side and side["in"])):
        return _whole(frame, count, unit, end, current=False)
    if side and side["in"] and unit != "day":
        return _whole(frame, count, unit, end, current=True)
    return _window(match, frame, count, unit, side, end)


def _window(
    match: re.Match[str], frame: Frame, count: int, unit: str, side: re.Match[str] | None, end: int
) -> Reach:
    """The days from so long ago up to and with the anchor."""
    first, start = spans.moved(frame.anchor, -count, unit), today(-count, unit)
    length = f"{count} {unit}{'s' if count > 1 else ''}"
    said = f"from {length} before the day up to and with it"
    if side and side["in"] and unit == "day":
        first, start = first + timedelta(days=1), today(1 - count)
        said = f"{length}, the last of them the day itself"
    span = Span(start=first, end=spans.day(frame.anchor).end)
    return Reach(end=end, span=span, relative=True, reading=said, sides=(start, today(1)))


def _whole(frame: Frame, count: int, unit: str, end: int, *, current: bool) -> Reach:
    now = spans.around(frame.anchor, unit, week_start=frame.week_start)
    until = now.end if current else now.start
    span = Span(start=spans.moved(until, -count, unit), end=until)
    number = "the whole" if count == 1 else f"{count} whole"
    said = f"{number} {unit}{'s' if count > 1 else ''}{', with' if current else ' before'} the current one"
    return Reach(
        end=end, span=span, relative=True, reading=said, sides=_from(unit, current - count, current, frame)
    )


def _ahead(frame: Frame, count: int, unit: str, end: int) -> Reach:
    until = spans.day(spans.moved(frame.anchor, count, unit)).end
    sides = (today(), f"{today(count, unit)} + INTERVAL '1' DAY")
    said = f"from the day up to {count} {unit}{'s' if count > 1 else ''} after it"
    return Reach(end=end, span=Span(start=frame.anchor, end=until), relative=True, reading=said, sides=sides)


_SHORTS = {"w": "week", "m": "month", "q": "quarter", "y": "year"}


def _to_date(match: re.Match[str], frame: Frame) -> Reach | None:
    groups = match.groupdict()
    unit = _SHORTS[groups["short"].lower()] if groups.get("short") else groups["unit"].lower()
    start = frame.fiscal_start if groups.get("fiscal") else 1
    now = spans.around(frame.anchor, unit, week_start=frame.week_start, fiscal_start=start)
    span = Span(start=now.start, end=spans.day(frame.anchor).end)
    first = this(unit, week_start=frame.week_start, fiscal_start=start)
    said = f"the {unit} up to and with the day"
    return Reach(end=match.end(), span=span, relative=True, reading=said, sides=(first, today(1)))


def _near_month(match: re.Match[str], frame: Frame) -> Reach | None:
    """Last March is the latest one before this month; this March is this year's."""
    wanted, which = MONTHS[match["month"].lower()], match["which"].lower()
    if match["month"].islower() and match["month"].lower() in ("may", "march", "mar"):
        return None
    year = frame.anchor.year
    if which == "last" and wanted >= frame.anchor.month:
        year -= 1
    if which == "next" and wanted <= frame.anchor.month:
        year += 1
    return Reach(end=match.end(), span=spans.month(year, wanted), relative=True)


_FISCAL = r"(?P<fiscal>(?:fiscal|financial) )?"
_READERS: tuple[Reader, ...] = (
    reader(rf"(?P<word>{'|'.join(_DAYS)})(?!-)", _day),
    reader(rf"{NUMBER} days ago", _days_ago),
    reader(rf"(?:the )?{_THIS} (?P<whole>(?:calendar|full|complete|whole) )?{_FISCAL}{_UNIT}(?!-\w)", _one),
    reader(
        rf"(?:the )?(?P<which>last|past|previous|prior|next|trailing) {NUMBER} "
        rf"(?P<whole>(?:full|complete|completed|calendar|whole|entire) )?{_UNITS}s?(?!-\w)",
        _several,
    ),
    reader(rf"{_FISCAL}(?P<short>[wmqy])td", _to_date),
    reader(rf"(?:the )?(?:current )?{_FISCAL}{_UNIT}[- ]to[- ]date", _to_date),
    reader(
        rf"(?:so far|thus far|up to now|to date)(?: in| for| during)? (?:the )?(?:this|current) {_FISCAL}{_UNIT}",
        _to_date,
    ),
    reader(
        rf"(?:the )?(?:this|current) {_FISCAL}{_UNIT},? (?:so far|thus far|up to now|until now|until today|to date)",
        _to_date,
    ),
    reader(rf"(?P<which>last|this|next) {MONTH}(?! \d)", _near_month),
)
