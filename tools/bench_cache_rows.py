"""Synthetic approved examples for the benchmark of the cache: many, over many sources, each with a vector of its own.

Questions are of one kind of sentence, embedded by the real model; each example's vector lies between two of them,
with noise, so that there are as many different ones as examples. Sources are of very different sizes and ask the
same kinds of questions, which is the hard case for an index that filters only after it has found something near.
"""

from __future__ import annotations

import io
import itertools
import random
import struct
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg2

from analyst.ports import Embedder

SEED = 20_130_101
SOURCES = 50
BATCH = 20_000
COLUMNS = (
    "source",
    "dialect",
    "question",
    "sql",
    "status",
    "decided_by",
    "fingerprint",
    "embedder",
    "vector",
)
_MEASURES = {
    "the average departure delay": "avg(flights.dep_delay)",
    "the average arrival delay": "avg(flights.arr_delay)",
    "the longest departure delay": "max(flights.dep_delay)",
    "the number of flights": "count(*)",
    "the total distance flown": "sum(flights.distance)",
    "the average air time": "avg(flights.air_time)",
    "the number of cancelled flights": "count(*) FILTER (WHERE flights.dep_time IS NULL)",
    "the shortest distance": "min(flights.distance)",
}
_DIMENSIONS = {
    "": "",
    " by airline": "flights.carrier",
    " by month": "flights.month",
    " per origin airport": "flights.origin",
    " for each destination": "flights.dest",
    " by scheduled hour": "flights.hour",
}
_FILTERS = {
    "": "",
    " to Boston": "flights.dest = 'BOS'",
    " from JFK": "flights.origin = 'JFK'",
    " over 1000 miles": "flights.distance > 1000",
    " in summer": "flights.month IN (6, 7, 8)",
    " that left late": "flights.dep_delay > 0",
}
_FORMS = ("What is {}{}{}?", "Show {}{}{}", "{}{}{}, please", "I would like to know {}{}{}")


@dataclass(frozen=True, kw_only=True)
class Template:
    """A question with its SQL, and its vector as an array of 384 numbers of 4 bytes."""

    question: str
    sql: str
    vector: Any


def templates(embedder: Embedder) -> list[Template]:
    """All of them, in the same order each time."""
    made = []
    parts = itertools.product(_FORMS, _MEASURES, _FILTERS, _DIMENSIONS)
    for form, measure, condition, dimension in parts:
        question = form.format(measure, condition, dimension)
        made.append((question[0].upper() + question[1:], _sql(measure, condition, dimension)))
    vectors = _numpy().array(embedder.embed([question for question, _ in made]), dtype="f4")
    return [Template(question=q, sql=s, vector=v) for (q, s), v in zip(made, vectors, strict=True)]


def sizes(total: int, count: int = SOURCES) -> list[int]:
    """How many examples each source has: the second half as many as the first, the third a third, and so on."""
    weights = [1 / (number + 1) for number in range(count)]
    shares = [int(total * weight / sum(weights)) for weight in weights]
    shares[0] += total - sum(shares)
    return shares


def near(vectors: Any, *, amount: float, generator: Any) -> Any:
    """Vectors of unit length that lie `amount` beside the given ones, in any direction."""
    numpy = _numpy()
    noise = generator.standard_normal(vectors.shape, dtype="f4")
    moved = vectors + amount * noise / numpy.linalg.norm(noise, axis=1, keepdims=True)
    return moved / numpy.linalg.norm(moved, axis=1, keepdims=True)


def load(
    url: str,
    pool: Sequence[Template],
    *,
    total: int,
    keys: Sequence[str],
    fingerprint: str,
    embedder: str,
) -> None:
    """Have so many approved examples in place of all that there were; the index of neighbours is built at the end."""
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'example_vectors_384'")
        ((definition,),) = cursor.fetchall()
        cursor.execute("DROP INDEX example_vectors_384")
        cursor.execute("TRUNCATE examples CASCADE")
        cursor.execute("ALTER TABLE examples DISABLE TRIGGER found")
        for rows in _copies(pool, total=total, keys=keys, fingerprint=fingerprint, embedder=embedder):
            cursor.copy_expert(f"COPY examples ({', '.join(COLUMNS)}) FROM STDIN (FORMAT binary)", rows)
        cursor.execute("ALTER TABLE examples ENABLE TRIGGER found")
        cursor.execute(
            "INSERT INTO example_vectors SELECT source, embedder, id, vector::halfvec FROM examples"
        )
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        cursor.execute("SET LOCAL max_parallel_maintenance_workers = 1")
        cursor.execute(definition.replace(" ON ONLY ", " ON "))
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE) examples, example_vectors")


def _copies(
    pool: Sequence[Template], *, total: int, keys: Sequence[str], fingerprint: str, embedder: str
) -> Iterator[io.BytesIO]:
    """Batches of rows as COPY reads them, sources mixed as they would come in over the years."""
    numpy = _numpy()
    generator = numpy.random.default_rng(SEED)
    shares = numpy.array(sizes(total, len(keys)))
    whose = numpy.repeat(numpy.arange(len(keys)), shares)
    generator.shuffle(whose)
    bases = numpy.stack([template.vector for template in pool])
    fixed = (_field("postgres"), _field("approved"), _field("bench"), _field(fingerprint), _field(embedder))
    for first in range(0, total, BATCH):
        part = whose[first : first + BATCH]
        chosen = generator.integers(len(pool), size=(2, len(part)))
        between = bases[chosen[0]] + 0.5 * bases[chosen[1]]
        vectors = near(_unit(between), amount=0.35, generator=generator).astype(">f4")
        out = io.BytesIO()
        out.write(b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0))
        for offset, (source, template) in enumerate(zip(part, chosen[0], strict=True)):
            out.write(_row(keys[source], pool[template], first + offset, vectors[offset].tobytes(), fixed))
        out.write(struct.pack("!h", -1))
        out.seek(0)
        yield out


def _row(source: str, template: Template, number: int, vector: bytes, fixed: tuple[bytes, ...]) -> bytes:
    dialect, status, by, fingerprint, embedder = fixed
    # A number that nobody asks about keeps questions apart.
    question = _field(f"{template.question} ({number})")
    data = struct.pack("!hh", len(vector) // 4, 0) + vector
    fields = (_field(source), dialect, question, _field(template.sql), status, by, fingerprint, embedder)
    return struct.pack("!h", len(COLUMNS)) + b"".join(fields) + struct.pack("!i", len(data)) + data


def _field(text: str) -> bytes:
    data = text.encode()
    return struct.pack("!i", len(data)) + data


def _unit(vectors: Any) -> Any:
    return vectors / _numpy().linalg.norm(vectors, axis=1, keepdims=True)


def _sql(measure: str, condition: str, dimension: str) -> str:
    column, where = _DIMENSIONS[dimension], _FILTERS[condition]
    shown = f"{column}, {_MEASURES[measure]}" if column else _MEASURES[measure]
    tail = f" WHERE {where}" if where else ""
    return f"SELECT {shown} AS value FROM flights{tail}" + (
        f" GROUP BY {column} ORDER BY {column}" if column else ""
    )


def _numpy() -> Any:
    import numpy

    return numpy


def chance() -> random.Random:
    """The same numbers in every run."""
    return random.Random(SEED)
