"""What a time word means: a stretch of days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Grain = Literal["day", "week", "month", "quarter", "year", "range"]
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Span:
    """Whole days from `start` up to and without `end`; `date.min` and `date.max` where a side is open."""

    start: date
    end: date
    grain: Grain = "range"

    @property
    def last(self) -> date:
        """The last day that is still within."""
        return self.end - _DAY if self.end < date.max else self.end

    @property
    def bounded(self) -> bool:
        """True when both sides are closed."""
        return self.start > date.min and self.end < date.max


@dataclass(frozen=True, kw_only=True)
class Period(Span):
    """One time word of a question and the days that it means."""

    phrase: str
    """As the question has it, with single spaces."""
    relative: bool = False
    """True when it means other days tomorrow: counted from the anchor, or without the year that it needs."""
    complete: bool = True
    """False for a week, month, quarter or year (or a range of such) that the anchor's day does not reach the end of."""
    compared_to: Span | None = None
    """The earlier days that the question sets beside these: "same period last year"."""
    assumed: bool = False
    """True for a month, day or quarter whose year nobody named: the latest one, or every one may be meant."""
    sides: tuple[str, str] = ("", "")
    """`start` and `end` in SQL, counted from CURRENT_DATE; empty where they are not said that way."""
    reading: str = ""
    """How it was read, as part of a sentence: "the calendar month before"; empty where it says so itself."""


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """The day that "today" means, and why."""

    day: date
    why: str
    """One sentence."""
    follow: Literal["today", "data"] = "today"
    """"data" when the day is the data's own last date, so that "now" in SQL has to mean it, too."""
