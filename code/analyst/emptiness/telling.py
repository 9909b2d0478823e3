"""What the answers of the probes say, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from analyst.catalog import Catalog, Column
from analyst.emptiness.probe import Condition, Inquiry, Probe
from analyst.emptiness.ranges import runs

MOST_SENTENCES = 4
_MOST_NAMED = 3
_MOST_LISTED = 6

_Facts = Mapping[str, bool]
"""Statements and whether they find a row; what is not known is not in it."""


def explain(probes: Sequence[Probe], found: Sequence[bool | None], *, catalog: Catalog) -> tuple[str, ...]:
    """Why the query found nothing, as far as the probes prove it; `found` has None for one that failed.

    Only what was found out is said; nothing where that is nothing.
    """
    if not probes:
        return ()
    inquiry = probes[0].inquiry
    facts = {p.sql: there for p, there in zip(probes, found, strict=True) if there is not None}
    if facts.get(inquiry.whole):
        return tuple(_held(inquiry, facts))
    if inquiry.unsure and inquiry.whole not in facts:
        return ()
    # That the query itself finds nothing is why anything was asked at all.
    facts = {inquiry.whole: False, **facts}
    void = [table for table, sql in inquiry.rows if facts.get(sql) is False]
    if void:
        return tuple(f"The table {table} holds no rows." for table in dict.fromkeys(void))
    said = [*_culprits(inquiry, facts), *_joins(inquiry, facts), *_columns(inquiry, facts, catalog)]
    return tuple(dict.fromkeys(said))[:MOST_SENTENCES]


def _held(inquiry: Inquiry, facts: _Facts) -> Iterator[str]:
    """There are rows; why they show nothing."""
    for holder in inquiry.holders:
        if facts.get(holder.at_all) is False:
            yield f"The column {holder.column} holds nothing but nulls."
        elif facts.get(holder.within) is False:
            yield f"There are rows that meet the conditions, but none of them holds a value in {holder.column}."
    if inquiry.skips:
        yield "There are rows that meet the conditions, but the query passes them over with its OFFSET."


def _culprits(inquiry: Inquiry, facts: _Facts) -> Iterator[str]:
    freed = [c for c in inquiry.conditions if facts.get(c.without)]
    unmet = [c for c in inquiry.conditions if facts.get(c.alone) is False]
    if len(freed) == 1:
        yield f"Without the condition {freed[0].text} there would be rows{_why(freed[0], inquiry, facts)}."
    elif len(freed) == len(inquiry.conditions) == 2 and all(c.table for c in freed):
        both = " and ".join(c.text for c in freed)
        yield f"Each condition alone is met by some rows, but no row meets both {both}."
    elif freed:
        listed = _either([c.text for c in freed[:_MOST_NAMED]])
        yield f"There would be rows without {listed}, but none meets all conditions together."
    for condition in unmet[:_MOST_NAMED]:
        if condition not in freed or len(freed) > 1:
            said = condition.says.replace("meets it", f"meets {condition.text}")
            yield f"No row of {condition.table} {said}."


def _why(condition: Condition, inquiry: Inquiry, facts: _Facts) -> str:
    alone = facts.get(condition.alone) if condition.alone else None
    if alone is False:
        return f"; no row of {condition.table} {condition.says}"
    if alone is None:
        return ""
    others = [t for t in inquiry.tables if t != condition.table]
    if len(inquiry.conditions) == 1 and len(others) == 1:
        return (
            f"; some rows of {condition.table} meet it, but the join to {others[0]} finds no partner for them"
        )
    return f"; some rows of {condition.table} meet it, but none of those that the rest of the query leaves"


def _joins(inquiry: Inquiry, facts: _Facts) -> Iterator[str]:
    if not inquiry.joined or facts.get(inquiry.joined) is not False:
        return
    if len(inquiry.tables) == 2:
        yield f"The join of {inquiry.tables[0]} to {inquiry.tables[1]} finds no partner."
    else:
        yield f"The joins of {_and(inquiry.tables)} find no rows that belong together."


def _columns(inquiry: Inquiry, facts: _Facts, catalog: Catalog) -> Iterator[str]:
    """What is known of the columns whose conditions no row is known to meet."""
    for condition in inquiry.conditions:
        is_met = facts.get(condition.alone) if condition.alone else None
        column = _column(condition, catalog)
        if is_met or column is None:
            continue
        name, reach = f"{condition.table}.{condition.column}", runs(column)
        if condition.holds and facts.get(condition.holds) is False:
            yield f"The column {condition.column} holds nothing but nulls."
        elif condition.asks and reach:
            yield f"{name} runs from {reach}; the condition asks for {condition.asks}."
        elif is_met is False and condition.is_equal and (listed := _listed(column)):
            yield f"{name} {'is one of' if len(column.known_values) > 1 else 'holds nothing but'} {listed}."
        elif is_met is False and reach:
            yield f"{name} runs from {reach}."


def _column(condition: Condition, catalog: Catalog) -> Column | None:
    schema, name = condition.place
    table = catalog.table(name, schema) if condition.column else None
    return table.column(condition.column) if table is not None else None


def _listed(column: Column) -> str:
    values = column.known_values
    if (
        not column.all_known
        or not 0 < len(values) <= _MOST_LISTED
        or not all(v.isprintable() for v in values)
    ):
        return ""
    return ", ".join(f"'{v}'" for v in sorted(values))


def _either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _and(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
