"""The orchestrator: serves the HTTP interface, and as `data-analyst-worker` answers one question."""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import Any

from analyst import log
from analyst.settings import Settings
from analyst.wiring import House


@lru_cache(maxsize=1)
def house() -> House:
    """This environment's parts, made at the first event."""
    settings = Settings.read()
    log.start(settings.log_level)
    return House(settings)


@lru_cache(maxsize=1)
def api() -> Any:
    """The HTTP interface; a worker never loads it."""
    from analyst.api.app import Api

    return Api(house())


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """An API Gateway event, or {"query_id": …} for the worker."""
    if "query_id" in event:
        taken = house().worker(name=f"worker-{uuid.uuid4()}").take_up(event["query_id"])
        return {"taken": taken}
    response: dict[str, Any] = api()(event, context)
    return response
