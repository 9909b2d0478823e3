"""Names from here to there, side by side, and those that must not be there, as the stored statement takes them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from analyst.matching.frame import Frame, Literal, without
from analyst.matching.shape import Shape

_COMPARING = frozenset(("compare", "comparison", "vs", "versus", "against", "side"))
_BEING_THERE = frozenset(
    (
        "have",
        "serve",
        "fly",
        "operate",
        "offer",
        "use",
        "exist",
        "run",
        "reach",
        "cover",
        "depart",
        "arrive",
        "be",
    )
)
"""Verbs that say no more than that such rows are there."""


def on_the_way(frame: Frame) -> Frame:
    """ "Between here and there" and "here-there" are from here to there, where each can be nothing else."""
    ways = [_way_of(item) for item in frame.literals]
    if sorted(way for way in ways if way) != ["from", "to"] or any(
        i.role for i in frame.literals if i.mark.mentions
    ):
        return frame
    literals = tuple(replace(i, role=way or i.role) for i, way in zip(frame.literals, ways, strict=True))
    flags = frame.flags
    if flags["BETWEEN"] and flags["AND"]:
        flags = flags - Counter(["BETWEEN", "AND"])
    return replace(frame, literals=literals, flags=flags)


def _way_of(item: Literal) -> str:
    columns = {m.column for m in item.mark.mentions} & {"origin", "dest", "destination"}
    return {"origin": "from"}.get(columns.pop(), "to") if len(columns) == 1 else ""


def side_by_side(frame: Frame, shape: Shape) -> Frame:
    """ "Compare A and B", "A vs B": the order says nothing, where the statement takes either."""
    column, many = shape.listed
    among = [i for i in frame.literals if any(m.column.lower() == column for m in i.mark.mentions)]
    if many < 2 or len(among) != many or not shape.grouped or len({i.mark.text for i in among}) != many:
        return frame
    if any(item.role not in ("", "from") for item in among):
        return frame
    literals = tuple(replace(i, role="among") if i in among else i for i in frame.literals)
    groups = frozenset(group for group in frame.groups if group != {"side"})
    words = without(frame.words, *_COMPARING)
    flags = without(frame.flags, "AND", "HOW", *(("BETWEEN",) if frame.flags["AND"] else ()))
    order = tuple(w for w in frame.order if words[w])
    return replace(frame, literals=literals, groups=groups, words=words, flags=flags, order=order)


def apart(frame: Frame, shape: Shape) -> Frame:
    """What is denied is that such rows are there: "never ordered" and "without orders" deny the same."""
    denied = {said: n for (name, said), n in frame.attached.items() if name == "NOT"}
    if not shape.apart or len(denied) != 1 or set(denied.values()) != {1}:
        return frame
    said = next(iter(denied))
    several = len({item.denied for item in frame.literals if item.mark.mentions}) > 1
    names = said in ("", "value") and (shape.names_apart or several)
    if said not in shape.apart | _BEING_THERE and not names:
        return frame
    attached = Counter({key: n for key, n in frame.attached.items() if key[0] != "NOT"})
    attached[("NOT", "*")] = 1
    literals = tuple(replace(item, role="") if item.role == "not" else item for item in frame.literals)
    idle = shape.apart | (_BEING_THERE - ({"depart", "arrive"} - {said}))
    left = {w: n for w, n in frame.words.items() if w not in idle}
    order = tuple(w for w in frame.order if w in left)
    return _told_apart(replace(frame, attached=attached, words=Counter(left), order=order, literals=literals))


def _told_apart(frame: Frame) -> Frame:
    """Of several names the one that is denied, and those that are not: "from here but not from there"."""
    ways = {item.denied for item in frame.literals if item.mark.mentions}
    if len(ways) < 2:
        return frame
    literals = tuple(
        replace(item, role=_side(item)) if item.mark.mentions else item for item in frame.literals
    )
    return replace(frame, literals=literals, flags=without(frame.flags, "BUT"))


def _side(item: Literal) -> str:
    """Who flies "to" a place is told apart: nobody has to say "from"."""
    return ("without" if item.denied else "with") + (" to" if item.role == "to" else "")
