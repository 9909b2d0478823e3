"""Values of tables whose rows are filtered: nobody's catalog may hold them, so they are asked for, as the asker."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analyst.catalog import Catalog, Column, Table
from analyst.linking import link
from analyst.result import Cell
from analyst.values.folding import plain_words, singular
from analyst.values.shelves import is_secret
from analyst.values.vocabulary import is_grammar

MOST_TABLES = 4
MOST_COLUMNS = 10
"""Of one table, those in front."""
MOST_ROWS = 50
_LONGEST_NAME = 3
"""Words that are looked for together."""
_SHORTEST = 2
_MOST_PHRASES = 40
_TEXTS = ("text", "char", "varchar", "bpchar", "citext", "string")
_QUOTED = re.compile(r"\"([^\"]{2,80})\"|(?<!\w)'([^']{2,80})'(?!\w)")


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """One statement that finds the values of a table that a question may name."""

    table: tuple[str, str]
    columns: tuple[str, ...]
    sql: str


def lookups(question: str, catalog: Catalog, *, limited: Sequence[tuple[str, str]]) -> tuple[Lookup, ...]:
    """A statement for each of the likeliest tables of those whose values are `limited` to what the asker sees."""
    phrases = _phrases(question)
    likely = [t.key for t in link(question, catalog).tables if t.key in limited][:MOST_TABLES]
    tables = (catalog.table(name, schema) for schema, name in likely)
    found = (_lookup(table, phrases) for table in tables if table is not None and phrases)
    return tuple(lookup for lookup in found if lookup is not None)


def with_found(catalog: Catalog, found: Mapping[Lookup, Sequence[Sequence[Cell]]]) -> Catalog:
    """The catalog with the values that the statements gave."""
    tables = {lookup.table: _filled(catalog, lookup, rows) for lookup, rows in found.items()}
    return replace(catalog, tables=tuple(tables.get(table.key) or table for table in catalog.tables))


def _filled(catalog: Catalog, lookup: Lookup, rows: Sequence[Sequence[Cell]]) -> Table | None:
    table = catalog.table(lookup.table[1], lookup.table[0])
    if table is None:
        return None
    values = {
        name: tuple(dict.fromkeys(str(row[place]) for row in rows if row[place] is not None))
        for place, name in enumerate(lookup.columns)
    }
    columns = tuple(replace(c, values=values.get(c.name) or c.values) for c in table.columns)
    return replace(table, columns=columns)


def _lookup(table: Table, phrases: Sequence[str]) -> Lookup | None:
    columns = [c for c in table.columns if _may_hold_names(c)][:MOST_COLUMNS]
    if not columns:
        return None
    listed = ", ".join("'" + phrase.replace("'", "''") + "'" for phrase in phrases)
    tests = [f"LOWER({_quoted(c.name)}) IN ({listed})" for c in columns]
    shown = [
        f"CASE WHEN {test} THEN {_quoted(c.name)} END AS {_quoted(c.name)}"
        for c, test in zip(columns, tests, strict=True)
    ]
    of = f"{_quoted(table.schema)}.{_quoted(table.name)}" if table.schema else _quoted(table.name)
    sql = f"SELECT DISTINCT {', '.join(shown)} FROM {of} WHERE {' OR '.join(tests)} LIMIT {MOST_ROWS}"
    return Lookup(table=table.key, columns=tuple(c.name for c in columns), sql=sql)


def _may_hold_names(column: Column) -> bool:
    kind = column.type.lower()
    return kind.startswith(_TEXTS) and not column.known_values and not is_secret(column.name)


def _phrases(question: str) -> list[str]:
    """What of a question may be a stored value, in small letters: quotations, words, and a few words together."""
    words = plain_words(question)
    found = [(first or second).lower() for first, second in _QUOTED.findall(question)]
    for length in range(_LONGEST_NAME, 0, -1):
        for start in range(len(words) - length + 1):
            part = words[start : start + length]
            if not any(is_grammar(part[edge]) or len(part[edge]) < _SHORTEST for edge in (0, -1)):
                found += [" ".join(part), "_".join(part), " ".join([*part[:-1], singular(part[-1])])]
    return list(dict.fromkeys(found))[:_MOST_PHRASES]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
