"""A draft put right by what the catalog and the question prove, before the guard sees it."""

from __future__ import annotations

from dataclasses import dataclass

from analyst import agreement, demands, multiplying, periods, repairing, values
from analyst.catalog import Catalog
from analyst.hearing import Heard
from analyst.techniques import Techniques


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """SQL after all corrections; the very same text where none was needed."""

    sql: str
    notes: tuple[str, ...] = ()
    """What was changed, a plain sentence each."""
    warnings: tuple[str, ...] = ()
    """What looks wrong and could not be proved to be."""
    unmet: tuple[str, ...] = ()
    """What the question says and the SQL does not do."""


def correct(
    sql: str, *, heard: Heard, catalog: Catalog, techniques: Techniques, taught: str = ""
) -> Corrected:
    """Names, joins and types; texts that are no values; days; limits and units; totals that a join multiplies.

    `taught` is whatever else the model was shown, whose words its SQL may hold.
    """
    dialect, notes, warnings, unmet = catalog.dialect, list[str](), tuple[str, ...](), tuple[str, ...]()
    if techniques.uses("repair"):
        repaired = repairing.repair(sql, dialect=dialect, catalog=catalog)
        sql, notes = repaired.sql, [*notes, *repaired.notes]
    if techniques.uses("settle"):
        settled = values.settle(sql, dialect=dialect, catalog=catalog)
        sql, notes = settled.sql, [*notes, *settled.notes]
    if techniques.uses("periods"):
        dated = periods.settle(
            sql, dialect=dialect, catalog=catalog, anchor=heard.anchor, periods=heard.periods
        )
        sql, notes = dated.sql, [*notes, *dated.notes]
    if techniques.uses("demands"):
        heeded = demands.heed(sql, asked=heard.asked, dialect=dialect, catalog=catalog)
        sql, notes = heeded.sql, [*notes, *heeded.notes]
    if techniques.uses("agreement"):
        asked = agreement.said(heard.question, context=heard.context, taught=taught, mentions=heard.mentions)
        agreed = agreement.fix(sql, asked=asked, dialect=dialect, catalog=catalog)
        sql, notes = agreed.sql, [*notes, *agreed.notes]
        unmet = tuple(u.said for u in agreement.unmet(sql, asked=asked, dialect=dialect, catalog=catalog))
    if techniques.uses("joins"):
        counted = multiplying.check(sql, dialect=dialect, catalog=catalog)
        sql, notes, warnings = counted.sql, [*notes, *counted.notes], counted.warnings
    return Corrected(sql=sql, notes=tuple(dict.fromkeys(notes)), warnings=warnings, unmet=unmet)
