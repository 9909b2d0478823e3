"""docs/accuracy.md: how often the SQL was right, from the runs that were recorded in docs/accuracy.jsonl."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypedDict

from analyst.cli.summary import SHOWN
from analyst.judging import Tally, Verdict, tallies
from bench_figures import number_text, spread
from documenting.fields import cell

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, RUNS = "accuracy.md", "accuracy.jsonl"

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
    )


def record(run: Run, *, docs: Path = DOCS) -> None:
    """Keep a run, in place of an earlier one of the same step, suite and mode, and write the page anew."""
    runs = read_runs(docs)
    same = [place for place, other in enumerate(runs) if _name(other) == _name(run)]
    if same:
        runs[same[0]] = run
    else:
        runs.append(run)
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in runs)
    (docs / RUNS).write_text(lines, encoding="utf-8")
    (docs / PAGE).write_text(text(runs), encoding="utf-8")


def read_runs(docs: Path = DOCS) -> list[Run]:
    """Every recorded run, in the order of recording."""
    file = docs / RUNS
    lines = file.read_text(encoding="utf-8").split("\n") if file.exists() else []
    return [json.loads(line) for line in lines if line.strip()]


def text(runs: Sequence[Run] | None = None) -> str:
    """The whole page."""
    known = read_runs() if runs is None else runs
    if not known:
        return f"{HEAD}\nNo run has been recorded yet.\n"
    return "\n".join([HEAD, *_overview(known), *(line for run in known for line in _section(run))])


def _name(run: Run) -> tuple[str, str, str]:
    return run["step"], run["suite"], run["about"]["mode"]


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
    if not total:
        return "–"
    part = sum(counts.get(outcome, 0) for outcome in outcomes)
    return f"{100 * part / total:.1f} % ({part}/{total})"


def _section(run: Run) -> list[str]:
    about = ", ".join(f"{name} {value}" for name, value in run["about"].items() if value)
    groups = {**run["totals"], **run["categories"]}
    databases = {f"database {name}": counts for name, counts in run["databases"].items() if name}
    shown = [o for o in SHOWN if any(o.value in counts for counts in groups.values())]
    head = ["", "right %", *(outcome.value for outcome in shown)]
    lines = [f"## {run['step']}: {run['suite']}, {run['about']['mode']}", ""]
    lines += [f"{run['taken_on']}; {about}.", "", _row(head), "|" + "---|" * len(head)]
    for name, counts in {**groups, **databases}.items():
        share = _share(counts, "right").split(" %")[0]
        lines.append(_row([name or "(none)", share, *(str(counts.get(o.value, 0)) for o in shown)]))
    spent = "; ".join(
        f"{what} {number_text(values.get('p50', 0))} (p95 {number_text(values.get('p95', 0))})"
        for what, values in run["spent"].items()
    )
    return [*lines, "", f"A question's median: {spent}.", ""]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell(c) for c in cells) + " |"
