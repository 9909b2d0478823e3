"""Days of which only one question names the year, where all that is known lies in one year."""

from __future__ import annotations

from dataclasses import replace

from analyst.matching.frame import Frame, Literal
from analyst.periods import Period


def years_settled(new: Frame, old: Frame, only: int) -> tuple[Frame, Frame]:
    """Both questions' parts as if nobody had named the year, where only one of them has, and it is the one meant.

    `only` is the year in which everything lies.
    """
    named = [[item for item in frame.literals if _is_year(item, only)] for frame in (new, old)]
    if len(named[0]) != len(named[1]):
        new, old = (
            replace(frame, literals=tuple(item for item in frame.literals if not _is_year(item, only)))
            for frame in (new, old)
        )
    said = [[i.mark.period for i in frame.literals if i.mark.period is not None] for frame in (new, old)]
    assumed = [period for each in said for period in each if period.assumed]
    if any(period.relative and not period.assumed for each in said for period in each):
        return new, old
    if not assumed or len({period.start.year for period in assumed}) != 1:
        return new, old
    year = assumed[0].start.year
    if any(not _is_in(period, year) for each in said for period in each):
        return new, old
    return _unnamed(new), _unnamed(old)


def _is_year(item: Literal, year: int) -> bool:
    """True for "in 2013", where there is nothing else."""
    period = item.mark.period
    return bool(period and period.grain == "year" and not period.relative and _is_in(period, year))


def _is_in(period: Period, year: int) -> bool:
    return period.bounded and period.start.year == period.last.year == year


def _unnamed(frame: Frame) -> Frame:
    return replace(frame, literals=tuple(_assumed(item) for item in frame.literals))


def _assumed(item: Literal) -> Literal:
    period = item.mark.period
    if period is None or period.assumed or period.grain == "year":
        return item
    return replace(item, mark=replace(item.mark, period=replace(period, assumed=True)))
