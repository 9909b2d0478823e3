"""Examples are found by their vectors: those of the source, the embedder and the status that may serve."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest

from analyst.errors import StoreError
from analyst.example import Example, ExampleStatus
from analyst.stores import example_vectors
from analyst.stores.example_vectors import ExampleVectors
from analyst.stores.examples import Examples
from analyst.stores.state import State

LENGTH = 384
RANDOM = random.Random(7)


@pytest.fixture
def state(state_url: str) -> Iterator[State]:
    with closing(State(state_url)) as state:
        yield state


@pytest.fixture
def indexed(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few there are, the index is asked."""
    monkeypatch.setattr(example_vectors, "FEW", 0)


def unit(length: int = LENGTH) -> list[float]:
    numbers = [RANDOM.gauss(0, 1) for _ in range(length)]
    return [number / math.hypot(*numbers) for number in numbers]


def beside(vector: Sequence[float], amount: float) -> list[float]:
    moved = [number + amount * other for number, other in zip(vector, unit(len(vector)), strict=True)]
    return [number / math.hypot(*moved) for number in moved]


def keep(
    state: State,
    vector: Sequence[float],
    *,
    question: str = "",
    source: str = "shop",
    embedder: str = "one",
    status: ExampleStatus = ExampleStatus.APPROVED,
) -> Example:
    examples = Examples(state)
    text = question or f"Question {RANDOM.random()}?"
    example = Example(id=0, source=source, dialect="postgres", question=text, sql="SELECT 1")
    kept = examples.propose(example, vector, embedder=embedder)
    if status is ExampleStatus.PROPOSED:
        return kept
    kept = examples.decide(kept.id, ExampleStatus.APPROVED, by="anna", version=kept.version)
    if status is ExampleStatus.REVOKED:
        kept = examples.decide(kept.id, ExampleStatus.REVOKED, by="anna", version=kept.version)
    return kept


def found(state: State, vector: Sequence[float], *, embedder: str = "one", limit: int = 20) -> list[int]:
    neighbours = Examples(state).nearest(vector, source="shop", embedder=embedder, limit=limit)
    return [neighbour.example.id for neighbour in neighbours]


