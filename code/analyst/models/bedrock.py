"""Any model of Amazon Bedrock, through ConverseStream."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from analyst.errors import ModelError, ModelUnavailable
from analyst.models.bedrock_troubles import not_sent, refused
from analyst.models.collecting import Pieces
from analyst.models.exchange import Connector
from analyst.models.leash import Leash, TimeLimits
from analyst.models.retrying import Retries, TryAgain, seconds_asked
from analyst.ports import Cancellation, Prompt, Reply
from analyst.question import Usage

_CACHE_POINT = {"cachePoint": {"type": "default"}}
_CUT = frozenset({"max_tokens", "model_context_window_exceeded"})


class BedrockModel:
    """A Bedrock model, read as a stream.

    botocore signs the requests and decodes the replies; the bytes go over a connection of our own, because
    botocore's cannot be closed from another thread while it waits for the first byte.
    """

    def __init__(
        self,
        *,
        model_id: str,
        region: str,
        endpoint_url: str | None = None,
        cache_prompt: bool = False,
        connect_seconds: float = 5,
        first_token_seconds: float = 120,
        idle_seconds: float = 60,
        total_seconds: float = 300,
        extra: Mapping[str, Any] = MappingProxyType({}),
        retries: Retries | None = None,
    ) -> None:
        """`model_id` may be an inference profile's; `extra` becomes the additional fields of each request.

        `cache_prompt` marks the system prompt as the part that Bedrock keeps between requests.
        """
        self._model_id = model_id
        self._region = region
        self._endpoint_url = endpoint_url
        self._cache_prompt = cache_prompt
        self._limits = TimeLimits(
            connect=connect_seconds, first_token=first_token_seconds, idle=idle_seconds, total=total_seconds
        )
        self._extra = dict(extra)
        self._retries = retries or Retries()
        self._connector = Connector(connect_seconds=connect_seconds)
        self._lock = threading.Lock()
        self._client: Any = None
        self._calls = threading.local()
        """The leash of the call that this thread makes: botocore hands a request over without more."""

    @property
    def name(self) -> str:
        """The model's id, for the receipt."""
        return self._model_id

    def complete(self, prompt: Prompt, *, cancellation: Cancellation) -> Reply:
        """The model's whole reply; raises ModelError and its kinds, or Cancelled."""
        ends_at = time.monotonic() + self._limits.total
        call = partial(self._try, self._request(prompt), ends_at=ends_at, cancellation=cancellation)
        return self._retries.run(call, ends_at=ends_at, cancellation=cancellation)

    def _request(self, prompt: Prompt) -> dict[str, Any]:
        settings: dict[str, Any] = {"maxTokens": prompt.max_tokens, "temperature": prompt.temperature}
        if prompt.stop:
            settings["stopSequences"] = list(prompt.stop)
        request: dict[str, Any] = {
            "modelId": self._model_id,
            "messages": _messages(prompt.messages),
            "inferenceConfig": settings,
        }
        if prompt.system:
            request["system"] = [{"text": prompt.system}, *([_CACHE_POINT] if self._cache_prompt else [])]
        if self._extra:
            request["additionalModelRequestFields"] = self._extra
        return request

    def _try(self, request: Mapping[str, Any], *, ends_at: float, cancellation: Cancellation) -> Reply:
        from botocore.eventstream import ParserError
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        with Leash(limits=self._limits, ends_at=ends_at, cancellation=cancellation) as leash:
            self._calls.leash = leash
            try:
                stream = self._opened().converse_stream(**request)["stream"]
                return self._read(stream, leash)
            except ClientError as error:
                raise self._trouble(error.response, started=leash.started) from None
            except BotoCoreError as error:
                raise not_sent(error, model=self._model_id, region=self._region) from None
            except (ParserError, ResponseParserError):
                raise ModelError("Bedrock sent something that is no reply.") from None
            finally:
                del self._calls.leash

    def _read(self, stream: Iterable[Mapping[str, Any]], leash: Leash) -> Reply:
        pieces, usage, stopped = Pieces(), Usage(model=self._model_id, calls=1), ""
        for event in stream:
            leash.piece_came()
            pieces.add(event.get("contentBlockDelta", {}).get("delta", {}).get("text", ""))
            stopped = event.get("messageStop", {}).get("stopReason", stopped)
            usage = _usage(event.get("metadata", {}), usage)
            if pieces.full:
                return Reply(text=pieces.text(), usage=usage, cut=True)
        if not stopped:
            raise ModelError("Bedrock broke off in the middle of its reply.")
        return Reply(text=pieces.text(), usage=usage, cut=stopped in _CUT)

    def _trouble(self, response: Mapping[str, Any], *, started: bool) -> TryAgain | ModelError:
        error = refused(response, model=self._model_id, region=self._region)
        if started or not isinstance(error, ModelUnavailable):
            return error
        headers = response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        return TryAgain(error, after=seconds_asked(headers.get("retry-after")))

    def _opened(self) -> Any:
        """The one client, which threads may share."""
        with self._lock:
            if self._client is None:
                self._client = self._new_client()
            return self._client

    def _new_client(self) -> Any:
        import boto3
        from botocore.config import Config

        # botocore's own retries would sleep where no wish to cancel reaches them.
        once = Config(retries={"total_max_attempts": 1, "mode": "standard"})
        session = boto3.session.Session(region_name=self._region)
        client = session.client("bedrock-runtime", endpoint_url=self._endpoint_url, config=once)
        client.meta.events.register("before-send.bedrock-runtime.ConverseStream", self._send)
        return client

    def _send(self, request: Any, **_: Any) -> Any:
        """Send a signed request in botocore's place."""
        from botocore.awsrequest import AWSResponse

        headers = {name: _text(value) for name, value in request.headers.items()}
        exchange = self._connector.post(
            request.url, headers=headers, body=request.body, leash=self._calls.leash
        )
        return AWSResponse(request.url, exchange.status, exchange.headers, exchange)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _messages(messages: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    # Converse wants the roles to take turns, and no text that is empty.
    spoken = [(role, text) for role, text in messages if text.strip()]
    return [
        {"role": role, "content": [{"text": text} for _, text in turn]}
        for role, turn in itertools.groupby(spoken, key=lambda message: message[0])
    ]


def _usage(metadata: Mapping[str, Any], before: Usage) -> Usage:
    counted = metadata.get("usage")
    if not counted:
        return before
    cached = counted.get("cacheReadInputTokens", 0)
    # inputTokens leaves out what was read from, or written to, the cache; a prompt's length is all of it.
    prompt = counted.get("inputTokens", 0) + cached + counted.get("cacheWriteInputTokens", 0)
    return Usage(
        model=before.model,
        prompt_tokens=prompt,
        completion_tokens=counted.get("outputTokens", 0),
        cached_tokens=cached,
        calls=1,
    )
