"""The environment variables of the functions, exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from synthesis import Template, Templates, resources

from analyst.aws.parameters import overlay
from analyst.settings import ON_ONE_MACHINE, Settings

Synthesize = Callable[..., Templates]
WORKER = {
    "ANALYST_STATE_SECRET",
    "ANALYST_STATE_TLS",
    "ANALYST_PARAMETERS",
    "ANALYST_BUCKET",
    "ANALYST_QUERYBOT",
    "ANALYST_MODEL",
    "ANALYST_EMBEDDER",
    "ANALYST_REGION",
    "ANALYST_KEEP_DAYS",
    "ANALYST_AUDIT_DAYS",
    "ANALYST_WORDS",
    "ANALYST_WORDS_ROWS",
    "ANALYST_LOG_LEVEL",
}
QUERYBOT = {
    "ANALYST_MODEL",
    "ANALYST_REGION",
    "ANALYST_MODEL_ID",
    "ANALYST_WORDS_MODEL_ID",
    "ANALYST_ALLOWED_MODELS",
    "ANALYST_LOG_LEVEL",
}
DOCUMENTS = {
    "sources": [],
    "models": {"sql": "a", "words": "b", "embedding": "c", "few_shot": True},
    "policies": {
        "row_limit": 1,
        "timeout_seconds": 1,
        "time_follows": "data",
        "fiscal_start": 4,
        "abstain_below": 0.5,
    },
}
ENDPOINT = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"


def environments(template: Template) -> dict[str, dict[str, Any]]:
    found = resources(template, "AWS::Lambda::Function").values()
    return {one["FunctionName"].removeprefix("analyst-"): one["Environment"]["Variables"] for one in found}


def test_each_function_has_its_variables_and_no_other(synthesize: Synthesize) -> None:
    found = environments(synthesize()["analyst-backend"])
    assert set(found["data-analyst"]) == WORKER | {"ANALYST_WORKER"}
    assert set(found["data-analyst-worker"]) == WORKER
    assert set(found["querybot"]) == QUERYBOT


@pytest.mark.parametrize("name", ["data-analyst", "data-analyst-worker", "querybot"])
def test_every_variable_is_a_setting_that_the_code_reads(synthesize: Synthesize, name: str) -> None:
    read = {f"ANALYST_{setting.name.upper()}" for setting in fields(Settings)}
    assert set(environments(synthesize()["analyst-backend"])[name]) <= read


def test_every_setting_is_given_by_the_stack_or_by_a_parameter_or_belongs_to_one_machine(
    synthesize: Synthesize,
) -> None:
    found = environments(synthesize(database_proxy=True)["analyst-backend"])
    by_stack = {name for variables in found.values() for name in variables}
    by_parameter = {f"ANALYST_{setting.upper()}" for setting in overlay(DOCUMENTS)}
    on_one_machine = {f"ANALYST_{setting.upper()}" for setting in ON_ONE_MACHINE}
    assert not on_one_machine & (by_stack | by_parameter)
    every = {f"ANALYST_{setting.name.upper()}" for setting in fields(Settings)}
    assert every == by_stack | by_parameter | on_one_machine


def test_values_follow_the_options(synthesize: Synthesize) -> None:
    template = synthesize(
        models={"sql": "a.b", "allowed": ["a.c", "eu.a.d"]},
        model_region="eu-central-1",
        embedder="minilm",
        database_tls="prefer",
        keep_questions_days=30,
        log_level="DEBUG",
    )["analyst-backend"]
    found = environments(template)
    querybot, worker = found["querybot"], found["data-analyst-worker"]
    assert querybot["ANALYST_MODEL_ID"] == querybot["ANALYST_WORDS_MODEL_ID"] == "a.b"
    assert querybot["ANALYST_ALLOWED_MODELS"] == "a.c,eu.a.d"
    assert worker["ANALYST_REGION"] == querybot["ANALYST_REGION"] == "eu-central-1"
    assert worker["ANALYST_EMBEDDER"] == "minilm"
    assert worker["ANALYST_STATE_TLS"] == "prefer"
    assert worker["ANALYST_KEEP_DAYS"] == "30"
    assert worker["ANALYST_PARAMETERS"] == "/analyst"
    assert {one["ANALYST_LOG_LEVEL"] for one in found.values()} == {"DEBUG"}
    assert {one["ANALYST_MODEL"] for one in found.values()} == {"bedrock"}


def test_models_are_asked_where_the_deployment_is_unless_told_otherwise(synthesize: Synthesize) -> None:
    found = environments(synthesize()["analyst-backend"])
    assert found["querybot"]["ANALYST_REGION"] == {"Ref": "AWS::Region"}


def test_the_address_is_given_only_where_a_proxy_stands_before_the_database(synthesize: Synthesize) -> None:
    found = environments(synthesize(database_proxy=True)["analyst-backend"])
    for name in ("data-analyst", "data-analyst-worker"):
        assert str(found[name]["ANALYST_STATE_ADDRESS"]).endswith("':5432']]}")
    assert "ANALYST_STATE_ADDRESS" not in found["querybot"]


def test_an_endpoint_of_ones_own_reaches_every_function(synthesize: Synthesize) -> None:
    endpoint = "https://models.example.com:8443"
    found = environments(synthesize(bedrock_endpoint_url=endpoint)["analyst-backend"])
    assert {one[ENDPOINT] for one in found.values()} == {endpoint}


def test_no_value_is_a_secret(synthesize: Synthesize) -> None:
    for variables in environments(synthesize()["analyst-backend"]).values():
        assert "resolve:secretsmanager" not in str(variables)