@pytest.mark.parametrize("few", [0, 2_000], ids=["index", "one by one"])
def test_the_nearest_come_first_with_their_cosine(
    state: State, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(example_vectors, "FEW", few)
    asked = unit()
    far = keep(state, beside(asked, 1.5))
    same = keep(state, asked)
    near = keep(state, beside(asked, 0.4))
    neighbours = Examples(state).nearest(asked, source="shop", embedder="one", limit=3)
    assert [n.example for n in neighbours] == [same, near, far]
    assert neighbours[0].similarity == pytest.approx(1.0, abs=1e-6)
    assert neighbours[1].similarity == pytest.approx(1 / math.hypot(1, 0.4), abs=0.1)


@pytest.mark.parametrize("few", [0, 2_000], ids=["index", "one by one"])
def test_only_what_may_serve_is_found(state: State, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(example_vectors, "FEW", few)
    asked = unit()
    serving = keep(state, beside(asked, 1.0))
    keep(state, asked, source="other")
    keep(state, asked, embedder="two")
    keep(state, asked, status=ExampleStatus.PROPOSED)
    keep(state, asked, status=ExampleStatus.REVOKED)
    quarantined = keep(state, asked)
    assert Examples(state).quarantine(quarantined.id, "A column is gone.", version=quarantined.version)
    assert found(state, asked) == [serving.id]


@pytest.mark.parametrize("length", [8, 256, 384, 512, 1024, 1536])
def test_vectors_of_any_length_live_side_by_side(state: State, indexed: None, length: int) -> None:
    asked = unit(length)
    kept = keep(state, beside(asked, 0.2))
    keep(state, unit(LENGTH + 1))
    assert found(state, asked) == [kept.id]


def test_a_source_of_few_among_very_many_is_found_whole(state: State) -> None:
    asked = unit()
    fill(state, 3_000, near=asked)
    mine = [keep(state, unit()).id for _ in range(5)]
    assert sorted(found(state, asked)) == sorted(mine)


def test_the_index_looks_on_until_it_has_enough_of_the_source(state: State, indexed: None) -> None:
    asked = unit()
    fill(state, 3_000, near=asked)
    mine = {keep(state, beside(asked, 1.2)).id for _ in range(25)}
    state.rows("ANALYZE examples")
    assert len(set(found(state, asked)) & mine) == 20


def test_look_ups_use_the_index_and_leave_no_setting_behind(state: State, indexed: None) -> None:
    asked = unit()
    fill(state, 500, near=asked, source="shop")
    state.rows("SET enable_sort = off")
    state.rows("SET enable_seqscan = off")
    found(state, asked)
    assert state.row("SHOW hnsw.iterative_scan") == {"hnsw.iterative_scan": "off"}
    state.rows("SELECT pg_stat_force_next_flush()")
    used = state.row(
        "SELECT sum(idx_scan) AS scans FROM pg_stat_user_indexes"
        " WHERE relname LIKE 'example_vectors_%' AND pg_get_indexdef(indexrelid) LIKE '%hnsw%(384)%'"
    )
    assert used is not None and used["scans"] > 0


def test_what_has_the_same_vector_is_found_whatever_the_index_overlooks(state: State, indexed: None) -> None:
    asked = unit()
    fill(state, 200, near=asked, source="shop")
    state.rows("DROP INDEX example_vectors_384")
    state.rows("CREATE INDEX example_vectors_384 ON examples (id)")
    kept = keep(state, asked)
    # More than are looked at have the same vector: the one that was approved last is among them, and first.
    others = [keep(state, asked).id for _ in range(25)]
    assert found(state, asked, limit=5) == others[:-6:-1]
    assert kept.id < others[0]


def test_an_approved_example_is_found_by_the_next_question(state: State) -> None:
    asked = unit()
    fill(state, 2_500, near=asked, source="shop")
    for _ in range(5):
        vector = unit()
        assert found(state, vector)[0] != (kept := keep(state, vector)).id
        assert found(state, vector)[0] == kept.id


def test_vectors_of_other_embedders_are_stale_and_are_given_batch_by_batch(state: State) -> None:
    by_name = {
        name: [
            keep(state, unit(8), embedder=name, status=status).id
            for status in ExampleStatus
            if status in USED
        ]
        for name in ("alpha", "beta", "zeta")
    }
    vectors = ExampleVectors(state)
    given: list[int] = []
    after = ("", 0)
    while batch := vectors.stale(embedder="beta", after=after, limit=2):
        assert len({stale.embedder for stale in batch}) == 1
        given += [stale.id for stale in batch]
        after = (batch[-1].embedder, batch[-1].id)
    assert given == by_name["alpha"] + by_name["zeta"]


def test_a_replaced_vector_is_found_by_the_new_embedder_alone(state: State) -> None:
    kept = keep(state, unit(8), question="How many?")
    vectors = ExampleVectors(state)
    (stale,) = vectors.stale(embedder="two", limit=9)
    assert (stale.id, stale.question, stale.source, stale.embedder) == (kept.id, "How many?", "shop", "one")
    new = unit()
    assert vectors.replace(stale, new, embedder="two")
    assert found(state, new, embedder="two") == [kept.id]
    assert found(state, new) == []
    assert vectors.stale(embedder="two", limit=9) == []
    assert not vectors.replace(stale, unit(), embedder="two"), "somebody else was faster"


def test_a_state_database_that_is_gone_is_a_store_error(state_url: str) -> None:
    with closing(State(state_url.replace("/test_", "/gone_"))) as state, pytest.raises(StoreError):
        ExampleVectors(state).nearest(unit(), source="shop", embedder="one", limit=3)


USED = (ExampleStatus.PROPOSED, ExampleStatus.APPROVED, ExampleStatus.REVOKED)


def fill(state: State, count: int, *, near: Sequence[float], source: str = "other") -> None:
    """Approved examples of another source, all of them nearer than what a test looks for."""
    state.rows(
        "INSERT INTO examples (source, dialect, question, sql, status, embedder, vector)"
        " SELECT %s, 'postgres', 'Filler ' || n, 'SELECT 1', 'approved', 'one', (SELECT array_agg("
        " x + 0.01 * sin(n * (i + 1)))::vector FROM unnest(%s::float8[]) WITH ORDINALITY AS v(x, i))"
        " FROM generate_series(1, %s) AS n",
        (source, list(near), count),
    )
