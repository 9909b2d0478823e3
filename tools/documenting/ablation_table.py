"""What each technique gains: the same suite answered as it is, and without one technique at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict

from analyst.cli.summary import share
from analyst.judging import Outcome, Verdict, changed
from bench_figures import number_text, spread
from documenting.fields import cell

HEAD = (
    "technique",
    "what it is",
    "right without it",
    "gain (questions)",
    "rightly declined",
    "prompt tokens, median",
    "SQL that does not run",
)


class AblationRow(TypedDict):
    """The suite answered without one technique, or as it is."""

    technique: str
    """Empty for the suite as it is."""
    said: str
    """What the technique is."""
    right: list[int]
    """Answerable questions answered right, and all of them."""
    declined: list[int]
    """Unanswerable questions declined, and all of them."""
    not_running: list[int]
    """Answerable questions without a result, as their SQL does not run, and all of them."""
    prompt_tokens: float
    gained: int
    """Questions of both kinds that are right with the technique and not without it."""
    lost: int
    """Questions of both kinds that are right without the technique and not with it."""


class Ablation(TypedDict):
    """A recorded ablation."""

    kind: Literal["ablation"]
    step: str
    suite: str
    taken_on: str
    about: dict[str, str]
    """As in a run."""
    rows: list[AblationRow]
    """As it is first, then the techniques, the largest gain first."""


def ablation_of(
    base: Sequence[Verdict],
    without: Mapping[str, Sequence[Verdict]],
    *,
    said: Mapping[str, str],
    step: str,
    suite: str,
    taken_on: str,
    about: Mapping[str, str],
) -> Ablation:
    """The table of verdicts on the suite as it is, and without each technique by its name."""
    rows = [_row(name, verdicts, base, said.get(name, "")) for name, verdicts in without.items()]
    rows.sort(key=lambda row: row["lost"] - row["gained"])
    return Ablation(
        kind="ablation",
        step=step,
        suite=suite,
        taken_on=taken_on,
        about=dict(about),
        rows=[_row("", base, base, ""), *rows],
    )


def ablation_section(ablation: Ablation) -> list[str]:
    """The lines of the page on one ablation."""
    about = ", ".join(f"{name} {value}" for name, value in ablation["about"].items() if value)
    title = f"## {ablation['step']}: {ablation['suite']}, {ablation['about']['mode']}, one technique left out"
    lines = [title, "", f"{ablation['taken_on']}; {about}.", ""]
    lines += [f"| {' | '.join(HEAD)} |", "|" + "---|" * len(HEAD)]
    return [*lines, *(f"| {' | '.join(map(cell, cells(row)))} |" for row in ablation["rows"]), ""]


def cells(row: AblationRow) -> list[str]:
    """One line of the table, a text for each heading."""
    net = row["gained"] - row["lost"]
    gain = f"{net:+d} ({row['gained']} gained, {row['lost']} lost)" if row["technique"] else ""
    return [
        row["technique"] or "(as it is)",
        row["said"],
        share(*row["right"]),
        gain,
        share(*row["declined"]),
        number_text(row["prompt_tokens"]),
        share(*row["not_running"]),
    ]


def _row(name: str, verdicts: Sequence[Verdict], base: Sequence[Verdict], said: str) -> AblationRow:
    judged = [v for v in verdicts if v.outcome is not Outcome.UNJUDGED]
    answerable = [v.outcome for v in judged if v.answerable]
    others = [v.outcome for v in judged if not v.answerable]
    pairs = changed(verdicts, base)
    broken = answerable.count(Outcome.ERROR) + answerable.count(Outcome.FAILED)
    return AblationRow(
        technique=name,
        said=said,
        right=[answerable.count(Outcome.RIGHT), len(answerable)],
        declined=[others.count(Outcome.RIGHT), len(others)],
        not_running=[broken, len(answerable)],
        prompt_tokens=spread(v.prompt_tokens for v in verdicts if v.attempts).get("p50", 0),
        gained=sum(now.outcome is Outcome.RIGHT for _, now in pairs),
        lost=sum(before.outcome is Outcome.RIGHT for before, _ in pairs),
    )
