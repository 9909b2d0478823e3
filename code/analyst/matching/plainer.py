"""Two questions in plainer words, as far as the stored statement shows that these mean the same."""

from __future__ import annotations

from dataclasses import replace

from analyst.matching.ages import aged, spanned
from analyst.matching.alike import added_up, as_told, joined, so_many, sorted_alike
from analyst.matching.facts import Known
from analyst.matching.frame import Frame, without
from analyst.matching.shape import NEW, OLD, Shape, shape_of
from analyst.matching.sides import apart, on_the_way, side_by_side
from analyst.matching.telling import only_amount, peak, reckoned
from analyst.matching.wholes import grouped
from analyst.matching.years import years_settled

_PEOPLE = frozenset(
    ("employee", "customer", "user", "member", "patient", "student", "guest", "person", "staff", "author", "doctor",
     "teacher", "client", "subscriber", "supplier", "manager", "player", "driver", "host", "tenant")
)  # fmt: skip


def plainer(new: Frame, old: Frame, known: Known) -> tuple[Frame, Frame]:
    """Both questions' parts, where different ways of asking for what the statement tells are made one."""
    shape = shape_of(known.sql, known.dialect, known.tables)
    new, old = so_many(added_up(new, old, shape), old, shape)
    new, old = as_told(new, old, shape)
    new, old = joined(*sorted_alike(new, old, shape), shape)
    made = [_one(frame, shape, known) for frame in (new, old)]
    return years_settled(made[0], made[1], shape.year) if known.facts.one_year else (made[0], made[1])


def _one(frame: Frame, shape: Shape, known: Known) -> Frame:
    frame = side_by_side(on_the_way(frame), shape)
    frame = grouped(frame, shape, known)
    frame = reckoned(frame, shape, known)
    frame = spanned(frame) if shape.spans else frame
    frame = aged(frame, shape)
    frame = peak(frame, shape)
    frame = only_amount(frame, shape, known)
    frame = apart(frame, shape)
    return _idle(frame, shape, known)


def _idle(frame: Frame, shape: Shape, known: Known) -> Frame:
    """Without words that say nothing beside what the statement does: in which order groups come, who its people are."""
    flags = frame.flags
    if shape.windowed or not frame.measures["SHARE"]:
        flags = without(flags, "SPREAD")
    if not shape.names_part:
        flags = without(flags, "WHOLE")
    if flags["ASC"] or flags["DESC"]:
        flags = without(flags, "SORTBY")
    if shape.by_groups:
        flags = without(flags, "BYTIME")
    if frame.measures and flags["HOW"]:
        flags = without(flags, "HOW")
    rows = known.facts.rows
    if (
        flags["WHO"]
        and (rows & _PEOPLE or (rows and rows <= frame.words.keys()))
        and not (frame.measures or shape.reckoned)
    ):
        flags = without(flags, "WHO")
        named = frame.end not in (NEW, OLD)
        frame = frame if not named else replace(frame, subject=next(iter(known.facts.rows)))
    return frame if flags is frame.flags else replace(frame, flags=flags)
