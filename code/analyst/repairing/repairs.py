"""All repairs in their order, run until there is nothing left to do."""

from __future__ import annotations

import re
from collections.abc import Callable

from analyst.catalog import Catalog
from analyst.repairing import (
    comparisons,
    conditions,
    dates,
    distinct,
    functions,
    grouping,
    join_keys,
    join_order,
    missing_joins,
    near_names,
    numbers,
    output_names,
    own_columns,
    quotes,
    wrong_tables,
)
from analyst.repairing.nulls_last import nulls_last
from analyst.repairing.reading import Reading
from analyst.repairing.statement import UNREADABLE, Rewritten, Statement

_ROUNDS = 8
_NULLS_SAID = re.compile(r"\bnulls\s+(first|last)\b", re.IGNORECASE)
_NULLS_COME_FIRST = frozenset({"postgres", "redshift"})
"""Where "largest first" would begin with the rows that have no value at all."""

Rule = Callable[[Reading], tuple[str, ...]]
"""Changes the tree that was read where it is plainly wrong; one plain sentence for each change."""

NAMES: tuple[Rule, ...] = (
    functions.foreign_functions,
    near_names.near_tables,
    quotes.reserved_aliases,
    quotes.spelled_columns,
    quotes.texts_in_double_quotes,
    output_names.output_names_spelled_out,
    missing_joins.unknown_aliases,
    join_keys.joins_by_key,
    near_names.keys_by_other_names,
    wrong_tables.columns_of_other_tables,
    wrong_tables.ambiguous_columns,
    join_order.joins_in_order,
    near_names.same_columns,
    own_columns.columns_of_the_query_around,
    own_columns.columns_compared_to_themselves,
    own_columns.keys_of_other_tables,
    missing_joins.columns_by_their_last_words,
    missing_joins.missing_joins,
    near_names.near_columns,
)
"""What names mean; each looks only at names that mean nothing where they stand."""
GROUPS: tuple[Rule, ...] = (
    conditions.conditions_on_rows,
    conditions.conditions_on_groups,
    conditions.extremes_of_table,
    distinct.distinct_in_order,
    grouping.missing_groups,
    grouping.sorted_groups,
)
TYPES: tuple[Rule, ...] = (
    comparisons.dates_of_years,
    comparisons.years_of_dates,
    dates.extracted_dates,
    dates.dates_in_quotes,
    dates.texts_used_as_dates,
    comparisons.texts_and_numbers,
    comparisons.yes_and_no,
    comparisons.patterns,
    comparisons.summed_texts,
    numbers.rounded_floats,
)
RULES: dict[str, tuple[Rule, ...]] = {
    "postgres": (*NAMES, *GROUPS, *TYPES, numbers.whole_divisions),
    "redshift": (*NAMES, *GROUPS, numbers.whole_divisions),
    "athena": (*NAMES, *GROUPS, numbers.whole_divisions),
}
"""On Redshift and Athena, which convert types in ways of their own, types are left to the database."""


def repair(sql: str, *, dialect: str, catalog: Catalog) -> Rewritten:
    """The SQL with all that is plainly meant otherwise put right; unchanged where it cannot be read."""
    return _repaired(sql, RULES.get(dialect, ()), dialect=dialect, catalog=catalog)


def mend(sql: str, *, dialect: str) -> str:
    """The SQL with NULLS LAST where the largest come first; unchanged where that is said, or cannot be read."""
    return _repaired(sql, (), dialect=dialect, catalog=Catalog(source="", dialect=dialect, tables=())).sql


def _repaired(sql: str, rules: tuple[Rule, ...], *, dialect: str, catalog: Catalog) -> Rewritten:
    rules = rules if catalog.tables else ()
    text, notes = quotes.readable_text(sql, dialect=dialect) if rules else (sql, ())
    try:
        statement = Statement(text, dialect=dialect, catalog=catalog)
        notes += _run(statement, rules)
        if dialect in _NULLS_COME_FIRST and not _NULLS_SAID.search(sql):
            notes += nulls_last(statement.read())
        return statement.rewritten(notes)
    except UNREADABLE:
        return Rewritten(sql=sql)


def _run(statement: Statement, rules: tuple[Rule, ...]) -> tuple[str, ...]:
    notes: list[str] = []
    reading = statement.read()
    for _ in range(_ROUNDS):
        before = len(notes)
        for rule in rules:
            changes = rule(reading)
            if changes:
                notes += changes
                reading = statement.read()
        if len(notes) == before:
            break
    return tuple(notes)
