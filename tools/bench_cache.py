"""The answer cache with very many approved examples: how fast it decides, what it finds, and how fast a hit answers.

    python tools/bench_cache.py --state postgresql://…/scratch --flights postgresql://…/flights --sizes 100000

EVERY example in the state database is replaced by synthetic ones. Beside the embedding means: from the question's
vector to the verdict, by the same parts that answer questions.
"""

from __future__ import annotations

import argparse
import json
import logging
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy
import psycopg2

import bench_cache_rows as rows
from analyst import explaining, matching
from analyst.catalog import Catalog
from analyst.example import Example, ExampleStatus
from analyst.identifying import os_user
from analyst.question_vectors import QuestionVectors
from analyst.settings import Settings
from analyst.stores import example_vectors
from analyst.wiring import House
from bench_figures import Figure, spread

SIZES = (100_000, 1_000_000)
NOBODY = "http://127.0.0.1:9"
"""Where no model is served."""
LIMIT = 20
"""Candidates of a look-up, as the product looks at them."""
PER_SOURCE = 4
HITS = 60
MEDIAN_MS, DECISION_MS, HIT_MS, MISSED = 20.0, 60.0, 300.0, 5.0
_EXAMPLES = Path(__file__).parent / "nycflights13" / "examples.jsonl"
COUNTED = f"""\
Over {rows.SOURCES} sources, the largest with 22 % of all, the smallest with 0.4 %; {PER_SOURCE} questions to each,
which lie beside one of its examples. Counted: the filtered look-up of {LIMIT} candidates and the comparison of the
{explaining.COMPARED} nearest with the question, up to the first that answers. Not counted: embedding the question."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question to one source, with its vector."""

    text: str
    source: str
    vector: Sequence[float]


def measure(settings: Settings, *, sizes: Sequence[int] = SIZES) -> Iterator[Figure]:
    """Fill, look up, teach and ask, for each size; the settings name the databases, and a model that nobody serves."""
    logging.getLogger("analyst").setLevel(logging.ERROR)
    house = House(replace(settings, model="openai", model_id="stopped", model_url=NOBODY))
    try:
        house.state.migrate()
        pool = rows.templates(house.embedder)
        for size in sizes:
            yield from _measured(house, pool, size)
    finally:
        house.close()


