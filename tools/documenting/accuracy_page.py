"""docs/accuracy.md: how often the SQL was right, from the runs that were recorded in docs/accuracy.jsonl."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from analyst.cli.summary import SHOWN, share
from analyst.judging import RiskStep, Tally, Verdict, at_levels, risk_coverage, tallies
from bench_figures import number_text, spread
from documenting.ablation_table import Ablation, ablation_section
from documenting.fields import cell

DOCS = Path(__file__).resolve().parents[2] / "docs"
LEFT_OUT = Path(__file__).with_name("accuracy_left_out.md")
PAGE, RUNS = "accuracy.md", "accuracy.jsonl"
MOST_LINES = 200
"""Of the page; what is told of older runs one by one is left out first."""

HEAD = """# How often the SQL is right

Each line of a suite asks one question: `{"id", "question", "context"?, "database"?, "category"?, "gold"?}`. Its gold
is SQL that is known to be right (`;` between alternatives, `{a, b}` where any of the columns will do, and `{}` for
the same choice again), or empty where the data holds no answer. An answer is right when some choice of its columns
holds the rows of a gold query: in any order, duplicates ignored, numbers to four significant digits. Gold is
looked at when all questions are answered, and runs as the same role, in a read-only transaction.

```
make bench-sql                                          # the questions on the sample, tools/suites/flights.jsonl
make bench-sql SUITE=mine.jsonl URL=postgresql://…       # your own
make bench-sql ARGS="--against EARLIER.verdicts.jsonl"   # which questions changed; exit 1 when fewer are right
make bench-sql ARGS="--record 'name of the step'"        # one more run on this page
make bench-sql ABLATE=1 ARGS="--sample 60"               # what each technique gains, on a fixed sample of the suite
```

`ANALYST_REPLIES=FOLDER` keeps the model's replies by prompt, model and settings, so that a run after a change asks
the model only what has changed.
"""


class Run(TypedDict):
    """One recorded run."""

    step: str
    suite: str
    taken_on: str
    about: dict[str, str]
    """Model, hash of the prompts, mode, and the settings that matter."""
    totals: dict[str, dict[str, int]]
    """Group ("answerable", "not answerable") -> outcome -> questions."""
    categories: dict[str, dict[str, int]]
    databases: dict[str, dict[str, int]]
    """Of the answerable questions."""
    spent: dict[str, dict[str, float]]
    """A question's "prompt tokens", "completion tokens" and "seconds": each "p50" and "p95"."""
    risk: NotRequired[list[list[float]]]
    """[coverage, accuracy, confidence] of the surest answers, see `analyst.judging.at_levels`."""


def run_of(
    verdicts: Sequence[Verdict], *, step: str, suite: str, taken_on: str, about: Mapping[str, str]
) -> Run:
    """A run as it is recorded; tokens are those of questions that a model was asked."""
    asked = [v for v in verdicts if v.attempts]
    answerable = [v for v in verdicts if v.answerable]
    return Run(
        step=step,
        suite=suite,
        taken_on=taken_on,
        about=dict(about),
        totals=_counts(tallies(verdicts, lambda v: "answerable" if v.answerable else "not answerable")),
        categories=_counts(tallies(verdicts, lambda v: v.category)),
        databases=_counts(tallies(answerable, lambda v: v.database)),
        spent={
            "prompt tokens": _spread(v.prompt_tokens for v in asked),
            "completion tokens": _spread(v.completion_tokens for v in asked),
            "seconds": _spread(v.seconds for v in verdicts if v.status),
        },
        risk=[[round(n, 4) for n in step] for step in at_levels(risk_coverage(verdicts))],
    )


def record(document: Run | Ablation, *, docs: Path = DOCS) -> None:
    """Keep a run or an ablation, in place of an earlier one of its name, and write the page anew.

    Its name is what it is, its step, suite and mode.
    """
    documents = _documents(docs)
    same = [place for place, other in enumerate(documents) if _name(other) == _name(document)]
    if same:
        documents[same[0]] = dict(document)
    else:
        documents.append(dict(document))
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in documents)
    (docs / RUNS).write_text(lines, encoding="utf-8")
    (docs / PAGE).write_text(text(docs=docs), encoding="utf-8")


def read_runs(docs: Path = DOCS) -> list[Run]:
    """Every recorded run, in the order of recording."""
    return [document for document in _documents(docs) if "kind" not in document]


def read_ablations(docs: Path = DOCS) -> list[Ablation]:
    """Every recorded ablation, in the order of recording."""
    return [document for document in _documents(docs) if document.get("kind") == "ablation"]


