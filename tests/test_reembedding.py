"""A changed embedding model, or another masking, makes all vectors anew without anybody waiting for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import pytest

from analyst import matching
from analyst.catalog import Catalog
from analyst.errors import ModelError, ModelUnavailable
from analyst.example import Example, ExampleStatus
from analyst.question_vectors import MASKING, QuestionVectors
from analyst.reembedding import BATCH, Reembedding
from analyst.stores.example_vectors import ExampleVectors
from analyst.stores.examples import Examples
from analyst.stores.state import State


@dataclass
class Embedding:
    """An embedder whose vectors tell how long a text is."""

    name: str = "new"
    dimensions: int = 4
    fails: dict[str, ModelError] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        for text in texts:
            if text in self.fails:
                raise self.fails[text]
        self.texts += texts
        return [[1.0, float(len(text)), 0.0, 0.0] for text in texts]


@pytest.fixture
def state(state_url: str) -> Iterator[State]:
    with closing(State(state_url)) as state:
        yield state


def taught(state: State, count: int) -> list[Example]:
    examples = Examples(state)
    return [
        examples.propose(
            Example(id=0, source="shop", dialect="postgres", question=f"{n} of what?", sql="SELECT 1"),
            [0.0, 1.0, 0.0],
            embedder="old",
        )
        for n in range(count)
    ]


def reembedding(state: State, embedder: Embedding) -> Reembedding:
    return Reembedding(
        store=ExampleVectors(state), vectors=QuestionVectors(embedder), catalog=lambda source: None
    )


def embedders(state: State) -> list[str]:
    return [row["embedder"] for row in state.rows("SELECT embedder FROM examples ORDER BY id")]


def test_all_are_made_anew_once(state: State) -> None:
    taught(state, BATCH + 3)
    embedder = Embedding()
    assert reembedding(state, embedder).run() == BATCH + 3
    assert set(embedders(state)) == {f"new/{MASKING}"}
    assert reembedding(state, embedder).run() == 0
    assert len(embedder.texts) == BATCH + 3


def test_an_example_is_found_with_its_new_vector_and_keeps_all_else(state: State) -> None:
    (kept,) = taught(state, 1)
    examples = Examples(state)
    kept = examples.decide(kept.id, ExampleStatus.APPROVED, by="anna", version=kept.version)
    vectors = QuestionVectors(Embedding())
    asked = vectors.of(kept.question, None)
    assert examples.nearest(asked, source="shop", embedder=vectors.name) == []
    reembedding(state, Embedding()).run()
    (neighbour,) = examples.nearest(asked, source="shop", embedder=vectors.name)
    assert neighbour.example == kept
    assert neighbour.similarity == pytest.approx(1.0)


def test_what_the_time_does_not_suffice_for_is_done_the_next_time(state: State) -> None:
    taught(state, 3)
    work = reembedding(state, Embedding())
    assert [work.run(seconds=0) for _ in range(4)] == [1, 1, 1, 0]


def test_a_model_that_is_away_loses_nothing_that_is_done(state: State) -> None:
    taught(state, 3)
    embedder = Embedding(fails={matching.masked("1 of what?"): ModelUnavailable("Away.")})
    if matching.masked("0 of what?") == matching.masked("1 of what?"):
        embedder.fails = {}
        state.rows("UPDATE examples SET question = 'How many?' WHERE question = '1 of what?'")
        embedder.fails = {matching.masked("How many?"): ModelUnavailable("Away.")}
    with pytest.raises(ModelUnavailable):
        reembedding(state, embedder).run()
    assert embedders(state) == [f"new/{MASKING}", "old", "old"]
    embedder.fails.clear()
    assert reembedding(state, embedder).run() == 2


def test_a_question_that_cannot_be_embedded_does_not_keep_the_others_from_it(state: State) -> None:
    taught(state, BATCH + 2)
    state.rows("UPDATE examples SET question = 'How odd?' WHERE question = '1 of what?'")
    embedder = Embedding(fails={matching.masked("How odd?"): ModelError("No embedding.")})
    assert reembedding(state, embedder).run() == BATCH + 1
    assert embedders(state).count("old") == 1


def test_what_is_embedded_is_the_masked_question_with_the_catalog_of_its_source(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogs = {"shop": Catalog(source="shop", dialect="postgres", tables=())}
    taught(state, 2)

    def masked(question: str, catalog: Catalog | None = None) -> str:
        assert catalog is catalogs["shop"]
        return f"masked: {question[2:]}"

    monkeypatch.setattr(matching, "masked", masked)
    embedder = Embedding()
    work = Reembedding(store=ExampleVectors(state), vectors=QuestionVectors(embedder), catalog=catalogs.get)
    assert work.run() == 2
    assert embedder.texts == ["masked: of what?"] * 2


def test_the_masking_is_part_of_the_name_that_is_stored(state: State) -> None:
    assert QuestionVectors(Embedding(name="minilm")).name == f"minilm/{MASKING}" != "minilm"
    assert QuestionVectors(Embedding()).dimensions == 4
