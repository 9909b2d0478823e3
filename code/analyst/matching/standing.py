"""Where the same words stand the other way round."""

from __future__ import annotations

from itertools import groupby

from analyst.matching.concepts import Names
from analyst.matching.facts import Known
from analyst.matching.frame import Frame
from analyst.matching.shares import may_be_spread

_MANY = 3
_NO_AMOUNTS = frozenset(
    ("year", "month", "day", "week", "hour", "minute", "second", "quarter", "number", "id", "date", "time")
)


_PLANNED = frozenset(("schedule", "plan"))


def standing(new: Frame, old: Frame, known: Known) -> str:
    """The same words may stand the other way round."""
    names = known.names
    rows = known.facts.rows if known.facts.counts else frozenset()
    planned = _PLANNED if known.facts.as_planned and known.facts.counts else frozenset()
    ends = [_ended(frame) - planned for frame in (new, old)]
    if known.facts.counts and all(ends):
        # "the most resolved tickets" are what somebody "resolved the most" of
        deeds = (ends[0] ^ ends[1]) & set(new.words) & set(old.words) - names.numbers - names.tables
        ends = [end - deeds for end in ends]
    if _is_by_one_amount(new, old, known):
        ends = [frozenset(), frozenset()]
    if known.facts.said & ends[0] & ends[1] and new.measures.total() < 2:
        ends = [frozenset(), frozenset()]  # only one amount is there
    if (ends[0] - rows != ends[1] - rows or bool(ends[0]) != bool(ends[1])) and not (
        is_value(new, known) and is_value(old, known)
    ):
        return "They look for the most or the least of different things."
    for name in new.measured:
        said, stored = new.measured[name], old.measured.get(name, frozenset())
        if name in ("COUNT", "SHARE", "FRACTION") or (new.end and not new.literals):
            continue
        if len(known.facts.amounts) == 1 and new.measures.total() == 1:
            continue
        if said - names.tables != stored - names.tables and not _is_alone(new, old, said, stored):
            return "They may measure different things."
    if (
        new.base != old.base
        and (new.groups or not _says_no_rows(new, old, known))
        and (new.groups or len(_qualities(new, names)) > 1)
    ):
        return "They may take a share of different wholes."
    if may_be_spread(new, old, known):
        return "They may take a share of different wholes."
    if {"SHARE", "FRACTION"} & set(new.measures) and not _named_alike(new, old):
        return "They may take a share of different wholes."
    shared = {*set(new.told) & set(old.told)} - names.tables
    wholes = [_runs([w for w in frame.told if w in shared], known) for frame in (new, old)]
    if (
        {"SHARE", "FRACTION"} & set(new.measures)
        and not _is_one_quality(new, old, known)
        and wholes[0] != wholes[1]
    ):
        return "They may take a share of different wholes."
    both = names.tables & set(new.order) & set(old.order)
    tables = [list(dict.fromkeys(w for w in frame.order if w in both)) for frame in (new, old)]
    if len(tables[0]) > 1 and tables[0] != tables[1]:
        return "The same things are named in another order."
    return _order(new, old, known)


def _is_by_one_amount(new: Frame, old: Frame, known: Known) -> bool:
    """True where the order can follow nothing but the one amount that both name in the same words."""
    said = known.facts.said
    if (
        len(known.facts.amounts) != 1
        or known.facts.counts
        or "COUNT" in new.measures
        or "COUNT" in old.measures
    ):
        return False
    named = [said & set(frame.words) for frame in (new, old)]
    return named[0] == named[1] != frozenset() and all(_ended(frame) <= said for frame in (new, old))


def _is_one_quality(new: Frame, old: Frame, known: Known) -> bool:
    """True where all that is said of the things is about one amount, or what happens to them is called a rate."""
    if new.rated and old.rated:
        return True
    named = any(item.mark.mentions for frame in (new, old) for item in frame.literals)
    return not named and set(_qualities(new, known.names)) <= known.facts.said


def _says_no_rows(new: Frame, old: Frame, known: Known) -> bool:
    """True for the "percentage of late departures", with no other thing that it may be a share of."""
    apart = any(not known.facts.rows & set(frame.words) for frame in (new, old))
    return apart and _is_one_quality(new, old, known)


def _named_alike(new: Frame, old: Frame) -> bool:
    """True where the names may be of the same columns, in their order."""
    named = [[{m.column for m in i.mark.mentions} for i in f.literals if i.mark.mentions] for f in (new, old)]
    if len(named[0]) == len(named[1]) == 1:
        return True  # which column it is of is looked at where it is put
    return len(named[0]) == len(named[1]) and all(a & b for a, b in zip(*named, strict=True))


def _ended(frame: Frame) -> frozenset[str]:
    """By what the end is found, wherever it is said: "on average the highest delay"."""
    named = any(item.role != "top" for item in frame.literals)
    alone = bool(frame.end) and frame.measures.total() == 1 and not named
    return frame.ended.union(*frame.measured.values()) if alone else frame.ended


def _is_alone(new: Frame, old: Frame, said: frozenset[str], stored: frozenset[str]) -> bool:
    """True where one of the two names the measure elsewhere ("... on average"), and nothing else can be meant."""
    if (said and stored) or new.measures.total() != 1 or new.compared or new.attached:
        return False
    return not any(item.mark.kind == "number" for item in new.literals)


def _qualities(frame: Frame, names: Names) -> tuple[str, ...]:
    return tuple(w for w in frame.order if w not in names.tables)


def _order(new: Frame, old: Frame, known: Known) -> str:
    """Several amounts or qualities, each with its own words: they have to stand in one order."""
    names = known.names
    if len(new.chunks) > 1 and new.chunks == old.chunks:
        return ""
    told = (
        frozenset().union(*new.measured.values(), new.ended) if new.measured == old.measured else frozenset()
    )
    free = told | _of_one_amount(known)
    loose = [[w for w in _qualities(frame, names) if w not in free] for frame in (new, old)]
    loose = [[w for w in words if w in loose[1 - n]] for n, words in enumerate(loose)]
    if len(loose[0]) >= _MANY and loose[0] != loose[1]:
        return "The same words stand in another order and may belong together differently."
    many = amounts_named(new, known.names) > 1 and len(set(new.words) - names.tables) > 2
    orders = [
        tuple(w for w in frame.order if w not in free and w in other.words)
        for frame, other in ((new, old), (old, new))
    ]
    if (
        many
        and orders[0] != orders[1]
        and not all(
            new.measured.get(name) == old.measured.get(name) and new.measured.get(name)
            for name in new.measured
        )
    ):
        return "The same words stand in another order and may belong together differently."
    return ""


def _runs(told: list[str], known: Known) -> list[list[str]]:
    """The words in their order, but for those of one amount that stand together."""
    one = _of_one_amount(known)
    return [sorted(words) if inside else list(words) for inside, words in groupby(told, lambda w: w in one)]


def _of_one_amount(known: Known) -> frozenset[str]:
    """The words of the only amount that the statement reads: "delay on departure" is "departure delay"."""
    return known.facts.said if len(known.facts.amounts) == 1 else frozenset()


def is_value(frame: Frame, known: Known) -> bool:
    """True where the highest or lowest amount itself is asked for, and it is all that the statement tells."""
    return known.facts.extreme and not says_top(frame) and frame.head <= known.facts.said


def says_top(frame: Frame) -> bool:
    """True where it says how many are wanted."""
    return any(literal.role == "top" for literal in frame.literals)


def amounts_named(frame: Frame, names: Names) -> int:
    """How many different amounts are named."""
    return len((set(frame.words) & names.numbers) - names.tables - _NO_AMOUNTS)
