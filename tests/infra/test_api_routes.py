"""API Gateway's routes and bodies are the product's own, in both directions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema import Draft4Validator

from analyst.api.app import Api
from analyst.settings import Settings
from analyst.wiring import House
from pieces.private_api import BODIES
from pieces.routes import ROUTES, Route

SAID = ("title", "description", "default")
"""What a schema says without forbidding anything."""
MORE = ("minProperties", "maxProperties")
"""What the product asks of a body in code, and its own description of it cannot say."""


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return Api(House(Settings())).openapi()


def test_every_route_of_the_product_is_served_and_no_other(described: dict[str, Any]) -> None:
    known = {(method.upper(), path) for path, methods in described["paths"].items() for method in methods}
    served = {(route.method, route.path) for route in ROUTES}
    assert served - {("GET", "/openapi.json")} == known
    assert len(served) == len(ROUTES)


def taken(described: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """The schema of each body that the product takes."""
    references = {
        (method.upper(), path): one["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        for path, methods in described["paths"].items()
        for method, one in methods.items()
        if "requestBody" in one
    }
    schemas = described["components"]["schemas"]
    return {route: schemas[reference.rpartition("/")[2]] for route, reference in references.items()}


def test_a_body_is_checked_wherever_the_product_takes_one(described: dict[str, Any]) -> None:
    assert set(taken(described)) == {(route.method, route.path) for route in ROUTES if route.body}


def test_there_is_a_schema_for_each_body_and_no_other() -> None:
    assert {file.stem for file in BODIES.glob("*.json")} == {route.body for route in ROUTES if route.body}


@pytest.mark.parametrize("route", [route for route in ROUTES if route.body], ids=lambda route: route.body)
def test_a_schema_asks_what_the_product_asks(described: dict[str, Any], route: Route) -> None:
    written = json.loads((BODIES / f"{route.body}.json").read_text(encoding="utf-8"))
    assert written.pop("$schema") == "http://json-schema.org/draft-04/schema#"
    known = described["components"]["schemas"]
    assert _bare(written, {}) == _bare(taken(described)[route.method, route.path], known)


@pytest.mark.parametrize(
    ("body", "right"),
    [
        ({"ticket": "k8s-aws-v1.a"}, True),
        ({"oidc": "a.b.c"}, True),
        ({}, False),
        ({"ticket": "a", "oidc": "b"}, False),
        ({"ticket": "a" * 20_001}, False),
        ({"ticket": 1}, False),
        ({"person": "anna"}, False),
    ],
)
def test_who_comes_in_brings_exactly_one_proof(body: dict[str, Any], right: bool) -> None:
    schema = json.loads((BODIES / "entry.json").read_text(encoding="utf-8"))
    assert Draft4Validator(schema).is_valid(body) is right


def _bare(schema: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """A schema without its words, its fields likewise, and with what it refers to put in."""
    if "$ref" in schema:
        return _bare(known[schema["$ref"].rpartition("/")[2]], known)
    kept = {key: value for key, value in schema.items() if key not in (*SAID, *MORE)}
    if "properties" in kept:
        kept["properties"] = {name: _bare(one, known) for name, one in kept["properties"].items()}
    if "items" in kept:
        kept["items"] = _bare(kept["items"], known)
    return kept
