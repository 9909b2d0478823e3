"""API Gateway's routes and bodies are the product's own, in both directions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import BaseModel

from analyst.api import bodies
from analyst.api.app import Api
from analyst.settings import Settings
from analyst.wiring import House
from pieces.private_api import BODIES
from pieces.routes import ROUTES

SCHEMAS: Mapping[str, type[BaseModel]] = {
    "ask": bodies.AskBody,
    "sql": bodies.SqlBody,
    "feedback": bodies.FeedbackBody,
    "example": bodies.ExampleBody,
}
SAID = ("title", "description", "default")
"""What a schema says without forbidding anything."""


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return Api(House(Settings())).openapi()


def test_every_route_of_the_product_is_served_and_no_other(described: dict[str, Any]) -> None:
    known = {(method.upper(), path) for path, methods in described["paths"].items() for method in methods}
    served = {(route.method, route.path) for route in ROUTES}
    assert served - {("GET", "/openapi.json")} == known
    assert len(served) == len(ROUTES)


def test_a_body_is_checked_wherever_the_product_takes_one(described: dict[str, Any]) -> None:
    taken = {
        (method.upper(), path): one["requestBody"]["content"]["application/json"]["schema"]
        for path, methods in described["paths"].items()
        for method, one in methods.items()
        if "requestBody" in one
    }
    checked = {(route.method, route.path): SCHEMAS[route.body].__name__ for route in ROUTES if route.body}
    assert {key: schema["$ref"].rpartition("/")[2] for key, schema in taken.items()} == checked


def test_there_is_a_schema_for_each_body_and_no_other() -> None:
    assert {file.stem for file in BODIES.glob("*.json")} == {route.body for route in ROUTES if route.body}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_asks_what_the_product_asks(name: str) -> None:
    written = json.loads((BODIES / f"{name}.json").read_text(encoding="utf-8"))
    assert written.pop("$schema") == "http://json-schema.org/draft-04/schema#"
    assert _bare(written) == _bare(SCHEMAS[name].model_json_schema())


def _bare(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema without its words, its fields likewise."""
    kept = {key: value for key, value in schema.items() if key not in SAID}
    if "properties" in kept:
        kept["properties"] = {name: _bare(one) for name, one in kept["properties"].items()}
    return kept