def text(*, docs: Path = DOCS) -> str:
    """The whole page."""
    runs, ablations = read_runs(docs), read_ablations(docs)
    if not runs and not ablations:
        return f"{HEAD}\nNo run has been recorded yet.\n"
    lines = [*HEAD.split("\n"), *(_overview(runs) if runs else [])]
    lines += LEFT_OUT.read_text(encoding="utf-8").split("\n")
    for ablation in ablations:
        lines += ablation_section(ablation)
    return "\n".join([*lines, *_details(runs, room=MOST_LINES - len(lines))])


def _details(runs: Sequence[Run], *, room: int) -> list[str]:
    """What is told of single runs, as many of the latest as there is room for, in the order of recording."""
    shown: list[list[str]] = []
    for run in reversed(runs):
        section = _section(run)
        room -= len(section)
        if room < 3:
            left = len(runs) - len(shown)
            older = f"The details of {left} other runs are in `{RUNS}` alone."
            return [older, "", *(line for part in reversed(shown) for line in part)]
        shown.append(section)
    return [line for part in reversed(shown) for line in part]


def _documents(docs: Path) -> list[Any]:
    file = docs / RUNS
    lines = file.read_text(encoding="utf-8").split("\n") if file.exists() else []
    return [json.loads(line) for line in lines if line.strip()]


def _name(document: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return document.get("kind", ""), document["step"], document["suite"], document["about"]["mode"]


def _counts(groups: Iterable[Tally]) -> dict[str, dict[str, int]]:
    return {t.name: {o.value: t.counts[o] for o in SHOWN if t.counts[o]} for t in groups}


def _spread(values: Iterable[float]) -> dict[str, float]:
    return {name: value for name, value in spread(values).items() if name != "max"}


def _overview(runs: Sequence[Run]) -> list[str]:
    """One line a run: the steps and what each gained."""
    head = (
        "| step | suite | mode | answerable right | no result | rightly declined | wrongly declined |"
        " prompt tokens, median | s a question, median (p95) | model |"
    )
    lines = ["## The steps", "", head, "|" + "---|" * 10]
    for run in runs:
        answerable, not_answerable = (run["totals"].get(n, {}) for n in ("answerable", "not answerable"))
        tokens, seconds = run["spent"]["prompt tokens"], run["spent"]["seconds"]
        cells = [
            run["step"],
            run["suite"],
            run["about"]["mode"],
            _share(answerable, "right"),
            _share(answerable, "error", "failed"),
            _share(not_answerable, "right"),
            _share(answerable, "declined"),
            number_text(tokens.get("p50", 0)),
            f"{number_text(seconds.get('p50', 0))} ({number_text(seconds.get('p95', 0))})",
            run["about"]["model"],
        ]
        lines.append("| " + " | ".join(cell(c) for c in cells) + " |")
    return [*lines, ""]


def _share(counts: Mapping[str, int], *outcomes: str) -> str:
    total = sum(counts.values()) - counts.get("unjudged", 0)
    return share(sum(counts.get(outcome, 0) for outcome in outcomes), total)


def _section(run: Run) -> list[str]:
    about = ", ".join(f"{name} {value}" for name, value in run["about"].items() if value)
    groups = {**run["totals"], **run["categories"]}
    databases = {f"database {name}": counts for name, counts in run["databases"].items() if name}
    shown = [o for o in SHOWN if any(o.value in counts for counts in groups.values())]
    head = ["", "right %", *(outcome.value for outcome in shown)]
    lines = [f"## {run['step']}: {run['suite']}, {run['about']['mode']}", ""]
    lines += [f"{run['taken_on']}; {about}.", "", _row(head), "|" + "---|" * len(head)]
    for name, counts in {**groups, **databases}.items():
        right = _share(counts, "right").split(" %")[0]
        lines.append(_row([name or "(none)", right, *(str(counts.get(o.value, 0)) for o in shown)]))
    spent = "; ".join(
        f"{what} {number_text(values.get('p50', 0))} (p95 {number_text(values.get('p95', 0))})"
        for what, values in run["spent"].items()
    )
    return [*lines, "", f"A question's median: {spent}.", "", *_curve(run)]


def _curve(run: Run) -> list[str]:
    """How right the answers are when only the surest are given."""
    steps = [RiskStep(*step) for step in run.get("risk", ())]
    if not steps:
        return []
    if len(steps) == 1:
        known = f"{100 * steps[0].accuracy:.1f} % of the answers given are right; all are of one confidence."
        return [known, ""]
    rows = (
        ["the surest answers", *(f"{100 * step.coverage:.0f} %" for step in steps)],
        ["right % of them", *(f"{100 * step.accuracy:.1f}" for step in steps)],
        ["confidence from", *(f"{step.threshold:.2f}" for step in steps)],
    )
    return [_row(rows[0]), "|" + "---|" * len(rows[0]), *map(_row, rows[1:]), ""]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell(c) for c in cells) + " |"
