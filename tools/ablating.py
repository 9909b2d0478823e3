"""A suite answered as it is and once without each technique, so that what does not pay can go."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from analyst.judging import Verdict
from analyst.techniques import TECHNIQUES
from documenting.ablation_table import HEAD, Ablation, ablation_of, cells

__all__ = [
    "ALL",
    "TECHNIQUES",
    "ablation_of",
    "chosen",
    "environment",
    "predictions_without",
    "report",
    "without_each",
]

ALL = "all"
"""What stands for every technique on the command line."""


def chosen(text: str, *, off: Sequence[str]) -> list[str]:
    """The techniques of a list with commas, or all of them, without those that are off already.

    Raises ValueError naming what is no technique.
    """
    wanted = [name.strip() for name in text.split(",") if name.strip()]
    names = list(TECHNIQUES) if ALL in wanted else list(dict.fromkeys(wanted))
    unknown = [name for name in names if name not in TECHNIQUES]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no technique; there are {', '.join(TECHNIQUES)}.")
    return [name for name in names if name not in off]


def without_each(
    names: Sequence[str], *, off: Sequence[str], answer: Callable[[str], list[Verdict]]
) -> dict[str, list[Verdict]]:
    """The verdicts without each technique, besides those that are off already; `answer` gets the technique's name."""
    found = {}
    for name in names:
        with environment({"ANALYST_WITHOUT": ",".join([*off, name])}):
            found[name] = answer(name)
    return found


@contextmanager
def environment(changes: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables, which are as before at the end."""
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def predictions_without(name: str, out: Path) -> Path:
    """Where the predictions without a technique are written, beside those of the suite as it is."""
    return out.with_name(f"{out.name.removesuffix('.jsonl')}.without-{name}.jsonl")


def report(ablation: Ablation) -> str:
    """The table for the terminal, without the sentences on the techniques."""
    rows = [HEAD, *(cells(row) for row in ablation["rows"])]
    return _columns([[text for place, text in enumerate(row) if place != 1] for row in rows])


def _columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows of texts as columns of one width."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(f"{t:<{w}}" for t, w in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(lines) + "\n"
