"""Any server that speaks OpenAI's chat completions: llama.cpp, vLLM, Ollama, a gateway, OpenAI itself."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from analyst.errors import ConfigurationError, ModelError, ModelThrottled, ModelUnavailable
from analyst.models.collecting import Pieces
from analyst.models.exchange import Connector, Exchange
from analyst.models.leash import Leash, TimeLimits
from analyst.models.retrying import Retries, TryAgain, seconds_asked
from analyst.models.server_events import data_of
from analyst.ports import Cancellation, Prompt, Reply
from analyst.question import Usage

_VERSIONED = re.compile(r"/v\d")
_LONGEST_ERROR = 65_536
_TOO_LONG = frozenset({"exceed_context_size_error", "context_length_exceeded"})


class OpenAIModel:
    """A model behind an OpenAI-compatible endpoint, read as a stream."""

    def __init__(
        self,
        *,
        base_url: str,
        model: str,
        api_key: str = "",
        connect_seconds: float = 5,
        first_token_seconds: float = 120,
        idle_seconds: float = 60,
        total_seconds: float = 300,
        extra: Mapping[str, Any] = MappingProxyType({}),
        retries: Retries | None = None,
    ) -> None:
        """`base_url` with or without /v1; `extra` goes into each request, where None takes a field out of it.

        Raises ConfigurationError where the address or the key cannot be.
        """
        self._url = _completions_url(base_url)
        self._model = model
        self._headers = _headers(api_key)
        self._limits = TimeLimits(
            connect=connect_seconds, first_token=first_token_seconds, idle=idle_seconds, total=total_seconds
        )
        self._extra = dict(extra)
        self._retries = retries or Retries()
        self._connector = Connector(connect_seconds=connect_seconds)

    @property
    def name(self) -> str:
        """The model's id, for the receipt."""
        return self._model

    def complete(self, prompt: Prompt, *, cancellation: Cancellation) -> Reply:
        """The model's whole reply; raises ModelError and its kinds, or Cancelled."""
        ends_at = time.monotonic() + self._limits.total
        body = json.dumps(self._request(prompt)).encode()
        call = partial(self._try, body, ends_at=ends_at, cancellation=cancellation)
        return self._retries.run(call, ends_at=ends_at, cancellation=cancellation)

    def _request(self, prompt: Prompt) -> dict[str, Any]:
        system = [{"role": "system", "content": prompt.system}] if prompt.system else []
        request = {
            "model": self._model,
            "messages": system + [{"role": role, "content": text} for role, text in prompt.messages],
            "max_tokens": prompt.max_tokens,
            "temperature": prompt.temperature,
            "seed": prompt.seed,
            "stop": list(prompt.stop) or None,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        return {key: value for key, value in {**request, **self._extra}.items() if value is not None}

    def _try(self, body: bytes, *, ends_at: float, cancellation: Cancellation) -> Reply:
        with Leash(limits=self._limits, ends_at=ends_at, cancellation=cancellation) as leash:
            exchange = self._connector.post(self._url, headers=self._headers, body=body, leash=leash)
            if exchange.status != 200:
                raise self._trouble(
                    exchange.status, _error_kinds(exchange), retry_after=exchange.headers.get("retry-after")
                )
            return self._read(exchange, leash)

    def _read(self, exchange: Exchange, leash: Leash) -> Reply:
        pieces, usage, finish = Pieces(), Usage(model=self._model, calls=1), ""
        for data in data_of(exchange.stream()):
            if data.strip() == "[DONE]":
                break
            event = _json_object(data)
            if event.get("error"):
                raise self._trouble_in_stream(event, leash)
            # llama.cpp may tell how far it has read the prompt: a sign of life, but none of the reply.
            if "prompt_progress" not in event:
                leash.piece_came()
            piece, ended = _choice(event)
            pieces.add(piece)
            finish = ended or finish
            usage = _usage(event, usage)
            if pieces.full:
                return Reply(text=pieces.text(), usage=usage, cut=True)
        if not finish:
            raise ModelError("The model's server broke off in the middle of its reply.")
        return Reply(text=pieces.text(), usage=usage, cut=finish == "length")

    def _trouble_in_stream(self, event: Mapping[str, Any], leash: Leash) -> TryAgain | ModelError:
        error = event["error"]
        status = _count(error.get("code")) if isinstance(error, dict) else 0
        trouble = self._trouble(status, _kinds_of(event))
        return trouble.error if leash.started and isinstance(trouble, TryAgain) else trouble

    def _trouble(
        self, status: int, kinds: frozenset[str], *, retry_after: str | None = None
    ) -> TryAgain | ModelError:
        # The server's own words may quote the prompt, so they are told apart by kind and never passed on.
        after = seconds_asked(retry_after)
        if kinds & _TOO_LONG:
            return ModelError("The question with its schema is longer than the model can read.")
        if status == 429:
            return TryAgain(ModelThrottled("The model's server has too much to do right now."), after=after)
        if status == 503:
            words = "is still loading its model" if "Loading model" in kinds else "is not available right now"
            return TryAgain(ModelUnavailable(f"The model's server {words}."), after=after)
        if status in (502, 504):
            return TryAgain(ModelUnavailable("The model's server is not available right now."), after=after)
        if status in (401, 403):
            return ModelError("The model's server refused the key.")
        if status == 404:
            return ModelError(f'The model\'s server does not know the model "{self._model}".')
        return ModelError(f"The model's server answered with an error{f' ({status})' if status else ''}.")


def _completions_url(base_url: str) -> str:
    try:
        parts = urlsplit(base_url.strip())
        _ = parts.port
    except ValueError:
        raise ConfigurationError("The address of the model's server is no address.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ConfigurationError(
            "The address of the model's server has to look like http://host:port or https://host/v1."
        )
    path = parts.path.rstrip("/")
    path = path if _VERSIONED.search(path) else f"{path}/v1"
    return urlunsplit((parts.scheme, parts.netloc, f"{path}/chat/completions", parts.query, ""))


def _headers(api_key: str) -> dict[str, str]:
    key = api_key.strip()
    if not (key.isascii() and key.isprintable()):
        raise ConfigurationError("The key of the model's server holds characters that no key has.")
    headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
    return {**headers, "Authorization": f"Bearer {key}"} if key else headers


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ModelError("The model's server sent something that is no reply.")
    return value


def _choice(event: Mapping[str, Any]) -> tuple[str, str]:
    """The next piece of text and, at the end, why the model stopped."""
    choices = event.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(first, dict):
        return "", ""
    delta, finish = first.get("delta"), first.get("finish_reason")
    piece = delta.get("content") if isinstance(delta, dict) else None
    return (piece if isinstance(piece, str) else ""), (finish if isinstance(finish, str) else "")


def _usage(event: Mapping[str, Any], before: Usage) -> Usage:
    """The tokens an event counts: OpenAI's `usage`, or else llama.cpp's `timings`."""
    usage, timings = event.get("usage"), event.get("timings")
    timed = timings if isinstance(timings, dict) else {}
    cached = _count(timed.get("cache_n"))
    if isinstance(usage, dict):
        details = usage.get("prompt_tokens_details")
        reported = _count(details.get("cached_tokens")) if isinstance(details, dict) else 0
        prompt, completion = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
        cached = reported or cached
    elif timed:
        prompt, completion = cached + _count(timed.get("prompt_n")), _count(timed.get("predicted_n"))
    else:
        return before
    return Usage(
        model=before.model,
        prompt_tokens=prompt,
        completion_tokens=completion,
        cached_tokens=cached or before.cached_tokens,
        calls=1,
    )


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _error_kinds(exchange: Exchange) -> frozenset[str]:
    body = b""
    for piece in exchange.stream():
        body += piece
        if len(body) > _LONGEST_ERROR:
            return frozenset()
    try:
        return _kinds_of(json.loads(body))
    except (ValueError, RecursionError):
        return frozenset()


def _kinds_of(document: Any) -> frozenset[str]:
    error = document.get("error") if isinstance(document, dict) else None
    if not isinstance(error, dict):
        return frozenset()
    fields = (error.get("type"), error.get("code"), error.get("message"))
    return frozenset(kind for kind in fields if isinstance(kind, str))
