"""Time to link a question to a catalog of 1,000 tables and 20,000 columns, and to look its values up there."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from analyst import values
from analyst.catalog import Catalog
from analyst.linking import Index, link
from bench_figures import Figure, spread

BUDGET = 2000
LINK_MS, FIND_MS, BUILD_SECONDS = 100.0, 50.0, 1.5
COUNTED = f"""\
A catalog of 1,000 tables and 20,000 columns from tests/linking, {BUDGET:,} tokens of schema, every question of its
questions.jsonl once; what is worked out once of a catalog is measured by itself."""
_DATA = Path(__file__).parents[1] / "tests" / "linking"


def measure() -> Iterator[Figure]:
    """Build, values and link, each with its own line."""
    data = _data()
    catalog: Catalog = data.merged(list(data.databases().values()))
    questions = [one.question for one in data.asked()]
    index, seconds = _timed(lambda: Index.build(catalog))
    _, first = _timed(lambda: values.find(questions[0], catalog))
    yield _once("Index of a large catalog", seconds, target=BUILD_SECONDS)
    yield _once("Values of a large catalog, first question", first)
    named = [_timed(partial(values.find, question, catalog)) for question in questions]
    linked = [
        _timed(partial(link, question, catalog, budget=BUDGET, mentions=found, index=index))
        for question, (found, _) in zip(questions, named, strict=True)
    ]
    yield _each("Values named by a question, large catalog", named, target=FIND_MS)
    yield _each("Linking a question, large catalog", linked, target=LINK_MS, counted=COUNTED)


def _data() -> Any:
    """The module beside the test data, which makes the catalog."""
    sys.path.insert(0, str(_DATA))
    try:
        return importlib.import_module("merged_catalog")
    finally:
        sys.path.remove(str(_DATA))


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    made = work()
    return made, time.perf_counter() - began


def _once(title: str, seconds: float, *, target: float | None = None) -> Figure:
    limit = ("value", target) if target else None
    return Figure(part="linking", title=title, unit="s", values={"value": seconds}, target=limit)


def _each(title: str, timed: list[tuple[Any, float]], *, target: float, counted: str = "") -> Figure:
    figures = spread(1000 * seconds for _, seconds in timed)
    return Figure(
        part="linking", title=title, unit="ms", values=figures, target=("p95", target), counted=counted
    )


if __name__ == "__main__":
    from bench_figures import table

    sys.stdout.write(table(list(measure())))
