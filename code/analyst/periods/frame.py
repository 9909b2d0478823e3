"""What a time word is read against, and what one reading of it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from analyst.periods.period import Span


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The day that "today" means, where fiscal years and weeks begin, and the year that the question names."""

    anchor: date
    fiscal_start: int
    week_start: int
    year: int | None = None


@dataclass(frozen=True, kw_only=True)
class Reach:
    """One reading: the days, and how far in the text the words for them go."""

    end: int
    span: Span
    relative: bool = False
    reading: str = ""
    year: int | None = None
    """The year, where the words name it."""
    assumed: bool = False
    """True when the words name no year and need one."""
    sides: tuple[str, str] = ("", "")
    """First day and end in SQL, counted from CURRENT_DATE; empty where they are not said that way."""
    last_year: bool = False
    """True for words that only say that the same days a year before are meant as well."""


Reader = Callable[[str, int, Frame], "Reach | None"]
Build = Callable[["re.Match[str]", Frame], "Reach | None"]


def longest(readers: Iterable[Reader], text: str, at: int, frame: Frame) -> Reach | None:
    """The reading that goes furthest; the first of several that go as far."""
    best: Reach | None = None
    for reader in readers:
        try:
            found = reader(text, at, frame)
        except (ValueError, OverflowError):  # no such day, or one that no calendar has
            continue
        if found is not None and (best is None or found.end > best.end):
            best = found
    return best


def reader(pattern: str, build: Build, *, case: bool = False) -> Reader:
    """A reader of what a pattern matches at a place; it must end where a word does."""
    compiled = re.compile(rf"(?:{pattern})(?!\w)", 0 if case else re.IGNORECASE)

    def read(text: str, at: int, frame: Frame) -> Reach | None:
        match = compiled.match(text, at)
        return build(match, frame) if match else None

    return read
