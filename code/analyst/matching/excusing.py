"""Words that only one of two questions says, and that make no difference for what the stored statement does."""

from __future__ import annotations

from collections import Counter

from analyst.matching.concepts import Names, name_words
from analyst.matching.facts import Facts
from analyst.matching.frame import Frame

_SUPPORT = frozenset(
    (
        "build",
        "measure",
        "observe",
        "produce",
        "operate",
        "run",
        "serve",
        "cover",
        "perform",
        "carry",
        "offer",
        "use",
        "bring",
        "generate",
        "yield",
        "fly",
    )
)
"""Verbs that only say that two things belong together, as "built" does of a manufacturer and planes."""
_RUNNING = frozenset(("operate", "run", "use", "fly", "perform", "offer"))
"""Of these one is as good as another."""
_ENDINGS = (
    "ation",
    "ition",
    "tion",
    "sion",
    "ion",
    "ment",
    "ance",
    "ence",
    "al",
    "ure",
    "ing",
    "er",
    "e",
    "y",
)
_ROOT = 4
"""Letters that a verb and the noun made of it have in common, at least."""


def excused(new: Frame, old: Frame, names: Names, facts: Facts) -> tuple[Counter[str], Counter[str]]:
    """What is left of the words that only the new question says, and of those that only the stored one says."""
    more, less = new.words - old.words, old.words - new.words
    _same_root(more, less, names)
    for odd, other in ((more, old), (less, new)):
        _said_again(odd, other, names)
        _rows_meant(odd, other, facts)
        _called(odd, new, names)
    _supporting(more, less)
    _explained(more, less, new, facts)
    return +more, +less


def _same_root(more: Counter[str], less: Counter[str], names: Names) -> None:
    """ "Renewed" and "renewals" are the same where the database does not call two things so."""
    for word in list(more):
        other = next((w for w in less if less[w] and _are_one(word, w, names)), None)
        if other is not None:
            same = min(more[word], less[other])
            more[word] -= same
            less[other] -= same


def _are_one(first: str, second: str, names: Names) -> bool:
    root = _root(first)
    return len(root) >= _ROOT and root == _root(second) and not {first, second} <= names.all


def _root(word: str) -> str:
    ending = next((e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= _ROOT), "")
    return word.removesuffix(ending)


def _called(odd: Counter[str], frame: Frame, names: Names) -> None:
    """ "Diagnosed with diabetes" is "with diabetes" where only a diagnosis is called so."""
    for item in frame.literals:
        columns = {m.column for m in item.mark.mentions}
        words = {names.concept(w) for column in columns for w in name_words(column)}
        for word in (odd.keys() & words) if len(columns) == 1 and not words & _WAYS else ():
            odd[word] = 0


_WAYS = frozenset(("origin", "orig", "destination", "dest", "name"))


def _said_again(odd: Counter[str], other: Frame, names: Names) -> None:
    for word in odd:
        if word in names.tables and other.words[word]:
            odd[word] = 0


def _rows_meant(odd: Counter[str], other: Frame, facts: Facts) -> None:
    """Rows of flights are flights, said or not."""
    for word in odd:
        if {word} == facts.rows and not other.words[word]:
            odd[word] = 0


def _supporting(more: Counter[str], less: Counter[str]) -> None:
    said = [[w for w in odd if odd[w] and w in _SUPPORT] for odd in (more, less)]
    if not (said[0] and said[1]) or set(said[0] + said[1]) <= _RUNNING:
        for odd, words in zip((more, less), said, strict=True):
            odd.subtract({word: odd[word] for word in words})


_HEIGHTS = frozenset(("altitude", "alt", "height", "elevation"))


def _explained(more: Counter[str], less: Counter[str], new: Frame, facts: Facts) -> None:
    """The new question may name what the statement measures, where that is one thing only."""
    if new.higher:
        less.update({word: -less[word] for word in less.keys() & facts.said & _HEIGHTS})
    if any(less.values()) or not (new.compared or new.measures or new.end):
        return
    for word in more:
        if word in facts.said and new.words[word] == 1:
            more[word] = 0
