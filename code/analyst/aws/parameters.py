"""What may change without a deployment: documents in Parameter Store, large ones in the bucket."""

from __future__ import annotations

import contextlib
import copy
import json
import logging
import math
import re
import threading
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from analyst.aws.troubles import aws_errors
from analyst.errors import AnalystError, ConfigurationError

logger = logging.getLogger(__name__)

DOCUMENTS = ("sources", "models", "policies", "entrance")
LARGEST = 4 * 1024 * 1024
"""Bytes of a document in the bucket."""
_PLACE = re.compile(r"configuration/[A-Za-z0-9._/-]{1,200}\.json")


class Parameters:
    """Reads the documents below `prefix`, kept for `ttl_seconds`.

    `client` is boto3's "ssm"; `s3` reads what a parameter {"at": "configuration/….json"} points at in `bucket`;
    `clock` is the time of day, which goes on while a snapshot of this process sleeps.
    """

    def __init__(
        self,
        client: Any,
        *,
        prefix: str = "/analyst",
        bucket: str = "",
        s3: Any = None,
        ttl_seconds: float = 60,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client, self._prefix = client, prefix.rstrip("/")
        self._bucket, self._s3 = bucket, s3
        self._ttl, self._clock = ttl_seconds, clock
        self._lock = threading.Lock()
        self._kept: dict[str, Any] | None = None
        self._expires = 0.0

    def read(self) -> dict[str, Any]:
        """Each document that is there, decoded; the caller's own copy.

        Where reading anew fails, what was read before still holds. Raises ConfigurationError naming the
        parameter that is no JSON or points at nothing, StoreError where AWS does not answer.
        """
        with self._lock:
            if self._kept is None or self._clock() >= self._expires:
                self._kept = self._read_anew(self._kept)
                # Also after a failure: a service in trouble is not asked at every question.
                self._expires = self._clock() + self._ttl
            return copy.deepcopy(self._kept)

    def _read_anew(self, kept: dict[str, Any] | None) -> dict[str, Any]:
        try:
            return {name: self._document(name, text) for name, text in self._texts().items()}
        except AnalystError as error:
            if kept is None:
                raise
            logger.warning("parameters cannot be read anew; what was read before still holds: %s", error)
            return kept

    def _texts(self) -> dict[str, str]:
        names = [self._name(document) for document in DOCUMENTS]
        what = f"the parameters {self._prefix}/*"
        with aws_errors(what, wrong=ConfigurationError):
            # By name, not by path: a path comes in pages and brings what is not ours to read.
            found = self._client.get_parameters(Names=names, WithDecryption=True)["Parameters"]
        return {parameter["Name"].rpartition("/")[2]: parameter["Value"] for parameter in found}

    def _document(self, name: str, text: str) -> Any:
        document = _decoded(text, what=f"The parameter {self._name(name)}")
        if not isinstance(document, dict) or set(document) != {"at"}:
            return document
        place = document["at"]
        if not isinstance(place, str) or not _PLACE.fullmatch(place):
            raise ConfigurationError(
                f'The parameter {self._name(name)} may point at "configuration/….json" in the bucket only.'
            )
        return _decoded(self._object(name, place), what=f"{place}, where {self._name(name)} points,")

    def _object(self, name: str, place: str) -> str:
        if not self._bucket or self._s3 is None:
            raise ConfigurationError(
                f"The parameter {self._name(name)} points at a bucket, and there is none."
            )
        missing = ConfigurationError(
            f"The parameter {self._name(name)} points at {place}, which is not in the bucket."
        )
        with aws_errors(f"the document {place}", missing=missing, wrong=ConfigurationError):
            found = self._s3.get_object(Bucket=self._bucket, Key=place)
            with contextlib.closing(found["Body"]) as body:
                content: bytes = body.read(LARGEST + 1)
                if len(content) <= LARGEST:
                    body.read(1)  # the end, where botocore notices a body that broke off
        if len(content) > LARGEST:
            raise ConfigurationError(f"{place} is larger than {LARGEST // 2**20} MB.")
        return content.decode("utf-8", "replace")

    def _name(self, document: str) -> str:
        return f"{self._prefix}/{document}"


def _decoded(text: str, *, what: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise ConfigurationError(f"{what} holds no valid JSON.") from None


def _no_number(text: str) -> float:
    raise ValueError(text)


def overlay(documents: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that the documents give, by the names of `Settings`; a key that is absent sets nothing.

    Raises ConfigurationError naming the document and the key that is unknown or of the wrong type.
    """
    if "sources" in documents and "policies" not in documents:
        # `configure` writes policies before sources: who may see what is known before there is anything to see.
        raise ConfigurationError("The document policies is missing, without which nothing may be asked.")
    values: dict[str, Any] = {}
    for name, document in documents.items():
        if name == "sources":
            values["sources"] = _sources(document)
        elif name in _KEYS:
            values |= _settings(name, document)
        else:
            raise ConfigurationError(f"There is no document {name!r}; there are {', '.join(DOCUMENTS)}.")
    return values


def _sources(document: Any) -> str:
    if not isinstance(document, list):
        raise ConfigurationError("The document sources must be a list.")
    for number, entry in enumerate(document, 1):
        if not isinstance(entry, dict):
            raise ConfigurationError(f"The document sources, entry {number}, must be an object.")
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def _settings(name: str, document: Any) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise ConfigurationError(f"The document {name} must be an object.")
    values = {}
    for key, value in document.items():
        if key not in _KEYS[name]:
            raise ConfigurationError(
                f"The document {name} has no key {key!r}; it may have {', '.join(_KEYS[name])}."
            )
        setting, typed, wanted = _KEYS[name][key]
        found = typed(value)
        if found is None:
            raise ConfigurationError(f"The document {name}, key {key}, must be {wanted}.")
        values[setting] = found
    return values


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _filled_text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _seconds(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        seconds = float(value)
    except OverflowError:
        return None
    return seconds if math.isfinite(seconds) and seconds > 0 else None


def _origin(value: Any) -> str | None:
    return value if value in ("today", "data") else None


def _month(value: Any) -> int | None:
    found = _count(value)
    return found if found is not None and found <= 12 else None


def _share(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= 1 else None


_KEYS: Mapping[str, Mapping[str, tuple[str, Callable[[Any], Any], str]]] = MappingProxyType(
    {
        "models": {
            "sql": ("model_id", _filled_text, "a model's id"),
            # Empty stands for the model that writes SQL.
            "words": ("words_model_id", _text, "a model's id, or empty"),
            "embedding": ("embedder_id", _filled_text, "a model's id"),
            "few_shot": ("few_shot", _flag, "true or false"),
        },
        "policies": {
            "row_limit": ("row_limit", _count, "a whole number above 0"),
            "timeout_seconds": ("timeout_seconds", _seconds, "a number above 0"),
            "time_follows": ("time_follows", _origin, '"today" or "data"'),
            "fiscal_start": ("fiscal_start", _month, "a month, 1 to 12"),
            "abstain_below": ("abstain_below", _share, "a number from 0 to 1"),
            # An empty text is a mistake; without the key everybody sees what the sources' users see.
            "file": ("policies_text", _filled_text, "the text of a policies.toml"),
        },
        # Written by the stack of the page, which alone knows its load balancer.
        "entrance": {"signer": ("oidc_signer", _filled_text, "the ARN of the load balancer")},
    }
)
"""Document -> key -> (setting, what types its value or gives None, what it must be)."""
