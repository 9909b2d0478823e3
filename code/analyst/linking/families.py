"""Which tables are copies of one another, and which of them is the one that is meant when nothing else is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analyst.catalog import Catalog, Table
from analyst.linking.plain_forms import root
from analyst.linking.word_lists import markers
from analyst.values.vocabulary import is_grammar

_YEAR = 4
"""Digits of a number that may be a year; any other one in a question says nothing of a table."""
_FEW_KINDS, _OF_ALL_KINDS = 4, 0.03
"""A column that so many kinds of tables have, at least and as a share, says nothing about any of them."""
_ALIKE = 0.6
"""Share of the smaller table's columns that the other has, too."""


@dataclass(frozen=True, slots=True)
class Family:
    """Tables that hold the same kind of rows, by number, the likeliest first."""

    members: tuple[int, ...]
    marks: tuple[frozenset[str], ...]
    """Of each member, the roots of its name and schema that the first one's do not have."""


def families(
    catalog: Catalog, names: Sequence[tuple[str, ...]], schemas: Sequence[tuple[str, ...]]
) -> list[Family]:
    """Every table in one family; `names` and `schemas` are the words of each table's name and schema."""
    linked = {key for link in catalog.links for key in (link.table, link.to_table)}
    columns = _telling_columns(catalog, [_core(parts) for parts in names])
    by_core: dict[tuple[str, ...], list[int]] = {}
    for number, parts in enumerate(names):
        by_core.setdefault(_core(parts), []).append(number)
    made = []
    for numbers in by_core.values():
        ranked = sorted(
            numbers, key=lambda n: _order(catalog, catalog.tables[n], names[n], schemas[n], linked=linked)
        )
        for group in _groups(ranked, columns):
            own = _roots(names[group[0]], schemas[group[0]])
            marks = tuple(_roots(names[n], schemas[n]) - own for n in group)
            made.append(Family(tuple(group), marks))
    return made


def _roots(name: tuple[str, ...], schema: tuple[str, ...]) -> frozenset[str]:
    return frozenset(
        root(part)
        for part in (*name, *schema)
        if not (is_grammar(part) or (part.isdigit() and len(part) != _YEAR))
    )


def _telling_columns(catalog: Catalog, cores: Sequence[tuple[str, ...]]) -> list[frozenset[str]]:
    """Of each table the columns that say what it holds: without those that tables of all kinds have."""
    every = [frozenset(c.name.lower() for c in t.columns) for t in catalog.tables]
    homes: dict[str, set[tuple[str, ...]]] = {}
    for columns, core in zip(every, cores, strict=True):
        for name in columns:
            homes.setdefault(name, set()).add(core)
    most = max(_FEW_KINDS, _OF_ALL_KINDS * len(set(cores)))
    common = {name for name, kinds in homes.items() if len(kinds) > most}
    return [columns - common or columns for columns in every]


def _groups(ranked: Sequence[int], columns: Sequence[frozenset[str]]) -> list[list[int]]:
    groups: list[list[int]] = []
    for number in ranked:
        home = next((g for g in groups if _alike(columns[number], columns[g[0]])), None)
        if home is None:
            groups.append([number])
        else:
            home.append(number)
    return groups


def _alike(some: frozenset[str], others: frozenset[str]) -> bool:
    smaller = min(len(some), len(others))
    return smaller > 0 and len(some & others) >= _ALIKE * smaller


def _core(parts: tuple[str, ...]) -> tuple[str, ...]:
    kept = tuple(p for p in parts if p not in markers() and not p.isdigit())
    return kept or parts


def _order(
    catalog: Catalog,
    table: Table,
    name: tuple[str, ...],
    schema: tuple[str, ...],
    *,
    linked: set[tuple[str, str]],
) -> tuple[object, ...]:
    """Plain names before marked ones, linked before loose, then many rows, the default schema, short names."""
    marked = sum(p in markers() or p.isdigit() for p in (*name, *schema))
    other = table.schema != catalog.default_schema
    return (
        marked,
        table.key not in linked,
        -(table.rows or 0),
        other,
        len(table.schema) + len(table.name),
        table.key,
    )