def _measured(house: House, pool: Sequence[rows.Template], size: int) -> Iterator[Figure]:
    key = house.sources.get().key
    catalog = house.catalog(key)
    keys = [f"bench-{number:02}" for number in range(rows.SOURCES)]
    keys[rows.SOURCES // 2] = key
    vectors = QuestionVectors(house.embedder)
    began = time.perf_counter()
    rows.load(
        house.settings.state_url,
        pool,
        total=size,
        keys=keys,
        fingerprint=catalog.fingerprint(),
        embedder=vectors.name,
    )
    yield _figure(f"{size:,} examples: filling and indexing", "s", {"value": time.perf_counter() - began})
    asked = list(_questions(house.settings.state_url, pool, keys))
    yield from _looked_up(house, asked, catalog, size)
    yield _found_next(house, catalog, size)
    yield from _hits(house, size)


def _questions(url: str, pool: Sequence[rows.Template], keys: Sequence[str]) -> Iterator[Asked]:
    """Each source in turn, so that none is asked twice in a row."""
    generator = numpy.random.default_rng(rows.SEED + 1)
    texts = {template.question for template in pool}
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            for number in range(PER_SOURCE):
                for key in keys:
                    cursor.execute(
                        "SELECT question, vector::text FROM examples WHERE source = %s ORDER BY md5(id::text)"
                        " OFFSET %s LIMIT 1",
                        (key, number),
                    )
                    ((question, text),) = cursor.fetchall()
                    near = rows.near(_array(text), amount=0.3, generator=generator)[0]
                    plain = question.rpartition(" (")[0]
                    assert plain in texts
                    yield Asked(text=plain, source=key, vector=near.tolist())
    finally:
        connection.close()


def _looked_up(house: House, asked: Sequence[Asked], catalog: Catalog, size: int) -> Iterator[Figure]:
    embedder = QuestionVectors(house.embedder).name
    for one in asked[:: len(asked) // 10]:
        _decided(house, one, catalog, embedder)  # connections and imports are there from now on
    timed = [_decided(house, one, catalog, embedder) for one in asked]
    exact = _one_by_one(house, asked, embedder)
    shares = [len(ids & right) / len(right) for (_, _, ids), right in zip(timed, exact, strict=True)]
    decided = spread(look + judge for look, judge, _ in timed)
    yield _figure(
        f"{size:,} examples: decision beside the embedding, median",
        "ms",
        {"p50": decided["p50"]},
        target=("p50", MEDIAN_MS),
    )
    yield _figure(
        f"{size:,} examples: decision beside the embedding",
        "ms",
        decided,
        target=("p95", DECISION_MS),
        counted=COUNTED,
    )
    again = spread(
        look + judge for look, judge, _ in (_decided(house, one, catalog, embedder) for one in asked)
    )
    yield _figure("  where this process has read the stored questions before", "ms", again)
    yield _figure("  of it the look-up", "ms", spread(look for look, _, _ in timed))
    yield _figure("  of it the comparison", "ms", spread(judge for _, judge, _ in timed))
    yield _figure(
        f"{size:,} examples: neighbours missed",
        "%",
        {"value": 100 - 100 * statistics.mean(shares)},
        target=("value", MISSED),
        counted=f"Of the {LIMIT} that a comparison one by one finds; at worst {100 * min(shares):.0f} % were found.",
    )


def _decided(house: House, one: Asked, catalog: Catalog, embedder: str) -> tuple[float, float, set[int]]:
    """Milliseconds of look-up and comparison, and what was found."""
    began = time.perf_counter()
    found = house.examples.nearest(one.vector, source=one.source, embedder=embedder, limit=LIMIT)
    looked = time.perf_counter()
    today = house.clock.now().date()
    for neighbour in found[: explaining.COMPARED]:
        if matching.compare(one.text, neighbour.example, catalog=catalog, today=today).kind != matching.MISS:
            break
    done = time.perf_counter()
    return 1000 * (looked - began), 1000 * (done - looked), {n.example.id for n in found}


def _one_by_one(house: House, asked: Sequence[Asked], embedder: str) -> list[set[int]]:
    few, example_vectors.FEW = example_vectors.FEW, 10**9
    try:
        return [
            {
                n.example.id
                for n in house.examples.nearest(o.vector, source=o.source, embedder=embedder, limit=LIMIT)
            }
            for o in asked
        ]
    finally:
        example_vectors.FEW = few


def _found_next(house: House, catalog: Catalog, size: int) -> Figure:
    """An example that was just approved is what the next look-up finds first."""
    vectors = QuestionVectors(house.embedder)
    missed = 0
    for number in range(LIMIT):
        text = f"How many flights of plane N{number}XY were there between midnight and dawn?"
        vector = vectors.of(text, catalog)
        source = f"bench-{number:02}"
        kept = house.examples.propose(_example(text, source), vector, embedder=vectors.name)
        house.examples.decide(kept.id, ExampleStatus.APPROVED, by="bench", version=kept.version)
        found = house.examples.nearest(
            vectors.of(text, catalog), source=source, embedder=vectors.name, limit=LIMIT
        )
        missed += not found or found[0].example.id != kept.id
    return _figure(
        f"{size:,} examples: approved ones that the next question did not find",
        "examples",
        {"value": float(missed)},
        target=("value", 1),
        counted=f"Of {LIMIT}, approved one after another in {LIMIT} sources.",
    )


def _example(text: str, source: str) -> Example:
    return Example(id=0, source=source, dialect="postgres", question=text, sql="SELECT count(*) FROM flights")


def _hits(house: House, size: int) -> Iterator[Figure]:
    """Questions to the flights data through the worker's own path, with no model to be asked."""
    key = house.sources.get().key
    pairs = [json.loads(line) for line in _EXAMPLES.read_text(encoding="utf-8").splitlines()]
    for pair in pairs:
        house.teach(key, pair["question"], pair["sql"], approve_as="bench")
    for pair in pairs:
        _answered(house, pair["question"])
    timed = [_answered(house, pairs[number % len(pairs)]["question"]) for number in range(HITS)]
    hits = sum(hit for _, hit in timed)
    yield _figure(
        f"{size:,} examples: a hit on the flights data, end to end",
        "ms",
        spread(ms for ms, hit in timed if hit),
        target=("p95", HIT_MS),
        counted=f"{hits} of {HITS} questions were hits. Counted: taking in, embedding, look-up, guard, the query on"
        " the flights data, storing rows, words. The model's address is one that nobody serves.",
    )


def _answered(house: House, text: str) -> tuple[float, bool]:
    began = time.perf_counter()
    question = house.desk.new_question(
        text,
        source="",
        session_id="",
        principal=os_user(),
        request_id="bench",
        mode="fast",
        use_cache=True,
    )
    house.desk.put(question)
    house.worker("bench").take_up(question.id)
    wall = 1000 * (time.perf_counter() - began)
    answer = house.questions.get(question.id).answer
    return wall, bool(answer and answer.receipt and answer.receipt.example_id)


def _figure(
    title: str,
    unit: str,
    values: dict[str, float],
    *,
    target: tuple[str, float] | None = None,
    counted: str = "",
) -> Figure:
    return Figure(part="cache", title=title, unit=unit, values=values, target=target, counted=counted)


def _array(text: str) -> Any:
    return numpy.array([[float(number) for number in text[1:-1].split(",")]], dtype="f4")


def main() -> int:
    """Measure on databases that are there."""
    parser = argparse.ArgumentParser(description="Measure the answer cache; replaces every example.")
    parser.add_argument("--state", required=True, metavar="URL", help="a scratch database with pgvector")
    parser.add_argument("--flights", required=True, metavar="URL", help="the flights data")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N")
    options = parser.parse_args()
    settings = Settings.read({}, state_url=options.state, sources=f"flights={options.flights}")
    from bench_figures import table

    sys.stdout.write(table(list(measure(settings, sizes=options.sizes))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
