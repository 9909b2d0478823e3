"""Puts right what a statement provably does not do as its question says."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp
from sqlglot.errors import SqlglotError

from analyst.agreement import counting, cuts, having_both, loosening, needless, ratios, regrouping, signs
from analyst.agreement.agreeing import LONGEST, parsed, read
from analyst.agreement.case import Case
from analyst.agreement.saying import said
from analyst.catalog import Catalog
from analyst.demands import Heeded
from analyst.errors import Refused
from analyst.guard.dialects import tongue
from analyst.guard.parsing import text_of
from analyst.values import Mention

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


def fix(
    sql: str,
    *,
    question: str,
    context: str = "",
    taught: str = "",
    mentions: Sequence[Mention] = (),
    catalog: Catalog,
    dialect: str,
) -> Heeded:
    """The SQL with what provably is not as the question says put right; unchanged where it cannot be read.

    `mentions` are the stored values that the question names; `context` is what its author wrote beside it;
    `taught` is all else that the model was given to go by, approved examples with their SQL above all.
    """
    if len(sql) > LONGEST:
        return Heeded(sql=sql)
    try:
        speech = tongue(dialect)
        tree: exp.Expr = parsed(sql, speech)
        asked = said(question, context=context, taught=taught, mentions=mentions)
        notes: tuple[str, ...] = ()
        for change in FIXES:
            notes += change(Case(reading=read(tree, speech, catalog), said=asked))
        return Heeded(sql=text_of(tree, speech), notes=notes) if notes else Heeded(sql=sql)
    except (SqlglotError, Refused, RecursionError):
        return Heeded(sql=sql)
