"""The real local embedding model."""

from __future__ import annotations

import math
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from analyst.embedders import minilm, open_embedder
from analyst.embedders.minilm import MiniLMEmbedder
from analyst.errors import ConfigurationError, ModelError


@pytest.fixture(scope="module")
def embedder() -> MiniLMEmbedder:
    return MiniLMEmbedder()


def nearness(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_vectors_have_their_length_and_are_of_unit_length(embedder: MiniLMEmbedder) -> None:
    vectors = embedder.embed(["How many flights left JFK?", "", "😀", "x " * 5000])
    assert {len(vector) for vector in vectors} == {embedder.dimensions} == {384}
    assert all(math.isclose(math.hypot(*vector), 1.0, abs_tol=1e-5) for vector in vectors)


def test_what_means_the_same_is_nearer_than_what_does_not(embedder: MiniLMEmbedder) -> None:
    question, same, other = embedder.embed(
        [
            "How many flights left JFK in July?",
            "What was the number of departures from JFK in July?",
            "Which plane is the oldest?",
        ]
    )
    assert nearness(question, same) > 0.7 > 0.4 > nearness(question, other)


def test_a_vector_does_not_depend_on_its_company(embedder: MiniLMEmbedder) -> None:
    texts = ["short", "a much longer question about the weather at the three airports of New York"]
    together = embedder.embed(texts)
    assert together == [embedder.embed([text])[0] for text in texts]
    assert embedder.embed([]) == []


def test_threads_share_one_loaded_model(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[Path] = []
    real = minilm._checked

    def counting(path: Path) -> bytes:
        loads.append(path)
        return real(path)

    monkeypatch.setattr(minilm, "_checked", counting)
    embedder = MiniLMEmbedder(threads=1)
    found: list[list[float]] = []
    threads = [
        threading.Thread(target=lambda: found.append(embedder.embed(["how many flights"])[0]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loads) == 1
    assert len(found) == 4
    assert all(one == other for one, other in pairwise(found))


def test_a_file_that_is_not_the_verified_one_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "model.onnx"
    wrong.write_bytes(b"something else")
    with pytest.raises(ModelError, match="not the one that was verified"):
        MiniLMEmbedder(model_file=wrong).embed(["x"])


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        MiniLMEmbedder(model_file=tmp_path / "none.onnx").embed(["x"])


def test_an_embedder_is_opened_by_its_kind() -> None:
    assert open_embedder("minilm").dimensions == 384
    with pytest.raises(ConfigurationError, match="minilm, bedrock"):
        open_embedder("word2vec")
