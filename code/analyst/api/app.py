"""The HTTP interface as one function: an API Gateway event in, a response out."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)

from analyst import __version__
from analyst.api.cache import Cache
from analyst.api.identities import Identities
from analyst.api.knowledge import Knowledge
from analyst.api.queries import Queries
from analyst.api.visit import Visit, visit
from analyst.errors import AnalystError, NotFound, TooLarge, Unauthorized, WrongUsage

if TYPE_CHECKING:
    from analyst.wiring import House

logger = logging.getLogger(__name__)
LARGEST_BODY = 1024 * 1024
"""Bytes of a request."""


class Api:
    """Answers requests; one at a time, as a function's environment does."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._guest: Visit | None = None
        self._app = APIGatewayRestResolver(enable_validation=True)
        Identities(self._visit).register(self._app)
        Queries(self._visit).register(self._app)
        Knowledge(self._visit).register(self._app)
        Cache(self._visit).register(self._app)
        self._app.exception_handler(AnalystError)(self._refuse)
        self._app.exception_handler(RequestValidationError)(self._misshapen)
        self._app.exception_handler([UnicodeDecodeError, RecursionError])(self._not_text)
        self._app.exception_handler(RequestUnsupportedContentType)(self._not_json)
        self._app.exception_handler(Exception)(self._broken)
        self._app.not_found(self._nowhere)
        self._app.get("/openapi.json", include_in_schema=False)(self._openapi)

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Serve one event of API Gateway's REST proxy."""
        if len(event.get("body") or "") > LARGEST_BODY:
            return plain(TooLarge("A request may have 1 MB."), _request_id(event))
        try:
            self._guest = visit(self._house, event)  # before anything else is looked at
        except AnalystError as error:
            response = plain(error, _request_id(event))
        else:
            response = self._app.resolve(event, context)
        finally:
            self._guest = None
        status, method = response["statusCode"], event["httpMethod"]
        # A page looks every second; what changes something, or fails, is worth a line.
        level = logging.DEBUG if method == "GET" and status < 400 else logging.INFO
        logger.log(level, "%s %s: %s", method, event["path"], status)
        return response

    def _visit(self) -> Visit:
        if self._guest is None:
            raise Unauthorized("Nobody has verified who sends this.")
        return self._guest

    def openapi(self) -> dict[str, Any]:
        """The description of every route."""
        text = self._app.get_openapi_json_schema(
            title="Data Analyst BI",
            version=__version__,
            description="Questions in plain words, answers with a receipt. Every request carries `x-api-key`, which"
            " says which page sends it, and `authorization: Bearer …`, which says who asks.",
        )
        schema: dict[str, Any] = json.loads(text)
        return schema

    def _openapi(self) -> dict[str, Any]:
        return self.openapi()

    def _refuse(self, error: AnalystError) -> Response[str]:
        return self._response(error)

    def _misshapen(self, error: RequestValidationError) -> Response[str]:
        first: Mapping[str, Any] = next(iter(error.errors()), {})
        if str(first.get("type", "")).startswith("json"):
            return self._response(WrongUsage("The request's body is not JSON."))
        place = ".".join(str(part) for part in first.get("loc", ()) if part not in ("body", "query"))[:100]
        what = str(first.get("msg", "wrong value")).lower()
        return self._response(WrongUsage(f"The request is not right: {place or 'body'}: {what}."))

    def _not_text(self, _: Exception) -> Response[str]:
        return self._response(WrongUsage("The request's body is not JSON."))

    def _not_json(self, _: RequestUnsupportedContentType) -> Response[str]:
        return self._response(WrongUsage("Send the body as JSON, with Content-Type: application/json."))

    def _nowhere(self, _: NotFoundError) -> Response[str]:
        return self._response(NotFound("There is nothing here; see /openapi.json for what there is."))

    def _broken(self, error: Exception) -> Response[str]:
        frames = "".join(traceback.format_tb(error.__traceback__))
        logger.error("%s\n%s", type(error).__name__, frames)
        return self._response(AnalystError("Something went wrong on our side. Please try again."))

    def _response(self, error: AnalystError) -> Response[str]:
        body = plain(error, self._request_id())["body"]
        return Response(status_code=error.status, content_type="application/json", body=body)

    def _request_id(self) -> str:
        return _request_id(self._app.current_event.raw_event)


def _request_id(event: Mapping[str, Any]) -> str:
    return str((event.get("requestContext") or {}).get("requestId") or "")


def plain(error: AnalystError, request_id: str) -> dict[str, Any]:
    """An error as a response of API Gateway's proxy."""
    body = {"error": {"code": error.code, "message": str(error), "request_id": request_id}}
    return {
        "statusCode": error.status,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }
