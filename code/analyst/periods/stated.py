"""Days, months, quarters and years that a question states: "4 July 2013", "Q1 2023", "in March"."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from analyst.numerals import MONTHS
from analyst.periods import spans
from analyst.periods.frame import Frame, Reach, Reader, longest, reader
from analyst.periods.period import Span
from analyst.periods.vocabulary import words

_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
MONTH = rf"(?P<month>{_NAMES})\b\.?"
YEAR = r"(?P<year>(?:19|20)\d\d)(?![\w%]|[.,:/-]\d|-\w)"
YEARS = rf"(?:{YEAR}|(?:the )?(?P<which>this|current|last|previous|prior|next) year)"
_OF_YEAR = rf"(?:,? ?(?:of |in |- ?)?(?:the )?(?:calendar )?(?:year )?{YEARS})"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?!,\d{3}|\.\d|[\w:])"
_FISCAL = r"(?:FY|fiscal(?: year)?|financial year)"
_SHORT = r" ?'?(?P<year>(?:19|20)\d\d|\d\d)(?![\w%/]|[.,:/-]\d)"
_NTH = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_QUARTER = rf"(?:Q ?(?P<number>[1-4])|(?:the )?(?P<nth>{'|'.join(_NTH)}) quarter)"
_CLOCK = re.compile(r"(?:,| at|T)? ?\d{1,2}(?::\d\d|(?::\d\d)? ?[ap]\.?m\b)", re.IGNORECASE)
_YEAR_NEXT = re.compile(r",? (?:of )?(?:19|20)\d\d\b")
_WHICH = {"this": 0, "current": 0, "last": -1, "previous": -1, "prior": -1, "next": 1}
_NEAR_YEARS = 25
_LEAP = 8
"""Between two leap days lie at most so many years."""


def stated(text: str, at: int, frame: Frame) -> Reach | None:
    """The longest stated time that begins here and needs nothing before it to be one."""
    return longest(_SURE, text, at, frame)


def named(text: str, at: int, frame: Frame) -> Reach | None:
    """The same, or a bare year or month after a word that makes it one."""
    return longest((*_SURE, _bare_month, _bare_year), text, at, frame)


def expected(text: str, at: int, frame: Frame) -> Reach | None:
    """The same where a time is due: after "between", "since" or "first week of"."""
    return longest((*_SURE, *_DUE), text, at, frame)


def doubtful_days(text: str) -> tuple[str, ...]:
    """Days whose order is not known: 03/04/2013 is in March or in April."""
    return tuple(m[0] for m in _SLASHED.finditer(text) if _is_doubtful(m))


# -- years -----------------------------------------------------------------------------------------


def in_year(match: re.Match[str], frame: Frame, build: Callable[[int], Span]) -> Reach | None:
    """The days in the year that is named, else in the question's only year, else the latest ones."""
    groups = match.groupdict()
    if groups.get("year"):
        year = _full(groups["year"])
        return Reach(end=match.end(), span=build(year), year=year)
    if groups.get("which"):
        year = frame.anchor.year + _WHICH[groups["which"].lower()]
        return Reach(end=match.end(), span=build(year), relative=True)
    if frame.year is not None:
        return Reach(end=match.end(), span=build(frame.year), assumed=True)
    span = _latest(build, frame.anchor)
    said = "the latest one, since the question names no year"
    return Reach(end=match.end(), span=span, relative=True, assumed=True, reading=said) if span else None


def _latest(build: Callable[[int], Span], anchor: date) -> Span | None:
    for year in range(anchor.year + 1, anchor.year - _LEAP - 1, -1):
        try:
            span = build(year)
        except ValueError:
            continue
        if span.start <= anchor:
            return span
    return None


def _full(year: str) -> int:
    return int(year) if len(year) == 4 else 2000 + int(year)


# -- what is built from a match --------------------------------------------------------------------


def _of_month(match: re.Match[str], frame: Frame) -> Reach | None:
    number = MONTHS[match["month"].lower()]
    return in_year(match, frame, lambda year: spans.month(year, number))


def _of_day(match: re.Match[str], frame: Frame) -> Reach | None:
    if _CLOCK.match(match.string, match.end()):
        return None
    number, of = MONTHS[match["month"].lower()], int(match["day"])
    return in_year(match, frame, lambda year: spans.day(date(year, number, of)))


def _of_days(match: re.Match[str], frame: Frame) -> Reach | None:
    number, first, last = MONTHS[match["month"].lower()], int(match["day"]), int(match["last"])
    if first >= last:
        return None
    return in_year(
        match,
        frame,
        lambda year: Span(start=date(year, number, first), end=spans.day(date(year, number, last)).end),
    )


def _capital_day(match: re.Match[str], frame: Frame) -> Reach | None:
    """A day without its year: not "which may 5 …"."""
    if _YEAR_NEXT.match(match.string, match.end()):
        return None
    if match[0][0].isdigit() and _word_before(match.string, match.start()) in words("counted"):
        return None
    ordinary = match["month"].lower() in words("ordinary months")
    if ordinary and match["month"].islower() and _word_before(match.string, match.start()) != "on":
        return None
    if re.match(r" ?[a-z%]+", match.string[match.end() :]) and ordinary and not match["month"][0].isupper():
        return None
    return _of_day(match, frame)


def _iso(match: re.Match[str], frame: Frame) -> Reach | None:
    if _CLOCK.match(match.string, match.end()):
        return None
    of = date(int(match["y"]), int(match["m"]), int(match["d"]))
    return Reach(end=match.end(), span=spans.day(of), year=of.year)


def _slashed(match: re.Match[str], frame: Frame) -> Reach | None:
    of = _order(match)
    if of is None or _CLOCK.match(match.string, match.end()):
        return None
    return Reach(end=match.end(), span=spans.day(of), year=of.year)


def _order(match: re.Match[str]) -> date | None:
    """The only day that it can be; with dots the day comes first. ValueError where it is none at all."""
    if _is_doubtful(match):
        return None
    a, b, year = int(match["a"]), int(match["b"]), int(match["y"])
    return date(year, b, a) if match["mark"] == "." or a > 12 else date(year, a, b)


def _is_doubtful(match: re.Match[str]) -> bool:
    a, b = int(match["a"]), int(match["b"])
    return match["mark"] != "." and a != b and min(a, b) >= 1 and max(a, b) <= 12


def _of_quarter(match: re.Match[str], frame: Frame) -> Reach | None:
    number = int(match["number"] or _NTH[match["nth"].lower()])
    return in_year(match, frame, lambda year: spans.quarter(year, number))


def _of_fiscal_quarter(match: re.Match[str], frame: Frame) -> Reach | None:
    number = int(match["number"] or _NTH[match["nth"].lower()])
    found = in_year(match, frame, lambda y: spans.quarter(y, number, fiscal_start=frame.fiscal_start))
    return found and _fiscal(found, frame)


def _of_fiscal_year(match: re.Match[str], frame: Frame) -> Reach | None:
    found = in_year(match, frame, lambda y: spans.year_of(y, fiscal_start=frame.fiscal_start))
    return found and _fiscal(found, frame)


def _fiscal(found: Reach, frame: Frame) -> Reach:
    names = [name for name, number in MONTHS.items() if number == frame.fiscal_start]
    said = f"fiscal years begin in {names[0].capitalize()}"
    if frame.fiscal_start != 1:
        said += " and are named after the year that they end in"
    reading = f"{found.reading}; {said}" if found.reading else said
    return Reach(**{**vars(found), "reading": reading})


def _of_half(match: re.Match[str], frame: Frame) -> Reach | None:
    return in_year(match, frame, lambda year: spans.half(year, int(match["number"])))


def _of_week(match: re.Match[str], frame: Frame) -> Reach | None:
    number = int(match["number"])
    found = in_year(match, frame, lambda year: spans.numbered_week(year, number, week_start=frame.week_start))
    return found and Reach(
        **{**vars(found), "reading": "by the ISO calendar" if frame.week_start == 1 else ""}
    )


def _of_year(match: re.Match[str], frame: Frame) -> Reach | None:
    return in_year(match, frame, spans.year_of)


def _of_years(match: re.Match[str], frame: Frame) -> Reach | None:
    first, last = int(match["first"]), int(match["year"])
    if first >= last:
        return None
    span = Span(start=date(first, 1, 1), end=date(last + 1, 1, 1))
    return Reach(end=match.end(), span=span, year=last)


def _christmas(match: re.Match[str], frame: Frame) -> Reach | None:
    of = {"christmas eve": (12, 24), "new year's eve": (12, 31), "new year's day": (1, 1)}.get(
        match["feast"].lower(), (12, 25)
    )
    return in_year(match, frame, lambda year: spans.day(date(year, *of)))


# -- bare years and months -------------------------------------------------------------------------

_MONTH_ALONE = re.compile(
    rf"{MONTH}(?!\w|-(?!(?:{_NAMES})\b)\w)(?! (?:of )?(?:each|every|all|any)\b)", re.IGNORECASE
)
_YEAR_ALONE = re.compile(YEAR)


def _bare_month(text: str, at: int, frame: Frame) -> Reach | None:
    match = _MONTH_ALONE.match(text, at)
    if match is None or re.match(r" [A-Z][a-z]", text[match.end() :]):
        return None  # a name: August Wilson
    word, before = match["month"].lower(), _word_before(text, at)
    capital = match["month"][0].isupper()
    plain = word not in words("ordinary months")
    if before in words("before month") or (before in words("before capital month") and capital and plain):
        return _of_month(match, frame)
    return _of_month(match, frame) if _is_next_month(text, at) else None


def _is_next_month(text: str, at: int) -> bool:
    """True for the second of "in January, February and March"."""
    found = re.search(r"([a-z]+)(?:, (?:and |or )?| and | or | & )$", text[max(0, at - 20) : at].lower())
    return found is not None and found[1] in MONTHS and found[1] not in words("ordinary months")


def _due_month(text: str, at: int, frame: Frame) -> Reach | None:
    match = _MONTH_ALONE.match(text, at)
    return _of_month(match, frame) if match else None


def _bare_year(text: str, at: int, frame: Frame) -> Reach | None:
    match = _YEAR_ALONE.match(text, at)
    if match is None or not _is_year(text, match):
        return None
    before = _word_before(text, at)
    near = abs(int(match["year"]) - frame.anchor.year) <= _NEAR_YEARS
    sure = before in words("before year") or (before in words("before near year") and near)
    return _of_year(match, frame) if sure or _is_of_unit(text, at) or _is_next_year(text, at) else None


def _due_year(text: str, at: int, frame: Frame) -> Reach | None:
    match = _YEAR_ALONE.match(text, at)
    return _of_year(match, frame) if match and _is_year(text, match) else None


def _is_year(text: str, match: re.Match[str]) -> bool:
    """True where nothing is counted or measured by the number."""
    after = re.match(r" ?([^\W\d_][\w.'’]*|[-&(])", text[match.end() :])
    if after and after[1].lower() not in words("after year") and after[1] != "(":
        return False
    before = re.findall(r"\w+", text[max(0, match.start() - 60) : match.start()].lower())[-2:]
    dated = bool(before) and (before[-1] == "from" or before[-1] in words("before year"))
    return dated or not words("measures").intersection(before)


def _is_of_unit(text: str, at: int) -> bool:
    """True after "each month of"."""
    found = re.search(r"(\w+) of (?:the )?$", text[max(0, at - 30) : at].lower())
    return found is not None and found[1] in words("units of year")


def _is_next_year(text: str, at: int) -> bool:
    """True for the second of "in 2012 and 2013", and for a third."""
    before = text[max(0, at - 60) : at].lower()
    return (
        re.search(
            r"\b(?:in|during|for|years?) (?:(?:19|20)\d\d(?:, | ))+(?:and |or |vs\.? |versus |to )?$",
            before,
        )
        is not None
    )


