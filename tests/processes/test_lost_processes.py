"""Real gateway and worker processes: whichever is killed, no question is lost, and cancel reaches across."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from houses import execute
from scripted_model import Says, Script, ScriptedServer, Silent, always, by_question

from analyst.errors import ModelError
from analyst.invoking import Function
from analyst.local.free_port import pick_port
from analyst.ports import Cancellation, DraftRequest
from analyst.remote import RemoteWriter

KEY = "a-key-of-more-than-forty-characters-for-tests-0123"
COUNT = "```sql\nSELECT count(*) AS flights FROM flights WHERE origin = 'JFK'\n```"
SLOW = "SELECT count(*) FROM flights a JOIN flights b ON a.origin = b.origin AND a.distance < b.distance + a.air_time"


class Installation:
    """A gateway and a worker on real databases, with a scripted model."""

    def __init__(self, *, data: Path, state_url: str, flights: str, script: Script) -> None:
        data.mkdir(mode=0o700)
        (data / "api_key").write_text(KEY)
        self.state_url = state_url
        self.model = ScriptedServer(script)
        self.port = pick_port()
        self.environment = {
            **os.environ,
            "ANALYST_DATA": str(data),
            "ANALYST_STATE_URL": state_url,
            "ANALYST_SOURCES": f"flights={flights}",
            "ANALYST_MODEL": "openai",
            "ANALYST_MODEL_ID": "scripted",
            "ANALYST_API_PORT": str(self.port),
        }
        self.processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Installation:
        self.model.__enter__()
        self.environment["ANALYST_MODEL_URL"] = self.model.url
        self.gateway = self.start("gateway")
        self.until(lambda: self.call("GET", "/health")[0] == 200)
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
        self.model.__exit__(None, None, None)

    def start(self, part: str) -> subprocess.Popen[bytes]:
        """A gateway or worker process."""
        process = subprocess.Popen([sys.executable, "-m", f"analyst.local.{part}"], env=self.environment)
        self.processes.append(process)
        return process

    def call(self, method: str, path: str, body: Any = None, *, key: str = KEY) -> tuple[int, Any]:
        """One request to the gateway; (0, None) where nobody listens."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, method=method)
        request.add_header("x-api-key", key)
        request.add_header("content-type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())
        except OSError:
            return 0, None

    def ask(self, question: str = "How many flights left from JFK?") -> str:
        """Ask; the id."""
        status, document = self.call("POST", "/query", {"question": question})
        assert status == 202, document
        return str(document["query_id"])

    def look(self, query_id: str) -> dict[str, Any]:
        """The document, or nothing where nobody listens."""
        return self.call("GET", f"/query/{query_id}")[1] or {"status": ""}

    def until(self, true: Callable[[], bool], *, seconds: float = 60) -> None:
        """Wait."""
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, "it did not happen"
            time.sleep(0.1)

    def ended(self, query_id: str, *, seconds: float = 60) -> dict[str, Any]:
        """The document of a question when it has ended."""
        self.until(lambda: self.look(query_id)["status"] not in ("", "queued", "running"), seconds=seconds)
        return self.look(query_id)

    def expire_leases(self) -> None:
        """Let time pass for the leases of whoever was killed."""
        execute(self.state_url, "UPDATE questions SET lease_until = now() - interval '1 second'")


Install = Callable[[Script], Installation]


@pytest.fixture
def install(tmp_path: Path, state_url: str, flights: str) -> Iterator[Install]:
    """Start an installation with a script for its model."""
    made: list[Installation] = []

    def start(script: Script) -> Installation:
        made.append(
            Installation(
                data=tmp_path / "data", state_url=state_url, flights=flights, script=script
            ).__enter__()
        )
        return made[-1]

    yield start
    for installation in made:
        installation.__exit__()


def answers() -> Script:
    """SQL for a question, words for a result."""
    return by_question([("Result (", Says(text="111,279 flights."))], otherwise=Says(text=COUNT))


def test_a_question_through_all_processes(install: Install) -> None:
    here = install(answers())
    here.start("worker")
    document = here.ended(here.ask())
    assert document["status"] == "answered" and document["answer"]["words"] == "111,279 flights."


def test_a_killed_worker_is_replaced(install: Install) -> None:
    here = install(always(Silent()))
    worker = here.start("worker")
    query_id = here.ask()
    assert here.model.wait_until(lambda m: len(m.requests) == 1, seconds=30)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    here.expire_leases()
    here.model.script = answers()
    here.start("worker")
    document = here.ended(query_id)
    assert document["status"] == "answered"


def test_gateway_and_worker_killed_together(install: Install) -> None:
    here = install(always(Silent()))
    worker = here.start("worker")
    running, waiting = here.ask(), here.ask("And how many from Newark?")
    assert here.model.wait_until(lambda m: len(m.requests) == 1, seconds=30)
    for process in (worker, here.gateway):
        process.send_signal(signal.SIGKILL)
        process.wait()
    here.until(lambda: here.call("GET", "/health")[0] == 0)
    here.expire_leases()
    here.model.script = answers()
    here.start("gateway")
    here.start("worker")
    assert here.ended(running)["status"] == "answered"
    assert here.ended(waiting)["status"] == "answered"


def test_a_question_whose_workers_die_twice_fails_clearly(install: Install) -> None:
    here = install(always(Silent()))
    query_id = here.ask()
    for number in (1, 2):
        worker = here.start("worker")
        assert here.model.wait_until(lambda m, n=number: len(m.requests) == n, seconds=30)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        here.expire_leases()
    here.start("worker")
    document = here.ended(query_id)
    assert document["status"] == "failed" and document["error"]["code"] == "worker_lost"


def test_cancel_reaches_the_model_call_of_another_process(install: Install) -> None:
    here = install(always(Silent()))
    here.start("worker")
    query_id = here.ask()
    assert here.model.wait_until(lambda m: len(m.requests) == 1, seconds=30)
    assert here.call("DELETE", f"/query/{query_id}")[0] == 200
    assert here.ended(query_id, seconds=10)["status"] == "cancelled"
    assert here.model.wait_until(lambda m: m.connections == 0, seconds=10)


def test_cancel_reaches_the_query_of_another_process(install: Install) -> None:
    here = install(always(Says(text=SLOW)))
    worker = here.start("worker")
    query_id = here.ask()
    active = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND state = 'active'"
    counting = active.replace("%s", f"'analyst:{query_id}'")
    here.until(lambda: execute(here.state_url, counting) == [(1,)])
    worker.send_signal(signal.SIGSTOP)  # it cannot see the wish itself: whoever takes it must stop the query
    assert here.call("DELETE", f"/query/{query_id}")[0] == 200
    here.until(lambda: execute(here.state_url, counting) == [(0,)], seconds=10)
    worker.send_signal(signal.SIGCONT)
    assert here.ended(query_id, seconds=20)["status"] == "cancelled"


def test_the_key_is_needed_and_errors_are_documents(install: Install) -> None:
    here = install(answers())
    for key in ("", "wrong", KEY[:-1]):
        status, document = here.call("GET", "/sources", key=key)
        assert (status, document["error"]["code"]) == (403, "forbidden")
        assert document["error"]["request_id"]
    status, document = here.call("POST", "/query", {"question": "x" * 1_100_000})
    assert (status, document["error"]["code"]) == (413, "too_large")
    assert here.call("GET", "/objects/x.csv?expires=1&signature=0")[0] in (403, 404)
    assert "paths" in here.call("GET", "/openapi.json", key="")[1]


def test_boto3_invokes_the_functions_unchanged(install: Install) -> None:
    here = install(answers())
    client = boto3.client(
        "lambda",
        endpoint_url=f"http://127.0.0.1:{here.port}",
        region_name="eu-west-1",
        aws_access_key_id=KEY,
        aws_secret_access_key="unused",
        config=Config(retries={"max_attempts": 1}),
    )
    writer = RemoteWriter(Function("querybot", client=client))
    request = DraftRequest(
        question="How many?", dialect="postgres", schema="CREATE TABLE flights (origin text);"
    )
    draft = writer.draft(request, cancellation=Cancellation())
    assert draft.sql.startswith("SELECT count(*)") and draft.usage.completion_tokens > 0
    here.model.script = always(Says(text="no SQL at all"))
    with pytest.raises(ModelError):
        writer.draft(request, cancellation=Cancellation())
    wrong = boto3.client(
        "lambda",
        endpoint_url=f"http://127.0.0.1:{here.port}",
        region_name="eu-west-1",
        aws_access_key_id="somebody",
        aws_secret_access_key="else",
    )
    with pytest.raises(Exception, match="403"):
        wrong.invoke(FunctionName="querybot", Payload=b"{}")
