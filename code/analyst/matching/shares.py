"""A rate within each group, and how a whole is spread over the groups, are different shares."""

from __future__ import annotations

from analyst.matching.facts import Known
from analyst.matching.frame import Frame

_SHARES = frozenset(("SHARE", "FRACTION"))


def may_be_spread(new: Frame, old: Frame, known: Known) -> bool:
    """True where a statement tells a rate of each group, and one question may ask how its cases are spread over them.

    "The share of bookings that were cancelled" takes a share of bookings, "the share of cancellations" one of these.
    """
    if not _SHARES & set(new.measures):
        return False
    if not new.groups:
        return new.rated != old.rated and not all(_is_of_rows(frame, known) for frame in (new, old))
    if not known.facts.rate:
        return False
    if (new.told, new.rated, new.base, new.measured) == (old.told, old.rated, old.base, old.measured):
        return False
    return not all(_is_of_rows(frame, known) for frame in (new, old))


def _is_of_rows(frame: Frame, known: Known) -> bool:
    return frame.rated or frame.told[:1] == tuple(known.facts.rows)
