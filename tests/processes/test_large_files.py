"""Large files through real processes: made beside the questions, handed out as a link, in nobody's way."""

from __future__ import annotations

import http.client
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from houses import execute
from scripted_model import Says, by_question
from test_lost_processes import KEY, Installation

WHOLE = by_question([("Result (", Says(text="Here they are."))], otherwise=Says(text="SELECT * FROM flights"))
ROWS = 336_776


@pytest.fixture
def here(tmp_path: Path, state_url: str, flights: str) -> Iterator[Installation]:
    """A gateway, without a worker yet."""
    with Installation(data=tmp_path / "data", state_url=state_url, flights=flights, script=WHOLE) as made:
        yield made


def link(here: Installation, path: str) -> str:
    """The address that a request for a file is sent on to; empty while the file is made."""
    connection = http.client.HTTPConnection("127.0.0.1", here.port, timeout=20)
    connection.request("GET", path, headers={"x-api-key": KEY, "accept": "text/csv"})
    reply = connection.getresponse()
    assert reply.status in (202, 303), reply.read()
    connection.close()
    return reply.headers.get("location", "")


def test_a_large_file_is_made_by_a_worker_and_downloads_hold_nobody_up(here: Installation) -> None:
    here.start("worker")
    query_id = here.ask("Show all flights")
    assert here.ended(query_id)["answer"]["table"]["row_count"] == ROWS
    rows = f"/query/{query_id}/rows?format=csv"
    assert not link(here, rows)
    here.until(lambda: bool(link(here, f"{rows}&start=false")))
    found = link(here, f"{rows}&start=false")
    parts = urlsplit(found)
    with ExitStack() as opened:
        for _ in range(6):  # more than there are processes, and none of them takes anything yet
            reader = opened.enter_context(socket.create_connection(("127.0.0.1", here.port)))
            reader.sendall(f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert reader.recv(12)[-3:] == b"200"
        began = time.monotonic()
        assert here.call("GET", "/health")[0] == 200 and time.monotonic() - began < 3
        with urllib.request.urlopen(found, timeout=30) as file:
            content = file.read()
        assert len(content) == int(file.headers["content-length"])
    assert content.count(b"\r\n") == ROWS + 1
    assert file.headers["content-disposition"] == 'attachment; filename="answer.csv"'
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(found.replace("signature=", "signature=0"), timeout=30)
    assert refused.value.code == 403


def test_a_worker_killed_while_it_writes_is_followed_by_another(here: Installation) -> None:
    worker = here.start("worker")
    query_id = here.ask("Show all flights")
    here.ended(query_id)
    rows = f"/query/{query_id}/rows?format=json"
    assert not link(here, rows)
    here.until(lambda: execute(here.state_url, "SELECT rows_done > 0 FROM exports") == [(True,)])
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    execute(here.state_url, "UPDATE exports SET lease_until = now() - interval '1 second'")
    here.start("worker")
    here.until(lambda: bool(link(here, f"{rows}&start=false")))
    assert execute(here.state_url, "SELECT status, attempts, rows_done FROM exports") == [("done", 2, ROWS)]


def test_questions_are_answered_while_a_file_is_written(here: Installation) -> None:
    here.start("worker")
    query_id = here.ask("Show all flights")
    here.ended(query_id)
    assert not link(here, f"/query/{query_id}/rows?format=json")
    here.until(lambda: execute(here.state_url, "SELECT rows_done > 0 FROM exports") == [(True,)])
    assert here.ended(here.ask("hello"))["status"] == "answered"
    assert execute(here.state_url, "SELECT status FROM exports") == [("running",)]
