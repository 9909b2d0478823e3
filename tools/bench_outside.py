"""Time of a question that is neither the model's nor the database's, through the worker's own path."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import bench_questions
from analyst.catalog import Catalog
from analyst.draft import Query
from analyst.identifying import os_user
from analyst.ports import Cancellation, Engine, Model, Prompt, Reply, ResultSink
from analyst.question import Question, Step
from analyst.result import Cell, ResultColumn
from analyst.settings import Settings
from analyst.sources import SourceTable, read_sources
from analyst.spending import Spent
from analyst.wiring import House
from bench_figures import Figure, number_text, spread

TARGET_MS = 50.0
ROUNDS = 2
BETWEEN = "take in, hand over, finish"
COUNTED = """\
Counted: storing the question, claim, embedding it, catalog from the store, linking, prompt, guard, storing
rows, checks, chart, words checked, every progress note, finish. Not counted: the model's call, and the source
database from connecting to its last row read. Warm process, no HTTP, no page."""


class Stopwatch:
    """Seconds spent outside, by the step that spent them; time may be given back while it runs."""

    def __init__(self) -> None:
        self.step = BETWEEN
        self.away: defaultdict[str, float] = defaultdict(float)
        self.model = 0.0

    @contextmanager
    def outside(self, step: str, *, sign: int = 1) -> Iterator[None]:
        """What happens inside is not ours, or, with sign -1, ours after all."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.away[step] += sign * (time.perf_counter() - began)

    def follow(self, steps: Sequence[Step]) -> None:
        """Know which step runs."""
        self.step = steps[-1].name


@dataclass
class TimedModel:
    """A model whose calls are not counted."""

    model: Model
    watch: Stopwatch

    @property
    def name(self) -> str:
        """The model's id."""
        return self.model.name

    def complete(self, prompt: Prompt, *, cancellation: Cancellation) -> Reply:
        """The model's whole reply."""
        began = time.perf_counter()
        with self.watch.outside(self.watch.step):
            reply = self.model.complete(prompt, cancellation=cancellation)
        self.watch.model += time.perf_counter() - began
        return reply


@dataclass
class TimedSink:
    """A sink inside of what is not counted; its own work is."""

    sink: ResultSink
    watch: Stopwatch

    def columns(self, columns: Sequence[ResultColumn]) -> None:
        """Called once."""
        with self.watch.outside("run", sign=-1):
            self.sink.columns(columns)

    def rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        """The next batch."""
        with self.watch.outside("run", sign=-1):
            self.sink.rows(rows)


@dataclass
class TimedEngine:
    """An engine whose calls are not counted, but for what they call back."""

    engine: Engine
    watch: Stopwatch

    @property
    def dialect(self) -> str:
        """The SQL it speaks."""
        return self.engine.dialect

    @property
    def charges(self) -> bool:
        """Whether queries cost money."""
        return self.engine.charges

    def catalog(self, *, source: str) -> Catalog:
        """What the database holds."""
        with self.watch.outside("catalog"):
            return self.engine.catalog(source=source)

    def explain(self, query: Query, *, timeout_seconds: float) -> float | None:
        """Plan the query."""
        with self.watch.outside("explain"):
            return self.engine.explain(query, timeout_seconds=timeout_seconds)

    def run(
        self,
        query: Query,
        sink: ResultSink,
        *,
        timeout_seconds: float,
        on_handle: Callable[[Mapping[str, Any]], None],
        cancellation: Cancellation,
    ) -> bool:
        """Stream the rows to the sink."""

        def hold(handle: Mapping[str, Any]) -> None:
            with self.watch.outside("run", sign=-1):
                on_handle(handle)

        with self.watch.outside("run"):
            return self.engine.run(
                query,
                TimedSink(sink, self.watch),
                timeout_seconds=timeout_seconds,
                on_handle=hold,
                cancellation=cancellation,
            )

    def cancel(self, handle: Mapping[str, Any]) -> bool:
        """Stop a query."""
        return self.engine.cancel(handle)

    def bound(self, query: Query) -> Spent | None:
        """The most that a query may cost."""
        with self.watch.outside("explain"):
            return self.engine.bound(query)

    def spent(self) -> Spent | None:
        """What the last query cost."""
        return self.engine.spent()

    def can_write(self) -> bool:
        """Ask the database what the role may do."""
        with self.watch.outside(BETWEEN):
            return self.engine.can_write()

    def close(self) -> None:
        """Give connections back."""
        with self.watch.outside(BETWEEN):
            self.engine.close()