def _word_before(text: str, at: int) -> str:
    found = re.search(r"([\w&]+),? (?:the (?:month|year) of |the year |the )?$", text[max(0, at - 40) : at])
    return found[1].lower() if found else ""


_DATES = (
    reader(r"(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?!-)", _iso),
    reader(r"(?P<y>(?:19|20)\d\d)/(?P<m>\d{1,2})/(?P<d>\d{1,2})(?!/)", _iso),
    reader(rf"{MONTH},? (?:the )?{_DAY}{_OF_YEAR}", _of_day),
    reader(rf"(?:the )?{_DAY} (?:of )?{MONTH}{_OF_YEAR}", _of_day),
    reader(rf"{MONTH} (?:the )?{_DAY}(?! ?%| percent)", _capital_day),
    reader(rf"(?:the )?{_DAY} (?:of )?{MONTH}(?!-)", _capital_day),
)
_SLASH = r"(?P<a>\d{1,2})(?P<mark>[/.-])(?P<b>\d{1,2})(?P=mark)(?P<y>(?:19|20)\d\d)(?![/.-]?\w)"
_SLASHED = re.compile(rf"(?<![\w/.-]){_SLASH}")
_LAST = r"(?P<last>\d{1,2})(?:st|nd|rd|th)?(?![\w:]|,\d{3}|\.\d)"
_SURE: tuple[Reader, ...] = (
    *_DATES,
    reader(_SLASH, _slashed),
    reader(rf"{MONTH} {_DAY}(?: ?- ?| to | through | till | until ){_LAST}{_OF_YEAR}?", _of_days),
    reader(
        rf"(?:the )?{_DAY}(?: ?- ?| to | through | till | until ){_LAST} (?:of )?{MONTH}{_OF_YEAR}?", _of_days
    ),
    reader(rf"{MONTH}{_OF_YEAR}", _of_month),
    reader(
        r"(?P<year>(?:19|20)\d\d)-(?P<number>0[1-9]|1[0-2])(?!-|\d)",
        lambda m, f: in_year(m, f, lambda year: spans.month(year, int(m["number"]))),
    ),
    reader(rf"{_QUARTER}{_OF_YEAR}", _of_quarter),
    reader(r"(?P<year>(?:19|20)\d\d)[ -]?(?P<nth>)Q(?P<number>[1-4])", _of_quarter),
    reader(r"(?P<nth>)Q(?P<number>[1-4])(?!-\w|[.:]\d)", _of_quarter, case=True),
    reader(rf"{_QUARTER}(?:,? of| in|,)? ?(?:the )?{_FISCAL}{_SHORT}", _of_fiscal_quarter),
    reader(rf"(?:fiscal|FY) {_QUARTER}{_OF_YEAR}?", _of_fiscal_quarter),
    reader(rf"{_FISCAL}{_SHORT} (?P<nth>)Q(?P<number>[1-4])", _of_fiscal_quarter),
    reader(rf"{_FISCAL}{_SHORT}", _of_fiscal_year),
    reader(rf"H(?P<number>[12]){_OF_YEAR}", _of_half),
    reader(rf"(?:calendar )?(?:week|CW) (?:no\.? |number )?(?P<number>\d{{1,2}}){_OF_YEAR}", _of_week),
    reader(r"(?P<year>(?:19|20)\d\d)(?:-W| week )(?P<number>\d{1,2})(?!-)", _of_week),
    reader(rf"(?P<first>(?:19|20)\d\d) ?- ?{YEAR}", _of_years),
    reader(rf"(?P<feast>christmas(?: day| eve)?|new year's (?:day|eve)){_OF_YEAR}", _christmas),
)
_DUE: tuple[Reader, ...] = (
    _due_month,
    _due_year,
    reader(rf"{_QUARTER}(?! of)", _of_quarter),
)
