"""The route that says what the answer cache makes of a question, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from analyst.api.visit import Visit
from analyst.identity import Scope


class Cache:
    """Routes of the answer cache; each knows its visitor through `visit`."""

    def __init__(self, visit: Callable[[], Visit]) -> None:
        self._visit = visit

    def register(self, app: APIGatewayRestResolver) -> None:
        """Put the routes into the application."""
        app.get("/cache", summary="Which approved questions would answer, and why", tags=["Examples"])(
            self.explain
        )

    def explain(self, question: str, source: str = "") -> dict[str, Any]:
        """The nearest approved questions that the sender may see, each with the reason it serves or does not.

        Nothing is run, and no model is asked.
        """
        here = self._visit()
        here.require(Scope.ASK)
        here.count()
        key = here.house.library.open_sources(here.principal).get(source).key
        return here.house.explain(key, question, principal=here.principal)
