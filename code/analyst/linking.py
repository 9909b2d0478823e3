"""Which part of a catalog a question needs, and how it is shown to a model."""

from __future__ import annotations

import re
from collections.abc import Iterable

from analyst.catalog import Catalog, Column, Link, Table

TOKEN_BUDGET = 3000
"""About how many tokens of schema go into a prompt."""
CHARACTERS_PER_TOKEN = 3.5
"""Measured over schemas with the local model's tokenizer; only a rough guide is needed."""
LONGEST_COMMENT = 220
MOST_VALUES = 20
FEW_VALUES = 4
"""Of a column whose values are not all known, these many show what they look like."""

_LONG_ENOUGH = 4
"""Letters; a shorter word is a part of too many others."""
_WORD = re.compile(r"[^\W_]+")
_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*\Z")


def words(text: str) -> list[str]:
    """The words of a text in their plain form, in order: lower case, a plural's ending taken off."""
    return [stem(w) for w in _WORD.findall(text.lower())]


def stem(word: str) -> str:
    """A word without the commonest English endings, so that "delayed" meets "delay"."""
    for ending, rest in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)] + rest
    return word


def link(question: str, catalog: Catalog, *, budget: int = TOKEN_BUDGET) -> Catalog:
    """The part of the catalog that a question is about; the whole where it fits the budget.

    Tables are taken in order of how well their words meet the question's, each with the tables
    that link it to those taken before.
    """
    if _size(catalog.tables) <= budget * CHARACTERS_PER_TOKEN:
        return catalog
    wanted = set(words(question))
    ranked = sorted(catalog.tables, key=lambda t: (-_relevance(t, wanted), t.key))
    kept: list[Table] = []
    for table in ranked:
        if kept and _size([*kept, table]) > budget * CHARACTERS_PER_TOKEN:
            break
        kept.append(table)
    names = {t.key for t in kept}
    return catalog.without(frozenset(t.key for t in catalog.tables if t.key not in names))


def known_words(catalog: Catalog) -> set[str]:
    """Every word that the catalog's names, comments, values and glossary use."""
    texts: list[str] = [catalog.source]
    for table in catalog.tables:
        texts += [table.name, table.comment]
        for column in table.columns:
            texts += [column.name, column.comment, *column.values]
    texts += [part for entry in catalog.glossary for part in entry]
    return {w for text in texts for w in words(text)}


def mentions(catalog: Catalog, topics: set[str]) -> bool:
    """True where the catalog knows one of the words, if only as a part of a longer name ("sbticker")."""
    known = known_words(catalog)
    names = " ".join(known)
    return any(word in known or (len(word) >= _LONG_ENOUGH and word in names) for word in topics)


def schema_text(catalog: Catalog) -> str:
    """The catalog as CREATE TABLE statements with comments, in a stable order."""
    parts = [_table_text(table, catalog) for table in catalog.tables]
    if catalog.glossary:
        parts.append("\n".join(f"-- {word}: {meaning}" for word, meaning in catalog.glossary))
    return "\n\n".join(parts)


def table_name(table: Table, catalog: Catalog) -> str:
    """The table's name as SQL needs it: quoted where necessary, with its schema unless that is the default."""
    name = quoted(table.name)
    return name if table.schema == catalog.default_schema else f"{quoted(table.schema)}.{name}"


def quoted(name: str) -> str:
    """An identifier, in double quotes unless it is plain lower case."""
    return name if _PLAIN_NAME.match(name) else '"' + name.replace('"', '""') + '"'


def _size(tables: Iterable[Table]) -> int:
    return sum(
        60 + len(t.comment[:LONGEST_COMMENT]) + sum(_column_size(c) for c in t.columns) for t in tables
    )


def _column_size(column: Column) -> int:
    values = sum(len(v) + 4 for v in column.values[:MOST_VALUES])
    return len(column.name) + len(column.type) + len(column.comment[:LONGEST_COMMENT]) + values + 10


def _relevance(table: Table, wanted: set[str]) -> float:
    score = 3.0 * len(wanted & set(words(table.name))) + 1.0 * len(wanted & set(words(table.comment)))
    for column in table.columns:
        score += 2.0 * len(wanted & set(words(column.name))) + 0.5 * len(wanted & set(words(column.comment)))
        score += 2.0 * len(wanted & {w for v in column.values for w in words(v)})
    return score


def _table_text(table: Table, catalog: Catalog) -> str:
    lines = [f"CREATE TABLE {table_name(table, catalog)} ({_remark(_table_remark(table))}"]
    lines += [_column_text(c) for c in table.columns]
    if table.primary_key:
        lines.append(f"  PRIMARY KEY ({', '.join(map(quoted, table.primary_key))})")
    lines += [_link_text(k, catalog) for k in catalog.links if k.table == table.key]
    return "\n".join([*lines, ");"])


def _table_remark(table: Table) -> str:
    rows = f"about {table.rows:,} rows" if table.rows else ""
    return ". ".join(filter(None, (_short(table.comment).rstrip("."), rows)))


def _column_text(column: Column) -> str:
    parts = (_short(column.comment).rstrip("."), _values_text(column))
    return f"  {quoted(column.name)} {column.type},{_remark('; '.join(filter(None, parts)))}"


def _values_text(column: Column) -> str:
    shown = column.values[: MOST_VALUES if column.values_complete else FEW_VALUES]
    if shown:
        listed = ", ".join("'" + v.replace("'", "''") + "'" for v in shown)
        complete = column.values_complete and len(shown) == len(column.values)
        return f"values: {listed}" if complete else f"such as {listed}"
    dated = column.type.startswith(("date", "timestamp", "integer", "smallint", "bigint"))
    return f"{column.lowest} to {column.highest}" if dated and column.lowest and column.highest else ""


def _link_text(link: Link, catalog: Catalog) -> str:
    target = catalog.table(link.to_table[1], link.to_table[0])
    name = table_name(target, catalog) if target else ".".join(map(quoted, link.to_table))
    columns = ", ".join(map(quoted, link.columns))
    note = "" if link.declared else " -- by name"
    return f"  FOREIGN KEY ({columns}) REFERENCES {name} ({', '.join(map(quoted, link.to_columns))}){note}"


def _remark(text: str) -> str:
    return f" -- {text}" if text else ""


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST_COMMENT else flat[: LONGEST_COMMENT - 1] + "…"
