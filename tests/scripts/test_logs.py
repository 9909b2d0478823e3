"""view_logs.sh: one component or all, one request, what is new."""

from __future__ import annotations

import json
import subprocess

import pytest
from script_desk import Desk

ABSENT = "An error occurred (ResourceNotFoundException): The specified log group does not exist."
QUESTION = "2030-01-01 00:00:01.000 data-analyst INFO    analyst.api: question accepted [req-1]"


def test_all_components_merged_by_time(desk: Desk) -> None:
    done = desk.run("view_logs.sh", "all")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        QUESTION,
        "2030-01-01 00:00:02.000 worker       plain [31mline",
        '2030-01-01 00:00:03.000 querybot     WARNING analyst.writer: repaired {"attempt": 2} [req-1]',
        "2030-01-01 00:00:04.000 data-analyst START RequestId: 1",
    ]
    groups = {call[call.index("--log-group-name") + 1] for call in desk.calls("filter-log-events")}
    assert groups == {
        "/analyst/page",
        "/analyst/api-access",
        "/analyst/image-build",
        "/aws/lambda/analyst-data-analyst",
        "/aws/lambda/analyst-data-analyst-worker",
        "/aws/lambda/analyst-querybot",
        "/aws/rds/instance/analyst-data-database1234/postgresql",
    }
    assert desk.changes == []


def test_one_component_and_its_last_lines(desk: Desk) -> None:
    done = desk.run("view_logs.sh", "data-analyst", "-l", "1")
    assert done.stdout == "2030-01-01 00:00:04.000 START RequestId: 1\n"


def test_one_request_through_every_component(desk: Desk) -> None:
    desk.run("view_logs.sh", "all", "--request", "req-1")
    calls = desk.calls("filter-log-events")
    assert len(calls) == 7
    assert all(call[call.index("--filter-pattern") + 1] == '"req-1"' for call in calls)


@pytest.mark.parametrize(("since", "seconds"), [("30m", 1800), ("1h", 3600), ("2d", 172800)])
def test_since(desk: Desk, since: str, seconds: int) -> None:
    before = int(subprocess.run(["date", "+%s"], capture_output=True, text=True).stdout)
    desk.run("view_logs.sh", "page", "-s", since)
    call = desk.calls("filter-log-events")[0]
    start = int(call[call.index("--start-time") + 1]) / 1000
    assert before - seconds - 1 <= start <= before - seconds + 60


def test_since_a_moment(desk: Desk) -> None:
    desk.run("view_logs.sh", "page", "-s", "2030-01-01T00:00:00Z")
    call = desk.calls("filter-log-events")[0]
    assert call[call.index("--start-time") + 1] == "1893456000000"


def test_following_shows_nothing_twice(desk: Desk) -> None:
    name = "logs/filter-log-events.aws_lambda_analyst_querybot"
    first = {"eventId": "q1", "timestamp": 1893456003000, "message": "first", "logStreamName": "s"}
    late = {"eventId": "q0", "timestamp": 1893456002000, "message": "late", "logStreamName": "s"}
    desk.answer(name, {"events": [first]})
    desk.answer(f"{name}@3", {"events": [late, first]})
    process = desk.start("view_logs.sh", "querybot", "-f")
    assert process.stdout
    lines = [process.stdout.readline(), process.stdout.readline()]
    desk.interrupt(process)
    assert process.returncode == 0
    assert [line.rstrip().rpartition(" ")[2] for line in lines] == ["first", "late"]
    assert len(desk.calls("filter-log-events")) >= 3


def test_a_log_that_is_not_there_yet(desk: Desk) -> None:
    desk.answer("logs/filter-log-events", ABSENT)
    done = desk.run("view_logs.sh", "build")
    assert done.returncode == 1
    assert done.stderr.startswith("There is no log of build in eu-west-1 yet")
    assert done.stderr.count("\n") == 1


def test_the_others_are_shown_without_it(desk: Desk) -> None:
    desk.answer("logs/filter-log-events.analyst_image_build", ABSENT)
    done = desk.run("view_logs.sh", "all")
    assert done.returncode == 0
    assert QUESTION in done.stdout
    assert done.stderr == "No log yet: build\n"


def test_a_log_that_may_not_be_read(desk: Desk) -> None:
    desk.answer("logs/filter-log-events", "An error occurred (AccessDeniedException) when calling it: no")
    done = desk.run("view_logs.sh", "page")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("The log of page (/analyst/page) could not be read")


def test_without_credentials(desk: Desk) -> None:
    desk.answer("sts/get-caller-identity", "Unable to locate credentials.")
    done = desk.run("view_logs.sh", "all")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert desk.calls("filter-log-events") == []


@pytest.mark.parametrize(
    "wrong",
    [
        (),
        ("pages",),
        ("all", "page"),
        ("all", "-s", "soon"),
        ("all", "-l", "x"),
        ("all", "--request", 'a" || "'),
        ("all", "-x"),
        ("all", "-s"),
    ],
)
def test_wrong_usage(desk: Desk, wrong: tuple[str, ...]) -> None:
    done = desk.run("view_logs.sh", *wrong)
    assert (done.returncode, done.stderr.count("\n"), desk.calls("aws")) == (2, 1, [])


def test_help_and_the_options_file(desk: Desk) -> None:
    assert desk.run("view_logs.sh", "--help").stdout.startswith("Usage: ./view_logs.sh COMPONENT|all")
    (desk.folder / "own.json").write_text(json.dumps({"name": "other"}))
    done = desk.run("view_logs.sh", "page", "--options", "own.json")
    assert done.stderr.startswith("Nothing of other is deployed")
