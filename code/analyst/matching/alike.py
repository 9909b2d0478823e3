"""Two questions that ask for the same order, end or measure in two ways."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from analyst.matching.frame import Frame, Literal, without
from analyst.matching.marking import Mark
from analyst.matching.shape import Shape

_OTHER = {"DESC": "ASC", "ASC": "DESC"}


def sorted_alike(new: Frame, old: Frame, shape: Shape) -> tuple[Frame, Frame]:
    """ "Worst first" is the order of a statement whose question says so, and "best first" the other one."""
    ways = {name for name in ("WORSTFIRST", "BESTFIRST") if old.flags[name]}
    if not shape.order or (not ways and not old.flags[shape.order]):
        return new, old
    first = ways.pop() if len(ways) == 1 else ""
    if not first and (new.bad or new.good):
        first = "WORSTFIRST" if (shape.order == "DESC") == new.bad else "BESTFIRST"
    if not first:
        return new, old
    said = {first: shape.order, ({"WORSTFIRST", "BESTFIRST"} - {first}).pop(): _OTHER[shape.order]}
    made = [
        replace(frame, flags=Counter(said.get(name, name) for name in frame.flags.elements()))
        for frame in (new, old)
    ]
    return made[0], made[1]


def joined(new: Frame, old: Frame, shape: Shape) -> tuple[Frame, Frame]:
    """ "Late but cheap" is "late and cheap", where both have to be true."""
    said = [frame.flags["AND"] + frame.flags["BUT"] for frame in (new, old)]
    if shape.either or said[0] != said[1] or not (new.flags["BUT"] or old.flags["BUT"]):
        return new, old
    made = [
        replace(frame, flags=without(frame.flags, "AND", "BUT") + Counter({"AND": said[0]}))
        for frame in (new, old)
    ]
    return made[0], made[1]


def so_many(new: Frame, old: Frame, shape: Shape) -> tuple[Frame, Frame]:
    """ "Which airline has the most" asks for one, and "which three airlines" for three."""
    said = [any(item.role == "top" for item in frame.literals) for frame in (new, old)]
    if not said[0] or said[1] or not (new.end == old.end and new.top and old.top and shape.limit == old.top):
        return new, old
    made = [frame if told else _with_top(frame) for frame, told in zip((new, old), said, strict=True)]
    return made[0], made[1]


def _with_top(frame: Frame) -> Frame:
    mark = Mark(kind="number", start=0, end=0, text=str(frame.top), number=Decimal(frame.top))
    top = Literal(role="top", about="", beside="", mark=mark)
    return replace(frame, literals=(top, *frame.literals))


def added_up(new: Frame, old: Frame, shape: Shape) -> Frame:
    """The "greatest total distance" is the most miles, where the statement adds them up."""
    adds = shape.reckoned == {"sum"} and shape.order and new.end and not old.measures
    if not adds or new.measures != Counter(["SUM"]):
        return new
    return replace(new, measures=Counter(), measured={}, ended=new.ended.union(*new.measured.values()))


def as_told(new: Frame, old: Frame, shape: Shape) -> tuple[Frame, Frame]:
    """The stored question asks for a sum or a number where that is what the statement tells, said or not."""
    told = (
        {"sum": "SUM", "count": "COUNT"}.get(next(iter(shape.tells), "")) if len(shape.tells) == 1 else None
    )
    if told is None or old.measures or old.end or old.lists in ("WHICH", "WHO") or shape.ratio:
        return new, old
    if new.measures != Counter([told]) or new.end or shape.reckoned != shape.tells:
        return new, old
    subject = new.subject if old.words[new.subject] else old.subject
    return new, replace(old, measures=Counter([told]), subject=subject)
