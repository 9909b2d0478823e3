"""Which part of a catalog a question needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from analyst.catalog import Catalog, Table
from analyst.showing import schema_text

TOKEN_BUDGET = 3000
"""About how many tokens of schema go into a prompt."""
CHARACTERS_PER_TOKEN = 2.8
"""Measured over schemas with the local model's tokenizer; only a rough guide is needed."""

_LONG_ENOUGH = 4
"""Letters; a shorter word is a part of too many others."""
_WORD = re.compile(r"[^\W_]+")


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
    letters = budget * CHARACTERS_PER_TOKEN
    sizes = {t.key: _size([t], catalog) for t in catalog.tables}
    if sum(sizes.values()) <= letters:
        return catalog
    wanted = set(words(question))
    ranked = sorted(catalog.tables, key=lambda t: (-_relevance(t, wanted), t.key))
    kept: list[Table] = []
    for table in ranked:
        letters -= sizes[table.key]
        if kept and letters < 0:
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


def _size(tables: Sequence[Table], catalog: Catalog) -> int:
    return len(schema_text(replace(catalog, tables=tuple(tables), glossary=())))


def _relevance(table: Table, wanted: set[str]) -> float:
    score = 3.0 * len(wanted & set(words(table.name))) + 1.0 * len(wanted & set(words(table.comment)))
    for column in table.columns:
        score += 2.0 * len(wanted & set(words(column.name))) + 0.5 * len(wanted & set(words(column.comment)))
        score += 2.0 * len(wanted & {w for v in column.values for w in words(v)})
    return score
