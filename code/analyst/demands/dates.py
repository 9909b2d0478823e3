"""Dates that nobody asked for: small models like to begin with some year."""

from __future__ import annotations

import re

from sqlglot import exp

from analyst.demands.asked import Demands
from analyst.repairing.conjunctions import all_of, conjuncts
from analyst.repairing.kinds import MOMENTS
from analyst.repairing.reading import Place, Reading

_YEAR = re.compile(r"(\d{4})-\d\d-\d\d")
_FIRST_YEAR, _LAST_YEAR = 1902, 2098
"""Years before and after stand for "from ever" and "for ever": valid_to = '9999-12-31' means what holds now."""
_COMPARISONS = (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)


def dates_not_asked_for(reading: Reading, asked: Demands) -> tuple[str, ...]:
    """A condition on a date is left out where the question says nothing of time and nobody named its year."""
    if asked.timed:
        return ()
    notes: list[str] = []
    for place in reading.places:
        notes += _without_dates(place, reading, asked)
    return tuple(notes)


def _without_dates(place: Place, reading: Reading, asked: Demands) -> list[str]:
    where = place.select.args.get("where")
    if where is None:
        return []
    conditions = list(conjuncts(where.this))
    dropped = [c for c in conditions if _is_made_up(c, reading, asked)]
    if dropped:
        kept = [c for c in conditions if not any(c is d for d in dropped)]
        place.select.set("where", exp.Where(this=all_of(kept)) if kept else None)
    return [f"The condition {reading.text(c)} was left out: the question names no time." for c in dropped]


def _is_made_up(condition: exp.Expr, reading: Reading, asked: Demands) -> bool:
    if not isinstance(condition, _COMPARISONS) or reading.kind(condition.this) not in MOMENTS:
        return False
    years = [int(m[1]) for n in condition.find_all(exp.Literal) if (m := _YEAR.match(n.name))]
    if any(not _FIRST_YEAR <= year <= _LAST_YEAR for year in years):
        return False
    return bool(years) and not any(year in asked.numbers or _is_defined(year, reading) for year in years)


def _is_defined(year: int, reading: Reading) -> bool:
    """True for a year in the glossary: what a word of the business means may depend on it."""
    return any(str(year) in meaning for _, meaning in reading.catalog.glossary)
