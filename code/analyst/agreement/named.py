"""Stored values that a question names and a statement never uses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from analyst.agreement.case import Case
from analyst.agreement.saying import Unmet
from analyst.linking.plain_forms import root
from analyst.values import Mention
from analyst.values.folding import plain_words, squashed
from analyst.values.vocabulary import is_ordinary

_SURE_NAME, _SURE_WORD = 0.9, 1.0


def values_not_used(case: Case) -> Iterator[Unmet]:
    """A value that is plainly named, and neither it nor the key of its row stands anywhere in the SQL."""
    texts = [squashed(n.name) for n in case.reading.tree.find_all(exp.Literal) if n.is_string]
    texts = [t for t in texts if t]
    for phrase, group in _by_phrase(case).items():
        if any(_is_used(m, texts, case) for m in group) or _is_a_name(phrase, case):
            continue
        yield Unmet(kind="value", said=f"The question names '{group[0].value}', but the SQL does not use it.")


def _by_phrase(case: Case) -> dict[str, list[Mention]]:
    found: dict[str, list[Mention]] = {}
    for mention in case.said.mentions:
        found.setdefault(mention.phrase.lower(), []).append(mention)
    return {p: g for p, g in found.items() if _is_plain(g) or _is_quoted(p, g, case)}


def _is_plain(group: list[Mention]) -> bool:
    """True for a name; for an ordinary word only where nothing else can be meant: "active" says little."""
    words = plain_words(group[0].phrase)
    common = len(words) == 1 and any(
        _is_common(text, words[0]) for m in group for text in (m.phrase, m.value)
    )
    return all(m.exact and m.score >= (_SURE_WORD if common else _SURE_NAME) for m in group)


def _is_quoted(phrase: str, group: list[Mention], case: Case) -> bool:
    return all(m.exact for m in group) and case.said.says(rf"""["'`“]{re.escape(phrase)}["'`”]""")


def _is_common(text: str, word: str) -> bool:
    return text == text.lower() or (is_ordinary(word) and text != text.upper())


def _is_used(mention: Mention, texts: list[str], case: Case) -> bool:
    words = {squashed(mention.value), squashed(mention.phrase), squashed(_key(mention, case))} - {""}
    return any(t == w or (len(t) > 2 and (t in w or w in t)) for t in texts for w in words)


def _key(mention: Mention, case: Case) -> str:
    table = case.reading.catalog.table(mention.table[1], mention.table[0])
    column = table.column(mention.column) if table is not None else None
    if column is None or not column.value_keys:
        return ""
    return next(
        (k for v, k in zip(column.known_values, column.value_keys, strict=False) if v == mention.value), ""
    )


def _is_a_name(phrase: str, case: Case) -> bool:
    """True where the phrase is rather the name of a table or column that is read."""
    roots = {root(w) for w in plain_words(phrase)}
    names = [t.name for t in case.tables().values()] + [
        c.name for c in case.reading.tree.find_all(exp.Column)
    ]
    return any(roots <= case.roots_of(name) for name in names)
