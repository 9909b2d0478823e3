"""Words that a question says for a column which the stored statement reads: "earn" for the salary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from analyst import word_files
from analyst.matching.concepts import Names, plain
from analyst.matching.facts import Facts
from analyst.matching.frame import Frame


@dataclass(frozen=True, kw_only=True)
class Kin:
    """A column's word and what else it is called by."""

    base: str
    words: frozenset[str]
    kind: str
    """"amount", "event" or "thing"."""


def pair_kin(
    more: Counter[str], less: Counter[str], new: Frame, old: Frame, names: Names, facts: Facts
) -> None:
    """Takes out what means the same column; the new question must not use what is a column of its own."""
    for kin in _kin():
        base = names.concept(kin.base)
        if base not in facts.named:
            continue
        words = _own(kin, names) - {base}
        _paired(more, {base}, less, words - facts.named)
        free = _free(kin, words, names, facts)
        if kin.kind == "amount" and facts.said == {base} and _is_anchored(new, old):
            free = words - names.numbers - facts.beside
        _paired(more, free, less, {base})
        if kin.kind == "amount" and new.words[base] and old.words[base]:
            for odd in (more, less):
                odd.subtract({w: odd[w] for w in (words - facts.beside) & odd.keys()})


def _own(kin: Kin, names: Names) -> set[str]:
    """Its words but those that stand for something else here: "earn" for the salary and not the revenue."""
    found = {w: names.concept(w) for w in kin.words}
    return {said for w, said in found.items() if said == w or said not in names.all or _akin(said, w)}


def _akin(first: str, second: str) -> bool:
    return first[:3] == second[:3]


def _is_anchored(new: Frame, old: Frame) -> bool:
    """True where something else shows whose amount it is: "pay in Marketing" beside the salary there."""
    named = any(item.mark.mentions for item in new.literals)
    return named or any(new.words[w] for w in old.words)


def _free(kin: Kin, words: set[str], names: Names, facts: Facts) -> set[str]:
    """Those that the database does not call something else by."""
    taken = {"amount": facts.called, "event": frozenset[str](), "thing": names.tables}[kin.kind]
    return words - taken - facts.beside


def is_kin(first: str, second: str, names: Names, facts: Facts) -> bool:
    """True for two words for the rows of one table that the statement reads."""
    return any(_is_row_of(kin, {first, second}, names, facts) for kin in _kin() if kin.kind == "thing")


def _is_row_of(kin: Kin, pair: set[str], names: Names, facts: Facts) -> bool:
    base = names.concept(kin.base)
    words = _own(kin, names) - {base}
    return base in facts.named & pair and pair - {base} <= _free(kin, words, names, facts)


def _paired(more: Counter[str], new: set[str], less: Counter[str], old: set[str]) -> None:
    first = next((w for w in more if more[w] and w in new), None)
    second = next((w for w in less if less[w] and w in old), None)
    if first is not None and second is not None:
        more[first] = less[second] = 0


@lru_cache(maxsize=1)
def _kin() -> tuple[Kin, ...]:
    return tuple(_lines())


def _lines() -> Iterator[Kin]:
    for name, said in word_files.pairs("analyst.matching", "kin"):
        kind, base = name.split()
        words = frozenset(plain(w) for w in said.split())
        yield Kin(base=plain(base), words=words, kind=kind)
