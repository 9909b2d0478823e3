"""Querybot behind a function: the same protocol, over Lambda's Invoke."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from analyst.draft import Decision, Draft, Repair
from analyst.errors import AnalystError, ModelError, ModelTimeout, ModelUnavailable, UnusableReply, WrongUsage
from analyst.ports import Cancellation, DraftRequest, SqlWriter, Words, WordsRequest
from analyst.question import Usage

LARGEST_REQUEST = 256 * 1024
"""Bytes of a request to querybot, as Lambda's asynchronous limit has it."""
_ERRORS = (ModelUnavailable, ModelTimeout, UnusableReply, ModelError)


class RemoteWriter:
    """`ports.SqlWriter` that invokes the querybot function."""

    def __init__(self, *, function: str, client: Any) -> None:
        self._function = function
        self._client = client

    def draft(self, request: DraftRequest, *, cancellation: Cancellation) -> Draft:
        """SQL for the question; raises UnusableReply or another ModelError."""
        data = self._invoke("draft", asdict(request), cancellation)
        return Draft(
            decision=Decision(data["decision"]),
            sql=data["sql"],
            message=data["message"],
            usage=Usage(**data["usage"]),
        )

    def words(self, request: WordsRequest, *, cancellation: Cancellation) -> Words:
        """One or two sentences on the result, unchecked; raises ModelError."""
        data = self._invoke("words", asdict(request), cancellation)
        return Words(text=data["text"], usage=Usage(**data["usage"]))

    def _invoke(self, operation: str, request: dict[str, Any], cancellation: Cancellation) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError

        cancellation.check()
        payload = json.dumps({"operation": operation, "request": request}).encode()
        if len(payload) > LARGEST_REQUEST:
            raise WrongUsage("The question with its schema is too large for the model.")
        try:
            answer = self._client.invoke(FunctionName=self._function, Payload=payload)
            data: dict[str, Any] = json.loads(answer["Payload"].read())
        except (BotoCoreError, ClientError, ValueError) as error:
            raise ModelUnavailable("The function that writes SQL cannot be reached.") from error
        cancellation.check()
        if "FunctionError" in answer:
            raise ModelError("The function that writes SQL broke off.")
        if "error" in data:
            raise _error(data["error"])
        return data


def serve(event: dict[str, Any], writer: SqlWriter) -> dict[str, Any]:
    """Querybot's side: one operation, its result or error as plain JSON values."""
    try:
        if event.get("operation") == "draft":
            return asdict(writer.draft(_draft_request(event["request"]), cancellation=Cancellation()))
        if event.get("operation") == "words":
            return asdict(writer.words(_words_request(event["request"]), cancellation=Cancellation()))
        raise WrongUsage("The operations are draft and words.")
    except (KeyError, TypeError):
        return {"error": {"code": WrongUsage.code, "message": "The request does not have the right shape."}}
    except AnalystError as error:
        usage = asdict(error.usage) if isinstance(error, UnusableReply) else None
        return {"error": {"code": error.code, "message": str(error), "usage": usage}}


def _draft_request(data: dict[str, Any]) -> DraftRequest:
    pairs = {name: tuple((q, sql) for q, sql in data.get(name, ())) for name in ("examples", "turns")}
    repair = Repair(**data["repair"]) if data.get("repair") else None
    return DraftRequest(**{**data, **pairs, "repair": repair})


def _words_request(data: dict[str, Any]) -> WordsRequest:
    rows = tuple(tuple(row) for row in data["rows"])
    return WordsRequest(**{**data, "columns": tuple(data["columns"]), "rows": rows})


def _error(data: dict[str, Any]) -> AnalystError:
    kind = next((e for e in _ERRORS if e.code == data.get("code")), ModelError)
    message = str(data.get("message") or "The function that writes SQL failed.")
    if kind is UnusableReply:
        return UnusableReply(message, usage=Usage(**(data.get("usage") or {})))
    return kind(message)
