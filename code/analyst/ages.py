"""How old rows are, in words: the same for every front end."""

from __future__ import annotations

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def ago(seconds: float) -> str:
    """An age as people say it, rounded down: "12 minutes ago"."""
    for unit, length in _UNITS:
        count = int(seconds // length)
        if count:
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "less than a minute ago"


def reused(seconds: float | None) -> str:
    """The sentence of an answer whose rows were read that long before; empty for one whose rows were read for it."""
    return "" if seconds is None else f"Rows reused from {ago(seconds)} (result reuse of this source)."
