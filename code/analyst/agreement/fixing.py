"""Puts right what a statement provably does not do as its question says."""

from __future__ import annotations

from collections.abc import Callable

from analyst.agreement import counting, cuts, having_both, loosening, needless, ratios, regrouping, signs
from analyst.agreement.case import Case
from analyst.agreement.saying import Said
from analyst.catalog import Catalog
from analyst.repairing.statement import UNREADABLE, Rewritten, Statement

Fix = Callable[[Case], tuple[str, ...]]
"""Changes the tree that was read; one plain sentence for each change."""

FIXES: tuple[Fix, ...] = (
    loosening.texts_from_nowhere,
    loosening.rows_of_two_names,
    ratios.ratios_of_two_rows,
    ratios.ratios_of_two_parts,
    having_both.having_both,
    cuts.days_not_cut,
    signs.signs_as_said,
    counting.counted_tables,
    needless.tables_for_nothing,
    regrouping.groups_missing,
    regrouping.groups_hidden,
)


def fix(sql: str, *, asked: Said, catalog: Catalog, dialect: str) -> Rewritten:
    """The SQL with what provably is not as the question says put right; unchanged where it cannot be read."""
    try:
        statement = Statement(sql, dialect=dialect, catalog=catalog)
        return statement.rewritten(
            [note for change in FIXES for note in change(Case(reading=statement.read(), said=asked))]
        )
    except UNREADABLE:
        return Rewritten(sql=sql)
