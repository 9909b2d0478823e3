"""Measure the product on this machine and print a table: `make bench`, or `make bench ARGS="--only outside"`.

Everything runs in a temporary folder and is taken away again. Needs an idle machine for figures that mean
something; a target that is missed is printed as such and is no failure.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bench_cache
import bench_engine
import bench_export
import bench_imports
import bench_linking
import bench_load
import bench_outside
import bench_policy
import bench_questions
import bench_served
from analyst.cli.place import settings_here
from analyst.errors import AnalystError
from analyst.local.model_file import QWEN
from analyst.settings import Settings
from analyst.sources import read_sources
from bench_figures import Figure, table
from bench_installation import Place, Running
from bench_model import ScriptedModel

ON_A_SERVER = ("engine", "catalog", "export")
"""Parts that need nothing but a database of their own."""
PARTS = (
    *("imports", "linking", "outside", "policy", "model", "page", "memory", "start", "load", "cache"),
    *ON_A_SERVER,
)
USUAL = tuple(part for part in PARTS if part not in ("cache", "export"))
"""Filling the cache and writing millions of rows take minutes and gigabytes: measured only where they are named."""
MODEL_SECONDS = 0.2
"""How long the scripted model takes for one of many questions at once."""
SLOW_SECONDS = 8.0
"""How long a scripted model takes in place of the local one, so that there is time for clicks."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0; 1 when something could not be measured that should have been."""
    options = _options(arguments)
    logging.basicConfig(level=logging.ERROR)
    figures: list[Figure] = []
    load = _load()
    code = 0
    try:
        for figure in _measure(options):
            figures.append(figure)
            if figure.counted:
                _say(f"measured: {figure.title}")
    except AnalystError as error:
        sys.stderr.write(f"bench: {error}\n")
        code = 1
    sys.stdout.write(f"\n{_machine(load)}\n\n{table(figures)}")
    if options.json:
        options.json.write_text(json.dumps(_document(figures, load), indent=1) + "\n", encoding="utf-8")
    return code


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="Measure the product on this machine.")
    parser.add_argument("--only", type=_parts, default=USUAL, metavar="PART,…", help=", ".join(PARTS))
    parser.add_argument(
        "--examples", type=int, nargs="+", default=bench_cache.SIZES, metavar="N", help="sizes of the cache"
    )
    parser.add_argument("--model", action="store_true", help="fetch the model's file where it is missing")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    return parser.parse_args(arguments)


def _parts(text: str) -> tuple[str, ...]:
    wanted = tuple(part.strip() for part in text.split(",") if part.strip())
    unknown = sorted(set(wanted) - set(PARTS))
    if unknown or not wanted:
        raise argparse.ArgumentTypeError(
            f"there is {', '.join(PARTS)}, and no {', '.join(unknown) or 'other'}"
        )
    return wanted


def _measure(options: argparse.Namespace) -> Iterator[Figure]:
    only: Sequence[str] = options.only
    if "imports" in only:
        yield from bench_imports.measure()
    if "linking" in only:
        yield from bench_linking.measure()
    if "cache" in only:
        yield from _cache(options.examples)
    yield from _on_a_server(only)
    if not set(only) - {"imports", "linking", "cache", *ON_A_SERVER}:
        return
    wanted = settings_here()
    local_model = options.model or _model_file(wanted).exists()
    with Place(wanted) as place, ScriptedModel(bench_questions.scripted_replies()) as model:
        settings = place.settings
        if not local_model:
            settings = replace(settings, model="openai", model_id="scripted", model_url=model.url)
        first = _first_start(place, settings) if "start" in only else 0.0
        if "outside" in only:
            yield from _outside(place, model)
        if "policy" in only:
            yield from _policy(place, model)
        if "load" in only:
            yield from _load_of_questions(place, model)
        if set(only) - {"imports", "linking", "outside", "policy", "load", "cache", *ON_A_SERVER}:
            model.delay_seconds = SLOW_SECONDS
            yield from _served(place, settings, only=only, local_model=local_model, first=first)


def _outside(place: Place, model: ScriptedModel) -> Sequence[Figure]:
    figures: list[Figure] = []
    place.on_databases(lambda settings: figures.extend(bench_outside.measure(settings)), model_url=model.url)
    return figures


def _policy(place: Place, model: ScriptedModel) -> Sequence[Figure]:
    figures: list[Figure] = []
    place.on_databases(
        lambda settings: figures.extend(
            bench_policy.measure(read_sources(settings.sources).get("flights").url)
        ),
        model_url=model.url,
    )
    return figures


def _on_a_server(only: Sequence[str]) -> Iterator[Figure]:
    if "engine" in only:
        yield from bench_engine.measure_engine()
    if "catalog" in only:
        yield from bench_engine.measure_catalog()
    if "export" in only:
        with tempfile.TemporaryDirectory(prefix="analyst-bench-") as folder:
            yield from bench_export.measure(Path(folder))


def _load_of_questions(place: Place, model: ScriptedModel) -> Iterator[Figure]:
    """By the scripted model, whatever else there is: the order is measured, not the model."""
    model.delay_seconds = MODEL_SECONDS
    settings = replace(place.settings, model="openai", model_id="scripted", model_url=model.url)
    with Running(place, settings) as running:
        yield from bench_load.measure(running)


def _cache(sizes: Sequence[int]) -> Sequence[Figure]:
    """In an installation of its own, since nobody wants its examples afterwards."""
    figures: list[Figure] = []
    with Place(settings_here()) as place:
        place.on_databases(
            lambda settings: figures.extend(bench_cache.measure(settings, sizes=sizes)),
            model_url=bench_cache.NOBODY,
        )
    return figures


def _first_start(place: Place, settings: Settings) -> float:
    with Running(place, settings) as running:
        return running.ready_seconds


def _served(
    place: Place, settings: Settings, *, only: Sequence[str], local_model: bool, first: float
) -> Iterator[Figure]:
    with ExitStack() as stack:
        running = stack.enter_context(Running(place, settings))
        if "start" in only:
            yield bench_served.start(first, running.ready_seconds)
        if "model" in only and local_model:
            yield from bench_served.questions_to_the_model(running)
        elif "model" in only:
            reason = "the model's file is not there (--model fetches it)"
            yield Figure(part="model", title="Warm question with the local model", unit="s", skipped=reason)
        if "page" in only:
            yield from bench_served.clicks_on_the_page(running, local_model=local_model)
        if "memory" in only:
            yield _memory(running, only=only, local_model=local_model)


def _memory(running: Running, *, only: Sequence[str], local_model: bool) -> Figure:
    if local_model and "model" not in only:
        bench_served.warm_model(running)
    model = "with the local model loaded and used" if local_model else "WITHOUT a local model"
    return bench_served.memory(running, when=model)


def _model_file(settings: Settings) -> Path:
    return Path(settings.model_file) if settings.model_file else settings.cache / QWEN.name


def _load() -> float:
    return os.getloadavg()[0]


def _machine(load: float) -> str:
    cores = os.cpu_count() or 1
    known = f"{cores} cores, {platform.machine()}, Python {platform.python_version()}"
    busy = "" if load < 0.3 * cores else ": NOT idle, the figures were taken beside others"
    return f"{known}, load {load:.1f} before{busy}, {_load():.1f} after"


def _document(figures: Sequence[Figure], load: float) -> dict[str, Any]:
    return {
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cores": os.cpu_count(),
            "kind": platform.machine(),
            "load_before": load,
            "load_after": _load(),
        },
        "python": platform.python_version(),
        "figures": [figure.document() for figure in figures],
    }


def _say(text: str) -> None:
    """Progress for whoever waits."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
