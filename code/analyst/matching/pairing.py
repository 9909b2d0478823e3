"""Which literal of one question stands for which of another's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from analyst.catalog import Catalog
from analyst.matching.days import Unbound
from analyst.matching.frame import Frame, Literal
from analyst.matching.measuring import UNITS
from analyst.values.mention import Mention
from analyst.values.shelves import shelves_of

ColumnPlace = tuple[tuple[str, str], str]
"""Schema, table and column."""


def paired(new: Frame, old: Frame, catalog: Catalog) -> Iterator[tuple[Literal, Literal]]:
    """Each literal with its counterpart: the same one first, then what plays the same part, in order."""
    if any(_may_be_swapped(frame) for frame in (new, old)):
        yield from _in_order(new, old)
        return
    left = list(old.literals)
    waiting = []
    for item in new.literals:
        same = next((o for o in left if _part(o) == _part(item) and is_same(item, o, catalog)), None)
        if same is None:
            same = next((o for o in left if is_same(item, o, catalog) and _may_be(item, o, catalog)), None)
        if same is not None:
            left.remove(same)
            yield item, same
        else:
            waiting.append(item)
    for item in waiting:
        near = [o for o in left if _plays(item, o, catalog)]
        near = [o for o in near if not item.mark.mentions or _columns(item, catalog) & _columns(o, catalog)]
        if not near:
            raise Unbound("A number, day or name plays another part in the stored question.")
        if len(near) > 1 and not _is_ordered(item, near, waiting):
            raise Unbound("It is not plain which number, day or name stands for which.")
        left.remove(near[0])
        yield item, near[0]


def _columns(item: Literal, catalog: Catalog) -> set[ColumnPlace]:
    return set(meant(item.mark.mentions, catalog))


def _may_be_swapped(frame: Frame) -> bool:
    """True where two names could each be the other, and no "from" and "to" tells which: two towns, two airports."""
    named = [(i.role, {m.column for m in i.mark.mentions}) for i in frame.literals if i.mark.mentions]
    return any(
        first & second and {way, other} not in ({"from", "to"}, {"with", "without"}, {"among"})
        for n, (way, first) in enumerate(named)
        for other, second in named[n + 1 :]
    )


def _in_order(new: Frame, old: Frame) -> Iterator[tuple[Literal, Literal]]:
    for first, second in zip(new.literals, old.literals, strict=True):
        if _part(first) != _part(second) or (first.mark.mentions and first.beside != second.beside):
            raise Unbound("It is not plain which number, day or name stands for which.")
        yield first, second


def _is_ordered(item: Literal, near: Sequence[Literal], waiting: Sequence[Literal]) -> bool:
    """True for days in their order, and a comparison's two ends."""
    alike = [w for w in waiting if _part(w) == _part(item)]
    return item.mark.kind == "days" and len(alike) >= len(near)


def _plays(item: Literal, other: Literal, catalog: Catalog) -> bool:
    """True where one may stand in the other's place: also where only one says of what an amount is, or which way."""
    if _part(item) == _part(other):
        return True
    if item.mark.kind == other.mark.kind == "number":
        left_out = (item.about == "" and other.about in _LEFT_OUT) or (
            other.about == "" and item.about in _MONEY
        )
        return item.role == other.role and left_out
    return item.mark.kind == other.mark.kind == "value" and _may_be(item, other, catalog)


def _part(item: Literal) -> tuple[str, str, str]:
    kind = "value" if item.mark.kind == "quoted" else item.mark.kind
    return kind, item.role, _unit(item) if kind == "number" else item.about


def _may_be(new: Literal, old: Literal, catalog: Catalog) -> bool:
    """True for one name of which one question says whether it is "from" there, and it can be nothing else."""
    if new.mark.kind == old.mark.kind == "number":
        return new.role == old.role
    if new.mark.kind not in ("value", "quoted") or {new.role, old.role} - {"", "from", "to"}:
        return False
    if new.role and old.role:
        return False
    columns = {m.column for m in new.mark.mentions} - {"faa"}
    return len(columns) == 1


def is_same(new: Literal, old: Literal, catalog: Catalog) -> bool:
    """True for literals that mean the same thing, however they are written."""
    first, second = new.mark, old.mark
    if first.number is not None or second.number is not None:
        return _is_same_amount(new, old)
    if first.period is not None and second.period is not None:
        a, b = first.period, second.period
        if (a.relative and not a.assumed) or (b.relative and not b.assumed):
            return _said(first.text) == _said(second.text) or (
                a.relative == b.relative and a.sides == b.sides and a.sides != ("", "") and a.grain == b.grain
                and (a.start, a.end) == (b.start, b.end)
            )  # fmt: skip
        return (a.start, a.end, a.assumed) == (b.start, b.end, b.assumed)
    if first.text.casefold() == second.text.casefold():
        return first.kind != "quoted" or second.kind != "quoted" or first.text == second.text
    return bool(first.mentions and second.mentions) and is_one_value(first.mentions, second.mentions, catalog)


def _unit(item: Literal) -> str:
    return item.amount[1] if item.amount[1] in UNITS else ""


def _is_same_amount(new: Literal, old: Literal) -> bool:
    """True also where one of the two leaves the unit out that the column has."""
    if "" in (new.about, old.about) and not {new.about, old.about} & UNITS:
        return new.mark.number == old.mark.number
    if (new.about == "" and old.about in _LEFT_OUT) or (old.about == "" and new.about in _MONEY):
        return new.mark.number == old.mark.number
    return new.amount == old.amount


_MONEY = frozenset(("dollar", "euro", "pound"))
_LEFT_OUT = _MONEY | {"minute", "mile", "foot"}


def _said(text: str) -> str:
    plain = re.sub(
        r"\b(the|previous|past|prior|in|during)\b", lambda m: "last" if m[0] in _LAST else "", text.lower()
    )
    return " ".join(plain.split())


_LAST = ("previous", "past", "prior")


def is_one_value(first: Sequence[Mention], second: Sequence[Mention], catalog: Catalog) -> bool:
    """True for names that stand for one value wherever both may stand."""
    one, other = meant(first, catalog), meant(second, catalog)
    shared = one.keys() & other.keys()
    return bool(shared) and all(len(one[p]) == 1 and one[p] == other[p] for p in shared)


def meant(mentions: Sequence[Mention], catalog: Catalog) -> dict[ColumnPlace, set[str]]:
    """What a phrase may stand for in each column, also as the key that stands for it elsewhere."""
    found: dict[ColumnPlace, set[str]] = {}
    for mention in mentions:
        place = (mention.table, mention.column)
        found.setdefault(place, set()).add(mention.value)
    for mention in mentions:
        place = (mention.table, mention.column)
        for user, key in _keys(place, mention.value, catalog):
            if user not in {(m.table, m.column) for m in mentions}:
                found.setdefault(user, set()).add(key)
    return found


def _keys(place: ColumnPlace, value: str, catalog: Catalog) -> Iterator[tuple[ColumnPlace, str]]:
    uses = shelves_of(catalog).uses(place, value)
    if uses is None:
        return
    key, users = uses
    for user in users:
        yield user, key
    table = catalog.table(place[0][1], place[0][0])
    if table is not None and len(table.primary_key) == 1:
        yield (place[0], table.primary_key[0]), key
