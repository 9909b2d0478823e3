"""What people get who run `./deploy.sh deploy`: the product over HTTP, in a cloud on this machine."""

from __future__ import annotations

import csv
import io
import json
import time

import pytest
from cloud import Cloud, running_page
from playwright.sync_api import Browser, expect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

NORWAY = "How many orders came from Norway?"


def test_a_deployment_tells_what_it_does_and_what_there_is(cloud: Cloud) -> None:
    told = (cloud.base / "deployed.txt").read_text(encoding="utf-8")
    assert set(cloud.stacks().values()) == {"CREATE_COMPLETE"}
    parts = ("network", "data", "backend", "image", "frontend", "access", "observe")
    assert set(cloud.stacks()) == {f"{cloud.name}-{part}" for part in parts}
    assert "Checking what a deployment" in told and "Building the layers" in told
    assert "Building the page's image" in told and "COMPLETED" in told
    assert all(f"{kind} written" in told for kind in ("sources", "models", "policies"))


def test_a_question_goes_through_every_part_and_comes_back_right(cloud: Cloud) -> None:
    document = cloud.ended(cloud.ask(NORWAY))
    assert document["status"] == "answered", document
    assert document["answer"]["table"]["rows"] == [[3]]
    assert document["answer"]["words"] == "There were 3 orders from Norway."
    receipt = document["answer"]["receipt"]
    assert receipt["model"] == "global.anthropic.claude-sonnet-4-5-20250929-v1:0"
    assert receipt["warnings"] == []
    # What is embedded has its literals masked, so that questions about other countries lie beside it.
    assert any("How many orders came from" in text for text in cloud.asked("embedding"))
    assert any(NORWAY in text for text in cloud.asked("words"))


@pytest.mark.browser
def test_the_page_asks_the_deployed_product(cloud: Cloud, browser: Browser) -> None:
    with running_page(cloud) as url:
        tab = browser.new_page()
        tab.goto(f"{url}/?ticket={cloud.ticket('anna')}")
        box = tab.get_by_test_id("stChatInputTextArea")
        box.fill(NORWAY)
        box.press("Enter")
        expect(tab.get_by_text("There were 3 orders from Norway.")).to_be_visible(timeout=60_000)
        tab.screenshot(path=cloud.base / "page.png")
        tab.close()
    newest = cloud.client("logs").filter_log_events(
        logGroupName=f"/aws/lambda/{cloud.name}-data-analyst-worker", filterPattern="answered"
    )["events"][-1]
    request_id = json.loads(newest["message"])["request_id"]
    assert request_id in cloud.page_log.read_text(encoding="utf-8")


def test_an_approved_answer_is_found_again_without_a_model(cloud: Cloud) -> None:
    first = cloud.ask(NORWAY, use_cache=False)
    cloud.ended(first)
    assert cloud.call("POST", f"/query/{first}/feedback", {"verdict": "approve"}).status == 200
    drafts = len(cloud.asked("sql"))
    document = cloud.ended(cloud.ask(NORWAY))
    assert document["answer"]["receipt"]["cached"] == "same"
    assert document["answer"]["table"]["rows"] == [[3]]
    assert len(cloud.asked("sql")) == drafts


def test_rows_come_as_csv(cloud: Cloud) -> None:
    query = cloud.ask("Which orders are there?")
    assert cloud.ended(query)["status"] == "answered"
    answered = cloud.call("GET", f"/query/{query}/rows?format=csv")
    assert answered.status == 200, answered
    rows = list(csv.reader(io.StringIO(answered.body.decode("utf-8-sig"))))
    assert [*rows[0]] == ["id", "country", "amount"] and rows[1] == ["1", "Norway", "10"]
    assert len(rows) == 7


@pytest.mark.parametrize("key", ["", "wrong"])
def test_a_wrong_key_is_refused_in_our_own_words(cloud: Cloud, key: str) -> None:
    answered = cloud.call("GET", "/sources", key=key)
    assert answered.status == 403
    error = answered.document["error"]
    assert error["code"] == "forbidden" and "x-api-key" in error["message"] and error["request_id"]


@pytest.mark.parametrize("path", ["/health", "/openapi.json"])
def test_health_and_description_need_no_key(cloud: Cloud, path: str) -> None:
    assert cloud.call("GET", path, key="", token="").status == 200


@pytest.mark.parametrize("token", ["", "wrong"])
def test_nobody_is_served_whom_nobody_has_verified(cloud: Cloud, token: str) -> None:
    for method, path in (("GET", "/sources"), ("GET", "/capabilities"), ("POST", "/query"), ("GET", "/me")):
        answered = cloud.call(method, path, {"question": NORWAY} if method == "POST" else None, token=token)
        assert answered.status == 401, answered
        error = answered.document["error"]
        assert error["code"] == "unauthorized" and error["request_id"]


def test_a_ticket_lets_its_maker_in_and_only_once(cloud: Cloud) -> None:
    ticket = cloud.ticket("carla")
    entered = cloud.call("POST", "/entry", {"ticket": ticket}, token="")
    assert entered.status == 201, entered
    me = cloud.call("GET", "/me", token=entered.document["token"]).document
    assert (me["person"], me["entrance"]) == (f"aws:{cloud.arn('carla')}", "aws")
    assert cloud.call("POST", "/entry", {"ticket": ticket}, token="").status == 401
    for body in ({}, {"ticket": ticket, "oidc": "a.b.c"}, {"person": "anna"}):
        assert cloud.call("POST", "/entry", body, token="").status == 400
    assert cloud.call("POST", "/entry", {"oidc": "a.b.c"}, token="").status in (400, 401, 403)


def test_one_persons_questions_are_not_anothers(cloud: Cloud) -> None:
    query = cloud.ask(NORWAY)
    cloud.ended(query)
    assert cloud.call("GET", f"/query/{query}", by="bob").status == 404


def test_a_token_for_a_program_can_be_taken_back(cloud: Cloud) -> None:
    made = cloud.call("POST", "/tokens", {"name": "a report", "days": 1})
    assert made.status == 201, made
    token, place = made.document["token"], f"/tokens/{made.document['id']}"
    assert cloud.call("GET", "/sources", token=token).status == 200
    assert cloud.call("POST", "/tokens", {"name": "another"}, token=token).status == 403
    assert token not in cloud.call("GET", "/tokens").body.decode()
    assert cloud.call("DELETE", place, by="bob").status == 404
    assert cloud.call("DELETE", place).status == 200
    assert cloud.call("GET", "/sources", token=token).status == 401


def test_no_log_has_a_token_or_a_ticket(cloud: Cloud) -> None:
    ticket = cloud.ticket("dora")
    token = cloud.call("POST", "/entry", {"ticket": ticket}, token="").document["token"]
    cloud.call("GET", "/me", token=token)
    cloud.call("GET", "/nothing", token=token)
    logs = cloud.client("logs")
    groups = [one["logGroupName"] for one in logs.describe_log_groups()["logGroups"]]
    told = [
        event["message"]
        for group in groups
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        for event in page["events"]
    ]
    assert told and not [line for line in told if token in line or ticket[:60] in line]


@pytest.mark.parametrize("body", [{"text": "hello"}, {}, {"question": 1}, [], b"no json"])
def test_a_wrong_body_is_refused(cloud: Cloud, body: object) -> None:
    answered = cloud.call("POST", "/query", body)
    assert answered.status == 400, answered
    error = answered.document["error"]
    assert error["code"] == "wrong_usage" and error["message"] and error["request_id"]


def test_what_is_not_there_is_said_in_our_own_words(cloud: Cloud) -> None:
    for path in ("/nothing", "/query/00000000-0000-0000-0000-000000000000"):
        answered = cloud.call("GET", path)
        assert (answered.status, answered.document["error"]["code"]) == (404, "not_found")


