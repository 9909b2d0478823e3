"""`bench_cache`: what it fills the store with is what it says, and what it measures is really found."""

from __future__ import annotations

from contextlib import closing

import numpy
import pytest
from houses import execute

import bench_cache
import bench_cache_rows as rows
from analyst.embedders import open_embedder
from analyst.question_vectors import QuestionVectors
from analyst.settings import Settings
from analyst.stores import example_vectors
from analyst.stores.state import State

SIZE = 3_000


@pytest.mark.parametrize("total", [1_000, 100_000, 1_000_000])
def test_sources_are_of_very_different_sizes_and_all_examples_have_one(total: int) -> None:
    sizes = rows.sizes(total)
    assert sum(sizes) == total and len(sizes) == rows.SOURCES
    assert sizes[0] > 20 * sizes[-1] > 0


def test_a_loaded_example_has_the_vector_and_the_texts_that_were_made_for_it(state_url: str) -> None:
    embedder = open_embedder("minilm")
    pool = rows.templates(embedder)[:40]
    vectors = QuestionVectors(embedder)
    rows.load(state_url, pool, total=300, keys=["a", "b"], fingerprint="f", embedder=vectors.name)
    counts = execute(state_url, "SELECT source, count(*) FROM examples GROUP BY 1 ORDER BY 1")
    assert counts == [("a", 200), ("b", 100)]
    known = {(template.question, template.sql) for template in pool}
    found = execute(state_url, "SELECT regexp_replace(question, ' [(]\\d+[)]$', ''), sql FROM examples")
    assert set(found) <= known and len(set(found)) > 30
    lengths = execute(state_url, "SELECT min(vector_norm(vector)), max(vector_norm(vector)) FROM examples")
    assert numpy.allclose(lengths, 1.0, atol=1e-5)
    (count,) = execute(state_url, "SELECT count(*) FROM example_vectors")[0]
    assert count == 300
    indexes = execute(state_url, "SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%hnsw%halfvec(384)%'")
    assert indexes == [(17,)], "the index is there again, with its sixteen parts"
    with closing(State(state_url)) as state:
        state.rows("UPDATE examples SET status = 'revoked' WHERE source = 'a'")
        state.migrate()
    assert execute(state_url, "SELECT count(*) FROM example_vectors") == [(100,)]


def test_everything_is_measured_and_nothing_approved_is_missed(
    state_url: str, flights: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(example_vectors, "FEW", 100)
    monkeypatch.setattr(bench_cache, "PER_SOURCE", 1)
    monkeypatch.setattr(bench_cache, "HITS", 4)
    settings = Settings.read({}, state_url=state_url, sources=f"flights={flights}")
    figures = {figure.title: figure for figure in bench_cache.measure(settings, sizes=(SIZE,))}
    assert figures["3,000 examples: neighbours missed"].values["value"] < 5
    assert figures["3,000 examples: approved ones that the next question did not find"].values == {"value": 0}
    hits = figures["3,000 examples: a hit on the flights data, end to end"]
    assert hits.values["p50"] > 0 and hits.counted.startswith("4 of 4 ")
    assert figures["3,000 examples: decision beside the embedding"].values["p95"] > 0
