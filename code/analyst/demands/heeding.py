"""Makes a statement do what the question plainly asks for, where it plainly does something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot.errors import SqlglotError

from analyst.catalog import Catalog
from analyst.demands import dates, durations, limits, medians, shares, stored
from analyst.demands.asked import Demands
from analyst.errors import Refused
from analyst.guard.dialects import tongue
from analyst.guard.parsing import text_of, tree_of
from analyst.guard.text import checked_text, tokens_of
from analyst.repairing.reading import Reading
from analyst.repairing.ties import Ties

_LONGEST = 20_000
"""Characters; longer SQL goes to the guard as it is, which has caps of its own."""

Rule = Callable[[Reading, Demands], tuple[str, ...]]
"""Changes the tree that was read; one plain sentence for each change."""

RULES: tuple[Rule, ...] = (
    limits.limits_not_asked_for,
    limits.limits_forgotten,
    shares.percentages_not_asked_for,
    durations.durations_in_their_unit,
    dates.dates_not_asked_for,
    medians.medians,
    stored.columns_reckoned_out,
)


@dataclass(frozen=True, kw_only=True)
class Heeded:
    """SQL that does what was asked, with a plain sentence for each change; the same text where there was none."""

    sql: str
    notes: tuple[str, ...] = ()


def heed(sql: str, *, asked: Demands, dialect: str, catalog: Catalog) -> Heeded:
    """The SQL with what contradicts the question's own words put right; unchanged where it cannot be read."""
    if len(sql) > _LONGEST:
        return Heeded(sql=sql)
    try:
        speech = tongue(dialect)
        text = checked_text(sql)
        tree = tree_of(tokens_of(text, speech), text, speech)
        notes: tuple[str, ...] = ()
        for rule in RULES:
            notes += rule(Reading(tree, tongue=speech, catalog=catalog, ties=Ties(catalog)), asked)
        return Heeded(sql=text_of(tree, speech), notes=notes) if notes else Heeded(sql=sql)
    except (SqlglotError, Refused, RecursionError):
        return Heeded(sql=sql)
