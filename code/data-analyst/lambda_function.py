"""The orchestrator: serves the HTTP interface, and as `data-analyst-worker` answers one question."""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import Any

from analyst import errands, log, tracing
from analyst.errors import AnalystError
from analyst.settings import Settings
from analyst.standing import Standing
from analyst.wiring import House


@lru_cache(maxsize=1)
def standing() -> Standing:
    """This environment's parts, made at the first event and anew when the configuration has changed."""
    settings = Settings.read()
    log.start(settings.log_level)
    return Standing(settings)


def house() -> House:
    """The parts as the configuration is now."""
    return standing().house()


@lru_cache(maxsize=1)
def api(house: House) -> Any:
    """The HTTP interface of a house; a worker never loads it."""
    from analyst.api.app import Api

    return Api(house)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """An API Gateway event; for the worker {"query_id": …}, or an errand {"operation": …}."""
    if "query_id" in event:
        worker = house().worker(name=f"worker-{uuid.uuid4()}")
        # One event for each question, but whose turn it is, is for the store to say.
        return {"taken": worker.take_up()}
    if "operation" in event:
        with tracing.serving(str(event.get("request_id") or "")):
            return errands.run(event, house())
    request_id = str(event["requestContext"].get("requestId") or "")
    with tracing.serving(request_id):
        return _served(event, context, request_id)


def _served(event: dict[str, Any], context: Any, request_id: str) -> dict[str, Any]:
    from analyst.api.app import plain

    try:
        response: dict[str, Any] = api(house())(event, context)
    except AnalystError as error:
        return plain(error, request_id)
    return response
