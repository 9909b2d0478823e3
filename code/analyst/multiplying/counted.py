"""A draft's join arithmetic: what can be proven is put right, what cannot is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import SqlglotError

from analyst.catalog import Catalog
from analyst.errors import Refused
from analyst.guard.dialects import Tongue, tongue
from analyst.guard.parsing import text_of, tree_of
from analyst.guard.text import checked_text, tokens_of
from analyst.multiplying import counts, lost_rows, not_in, pre_aggregates, semi_joins, warned
from analyst.multiplying.keys import Keys
from analyst.repairing.reading import Reading, Sense
from analyst.repairing.ties import Ties

_LONGEST = 20_000
"""Characters; longer SQL goes to the guard as it is, which has caps of its own."""
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


@dataclass(frozen=True, kw_only=True)
class Counted:
    """SQL whose joins were looked at; the very same text where nothing was changed."""

    sql: str
    notes: tuple[str, ...] = ()
    """What was changed, a plain sentence each."""
    warnings: tuple[str, ...] = ()
    """What may be counted several times, or not at all, a plain sentence each."""


def check(sql: str, *, dialect: str, catalog: Catalog) -> Counted:
    """The SQL with totals that joins would multiply put right or warned of; unchanged where it cannot be read."""
    if len(sql) > _LONGEST or not catalog.tables:
        return Counted(sql=sql)
    try:
        speech = tongue(dialect)
        tree = _tree(sql, speech)
        keys, ties = Keys(catalog), Ties(catalog)

        def read() -> Reading:
            return Reading(tree, tongue=speech, catalog=catalog, ties=ties)

        if not _is_whole(read()):
            return Counted(sql=sql)
        notes = _fixed(read, keys)
        reading = read()
        warnings = tuple(dict.fromkeys(s for rule in WARNINGS for s in rule(reading, keys)))
        if not notes:
            return Counted(sql=sql, warnings=warnings)
        after = text_of(tree, speech)
        _tree(after, speech)
    except (SqlglotError, Refused, RecursionError):
        return Counted(sql=sql)
    return Counted(sql=after, notes=notes, warnings=warnings)


def _is_whole(reading: Reading) -> bool:
    """False where a name means nothing: such a draft is written anew, and what is said of it would be stale."""
    return not (
        reading.unknown_tables or reading.columns(Sense.NO_COLUMN, Sense.NO_RELATION, Sense.AMBIGUOUS)
    )


def _fixed(read: Callable[[], Reading], keys: Keys) -> tuple[str, ...]:
    notes: list[str] = []
    for _ in range(_ROUNDS):
        before = len(notes)
        for rule in FIXES:
            notes += rule(read(), keys)
        if len(notes) == before:
            break
    return tuple(dict.fromkeys(notes))


def _tree(sql: str, speech: Tongue) -> exp.Expr:
    text = checked_text(sql)
    return tree_of(tokens_of(text, speech), text, speech)
