"""Bedrock's embeddings: boto3 unchanged against a server that speaks its wire protocol."""

from __future__ import annotations

import math
import os
from typing import Any

import pytest
from scripted_bedrock import BedrockServer, Behaviour, Gives, Invoked, Refuses, bedrock_in_turn

from analyst.embedders.bedrock import BedrockEmbedder
from analyst.errors import ConfigurationError, ModelError, ModelThrottled

TITAN, COHERE = "amazon.titan-embed-text-v2:0", "cohere.embed-multilingual-v3"


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-aws")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def embeds(asked: Invoked) -> Behaviour:
    """As the two models do: a vector whose first number is the length of the text."""
    body = asked.document
    if asked.model_id == TITAN:
        size = int(body["dimensions"])
        return Gives(document={"embedding": [float(len(body["inputText"])), 1.0] + [0.0] * (size - 2)})
    vectors = [[float(len(text)), 1.0] + [0.0] * 1022 for text in body["texts"]]
    return Gives(document={"embeddings": vectors, "response_type": "embeddings_floats"})


def embedder_at(server: BedrockServer, model_id: str = TITAN, **options: Any) -> BedrockEmbedder:
    return BedrockEmbedder(model_id=model_id, region="eu-west-1", endpoint_url=server.url, **options)


@pytest.mark.parametrize("size", [256, 512, 1024])
def test_titan_gives_vectors_of_the_length_asked_for(size: int) -> None:
    with BedrockServer(embeds) as server:
        embedder = embedder_at(server, dimensions=size)
        vectors = embedder.embed(["a", "bb"])
        sent = [one.document for one in server.requests]
    assert sent == [{"inputText": text, "dimensions": size, "normalize": True} for text in ("a", "bb")]
    assert [len(vector) for vector in vectors] == [size, size] == [embedder.dimensions] * 2
    assert all(math.isclose(math.hypot(*vector), 1.0) for vector in vectors)
    assert embedder.name == f"{TITAN}/{size}"


def test_cohere_takes_batches_and_keeps_their_order() -> None:
    texts = ["x" * length for length in range(1, 201)]
    with BedrockServer(embeds) as server:
        vectors = embedder_at(server, COHERE).embed(texts)
        sent = [one.document for one in server.requests]
    assert [len(one["texts"]) for one in sent] == [96, 96, 8]
    assert {(one["input_type"], one["truncate"]) for one in sent} == {("clustering", "END")}
    assert [round(vector[0] / vector[1]) for vector in vectors] == list(range(1, 201))


def test_a_long_text_is_cut_to_what_is_taken() -> None:
    with BedrockServer(embeds) as server:
        embedder_at(server, COHERE).embed(["x" * 10_000])
        assert len(server.requests[0].document["texts"][0]) == 2048


@pytest.mark.parametrize(
    ("model_id", "size"),
    [("amazon.titan-embed-text-v1", 1024), (TITAN, 384), (COHERE, 512), ("cohere.command-r-v1:0", 1024)],
)
def test_a_model_or_length_that_is_not_known_is_refused_at_once(model_id: str, size: int) -> None:
    with pytest.raises(ConfigurationError):
        BedrockEmbedder(model_id=model_id, region="eu-west-1", dimensions=size)


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        {"embedding": None},
        {"embedding": [1.0]},
        {"embedding": ["a"] * 1024},
        {"embedding": [0.0] * 1024},
        {"embedding": [float("nan")] * 1024},
    ],
)
def test_what_is_no_embedding_is_an_error(document: Any) -> None:
    with (
        BedrockServer(lambda _: Gives(document=document)) as server,
        pytest.raises(ModelError, match="no embedding"),
    ):
        embedder_at(server).embed(["x"])


def test_cohere_must_answer_every_text() -> None:
    one = Gives(document={"embeddings": [[1.0] * 1024]})
    with BedrockServer(lambda _: one) as server, pytest.raises(ModelError, match="no embedding"):
        embedder_at(server, COHERE).embed(["x", "y"])


def test_a_model_without_access_says_what_is_missing() -> None:
    refusal = Refuses(status=403, kind="AccessDeniedException")
    with BedrockServer(lambda _: refusal) as server, pytest.raises(ModelError, match="needs model access"):
        embedder_at(server).embed(["x"])


def test_throttling_passes_or_is_said() -> None:
    busy = Refuses(status=429, kind="ThrottlingException")
    good = Gives(document={"embedding": [1.0] * 1024})
    with BedrockServer(bedrock_in_turn(busy, good)) as server:
        assert len(embedder_at(server).embed(["x"])) == 1
    with BedrockServer(bedrock_in_turn(busy)) as server, pytest.raises(ModelThrottled):
        embedder_at(server).embed(["x"])


@pytest.mark.skipif(
    not os.environ.get("BEDROCK_LIVE_EMBEDDER"),
    reason="needs AWS credentials, and BEDROCK_LIVE_EMBEDDER and AWS_REGION to say where",
)
def test_live_bedrock_embeds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    embedder = BedrockEmbedder(
        model_id=os.environ["BEDROCK_LIVE_EMBEDDER"], region=os.environ.get("AWS_REGION", "us-east-1")
    )
    same, also, other = embedder.embed(["How many flights?", "Number of flights?", "Oldest plane?"])
    near, far = (sum(a * b for a, b in zip(same, one, strict=True)) for one in (also, other))
    assert near > far