def test_too_many_requests_are_throttled(cloud: Cloud) -> None:
    # What the gateway refuses by itself counts too, and comes fast enough on any machine.
    answers = [cloud.call("POST", "/query", {}) for _ in range(300)]
    assert {answer.status for answer in answers} == {400, 429}
    refused = [answer.document["error"] for answer in answers if answer.status == 429]
    assert {error["code"] for error in refused} == {"throttled"} and all(e["request_id"] for e in refused)
    time.sleep(2)
    assert cloud.call("GET", "/sources").status == 200


def test_a_question_is_cancelled_while_the_model_is_silent(cloud: Cloud) -> None:
    question = "Which country ordered most?"
    query = cloud.ask(question)
    cloud.wait_asked(question)
    assert cloud.call("DELETE", f"/query/{query}").status in (200, 202, 204)
    document = cloud.ended(query, seconds=10)
    assert document["status"] == "cancelled"


def test_one_question_is_followed_through_every_log(cloud: Cloud) -> None:
    document = cloud.ended(cloud.ask(NORWAY, use_cache=False))
    done = cloud.run("view_logs.sh", "all", "--request", document["request_id"])
    assert done.returncode == 0, done.stderr
    for component in ("data-analyst", "worker", "querybot"):
        assert f" {component} " in done.stdout, done.stdout
    assert "Norway" not in done.stdout


def test_a_lost_worker_s_question_is_taken_up_again(cloud: Cloud) -> None:
    question = "What is the largest order?"
    query = cloud.ask(question)
    cloud.wait_asked(question)
    cloud.lose("data-analyst-worker")
    document = cloud.ended(query)
    assert document["status"] == "answered", document
    assert document["answer"]["table"]["rows"] == [["90"]] or document["answer"]["table"]["rows"] == [[90]]


def test_a_question_lost_twice_fails_and_is_a_dead_letter(cloud: Cloud) -> None:
    question = "How many countries are there?"
    query = cloud.ask(question)
    for count in (1, 2):
        cloud.wait_asked(question, count)
        cloud.lose("data-analyst-worker")
    deadline = time.monotonic() + 30
    while not any(letter["requestPayload"] == {"query_id": query} for letter in cloud.dead_letters()):
        assert time.monotonic() < deadline, cloud.dead_letters()
        time.sleep(0.5)
    document = cloud.ended(query)
    assert document["status"] == "failed" and document["error"]["message"]


@pytest.mark.model
def test_the_real_model_answers_behind_the_same_endpoint(cloud: Cloud, real_model: None) -> None:
    document = cloud.ended(cloud.ask("How many orders came from Chile?"), seconds=300)
    assert document["status"] == "answered", document
    assert document["answer"]["table"]["rows"] == [[2]]


def test_configure_changes_a_limit_without_a_deployment(cloud: Cloud) -> None:
    before = cloud.client("cloudformation").describe_stacks()["Stacks"]
    cloud.choose(row_limit=2)
    differs = cloud.run("deploy.sh", "status")
    assert "the options say something else" in differs.stdout
    done = cloud.run("deploy.sh", "configure")
    assert done.returncode == 0, done.stderr
    assert '"row_limit": 2' in done.stdout
    assert cloud.client("cloudformation").describe_stacks()["Stacks"] == before
    # Functions read it within a minute; new environments at once.
    cloud.lose("data-analyst", "data-analyst-worker")
    document = cloud.ended(cloud.ask("Which orders are there?"))
    assert len(document["answer"]["table"]["rows"]) == 2


POLICIES = """version = "cloud-1"
[[people]]
aws = "ANNA"
role = "north"
user = { country = "Norway" }
[[people]]
aws = "BOB"
role = "everything"
[roles.north.sources.shop]
tables = ["public.*"]
rows = { "public.orders" = "country = :user.country" }
[roles.everything]
approves = true
[roles.everything.sources."*"]
tables = ["public.*"]
"""


def configured(cloud: Cloud, text: str) -> None:
    text = text.replace("ANNA", cloud.arn("anna")).replace("BOB", cloud.arn("bob"))
    (cloud.base / "policies.toml").write_text(text, encoding="utf-8")
    cloud.choose(policies="policies.toml", row_limit=1_000_000)
    done = cloud.run("deploy.sh", "configure")
    assert done.returncode == 0, done.stdout + done.stderr
    # Functions read it within a minute; new environments at once.
    cloud.lose("data-analyst", "data-analyst-worker")


