"""What a column is for: to name a row, to date it, to measure it, to sort it, or to be joined by."""

from __future__ import annotations

from functools import lru_cache

from analyst.catalog import Column
from analyst.linking.word_lists import role_words

LABEL, DATE, AMOUNT, KIND, KEY, OTHER = "label", "date", "amount", "kind", "key", "other"
AUDIT, AUDIT_DATE = "audit", "audit date"
"""When and by what a row was written; a table without other dates is asked by these."""
_DATED = ("date", "timestamp", "time")
_NUMBERS = ("int", "bigint", "smallint", "numeric", "decimal", "double", "real", "float", "money")


def role_of(column: Column, words: tuple[str, ...]) -> str:
    """One of the roles, by a column's type and the words of its name."""
    return _role(column.type.lower(), words, bool(column.values) and column.values_complete)


@lru_cache(maxsize=20_000)
def _role(type_: str, words: tuple[str, ...], listed: bool) -> str:
    said = role_words()
    last = words[-1] if words else ""
    if not said["audit"].isdisjoint(words):
        return AUDIT_DATE if type_.startswith(_DATED) else AUDIT
    if type_.startswith(_DATED):
        return DATE
    if last in said[KEY] or type_ == "uuid":
        return KEY
    if type_.startswith(_NUMBERS):
        dated = type_.startswith("int") and not said[DATE].isdisjoint(words[-1:])
        return DATE if dated else AMOUNT
    if listed or type_ == "boolean" or last in said[KIND]:
        return KIND
    if not said[LABEL].isdisjoint(words):
        return LABEL
    return KIND if not said[KIND].isdisjoint(words[:1]) else OTHER
