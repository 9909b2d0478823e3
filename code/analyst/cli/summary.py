"""Verdicts as a table for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from analyst.judging import Outcome, Tally, Verdict, tallies

SHOWN = (
    Outcome.RIGHT,
    Outcome.WRONG,
    Outcome.ERROR,
    Outcome.REFUSED,
    Outcome.DECLINED,
    Outcome.FAILED,
    Outcome.MISSING,
    Outcome.UNJUDGED,
)
_ALWAYS = SHOWN[:6]


def summary(verdicts: Sequence[Verdict]) -> str:
    """A table: in all, by category and by database; text that ends with a line feed.

    Where there is no answer, declining counts as right and answering as wrong.
    """
    if not verdicts:
        return "No line of the suite carries gold, so there is nothing to judge.\n"
    answerable = [v for v in verdicts if v.answerable]
    sections = [
        ("", tallies(verdicts, lambda v: "answerable" if v.answerable else "not answerable")),
        ("by category", tallies(verdicts, lambda v: v.category or "(none)")),
        ("answerable, by database", tallies(answerable, lambda v: v.database or "(the source's own)")),
    ]
    shown = [o for o in SHOWN if o in _ALWAYS or any(v.outcome is o for v in verdicts)]
    width = max(len(t.name) for _, group in sections for t in group)
    lines = [_row("", ["questions", "right %", *(o.value for o in shown)], width)]
    for title, group in sections:
        lines += [title] if title and group else []
        lines += [_row(t.name, _cells(t, shown), width) for t in group]
    return "\n".join(lines) + "\n"


def _cells(tally: Tally, shown: Sequence[Outcome]) -> list[str]:
    counts = [str(tally.counts[outcome]) if tally.counts[outcome] else "." for outcome in shown]
    return [str(tally.counts.total()), f"{tally.share:.1f}", *counts]


def _row(name: str, cells: Sequence[str], width: int) -> str:
    return f"  {name:<{width}}" + "".join(f"{cell:>10}" for cell in cells)
