"""Embeddings by Amazon Bedrock: Titan Text v2 and Cohere Embed v3."""

from __future__ import annotations

import json
import math
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analyst.errors import ConfigurationError, ModelError
from analyst.models.bedrock_troubles import not_sent, refused

_TITAN = "amazon.titan-embed-text-v2:0"
_TITAN_DIMENSIONS = (256, 512, 1024)
_COHERE = re.compile(r"cohere\.embed-[a-z-]+-v3")
_COHERE_DIMENSIONS = 1024
_COHERE_BATCH = 96
_LONGEST_TEXT = 2048
"""Characters; Cohere takes no more of one text."""


class BedrockEmbedder:
    """Vectors of unit length from Titan (256, 512 or 1024 numbers) or Cohere (1024)."""

    def __init__(
        self, *, model_id: str, region: str, dimensions: int = 1024, endpoint_url: str | None = None
    ) -> None:
        """Raises ConfigurationError for a model or a length that is not known here."""
        self._cohere = _COHERE.fullmatch(model_id) is not None
        _check(model_id, dimensions, cohere=self._cohere)
        self._model_id = model_id
        self._region = region
        self._dimensions = dimensions
        self._endpoint_url = endpoint_url
        self._lock = threading.Lock()
        self._client: Any = None

    @property
    def name(self) -> str:
        """The embedding model's id with its length, since vectors of two lengths do not compare."""
        return f"{self._model_id}/{self._dimensions}"

    @property
    def dimensions(self) -> int:
        """How long each vector is."""
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector a text, in the same order; raises ModelUnavailable, ModelTimeout or ModelError."""
        cut = [text[:_LONGEST_TEXT] for text in texts]
        vectors = self._by_cohere(cut) if self._cohere else map(self._by_titan, cut)
        return [self._unit(vector) for vector in vectors]

    def _by_titan(self, text: str) -> Any:
        return self._invoke({"inputText": text, "dimensions": self._dimensions, "normalize": True}).get(
            "embedding"
        )

    def _by_cohere(self, texts: Sequence[str]) -> Iterator[Any]:
        for first in range(0, len(texts), _COHERE_BATCH):
            batch = texts[first : first + _COHERE_BATCH]
            # A question meets questions, so both sides are of the one kind made for comparing like with like.
            body = {"texts": list(batch), "input_type": "clustering", "truncate": "END"}
            vectors = self._invoke(body).get("embeddings")
            if not isinstance(vectors, list) or len(vectors) != len(batch):
                raise ModelError(f"{self._model_id} sent something that is no embedding.")
            yield from vectors

    def _unit(self, vector: Any) -> list[float]:
        if isinstance(vector, list) and len(vector) == self._dimensions:
            length = math.hypot(*vector) if all(isinstance(number, int | float) for number in vector) else 0.0
            if math.isfinite(length) and length > 0:
                return [number / length for number in vector]
        raise ModelError(f"{self._model_id} sent something that is no embedding.")

    def _invoke(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            response = self._opened().invoke_model(modelId=self._model_id, body=json.dumps(body))
            return _document(response["body"].read(), model=self._model_id)
        except ClientError as error:
            raise refused(error.response, model=self._model_id, region=self._region) from None
        except BotoCoreError as error:
            raise not_sent(error, model=self._model_id, region=self._region) from None

    def _opened(self) -> Any:
        """The one client, which threads may share; it tries again by itself, with jitter."""
        with self._lock:
            if self._client is None:
                self._client = self._new_client()
            return self._client

    def _new_client(self) -> Any:
        import boto3
        from botocore.config import Config

        config = Config(
            connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 3, "mode": "standard"}
        )
        session = boto3.session.Session(region_name=self._region)
        return session.client("bedrock-runtime", endpoint_url=self._endpoint_url, config=config)


def _check(model_id: str, dimensions: int, *, cohere: bool) -> None:
    if not cohere and model_id != _TITAN:
        raise ConfigurationError(
            f'There is no embedding model "{model_id}"; there are: {_TITAN}, cohere.embed-english-v3, '
            "cohere.embed-multilingual-v3."
        )
    known = (_COHERE_DIMENSIONS,) if cohere else _TITAN_DIMENSIONS
    if dimensions not in known:
        raise ConfigurationError(
            f"{model_id} has no vectors of {dimensions} numbers; it has: {', '.join(map(str, known))}."
        )


def _document(body: bytes, *, model: str) -> Mapping[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise ModelError(f"{model} sent something that is no embedding.")
    return document
