"""The watch: every danger has an alarm that says what to do, and somebody hears it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from synthesis import Template, Templates, resources

Synthesize = Callable[..., Templates]
VIEW_LOGS = Path(__file__).parents[2] / "view_logs.sh"
SENDERS = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]


@pytest.fixture(scope="module")
def observe(synthesize: Synthesize) -> Template:
    return synthesize()["analyst-observe"]


def alarms(template: Template) -> dict[str, Any]:
    return {one["AlarmName"]: one for one in resources(template, "AWS::CloudWatch::Alarm").values()}


def board(template: Template) -> str:
    """The dashboard's text; references stand in it by their names."""
    (dashboard,) = resources(template, "AWS::CloudWatch::Dashboard").values()
    parts = dashboard["DashboardBody"]["Fn::Join"][1]
    return "".join(part if isinstance(part, str) else "reference" for part in parts)


def test_there_is_an_alarm_for_each_danger(observe: Template) -> None:
    functions = ("data-analyst", "data-analyst-worker", "querybot")
    assert set(alarms(observe)) == {
        *(f"analyst-{name}-{what}" for name in functions for what in ("errors", "throttles")),
        "analyst-dead-letters",
        "analyst-api-5xx",
        "analyst-api-slow",
        "analyst-questions-slow",
        "analyst-page-unhealthy",
        "analyst-page-5xx",
        "analyst-database-cpu",
        "analyst-database-storage",
        "analyst-database-connections",
    }


def test_every_alarm_is_told_and_says_what_to_do(observe: Template) -> None:
    (topic_id,) = resources(observe, "AWS::SNS::Topic")
    for alarm in alarms(observe).values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": topic_id}]
        assert len(alarm["AlarmDescription"].split(".")) >= 2
        assert alarm["TreatMissingData"] == "notBreaching"


def test_alarms_name_components_that_the_logs_script_knows(observe: Template) -> None:
    (line,) = re.findall(r"^COMPONENTS='(.+)'$", VIEW_LOGS.read_text(encoding="utf-8"), re.MULTILINE)
    known = {*line.split(), "all"}
    said = " ".join(alarm["AlarmDescription"] for alarm in alarms(observe).values())
    named = set(re.findall(r"view_logs\.sh ([a-z-]+)", said))
    assert named and named <= known


def test_one_dead_letter_is_enough(observe: Template) -> None:
    alarm = alarms(observe)["analyst-dead-letters"]
    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (1, 1)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"


def test_time_is_watched_where_one_in_twenty_waits(observe: Template) -> None:
    for name in ("analyst-api-slow", "analyst-questions-slow"):
        assert alarms(observe)[name]["ExtendedStatistic"] == "p95"


def test_the_databases_limits_follow_the_options(synthesize: Synthesize) -> None:
    found = alarms(synthesize(database_max_connections=200, database_storage_gb=50)["analyst-observe"])
    assert found["analyst-database-connections"]["Threshold"] == 160
    storage = found["analyst-database-storage"]
    assert storage["Threshold"] == 10 * 1024**3
    assert storage["ComparisonOperator"] == "LessThanOrEqualToThreshold"


def test_the_topic_is_encrypted_and_only_alarms_of_this_account_write_to_it(observe: Template) -> None:
    (topic,) = resources(observe, "AWS::SNS::Topic").values()
    (key_id,) = resources(observe, "AWS::KMS::Key")
    assert topic["KmsMasterKeyId"] == {"Fn::GetAtt": [key_id, "Arn"]}
    key = resources(observe, "AWS::KMS::Key")[key_id]
    assert key["EnableKeyRotation"] is True
    (policy,) = resources(observe, "AWS::SNS::TopicPolicy").values()
    for document, action in (
        (key["KeyPolicy"], "kms:GenerateDataKey"),
        (policy["PolicyDocument"], "sns:Publish"),
    ):
        (sending,) = (one for one in document["Statement"] if one.get("Sid") == "LetAlarmsBeSent")
        assert sorted(sending["Principal"]["Service"]) == SENDERS
        assert action in sending["Action"]
        assert sending["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    denied = [one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Deny"]
    assert denied and denied[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_an_address_is_written_to_when_given(synthesize: Synthesize, observe: Template) -> None:
    assert not resources(observe, "AWS::SNS::Subscription")
    template = synthesize(alarm_email="team@example.com", monthly_budget_usd=300)["analyst-observe"]
    (subscription,) = resources(template, "AWS::SNS::Subscription").values()
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "team@example.com")


def test_a_budget_warns_at_80_percent(synthesize: Synthesize, observe: Template) -> None:
    assert not resources(observe, "AWS::Budgets::Budget")
    template = synthesize(alarm_email="team@example.com", monthly_budget_usd=300)["analyst-observe"]
    (budget,) = resources(template, "AWS::Budgets::Budget").values()
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 300, "Unit": "USD"}
    warned = {
        (one["Notification"]["NotificationType"], one["Notification"]["Threshold"])
        for one in budget["NotificationsWithSubscribers"]
    }
    assert warned == {("ACTUAL", 80), ("FORECASTED", 100)}
    (topic_id,) = resources(template, "AWS::SNS::Topic")
    for one in budget["NotificationsWithSubscribers"]:
        assert one["Subscribers"] == [{"SubscriptionType": "SNS", "Address": {"Ref": topic_id}}]


def test_the_dashboard_is_named_and_holds_everything(observe: Template) -> None:
    (dashboard,) = resources(observe, "AWS::CloudWatch::Dashboard").values()
    assert dashboard["DashboardName"] == "analyst"
    widgets = json.loads(board(observe))["widgets"]
    titles = [one["properties"].get("title", "") for one in widgets if one["type"] != "text"]
    headings = " ".join(one["properties"]["markdown"] for one in widgets if one["type"] == "text")
    assert titles[0] == "Alarms"
    for wanted in ("Questions", "Time", "Errors", "page", "database"):
        assert wanted in headings
    assert all(titles) and len(titles) == len(set(titles)) == 13


def test_outputs(observe: Template) -> None:
    assert set(observe["Outputs"]) == {"DashboardName", "AlarmTopicArn"}
