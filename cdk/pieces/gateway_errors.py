"""What API Gateway says when it answers by itself: the product's own error body, one plain sentence each."""

from __future__ import annotations

import json
from dataclasses import dataclass

from aws_cdk import aws_apigateway as apigateway


@dataclass(frozen=True, kw_only=True)
class GatewayError:
    """One of API Gateway's own responses."""

    kind: str
    """API Gateway's name of it."""
    code: str
    """As in `analyst.errors` where there is such an error."""
    message: str
    status: int = 0
    """0 leaves the status as API Gateway has it."""


GATEWAY_ERRORS = (
    GatewayError(
        kind="DEFAULT_4XX",
        code="wrong_usage",
        message="The request cannot be served as it is; compare it with /openapi.json and send it again.",
    ),
    GatewayError(
        kind="DEFAULT_5XX",
        code="internal",
        message="Something went wrong on our side; try again, and pass on the request id if it happens again.",
    ),
    GatewayError(
        kind="MISSING_AUTHENTICATION_TOKEN",
        code="not_found",
        status=404,
        message="There is nothing here; see /openapi.json for what there is.",
    ),
    GatewayError(
        # Where there is no route, API Gateway takes the header authorization for a signature of AWS.
        kind="INVALID_SIGNATURE",
        code="not_found",
        status=404,
        message="There is nothing here; see /openapi.json for what there is.",
    ),
    GatewayError(
        kind="RESOURCE_NOT_FOUND",
        code="not_found",
        status=404,
        message="There is nothing here; see /openapi.json for what there is.",
    ),
    GatewayError(
        kind="INVALID_API_KEY",
        code="forbidden",
        status=403,
        message="The API key is missing or wrong; send the right one in the header x-api-key.",
    ),
    GatewayError(
        kind="ACCESS_DENIED",
        code="forbidden",
        status=403,
        message="This address is closed from where you are; call it from inside its own network.",
    ),
    GatewayError(
        kind="THROTTLED",
        code="throttled",
        status=429,
        message="Too many requests at once; wait a second and try again.",
    ),
    GatewayError(
        kind="QUOTA_EXCEEDED",
        code="quota_exceeded",
        status=429,
        message="This API key has used up its quota; wait for the next period or ask for a larger one.",
    ),
    GatewayError(
        kind="BAD_REQUEST_BODY",
        code="wrong_usage",
        status=400,
        message="The request's body is not right; /openapi.json shows which fields it may have.",
    ),
    GatewayError(
        kind="BAD_REQUEST_PARAMETERS",
        code="wrong_usage",
        status=400,
        message="The request's parameters are not right; /openapi.json shows which there are.",
    ),
    GatewayError(
        kind="UNSUPPORTED_MEDIA_TYPE",
        code="wrong_usage",
        status=415,
        message="Send the body as JSON, with Content-Type: application/json.",
    ),
    GatewayError(
        kind="REQUEST_TOO_LARGE",
        code="too_large",
        status=413,
        message="The request is too large; a body may have 1 MB.",
    ),
    GatewayError(
        kind="INTEGRATION_TIMEOUT",
        code="timeout",
        status=504,
        message="The answer took longer than 29 seconds; try again, or ask with POST /query and look for the answer.",
    ),
    GatewayError(
        kind="INTEGRATION_FAILURE",
        code="unavailable",
        status=503,
        message="The service cannot take this up right now; try again in a moment.",
    ),
)


def add_gateway_errors(api: apigateway.RestApi) -> None:
    """Give each of them its status and body."""
    for error in GATEWAY_ERRORS:
        api.add_gateway_response(
            error.kind.title().replace("_", ""),
            type=apigateway.ResponseType.of(error.kind),
            status_code=str(error.status) if error.status else None,
            templates={"application/json": error_template(error)},
        )


def error_template(error: GatewayError) -> str:
    """The body; API Gateway puts the request's id in."""
    body = {"code": error.code, "message": error.message, "request_id": "$context.requestId"}
    return json.dumps({"error": body})
