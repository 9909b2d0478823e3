"""The private API: who gets in, what is asked of a request, and what a refusal says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from synthesis import EXISTING, Template, Templates, resources, synthesized, whole

from analyst import errors
from pieces import private_api
from pieces.gateway_errors import GATEWAY_ERRORS

Synthesize = Callable[..., Templates]
OPEN = {"health", "openapi.json"}
NEEDED = {
    "DEFAULT_4XX",
    "DEFAULT_5XX",
    "THROTTLED",
    "QUOTA_EXCEEDED",
    "INVALID_API_KEY",
    "MISSING_AUTHENTICATION_TOKEN",
    "BAD_REQUEST_BODY",
    "INTEGRATION_TIMEOUT",
    "REQUEST_TOO_LARGE",
}
GATEWAYS_OWN = {"throttled", "quota_exceeded", "timeout", "unavailable"}
"""Codes of what only API Gateway can say."""


@pytest.fixture(scope="module")
def backend(synthesize: Synthesize) -> Template:
    return synthesize()["analyst-backend"]


def only(template: Template, kind: str) -> Any:
    (found,) = resources(template, f"AWS::ApiGateway::{kind}").values()
    return found


def methods(template: Template) -> dict[tuple[str, str], Any]:
    """By the last part of the path, and the method."""
    parts = {id: one["PathPart"] for id, one in resources(template, "AWS::ApiGateway::Resource").items()}
    found = resources(template, "AWS::ApiGateway::Method").values()
    return {(parts[one["ResourceId"]["Ref"]], one["HttpMethod"]): one for one in found}


def test_only_the_networks_own_endpoint_gets_in(backend: Template) -> None:
    api = only(backend, "RestApi")
    (endpoint,) = api["EndpointConfiguration"]["VpcEndpointIds"]
    assert api["EndpointConfiguration"]["Types"] == ["PRIVATE"]
    (allowed,) = api["Policy"]["Statement"]
    assert allowed["Effect"] == "Allow"
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceVpce": endpoint}}


def test_the_address_is_private_and_ends_with_the_stage(backend: Template) -> None:
    url = backend["Outputs"]["ApiUrl"]["Value"]["Fn::Join"][1]
    (api_id,) = resources(backend, "AWS::ApiGateway::RestApi")
    assert url[:3] == ["https://", {"Ref": api_id}, ".execute-api."]
    assert url[-1] == "/v1"


def test_in_an_existing_network_the_address_names_the_endpoint(synthesize: Synthesize) -> None:
    options = dict(EXISTING) | {"existing_endpoints": True, "api_endpoint_id": "vpce-0123456789abcdef0"}
    url = synthesize(**options)["analyst-backend"]["Outputs"]["ApiUrl"]["Value"]["Fn::Join"][1]
    assert url[2] == "-vpce-0123456789abcdef0.execute-api."


def test_all_but_health_and_description_need_the_key(backend: Template) -> None:
    free = {part for (part, _), one in methods(backend).items() if not one.get("ApiKeyRequired")}
    assert free == OPEN


def test_people_are_for_data_analyst_to_verify(backend: Template) -> None:
    """With an authoriser, API Gateway would keep the header authorization for itself."""
    assert resources(backend, "AWS::ApiGateway::Authorizer") == {}
    assert {one["AuthorizationType"] for one in methods(backend).values()} == {"NONE"}
    assert {one["Integration"]["Type"] for one in methods(backend).values()} == {"AWS_PROXY"}


def test_every_post_is_checked_against_its_schema(backend: Template) -> None:
    validators = resources(backend, "AWS::ApiGateway::RequestValidator")
    models = resources(backend, "AWS::ApiGateway::Model")
    posts = {part: one for (part, method), one in methods(backend).items() if method == "POST"}
    assert set(posts) == {"query", "feedback", "sql", "examples", "entry", "tokens"}
    for one in posts.values():
        assert validators[one["RequestValidatorId"]["Ref"]]["ValidateRequestBody"] is True
        assert one["RequestModels"]["application/json"]["Ref"] in models


def test_a_changed_schema_is_deployed_anew(
    synthesize: Synthesize, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    for file in private_api.BODIES.glob("*.json"):
        (tmp_path / file.name).write_text(file.read_text().replace("1000", "999"))
    before = set(resources(synthesize()["analyst-backend"], "AWS::ApiGateway::Deployment"))
    monkeypatch.setattr(private_api, "BODIES", tmp_path)
    after = set(resources(synthesized(whole, {})["analyst-backend"], "AWS::ApiGateway::Deployment"))
    assert before.isdisjoint(after)


def test_limits_follow_the_options(synthesize: Synthesize) -> None:
    template = synthesize(throttle_rate=3, throttle_burst=5)["analyst-backend"]
    (settings,) = only(template, "Stage")["MethodSettings"]
    assert (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]) == (3, 5)
    assert only(template, "UsagePlan")["Throttle"] == {"RateLimit": 3, "BurstLimit": 5}


def test_the_key_is_long_random_and_in_no_template(backend: Template) -> None:
    (secret_id,) = resources(backend, "AWS::SecretsManager::Secret")
    generated = resources(backend, "AWS::SecretsManager::Secret")[secret_id]["GenerateSecretString"]
    assert generated["PasswordLength"] >= 32 and generated["ExcludePunctuation"] is True
    value = only(backend, "ApiKey")["Value"]["Fn::Join"][1]
    assert value == ["{{resolve:secretsmanager:", {"Ref": secret_id}, ":SecretString:::}}"]
    plan = only(backend, "UsagePlanKey")
    assert plan["KeyId"]["Ref"] in resources(backend, "AWS::ApiGateway::ApiKey")


def test_requests_are_logged_and_traced_without_what_was_asked(backend: Template) -> None:
    stage = only(backend, "Stage")
    assert stage["TracingEnabled"] is True
    logged = json.loads(stage["AccessLogSetting"]["Format"])
    assert logged["request_id"] == "$context.requestId"
    assert {"status", "route", "milliseconds", "gateway_error"} <= set(logged)
    # Of a request only what follows: headers hold tokens, bodies tickets, paths ids, and a sentence may quote any.
    safe = {"requestId", "requestTime", "httpMethod", "resourcePath", "status", "xrayTraceId"}
    safe |= {"responseLatency", "integrationLatency", "integration.error", "error.responseType"}
    assert set(logged.values()) <= {f"$context.{name}" for name in (*safe, "identity.apiKeyId")}
    (settings,) = stage["MethodSettings"]
    assert settings["LoggingLevel"] == "OFF" and settings["DataTraceEnabled"] is False


def test_only_files_are_bytes(backend: Template) -> None:
    types = only(backend, "RestApi")["BinaryMediaTypes"]
    assert types == ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"]


def test_every_refusal_is_the_products_own_error(backend: Template) -> None:
    found = {
        one["ResponseType"]: one for one in resources(backend, "AWS::ApiGateway::GatewayResponse").values()
    }
    assert set(found) >= NEEDED
    for one in found.values():
        body = json.loads(one["ResponseTemplates"]["application/json"])
        assert set(body) == {"error"} and set(body["error"]) == {"code", "message", "request_id"}
        assert body["error"]["request_id"] == "$context.requestId"
        assert body["error"]["message"].endswith(".")


def test_statuses_are_the_right_ones() -> None:
    statuses = {error.kind: error.status for error in GATEWAY_ERRORS}
    assert statuses["MISSING_AUTHENTICATION_TOKEN"] == statuses["INVALID_SIGNATURE"] == 404
    assert statuses["INVALID_API_KEY"] == 403
    assert statuses["THROTTLED"] == statuses["QUOTA_EXCEEDED"] == 429
    assert statuses["INTEGRATION_TIMEOUT"] == 504
    assert statuses["REQUEST_TOO_LARGE"] == 413


def test_codes_are_those_of_the_product() -> None:
    known = {
        kind.code: kind.status
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.AnalystError)
    }
    for error in GATEWAY_ERRORS:
        assert error.code in set(known) | GATEWAYS_OWN, error.kind
        if error.status and error.code in known and error.kind != "UNSUPPORTED_MEDIA_TYPE":
            assert error.status == known[error.code], error.kind
