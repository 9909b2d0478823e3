"""Writes SQL and words with a model: {"operation": "draft" | "words", "request": …}; reaches no data."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from analyst import log, modeling, tracing
from analyst.ports import SqlWriter
from analyst.remote import serve
from analyst.settings import Settings

MODELS_KEPT = 8


@lru_cache(maxsize=1)
def settings() -> Settings:
    """This environment's settings, read at the first event."""
    found = Settings.read()
    log.start(found.log_level)
    return found


@lru_cache(maxsize=MODELS_KEPT)
def writer(model_id: str) -> SqlWriter:
    """The writer with that model, kept for the events to come."""
    return modeling.writer(settings(), model_id)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One operation; errors come back as {"error": {"code", "message"}}."""
    with tracing.serving(str(event.get("request_id") or "")):
        return serve(event, writer)
