"""What is measured on an installation that serves: questions to the model, clicks on the page, memory."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import bench_questions
from analyst.identifying import os_user
from analyst.ports import QuestionRecord
from analyst.question import Usage
from bench_figures import Figure, number_text, spread
from bench_installation import Running, memory_bytes

MODEL_TARGET_SECONDS = 12.0
PAGE_TARGET_MS = 200.0
MEMORY_TARGET_GB = 4.0
START_TARGET_SECONDS = 15.0
LONGEST_QUESTION_SECONDS = 600.0
LOOK_SECONDS = 0.02
MODEL_STEPS = ("draft", "repair", "words")


def answer(running: Running, text: str) -> tuple[float, QuestionRecord]:
    """Put a question to the installation's workers and wait for its end; seconds, and what came of it."""
    house = running.house
    began = time.perf_counter()
    question = house.desk.new_question(
        text, source="", session_id="", principal=os_user(), request_id="bench", mode="fast", use_cache=False
    )
    house.desk.put(question)
    while not (record := house.questions.get(question.id)).status.finished:
        if time.perf_counter() - began > LONGEST_QUESTION_SECONDS:
            break
        time.sleep(LOOK_SECONDS)
    return time.perf_counter() - began, record


def warm_model(running: Running) -> None:
    """Wait for the model, and until it has read the stable part of the prompt."""
    running.await_model()
    answer(running, "How many airlines are there?")


def questions_to_the_model(running: Running) -> Iterator[Figure]:
    """Ten questions, one after another."""
    warm_model(running)
    answered = [(text, *answer(running, text)) for text in bench_questions.WITH_THE_MODEL]
    ended = ", ".join(record.status.value for _, _, record in answered)
    slowest = max(answered, key=lambda a: a[1])
    yield Figure(
        part="model",
        title="Warm question with the local model",
        unit="s",
        values=spread(seconds for _, seconds, _ in answered),
        target=("p50", MODEL_TARGET_SECONDS),
        counted=(
            f"From putting the question to its end stored, by a worker process; no HTTP. Slowest: {slowest[0]}\n"
            f"{len(answered)} questions: {ended}"
        ),
    )
    yield from _model_steps([(seconds, record) for _, seconds, record in answered])
    yield from _tokens([u for _, _, record in answered if (u := _usage(record))])


def _usage(record: QuestionRecord) -> Usage | None:
    return record.answer.receipt.usage if record.answer and record.answer.receipt else None


def _model_steps(answered: Sequence[tuple[float, QuestionRecord]]) -> Iterator[Figure]:
    by_step: defaultdict[str, list[float]] = defaultdict(list)
    for seconds, record in answered:
        asked = [step for step in record.steps if step.name in MODEL_STEPS]
        for step in asked:
            by_step[step.name].append(step.ms / 1000)
        by_step["everything else, waiting included"].append(seconds - sum(step.ms for step in asked) / 1000)
    for name, times in by_step.items():
        yield Figure(part="model", title=f"  of it {name} ({len(times)})", unit="s", values=spread(times))


def _tokens(usages: Sequence[Usage]) -> Iterator[Figure]:
    for name in ("prompt", "cached", "completion"):
        counts = [float(getattr(usage, f"{name}_tokens")) for usage in usages]
        yield Figure(part="model", title=f"  {name} tokens a question", unit="tokens", values=spread(counts))


def clicks_on_the_page(running: Running, *, local_model: bool) -> Iterator[Figure]:
    """How long the page takes to show what a click asks for, while a question runs."""
    import bench_page

    title = "Page answers a click while a question runs"
    reason = bench_page.missing()
    if reason:
        yield Figure(part="page", title=title, unit="ms", skipped=reason)
        return
    if local_model:
        running.await_model()
    clicks = bench_page.clicks(running)
    yield Figure(
        part="page",
        title=title,
        unit="ms",
        values=spread(ms for times in clicks.values() for ms in times),
        target=("p95", PAGE_TARGET_MS),
        counted=(
            f"{sum(map(len, clicks.values()))} clicks in headless Chromium, from the click to what it asks for"
            f" being on the page;\na question was being answered by {_who(local_model)} at the time."
        ),
    )
    for kind, times in clicks.items():
        yield Figure(part="page", title=f"  {kind} ({len(times)})", unit="ms", values=spread(times))


def _who(local_model: bool) -> str:
    return "the local model" if local_model else "a scripted model that takes its time"


def memory(running: Running, *, when: str) -> Figure:
    """What all processes of the installation hold together."""
    title = "Memory of everything together"
    if not Path("/proc/self/smaps_rollup").exists():
        return Figure(
            part="memory", title=title, unit="GB", skipped="only Linux tells how memory is shared (PSS)"
        )
    try:
        size, processes = memory_bytes(running.pid)
    except OSError:
        return Figure(part="memory", title=title, unit="GB", skipped="some processes may not be looked into")
    return Figure(
        part="memory",
        title=title,
        unit="GB",
        values={"value": size / 1e9},
        target=("value", MEMORY_TARGET_GB),
        counted=f"PSS of {processes} processes (Postgres's and the model's included), {when}; no browser.",
    )


def start(first: float, second: float) -> Figure:
    """How long `analyst up` takes when all is there already."""
    return Figure(
        part="start",
        title="Start: a second `analyst up` to Ready",
        unit="s",
        values={"value": second},
        target=("value", START_TARGET_SECONDS),
        counted=f"The first took {number_text(first)} s: packages there, database made and sample loaded in it.",
    )
