"""A function's parts follow Parameter Store without a new deployment."""

from __future__ import annotations

import json
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from analyst.errors import ConfigurationError
from analyst.settings import Settings
from analyst.standing import Standing

SOURCE = {"name": "sales", "engine": "postgres", "address": "db:5432", "database": "sales", "secret": "s"}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS as moto keeps it in memory."""
    for name, value in {
        "ACCESS_KEY_ID": "a",
        "SECRET_ACCESS_KEY": "b",
        "DEFAULT_REGION": "eu-west-1",
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    with mock_aws():
        yield


def put(document: str, value: object) -> None:
    boto3.client("ssm").put_parameter(
        Name=f"/analyst/{document}", Value=json.dumps(value), Type="String", Overwrite=True
    )


def standing() -> Standing:
    found = Standing(Settings.read({}, parameters="/analyst", bucket="b", model="bedrock"))
    found._parameters._ttl = 0
    return found


def test_a_changed_parameter_makes_a_new_house(aws: None) -> None:
    put("sources", [SOURCE])
    put("policies", {"row_limit": 50})
    here = standing()
    before = here.house()
    assert here.house() is before
    assert before.sources.get().name == "sales" and before.access.limits.row_limit == 50
    put("policies", {"row_limit": 10})
    put("models", {"sql": "model-a", "words": "model-b", "few_shot": False})
    after = here.house()
    assert after is not before and after.access.limits.row_limit == 10
    assert (after.settings.model_id, after.settings.words_model_id) == ("model-a", "model-b")
    assert after.settings.few_shot is False


def test_a_wrong_parameter_leaves_what_was_before(aws: None) -> None:
    put("policies", {"row_limit": 50})
    here = standing()
    before = here.house()
    put("policies", {"row_limit": "many"})
    assert here.house() is before


def test_a_wrong_parameter_at_the_start_is_named(aws: None) -> None:
    put("policies", {"row_limt": 50})
    with pytest.raises(ConfigurationError, match="row_limt"):
        standing().house()


def test_without_parameters_the_settings_hold(aws: None) -> None:
    here = Standing(Settings.read({}, row_limit=7))
    assert here.house().access.limits.row_limit == 7


POLICIES = '[roles.sales.sources.sales]\ntables = ["public.*"]\n'
UNREADABLE = POLICIES + '[roles.sales.sources.sales.rows]\n"public.orders" = "tenant = "\n'


def test_wrong_policies_leave_those_before(aws: None, caplog: pytest.LogCaptureFixture) -> None:
    put("policies", {"row_limit": 50, "file": POLICIES})
    here = standing()
    before = here.house()
    assert before.settings.policies_text == POLICIES
    put("policies", {"row_limit": 10, "file": UNREADABLE})
    assert here.house() is before and "still holds" in caplog.text
    assert here.house() is before and caplog.text.count("still holds") == 1
    put("policies", {"row_limit": 10, "file": POLICIES})
    assert here.house().access.limits.row_limit == 10


def test_under_wrong_policies_nothing_is_served_at_the_start(aws: None) -> None:
    put("policies", {"file": UNREADABLE})
    here = standing()
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="In the policies"):
            here.house()
    put("policies", {"file": POLICIES})
    assert here.house().settings.policies_text == POLICIES


def test_sources_without_policies_are_not_served(aws: None) -> None:
    put("sources", [SOURCE])
    with pytest.raises(ConfigurationError, match="The document policies is missing"):
        standing().house()
