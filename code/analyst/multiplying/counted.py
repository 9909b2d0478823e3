"""A draft's join arithmetic: what can be proven is put right, what cannot is said."""

from __future__ import annotations

from collections.abc import Callable

from analyst.catalog import Catalog
from analyst.multiplying import counts, lost_rows, not_in, pre_aggregates, semi_joins, warned
from analyst.multiplying.keys import Keys
from analyst.repairing.reading import Reading, Sense
from analyst.repairing.statement import UNREADABLE, Rewritten, Statement

_ROUNDS = 4

Rule = Callable[[Reading, Keys], tuple[str, ...]]

FIXES: tuple[Rule, ...] = (
    not_in.not_in_nulls,
    semi_joins.semi_joins,
    pre_aggregates.summed_before,
    counts.counts_once,
)
"""Change the tree that was read where keys prove it wrong; one plain sentence for each change."""
WARNINGS: tuple[Rule, ...] = (warned.repeated_rows, lost_rows.lost_rows)
"""Say what keys make doubtful, and change nothing."""


def check(sql: str, *, dialect: str, catalog: Catalog) -> Rewritten:
    """The SQL with totals that joins would multiply put right or warned of; unchanged where it cannot be read."""
    if not catalog.tables:
        return Rewritten(sql=sql)
    try:
        statement = Statement(sql, dialect=dialect, catalog=catalog)
        if not _is_whole(statement.read()):
            return Rewritten(sql=sql)
        keys = Keys(catalog)
        notes = _fixed(statement, keys)
        reading = statement.read()
        return statement.rewritten(notes, warnings=[s for rule in WARNINGS for s in rule(reading, keys)])
    except UNREADABLE:
        return Rewritten(sql=sql)


def _is_whole(reading: Reading) -> bool:
    """False where a name means nothing: such a draft is written anew, and what is said of it would be stale."""
    return not (
        reading.unknown_tables or reading.columns(Sense.NO_COLUMN, Sense.NO_RELATION, Sense.AMBIGUOUS)
    )


def _fixed(statement: Statement, keys: Keys) -> list[str]:
    notes: list[str] = []
    for _ in range(_ROUNDS):
        before = len(notes)
        for rule in FIXES:
            notes += rule(statement.read(), keys)
        if len(notes) == before:
            break
    return notes
