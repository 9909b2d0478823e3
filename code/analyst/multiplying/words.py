"""The word lists of this package, and what a name says by its words."""

from __future__ import annotations

import functools

from sqlglot import exp

from analyst import word_files
from analyst.catalog import Catalog
from analyst.guard.scopes import Relation
from analyst.repairing.likeness import common_prefix, parts, singular, squashed, table_words


@functools.lru_cache(maxsize=1)
def _lists() -> dict[str, frozenset[str]]:
    listed = word_files.named("analyst.multiplying", "measures")
    return {name: frozenset(words.split()) for name, words in listed.items()}


def says(name: str, kind: str) -> bool:
    """True where a column's name holds a word of one list: "lasting", "each", "single" or "naming"."""
    listed, words = _lists()[kind], parts(name)
    if kind == "naming":
        return name.lower().endswith(("name", "title")) or not listed.isdisjoint(words[-1:])
    return not listed.isdisjoint({form for word in words for form in (word, singular(word))})


def counted_thing(text: str) -> tuple[str, ...]:
    """The words of a count's name that say what is counted: "customers" of num_customers_with_orders."""
    words = [squashed(p) for p in parts(text)]
    stop = next((i for i, w in enumerate(words) if i and w in _lists()["turning"]), len(words))
    words = words[:stop]
    if "of" in words:
        words = words[len(words) - words[::-1].index("of") :]
    while words and words[-1] in _lists()["counting"]:
        words.pop()
    return tuple(w for w in words if w not in _lists()["counting"])


def named(text: str, relations: list[Relation], catalog: Catalog) -> list[Relation]:
    """The relations that a count's name says are counted: orders by "customer_orders", and not customers."""
    words = counted_thing(text)
    ends = {"".join(words[i:]) for i in range(len(words))}
    ends |= {singular(end) for end in ends}
    prefix = common_prefix([t.name for t in catalog.tables])
    whole = [r for r in relations if ends & _forms(r.table, prefix)]
    return whole or [r for r in relations if r.table and ends & table_words(r.table, prefix=prefix)]


def shown(relation: Relation) -> str:
    """What people call a relation: the table's name, or that of the query it stands for."""
    own = relation.node.name if isinstance(relation.node, exp.Table) else ""
    return relation.table or own or relation.name or "a query"


def one_of(table: str) -> str:
    """One row of a table in words: "a flight", "an airport"; "a row of staff" where it has no plural."""
    word = singular(table.lower())
    if word == table.lower() or not word.isalpha():
        return f"a row of {table}"
    return f"{'an' if word[0] in 'aeio' else 'a'} {word}"


def _forms(table: str, prefix: str) -> set[str]:
    plain = squashed(table)
    return {singular(form) for form in (plain, plain.removeprefix(prefix)) if form}
