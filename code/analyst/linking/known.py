"""Which words a catalog knows."""

from __future__ import annotations

from analyst.catalog import Catalog
from analyst.linking.plain_forms import words

_LONG_ENOUGH = 4
"""Letters; a shorter word is a part of too many others."""


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