class TimedSources(SourceTable):
    """Sources whose engines are timed."""

    def __init__(self, sources: SourceTable, watch: Stopwatch) -> None:
        super().__init__(sources.all)
        self._watch = watch

    def engine(self, key: str, *, query_id: str) -> Engine:
        """An engine for one question."""
        return TimedEngine(super().engine(key, query_id=query_id), self._watch)


class TimedHouse(House):
    """The product's own parts, with a stopwatch where they meet model and database."""

    def __init__(self, settings: Settings, watch: Stopwatch) -> None:
        super().__init__(settings)
        self.watch = watch

    @cached_property
    def sources(self) -> SourceTable:
        """The databases that may be asked."""
        return TimedSources(read_sources(self.settings.sources), self.watch)

    @cached_property
    def model(self) -> Model:
        """The scripted model."""
        return TimedModel(super().model, self.watch)


@dataclass(frozen=True, kw_only=True)
class Timing:
    """One question: milliseconds of ours, in all and by step."""

    text: str
    status: str
    total: float
    steps: Mapping[str, float]
    model: float


def measure(settings: Settings) -> list[Figure]:
    """Ask everything there is to ask, in this process; the settings name the databases and a scripted model."""
    logging.getLogger("analyst").setLevel(logging.ERROR)
    house = TimedHouse(settings, Stopwatch())
    try:
        return _figures(list(_timings(house)))
    finally:
        house.close()


def _timings(house: TimedHouse) -> Iterator[Timing]:
    questions = [*bench_questions.scripted_replies(), *bench_questions.APPROVED]
    for text in questions[:: len(questions) // 4]:
        _ask(house, text)  # imports, connections and the embedder's model are there from now on
    session = ""
    for number in range(ROUNDS):
        for text in questions:
            timing, asked = _ask(house, text, session=session)
            # The first round asks in new sessions; the second is one long conversation.
            session = asked.session_id if number else ""
            yield timing


def _ask(house: TimedHouse, text: str, *, session: str = "") -> tuple[Timing, Question]:
    watch = house.watch
    watch.step, watch.model = BETWEEN, 0.0
    watch.away.clear()
    worker = house.worker("bench", on_steps=watch.follow)
    began = time.perf_counter()
    question = house.desk.new_question(
        text,
        source="",
        session_id=session,
        principal=os_user(),
        request_id="bench",
        mode="fast",
        use_cache=True,
    )
    house.desk.put(question)
    worker.take_up(question.id)
    wall = 1000 * (time.perf_counter() - began)
    record = house.questions.get(question.id)
    return _timing(text, record.status.value, wall=wall, steps=record.steps, watch=watch), question


def _timing(text: str, status: str, *, wall: float, steps: Sequence[Step], watch: Stopwatch) -> Timing:
    away = {step: 1000 * seconds for step, seconds in watch.away.items()}
    ours: defaultdict[str, float] = defaultdict(float)
    for step in steps:
        ours[step.name] += step.ms
    ours[BETWEEN] = wall - sum(ours.values())
    for step_name, ms in away.items():
        ours[step_name] -= ms
    return Timing(
        text=text, status=status, total=wall - sum(away.values()), steps=ours, model=1000 * watch.model
    )


def _figures(timings: Sequence[Timing]) -> list[Figure]:
    outside = Figure(
        part="outside",
        title="Time outside model and database, a question",
        unit="ms",
        values=spread(t.total for t in timings),
        target=("p95", TARGET_MS),
        counted=f"{COUNTED}\n{_asked(timings)}\n{_slowest(timings)}",
    )
    return [outside, *_by_step(timings)]


def _by_step(timings: Sequence[Timing]) -> Iterator[Figure]:
    names = dict.fromkeys(name for t in timings for name in t.steps)
    shares = {name: [t.steps[name] for t in timings if name in t.steps] for name in names}
    for name in sorted(shares, key=lambda n: -sum(shares[n])):
        yield Figure(part="outside", title=f"  of it {name}", unit="ms", values=spread(shares[name]))
    calls = spread(t.model for t in timings if t.model)
    yield Figure(part="outside", title="  not counted: calls of the instant model", unit="ms", values=calls)


def _asked(timings: Sequence[Timing]) -> str:
    counts: defaultdict[str, int] = defaultdict(int)
    for timing in timings:
        counts[timing.status] += 1
    repaired = sum("repair" in t.steps for t in timings)
    approved = sum("draft" not in t.steps for t in timings)
    ended = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    return (
        f"{len(timings)} questions ({ended}); {repaired} of them repaired, {approved} from approved examples."
    )


def _slowest(timings: Sequence[Timing]) -> str:
    worst = sorted(timings, key=lambda t: -t.total)[:3]
    return "Slowest: " + "; ".join(f"{t.text} {number_text(t.total)} ms" for t in worst)
