"""All that a question asks for and its SQL does not do."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from analyst.agreement import (
    both,
    bounds,
    contradictions,
    denials,
    extremes,
    groups,
    made_up,
    measures,
    named,
    strangers,
    things,
)
from analyst.agreement.case import Case
from analyst.agreement.saying import Said, Unmet
from analyst.catalog import Catalog
from analyst.repairing.statement import UNREADABLE, Statement

Check = Callable[[Case], Iterator[Unmet]]

CHECKS: tuple[Check, ...] = (
    contradictions.contradictions,
    both.both,
    groups.no_groups,
    groups.best_of_each,
    groups.hidden_groups,
    groups.no_times,
    strangers.strangers,
    made_up.texts_from_nowhere,
    named.values_not_used,
    bounds.bounds,
    bounds.numbers_not_used,
    extremes.extremes,
    extremes.latest,
    extremes.ends,
    extremes.dates_for_amounts,
    denials.denials,
    measures.averages,
    measures.counts,
    measures.counts_missing,
    things.counted_things,
)


def unmet(sql: str, *, asked: Said, catalog: Catalog, dialect: str) -> tuple[Unmet, ...]:
    """What the question asks for and the SQL does not do, a plain sentence each; nothing where it cannot be read."""
    try:
        case = Case(reading=Statement(sql, dialect=dialect, catalog=catalog).read(), said=asked)
        found = [u for check in CHECKS for u in check(case)]
    except UNREADABLE:
        return ()
    return tuple(dict.fromkeys(found))
