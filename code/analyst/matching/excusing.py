"""Words that only one of two questions says, and that make no difference for what the stored statement does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from analyst.matching.concepts import Names, name_words
from analyst.matching.explained import explain, same_deed
from analyst.matching.facts import Facts
from analyst.matching.frame import Frame
from analyst.matching.kindred import pair_kin
from analyst.values.mention import Mention

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
        "reach",
        "receive",
        "hold",
        "own",
        "possess",
        "contain",
        "appear",
        "employ",
        "host",
        "feature",
        "equip",
        "sit",
    )
)
"""Verbs that only say that two things belong together, as "built" does of a manufacturer and planes."""
_PLACES = frozenset(("dest", "destination"))
_ALWAYS = frozenset(
    ("build", "measure", "observe", "produce", "operate", "run", "serve", "cover", "perform", "carry")
)
_ALWAYS |= frozenset(("offer", "use", "bring", "generate", "yield", "fly"))
"""Also where a column is called so."""
_RUNNING = frozenset(
    (
        *("operate", "run", "use", "fly", "perform", "offer", "serve", "reach", "receive", "hold"),
        *("contain", "appear", "feature", "host", "carry", "cover", "equip", "sit", "employ"),
    )
)
"""Of these one is as good as another."""
_ENDINGS = (
    "ee",
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
    pair_kin(more, less, new, old, names, facts)
    same_deed(more, less, new, names, facts)
    _same_root(more, less, names)
    days = any(item.mark.kind == "days" for frame in (new, old) for item in frame.literals)
    dated = facts.unread_days if days else frozenset[str]()
    for odd, own, other in ((more, new, old), (less, old, new)):
        if not _instead(odd, less if odd is more else more, facts):
            _said_again(odd, other, names, dated)
        _rows_meant(odd, other, facts, dated)
        _called(odd, own, names, facts)
    _supporting(more, less, set(new.words) & set(old.words), names)
    explain(more, less, new, old, names, facts)
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
    if {first, second} <= names.all or {first, second} == {"open", "opened"}:
        return False  # what is open may have been opened long ago
    root = _root(first)
    return (len(root) >= _ROOT and root == _root(second)) or bool(_roots(first) & _roots(second))


def _roots(word: str) -> set[str]:
    """What may be left of it, if it is long: "donation" and "donate" have "donat" in common."""
    cut = {word.removesuffix(e) for e in _ENDINGS if word.endswith(e)}
    return {root for root in cut if len(root) > _ROOT}


def _root(word: str) -> str:
    ending = next((e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= _ROOT), "")
    return word.removesuffix(ending)


def _called(odd: Counter[str], frame: Frame, names: Names, facts: Facts) -> None:
    """ "Diagnosed with diabetes" is "with diabetes" where only a diagnosis is called so; "JFK airport" is JFK."""
    for item in frame.literals:
        columns = {m.column for m in item.mark.mentions}
        words = {names.concept(w) for column in columns for w in name_words(column)}
        for word in (odd.keys() & words) if len(columns) == 1 and not words & _WAYS else ():
            odd[word] = 0
        for word in odd.keys() & _whose_key(item.mark.mentions, names):
            counted = "COUNT" in frame.measures or not (frame.measures or facts.extreme)
            beside = {("*", word), (word, "*")} & set(pairwise(frame.told))
            if beside and not (counted and word == frame.subject) and word not in frame.ended | frame.head:
                odd[word] = 0


def _whose_key(mentions: Sequence[Mention], names: Names) -> set[str]:
    """The tables of which it is the name or the key of one row."""
    tables = {w for m in mentions for w in name_words(m.table[1])}
    named = {t for t in tables & names.tables if len({m.table for m in mentions}) == 1}
    columns = {frozenset(name_words(m.column)) for m in mentions}
    return {names.concept(t) for t in names.keys if names.keys[t] in columns - {frozenset(("id",))}} | named


_WAYS = frozenset(("origin", "orig", "destination", "dest", "name"))


def _instead(odd: Counter[str], other: Counter[str], facts: Facts) -> bool:
    """True where a thing is named once more, and the rows are not: "more than 100 airlines", and not flights."""
    return any(odd.values()) and any(other[row] for row in facts.rows)


def _said_again(odd: Counter[str], other: Frame, names: Names, dated: frozenset[str]) -> None:
    for word in odd:
        if word in names.tables and other.words[word] and word not in dated:
            odd[word] = 0


def _rows_meant(odd: Counter[str], other: Frame, facts: Facts, dated: frozenset[str]) -> None:
    """Rows of flights are flights, said or not."""
    for word in odd:
        if {word} == facts.rows and not other.words[word] and word not in dated:
            odd[word] = 0


def _supporting(more: Counter[str], less: Counter[str], shared: set[str], names: Names) -> None:
    verbs = {w for w in _SUPPORT if w in _ALWAYS or w not in names.all}
    if names.all & _PLACES and not shared & _PLACES:
        verbs -= {"receive"}  # what receives flights is where they go to
    said = [[w for w in odd if odd[w] and w in verbs] for odd in (more, less)]
    if not (said[0] and said[1]) or set(said[0] + said[1]) <= _RUNNING:
        for odd, words in zip((more, less), said, strict=True):
            odd.subtract({word: odd[word] for word in words})


_HEIGHTS = frozenset(("altitude", "alt", "height", "elevation"))


def _explained(more: Counter[str], less: Counter[str], new: Frame, facts: Facts) -> None:
    """The new question may name what the statement measures, where that is one thing only."""
    if facts.said & _HEIGHTS:
        more["up"] = less["up"] = 0
    if new.higher:
        less.update({word: -less[word] for word in less.keys() & facts.said & _HEIGHTS})
    if any(less.values()) or not (new.compared or new.measures or new.end):
        return
    for word in more:
        if word in facts.said and new.words[word] == 1:
            more[word] = 0
