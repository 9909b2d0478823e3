"""Querybot behind a function: the same protocol, over Lambda's Invoke."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from analyst import tracing
from analyst.draft import Decision, Draft, Repair
from analyst.errors import (
    AnalystError,
    ConfigurationError,
    FunctionFailed,
    ModelError,
    ModelThrottled,
    ModelTimeout,
    ModelUnavailable,
    UnusableReply,
    WrongUsage,
)
from analyst.ports import Cancellation, DraftRequest, SqlWriter, Words, WordsRequest
from analyst.question import Usage

if TYPE_CHECKING:
    from analyst.invoking import Function

logger = logging.getLogger(__name__)

LARGEST_REQUEST = 256 * 1024
"""Bytes of a request to querybot, as Lambda's asynchronous limit has it."""
_ERRORS = (ModelUnavailable, ModelThrottled, ModelTimeout, UnusableReply, ConfigurationError, ModelError)


class RemoteWriter:
    """`ports.SqlWriter` that calls the querybot function."""

    def __init__(self, querybot: Function, *, sql_model: str = "", words_model: str = "") -> None:
        """The models' ids are sent along; querybot uses its own where they are empty."""
        self._querybot = querybot
        self._models = {"draft": sql_model, "words": words_model or sql_model}

    def draft(self, request: DraftRequest, *, cancellation: Cancellation) -> Draft:
        """SQL for the question; raises UnusableReply or another ModelError."""
        data = self._call("draft", asdict(request), cancellation)
        return Draft(
            decision=Decision(data["decision"]),
            sql=data["sql"],
            message=data["message"],
            usage=Usage(**data["usage"]),
        )

    def words(self, request: WordsRequest, *, cancellation: Cancellation) -> Words:
        """One or two sentences on the result, unchecked; raises ModelError."""
        data = self._call("words", asdict(request), cancellation)
        return Words(text=data["text"], usage=Usage(**data["usage"]))

    def _call(self, operation: str, request: dict[str, Any], cancellation: Cancellation) -> dict[str, Any]:
        event = {
            "operation": operation,
            "model": self._models[operation],
            "request_id": tracing.request_id(),
            "request": request,
        }
        if len(json.dumps(event)) > LARGEST_REQUEST:
            raise WrongUsage("The question with its schema is too large for the model.")
        try:
            data = self._querybot.call(event, cancellation=cancellation)
        except FunctionFailed as error:
            raise ModelUnavailable("The function that writes SQL cannot be reached or broke off.") from error
        if "error" in data:
            raise _error(data["error"])
        return data


def serve(event: Mapping[str, Any], writer: Callable[[str], SqlWriter]) -> dict[str, Any]:
    """Querybot's side: one operation, its result or error as plain JSON values; `writer` opens a model's id."""
    try:
        return _served(event, writer(str(event.get("model") or "")))
    except (KeyError, TypeError):
        return {"error": {"code": WrongUsage.code, "message": "The request does not have the right shape."}}
    except AnalystError as error:
        logger.warning("no %s: %s", event.get("operation"), error.code)
        usage = asdict(error.usage) if isinstance(error, UnusableReply) else None
        return {"error": {"code": error.code, "message": str(error), "usage": usage}}


def _served(event: Mapping[str, Any], writer: SqlWriter) -> dict[str, Any]:
    if event.get("operation") == "draft":
        draft = writer.draft(_draft_request(event["request"]), cancellation=Cancellation())
        logger.info("draft: %s, %s tokens", draft.decision, draft.usage.completion_tokens)
        return asdict(draft)
    if event.get("operation") == "words":
        words = writer.words(_words_request(event["request"]), cancellation=Cancellation())
        logger.info("words: %s tokens", words.usage.completion_tokens)
        return asdict(words)
    raise WrongUsage("The operations are draft and words.")


def _draft_request(data: dict[str, Any]) -> DraftRequest:
    pairs = {name: tuple((q, sql) for q, sql in data.get(name, ())) for name in ("examples", "turns")}
    repair = Repair(**data["repair"]) if data.get("repair") else None
    return DraftRequest(**{**data, **pairs, "repair": repair})


def _words_request(data: dict[str, Any]) -> WordsRequest:
    rows = tuple(tuple(row) for row in data["rows"])
    return WordsRequest(**{**data, "columns": tuple(data["columns"]), "rows": rows})


def _error(data: Mapping[str, Any]) -> AnalystError:
    kind = next((e for e in _ERRORS if e.code == data.get("code")), ModelError)
    message = str(data.get("message") or "The function that writes SQL failed.")
    if kind is UnusableReply:
        return UnusableReply(message, usage=Usage(**(data.get("usage") or {})))
    return kind(message)
