"""What MiniStack's CloudFormation leaves out of types that it does know."""

from __future__ import annotations

import json
import string
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from placeholders import Attributes, Handlers, Made, Properties

Make = Callable[..., Made]
_CREATE, _UPDATE = ("create", 1), ("update", 2)
"""A handler, and which of its arguments are the properties."""

IMAGES: Mapping[str, str] = {
    f"/aws/service/ami-amazon-linux-latest/al2023-ami-{kind}kernel-{kernel}-{processor}": "ami-0c2023a1b2c3d4e5f"
    for kind in ("", "minimal-")
    for kernel in ("default", "6.1", "6.12")
    for processor in ("x86_64", "arm64")
}
"""Public parameters that name machine images; MiniStack has two of them."""

MORE_ATTRIBUTES: Mapping[str, Attributes] = {
    "AWS::EC2::VPC": lambda _, given: {"CidrBlock": given.get("CidrBlock", "")},
}
"""Type -> attributes that its handler leaves out."""


def mend(known: Handlers, *, gateway: Any, databases: Any, storage: Any, at: tuple[str, int]) -> None:
    """Mend MiniStack's table; the others are its modules of REST APIs, RDS and S3.

    Every database that is made has its address where a real server listens.
    """
    _wrap(known, "AWS::RDS::DBInstance", lambda make, _: _at(make, databases, at))
    for kind, attributes in MORE_ATTRIBUTES.items():
        _wrap(known, kind, partial(_with_more, attributes=attributes))
    _wrap(known, "AWS::SecretsManager::Secret", _without_punctuation)
    _wrap(known, "AWS::S3::Bucket", partial(_tagged, storage=storage))
    known["AWS::ApiGateway::RequestValidator"]["create"] = lambda _, given, __: _validator(gateway, given)
    _wrap(known, "AWS::ApiGateway::Method", lambda make, at: _validated(make, at, gateway))


def heed_missing_images(registry: Any) -> None:
    """Have ECR say that an image is not there, in place of an empty list; `registry` is MiniStack's module."""
    described = registry._describe_images

    def describe(asked: Mapping[str, Any]) -> Any:
        repository = asked.get("repositoryName", "")
        there = (registry._find_image(repository, one) for one in asked.get("imageIds") or ())
        if repository in registry._repositories and not all(there):
            sentence = f"There is no such image in the repository {repository}"
            return registry.error_response_json("ImageNotFoundException", sentence, 400)
        return described(asked)

    registry._describe_images = describe


def _wrap(known: Handlers, kind: str, wrapped: Callable[[Make, int], Make]) -> None:
    for name, given_at in (_CREATE, _UPDATE):
        if name in known[kind]:
            known[kind][name] = wrapped(known[kind][name], given_at)


def _with_more(make: Make, given_at: int, attributes: Attributes) -> Make:
    def completed(*arguments: Any, **named: Any) -> Made:
        name, found = make(*arguments, **named)
        return name, {**attributes(name, arguments[given_at]), **found}

    return completed


def _without_punctuation(make: Make, given_at: int) -> Make:
    """ExcludePunctuation is passed over, but ExcludeCharacters is not."""

    def heeding(*arguments: Any, **named: Any) -> Made:
        changed = list(arguments)
        wanted = changed[given_at].get("GenerateSecretString") or {}
        if str(wanted.get("ExcludePunctuation")).lower() == "true":
            excluded = wanted.get("ExcludeCharacters", "") + string.punctuation
            wanted = {**wanted, "ExcludeCharacters": excluded}
            changed[given_at] = {**changed[given_at], "GenerateSecretString": wanted}
        return make(*changed, **named)

    return heeding


def _tagged(make: Make, given_at: int, storage: Any) -> Make:
    """Buckets get no tags from their stack, and are told apart by them once the stack is gone."""

    def with_tags(*arguments: Any, **named: Any) -> Made:
        made = make(*arguments, **named)
        storage._bucket_tags[made[0]] = {"aws:cloudformation:stack-name": arguments[given_at + 1]}
        return made

    return with_tags


def _at(make: Make, databases: Any, at: tuple[str, int]) -> Make:
    host, port = at

    def reachable(*arguments: Any, **named: Any) -> Made:
        name, found = make(*arguments, **named)
        databases._instances[name]["Endpoint"] |= {"Address": host, "Port": port}
        return name, {**found, "Endpoint.Address": host, "Endpoint.Port": str(port)}

    return reachable


def _validator(gateway: Any, given: Properties) -> Made:
    """Templates' validators are given an id and nothing else, though the gateway knows how to validate."""
    asked = {
        "name": given.get("Name", ""),
        "validateRequestBody": str(given.get("ValidateRequestBody")).lower() == "true",
        "validateRequestParameters": str(given.get("ValidateRequestParameters")).lower() == "true",
    }
    _, _, body = gateway._create_request_validator(given["RestApiId"], asked)
    name: str = json.loads(body)["id"]
    return name, {"RequestValidatorId": name}


def _validated(make: Make, given_at: int, gateway: Any) -> Make:
    def with_validator(*arguments: Any, **named: Any) -> Made:
        made = make(*arguments, **named)
        given = arguments[given_at]
        resource = gateway._resources[given["RestApiId"]][given["ResourceId"]]
        resource["resourceMethods"][given["HttpMethod"]]["requestValidatorId"] = given.get(
            "RequestValidatorId"
        )
        return made

    return with_validator
