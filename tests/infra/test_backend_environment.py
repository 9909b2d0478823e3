"""The environment variables of the functions, exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from synthesis import OIDC, Template, Templates, resources

from analyst.aws.parameters import overlay
from analyst.settings import ON_ONE_MACHINE, Settings

Synthesize = Callable[..., Templates]
WORKER = {
    "ANALYST_STATE_SECRET",
    "ANALYST_STATE_TLS",
    "ANALYST_RDS_CA",
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
    "ANALYST_ENTRANCE",
}
DATA_ANALYST = WORKER | {
    "ANALYST_WORKER",
    "ANALYST_TICKET_NAME",
    "ANALYST_TOKEN_HOURS",
    "ANALYST_PERSON_PER_MINUTE",
    "ANALYST_PERSON_AT_ONCE",
}
SIGNING_IN = {"ANALYST_OIDC_ISSUER", "ANALYST_OIDC_CLIENT_ID"}
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
        "file": "[roles]",
    },
    "entrance": {"signer": "arn"},
}
ENDPOINT = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"


def environments(template: Template) -> dict[str, dict[str, Any]]:
    found = resources(template, "AWS::Lambda::Function").values()
    return {one["FunctionName"].removeprefix("analyst-"): one["Environment"]["Variables"] for one in found}


def test_each_function_has_its_variables_and_no_other(synthesize: Synthesize) -> None:
    found = environments(synthesize()["analyst-backend"])
    assert set(found["data-analyst"]) == DATA_ANALYST
    assert set(found["data-analyst-worker"]) == WORKER
    assert set(found["querybot"]) == QUERYBOT
    signing_in = environments(synthesize(**OIDC)["analyst-backend"])
    assert set(signing_in["data-analyst"]) == DATA_ANALYST | SIGNING_IN
    assert set(signing_in["data-analyst-worker"]) == WORKER


@pytest.mark.parametrize("name", ["data-analyst", "data-analyst-worker", "querybot"])
def test_every_variable_is_a_setting_that_the_code_reads(synthesize: Synthesize, name: str) -> None:
    read = {f"ANALYST_{setting.name.upper()}" for setting in fields(Settings)}
    assert set(environments(synthesize()["analyst-backend"])[name]) <= read


def test_every_setting_is_given_by_the_stack_or_by_a_parameter_or_belongs_to_one_machine(
    synthesize: Synthesize,
) -> None:
    found = environments(synthesize(database_proxy=True, **OIDC)["analyst-backend"])
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


def test_without_signing_in_a_ticket_for_this_deployment_lets_people_in(synthesize: Synthesize) -> None:
    options = {"name": "second", "token_hours": 8, "person_per_minute": 60, "person_at_once": 0}
    template = synthesize(**options)["second-backend"]
    (found,) = (
        one["Environment"]["Variables"]
        for one in resources(template, "AWS::Lambda::Function").values()
        if one["FunctionName"] == "second-data-analyst"
    )
    assert found["ANALYST_ENTRANCE"] == "aws"
    assert found["ANALYST_TICKET_NAME"] == "data-analyst-bi.second"
    read = Settings.read({name: str(value) for name, value in found.items()})
    assert (read.token_hours, read.person_per_minute, read.person_at_once) == (8, 60, 0)


def test_where_people_sign_in_nothing_else_lets_them_in(synthesize: Synthesize) -> None:
    found = environments(synthesize(**OIDC)["analyst-backend"])
    assert {found[name]["ANALYST_ENTRANCE"] for name in ("data-analyst", "data-analyst-worker")} == {"oidc"}
    assert found["data-analyst"]["ANALYST_OIDC_ISSUER"] == OIDC["oidc_issuer"]
    assert found["data-analyst"]["ANALYST_OIDC_CLIENT_ID"] == OIDC["oidc_client_id"]


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
