"""Makes a statement do what the question plainly asks for, where it plainly does something else."""

from __future__ import annotations

from collections.abc import Callable

from analyst.catalog import Catalog
from analyst.demands import dates, durations, limits, medians, shares, stored
from analyst.demands.asked import Demands
from analyst.repairing.reading import Reading
from analyst.repairing.statement import UNREADABLE, Rewritten, Statement

Rule = Callable[[Reading, Demands], tuple[str, ...]]
"""Changes the tree that was read; one plain sentence for each change."""

RULES: tuple[Rule, ...] = (
    limits.limits_forgotten,
    limits.limits_not_asked_for,
    shares.percentages_not_asked_for,
    durations.durations_in_their_unit,
    dates.dates_not_asked_for,
    medians.medians,
    stored.columns_reckoned_out,
)


def heed(sql: str, *, asked: Demands, dialect: str, catalog: Catalog) -> Rewritten:
    """The SQL with what contradicts the question's own words put right; unchanged where it cannot be read."""
    try:
        statement = Statement(sql, dialect=dialect, catalog=catalog)
        return statement.rewritten([note for rule in RULES for note in rule(statement.read(), asked)])
    except UNREADABLE:
        return Rewritten(sql=sql)
