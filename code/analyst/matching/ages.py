"""The newest and the oldest, when something was, and how long it took, as the stored statement tells it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from analyst.matching.frame import IN_MINUTES, Frame, without
from analyst.matching.shape import NEW, OLD, Shape

_AGED = {"FIRST": OLD, "LAST": NEW}
_OWN_WORDS = ("first", "last")
"""Where a column is called so, they are words."""
_SPANS = frozenset(
    (
        "time",
        "long",
        "take",
        "pass",
        "elapse",
        "elapsed",
        "elaps",
        "duration",
        "interval",
        "gap",
        "lag",
        "difference",
        "span",
    )
)
"""Words that say no more than that there is time between two days."""


def spanned(frame: Frame) -> Frame:
    """The "hours it takes to resolve", the "time to resolution in hours", and those "from here to there"."""
    units = {w for w in frame.words if w in IN_MINUTES} | ({frame.unit} if frame.unit else set())
    if len(units) > 1 or frame.measures.total() != 1 or frame.end:
        return frame
    words = without(frame.words, *units, *_SPANS)
    flags = without(frame.flags, "HOW")
    if flags["BETWEEN"] == 1 and flags["AND"]:
        flags = flags - Counter(["BETWEEN", "AND"])
    ways = {name for name, _ in frame.attached}
    passed = ("FROM", "TO") if "TO" in ways else ()  # "time from resolution" ends elsewhere
    attached = Counter({key: n for key, n in frame.attached.items() if key[0] not in passed})
    order = tuple(w for w in frame.order if words[w])
    return replace(
        frame, words=words, flags=flags, attached=attached, order=order, measured={}, unit="".join(units)
    )


def aged(frame: Frame, shape: Shape) -> Frame:
    """The "newest", "most recent" and "last" one are one, and so are "when" it was and its "date"."""
    if not shape.age:
        return frame
    said = {_AGED[name] for name, _ in frame.attached if name in _AGED}
    said |= {_AGED[word.upper()] for word in _OWN_WORDS if frame.words[word]}
    said |= {frame.end} if frame.end in (NEW, OLD) else set()
    if len(said) != 1 or (frame.end and frame.end not in said):
        return frame
    flags = Counter({name: n for name, n in frame.flags.items() if name.isupper() and n})
    words, head, top = without(frame.words, *_OWN_WORDS), frame.head, frame.top
    if not shape.tells_day and not head & shape.days:
        words = without(words, *shape.days)
    if shape.tells_day:
        asks = flags["WHEN"] or any(words[w] for w in shape.days)
        if not asks or frame.lists == "WHO":
            return frame
        flags, words = without(flags, "WHEN"), without(words, *shape.days)
        head, top = frozenset(), 0
    subject = "" if shape.tells_day else frame.subject
    if not shape.tells_day and shape.limit == 1 and not any(i.role == "top" for i in frame.literals):
        head, top, subject = frozenset(), 1, ""
    attached = Counter({key: n for key, n in frame.attached.items() if key[0] not in _AGED})
    order = tuple(w for w in frame.order if w in words)
    ended: frozenset[str] = frozenset()
    return replace(
        frame, end=said.pop(), flags=flags, words=words, order=order, attached=attached, head=head, top=top,
        ended=ended, subject=subject,
    )  # fmt: skip
