from __future__ import annotations

import socket
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, cast

import pytest
from stand_in_api import KEY, StandIn

from analyst.client import ApiError, ApiUnreachable, Client, Document, Link, figure


@pytest.fixture
def client(api: StandIn) -> Client:
    api.tokens["t" * 20] = "anna"
    return Client(api.url, key=KEY, token="t" * 20)


def finished(client: Client, query_id: str) -> Document:
    for _ in range(200):
        document = client.query(query_id)
        if document["status"] not in ("queued", "running"):
            return document
        threading.Event().wait(0.02)
    raise AssertionError("the question never ended")


def test_a_question_from_asking_to_its_rows(client: Client) -> None:
    asked = client.ask("How many flights did each airline have?", mode="fast")
    document = finished(client, asked.query_id)
    assert document["status"] == "answered"
    assert document["session_id"] == asked.session_id
    assert client.rows(asked.query_id, format="csv").startswith(b"United Air Lines Inc.,58665")
    assert [d["query_id"] for d in client.session(asked.session_id)] == [asked.query_id]
    assert client.feedback(asked.query_id, "approve")["example_id"] == 31
    client.cancel(asked.query_id)
    assert client.query(asked.query_id)["status"] == "cancelled"


def test_key_and_token_go_to_the_api_and_not_to_the_store_that_it_sends_to(
    api: StandIn, client: Client
) -> None:
    asked = client.ask("a large one")
    assert client.rows(asked.query_id, format="csv") == b"from,the,store\n"
    to_api, to_store = api.seen[-2][2], api.seen[-1][2]
    assert to_api["x-api-key"] == KEY
    assert to_api["authorization"] == f"Bearer {'t' * 20}"
    assert not {"x-api-key", "authorization"} & to_store.keys()


def test_a_ticket_is_exchanged_once_for_a_token_that_says_who_one_is(api: StandIn) -> None:
    api.entrance, api.tickets["k8s-aws-v1.abc"] = "aws", "anna"
    nobody = Client(api.url, key=KEY)
    with pytest.raises(ApiError, match="Sign in") as caught:
        nobody.me()
    assert (caught.value.status, caught.value.code) == (401, "unauthorized")
    entry = nobody.enter(ticket="k8s-aws-v1.abc")
    assert entry.person == "aws:anna"
    assert timedelta(hours=11) < entry.expires_at - datetime.now(UTC) < timedelta(hours=13)
    me = Client(api.url, key=KEY, token=entry.token).me()
    assert (me["name"], me["role"], me["approves"], me["sources"]) == ("anna", "sales", True, ["flights"])
    with pytest.raises(ApiError, match="used already"):
        nobody.enter(ticket="k8s-aws-v1.abc")


def test_what_a_load_balancer_says_is_exchanged_each_time(api: StandIn) -> None:
    api.entrance = "oidc"
    nobody = Client(api.url, key=KEY)
    first, second = nobody.enter(oidc="signed-anna"), nobody.enter(oidc="signed-anna")
    assert first.person == second.person == "oidc:anna"
    assert first.token != second.token
    with pytest.raises(ApiError, match="used already"):
        nobody.enter(oidc="forged")


def test_an_error_carries_the_apis_own_sentence(client: Client) -> None:
    with pytest.raises(ApiError) as caught:
        client.query("../no such/ id?x=1")
    error = caught.value
    assert (str(error), error.code, error.status, error.request_id) == (
        "No such thing.", "not_found", 404, "r-stand-in"
    )  # fmt: skip


def test_a_wrong_key_is_said_so(api: StandIn) -> None:
    with pytest.raises(ApiError, match="key") as caught:
        Client(api.url, key="wrong").sources()
    assert caught.value.status == 403


def test_nobody_there() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
    with pytest.raises(ApiUnreachable, match="cannot be reached"):
        Client(address, key="k").health()


@pytest.mark.parametrize("address", ["file:///etc/passwd", "127.0.0.1:80", "http://", ""])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(ApiUnreachable, match="not an http"):
        Client(address, key="k").health()


def test_somebody_who_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = Client(f"http://127.0.0.1:{silent.getsockname()[1]}", key="k", timeout_seconds=0.2)
        with pytest.raises(ApiUnreachable, match="in time"):
            client.health()


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [(401, b'{"message":"Unauthorized"}', "unauthorized"), (200, b"<html>", "not_understood"),
     (200, b"[1]", "not_understood"),
     (502, b"Bad gateway", "not_understood"),
     (403, b'{"message":"Forbidden"}', "forbidden"), (429, b'{"message":"Limit Exceeded"}', "throttled"),
     (500, b'{"error":"text"}', "not_understood"), (303, b"", "not_understood")],
)  # fmt: skip
def test_answers_that_are_not_the_apis_own(status: int, body: bytes, code: str) -> None:
    class Odd(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Odd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            with pytest.raises(ApiError) as caught:
                Client(f"http://127.0.0.1:{server.server_address[1]}", key="k").capabilities()
        finally:
            server.shutdown()
    assert caught.value.code == code


@pytest.mark.parametrize("body", [b"{}", b'{"token":"t","person":"p"}',
                                  b'{"token":"t","person":"p","expires_at":"soon"}'])  # fmt: skip
def test_an_entry_that_is_none(body: bytes) -> None:
    class Odd(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(201)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Odd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            with pytest.raises(ApiError, match="not understood"):
                Client(f"http://127.0.0.1:{server.server_address[1]}", key="k").enter(ticket="x")
        finally:
            server.shutdown()


def test_the_chart_is_drawn_in_the_type_asked_for(client: Client) -> None:
    document = finished(client, client.ask("How many flights did each airline have?").query_id)
    drawn, other = figure(document), figure(document, chart_type="pie")
    assert drawn is not None
    assert other is not None
    assert (drawn["data"][0]["type"], other["data"][0]["type"]) == ("bar", "pie")
    assert figure(cast(Document, {**document, "answer": None})) is None


def test_a_large_file_is_a_link_once_it_is_made(api: StandIn, client: Client) -> None:
    asked = client.ask("How many flights did each airline have?")
    shown = [client.file(asked.query_id, format="csv", link=True, start=n == 0) for n in range(4)]
    assert [found["rows_done"] for found in shown[:3] if isinstance(found, dict)] == [0, 1_000_000, 4_000_000]
    assert shown[3] == Link(url=f"{api.url}/signed/rows.csv?signature=abc")
    assert [path.rpartition("=")[2] for _, path, _ in api.seen if "/rows" in path] == ["true"] + ["false"] * 3
    assert isinstance(client.file(asked.query_id, format="csv"), bytes), "a small one comes as it is"
