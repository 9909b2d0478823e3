"""Writes SQL and words with a model: {"operation": "draft" | "words", "request": …}; reaches no data."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from analyst import log
from analyst.ports import SqlWriter
from analyst.remote import serve
from analyst.settings import Settings
from analyst.wiring import House


@lru_cache(maxsize=1)
def writer() -> SqlWriter:
    """This environment's writer, made at the first event."""
    settings = Settings.read(querybot="")
    log.start(settings.log_level)
    return House(settings).writer


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One operation; errors come back as {"error": {"code", "message"}}."""
    return serve(event, writer())