def test_policies_say_who_sees_what(cloud: Cloud) -> None:
    configured(cloud, POLICIES)
    question = "Which orders are there?"
    rows = {name: cloud.ended(cloud.ask(question, by=name), by=name)["answer"] for name in ("anna", "bob")}
    assert {row[1] for row in rows["anna"]["table"]["rows"]} == {"Norway"}
    assert len(rows["anna"]["table"]["rows"]) == 3 and len(rows["bob"]["table"]["rows"]) == 6
    me = cloud.call("GET", "/me").document
    assert (me["role"], me["policy"], me["approves"], me["sources"]) == ("north", "cloud-1", False, ["shop"])
    assert cloud.call("GET", "/me", by="bob").document["approves"] is True
    refused = cloud.call("POST", "/query", {"question": question}, by="carla")
    assert (refused.status, refused.document["error"]["code"]) == (403, "forbidden")


def test_under_wrong_policies_nothing_is_answered(cloud: Cloud) -> None:
    """The outline is right, which is all that can be seen before the functions read the file."""
    configured(cloud, POLICIES.replace("country = :user.country", "country = "))
    refused = cloud.call("POST", "/query", {"question": NORWAY}, by="bob")
    assert refused.status >= 500 and refused.document["error"]["message"], refused
    configured(cloud, POLICIES)
    assert cloud.ended(cloud.ask(NORWAY, by="bob"), by="bob")["status"] == "answered"


def test_status_says_what_is_true(cloud: Cloud) -> None:
    done = cloud.run("deploy.sh", "status")
    assert done.returncode == 0, done.stderr
    assert all(stack in done.stdout for stack in cloud.stacks())
    assert "as the options say" in done.stdout and "available" in done.stdout
    key = cloud.key
    assert key not in done.stdout and len(key) >= 32 and key.isalnum()


def test_diff_says_what_would_change(cloud: Cloud) -> None:
    same = cloud.run("deploy.sh", "diff")
    assert same.returncode == 0, same.stderr
    told = same.stdout + same.stderr
    assert told.count("There were no differences") == 7, told
    assert "Nothing: they are as the options say." in told
    cloud.choose(log_level="WARNING", query_seconds=30)
    try:
        other = cloud.run("deploy.sh", "diff")
    finally:
        cloud.choose(log_level="INFO", query_seconds=60)
    told = other.stdout + other.stderr
    assert other.returncode == 0 and "ANALYST_LOG_LEVEL" in told and '+  "timeout_seconds": 30' in told


def test_destroy_leaves_the_last_snapshot_and_nothing_else(cloud: Cloud) -> None:
    refused = cloud.run("deploy.sh", "destroy", answer="no\n")
    assert refused.returncode == 1 and "Nothing was changed" in refused.stderr
    assert len(cloud.stacks()) == 7
    done = cloud.run("deploy.sh", "--yes", "destroy")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert cloud.stacks() == {}
    snapshots = cloud.client("rds").describe_db_snapshots()["DBSnapshots"]
    assert [one["DBSnapshotIdentifier"] in done.stdout for one in snapshots] == [True]
    assert (
        cloud.client("ssm").get_parameters_by_path(Path=f"/{cloud.name}", Recursive=True)["Parameters"] == []
    )
    assert ["accesslogs" in name for name in cloud.buckets()] == [True]
    assert "the bucket of access logs" in done.stdout
    again = cloud.run("deploy.sh", "destroy")
    assert again.returncode == 0 and f"Nothing of {cloud.name} is deployed" in again.stdout


def test_cleanup_removes_what_destroy_keeps(cloud: Cloud) -> None:
    done = cloud.run("deploy.sh", "--yes", "cleanup")
    assert done.returncode == 0, done.stdout + done.stderr
    assert cloud.buckets() == []
    groups = cloud.client("logs").describe_log_groups()["logGroups"]
    assert [one["logGroupName"] for one in groups if cloud.name in one["logGroupName"]] == []
