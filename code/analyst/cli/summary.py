"""Verdicts as a table for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from analyst.judging import Outcome, Tally, Verdict, at_levels, refusals, risk_coverage, tallies

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
    """A table: in all, by category and by database, then what was declined and how much confidence tells.

    Text that ends with a line feed. Where there is no answer, declining counts as right and answering as wrong.
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
    return "\n".join([*lines, *_declined(verdicts), *_risk(verdicts)]) + "\n"


def share(part: int, whole: int) -> str:
    """A share in percent with the numbers behind it; a dash for a share of nothing."""
    return f"{100 * part / whole:.1f} % ({part}/{whole})" if whole else "–"


def _declined(verdicts: Sequence[Verdict]) -> list[str]:
    found = refusals(verdicts)
    return [
        f"unanswerable and declined: {share(found.refused, found.unanswerable)};"
        f" answerable and declined: {share(found.declined, found.answerable)}"
    ]


def _risk(verdicts: Sequence[Verdict]) -> list[str]:
    """A line on the surest shares of the answers."""
    steps = at_levels(risk_coverage(verdicts))
    if len(steps) == 1:
        return [f"right of the answers given: {100 * steps[0].accuracy:.1f} %, all of one confidence"]
    shown = (f"{100 * s.coverage:.0f} %: {100 * s.accuracy:.1f} % (from {s.threshold:.2f})" for s in steps)
    return (
        [f"right of the surest answers, by their share and confidence: {', '.join(shown)}"] if steps else []
    )


def _cells(tally: Tally, shown: Sequence[Outcome]) -> list[str]:
    counts = [str(tally.counts[outcome]) if tally.counts[outcome] else "." for outcome in shown]
    return [str(tally.counts.total()), f"{tally.share:.1f}", *counts]


def _row(name: str, cells: Sequence[str], width: int) -> str:
    return f"  {name:<{width}}" + "".join(f"{cell:>10}" for cell in cells)
