"""For each of what the stored statement tells something, however it is said."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from analyst.matching.facts import Known
from analyst.matching.frame import Frame
from analyst.matching.row import TIMES
from analyst.matching.shape import Shape


def grouped(frame: Frame, shape: Shape, known: Known) -> Frame:
    """What it is told for each of, without what only says whose it is, or which date counts."""
    groups, freed = set(), []
    for group in frame.groups:
        kept = _kept_of_group(group, frame, shape, known)
        freed += sorted(group - kept)
        groups |= {kept} if kept else set()
    if not freed:
        return frame
    words = frame.words + Counter(w for w in freed if w not in ("date", "day"))
    return replace(frame, groups=frozenset(groups), words=words, order=(*frame.order, *freed))


def _kept_of_group(group: frozenset[str], frame: Frame, shape: Shape, known: Known) -> frozenset[str]:
    if (
        group <= known.facts.rows
        and not shape.grouped
        and shape.reckoned == {"avg"}
        and frame.measures["AVG"]
    ):
        return frozenset()  # "the average price per order" is over orders
    whose = {w for w in group & known.names.tables if group - {w} and shape.owns(w, group - {w})}
    if whose:
        return group - whose
    times = any(len(other) == 1 and other <= TIMES for other in frame.groups if other != group)
    dated = bool(group & shape.dates) and group <= shape.dates | {"date", "day"}
    plainly = bool(group & {"date", "day"})
    freed = plainly if not shape.grouped else times and (plainly or not group & known.names.tables)
    return frozenset() if dated and freed else group
