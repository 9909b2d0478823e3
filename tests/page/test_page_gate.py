"""Who comes in to the page: tickets, what a load balancer says, and neighbours on the same machine."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from stand_in_api import KEY, StandIn
from starlette.types import Message, Receive, Scope, Send

import connection
from analyst.client import ApiError, Client, Entrance, Entry
from connection import COOKIE
from parts import entrance as entrance_part
from parts import neighbours
from parts.entrance import Gate
from parts.neighbours import is_stranger

TICKET = "k8s-aws-v1.aGVsbG8"


async def _page(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": b"all of it"})


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: str
    types: list[str] = field(default_factory=list)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    def one(self, name: str) -> str:
        (value,) = self.all(name)
        return value


def get(
    gate: Gate, path: str = "/", *, query: str = "", headers: dict[str, str] | None = None, **scope: Any
) -> Answer:
    """What a browser that opens an address is sent."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    given = {"accept": "text/html,*/*"} if headers is None else headers
    raw = [(key.encode(), value.encode("latin-1")) for key, value in given.items()]
    asked = {
        "type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": raw,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2), **scope,
    }  # fmt: skip
    asyncio.run(gate(asked, receive, send))
    found = [(k.decode(), v.decode("latin-1")) for k, v in sent[0].get("headers", [])]
    body = b"".join(m.get("body", b"") for m in sent).decode()
    return Answer(sent[0].get("status", 0), found, body, [m["type"] for m in sent])


@pytest.fixture
def tunnel(api: StandIn) -> StandIn:
    api.entrance, api.tickets[TICKET] = "aws", "anna"
    return api


def gate(api: StandIn, entrance: Entrance = Entrance.AWS) -> Gate:
    return Gate(_page, entrance=entrance, api=lambda: Client(api.url, key=KEY))


# --- the tunnel


def test_a_ticket_becomes_a_cookie_that_no_script_can_read(tunnel: StandIn) -> None:
    answer = get(gate(tunnel), "/", query=f"ticket={TICKET}")
    assert (answer.status, answer.one("location"), answer.one("cache-control")) == (303, "/", "no-store")
    cookie, *rest = answer.one("set-cookie").split("; ")
    name, _, token = cookie.partition("=")
    assert (name, tunnel.tokens) == (COOKIE, {token: "anna"})
    age = next(int(part.removeprefix("Max-Age=")) for part in rest if part.startswith("Max-Age="))
    assert 12 * 3600 - 60 < age <= 12 * 3600
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} == {part for part in rest if "Max-Age" not in part}
    assert TICKET not in str(answer)


def test_the_rest_of_the_address_stays(tunnel: StandIn) -> None:
    answer = get(gate(tunnel), "/a b", query=f"session=s%261&ticket={TICKET}&x=")
    assert answer.one("location") == "/a%20b?session=s%261&x="


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example/x", "///evil.example/x"])
def test_nobody_is_sent_elsewhere(tunnel: StandIn, path: str) -> None:
    assert get(gate(tunnel), path, query=f"ticket={TICKET}").one("location") == "/evil.example/x"


def test_a_path_cannot_add_headers(tunnel: StandIn) -> None:
    location = get(gate(tunnel), "/x\r\nset-cookie: a=b", query=f"ticket={TICKET}").one("location")
    assert "\r" not in location and "\n" not in location


@pytest.mark.parametrize(
    "scope", [{"scheme": "https"}, {"headers": {"accept": "text/html", "x-forwarded-proto": "https"}}]
)
def test_behind_https_the_cookie_is_secure(tunnel: StandIn, scope: dict[str, Any]) -> None:
    assert get(gate(tunnel), query=f"ticket={TICKET}", **scope).one("set-cookie").endswith("; Secure")


def test_a_ticket_that_was_used_says_what_to_do(tunnel: StandIn, caplog: pytest.LogCaptureFixture) -> None:
    assert get(gate(tunnel), query=f"ticket={TICKET}").status == 303
    caplog.clear()
    answer = get(gate(tunnel), query=f"ticket={TICKET}&session=s1")
    assert answer.status == 401
    assert answer.all("set-cookie") == []
    assert "This ticket was used already, or has expired." in answer.body
    assert "Run <code>./ssh_tunnel.sh --ticket</code>" in answer.body
    assert '<a href="/?session=s1">' in answer.body
    assert "Request id: r-stand-in" in answer.body
    assert answer.one("cache-control") == "no-store"
    assert "default-src 'none'" in answer.one("content-security-policy")
    assert "all of it" not in answer.body and "Traceback" not in answer.body
    assert TICKET not in str(answer) + caplog.text
    assert "unauthorized" in caplog.text


def test_somebody_without_a_role_is_told_so(tunnel: StandIn) -> None:
    tunnel.failing["/entry"] = (403, {"code": "forbidden", "message": "You have no role here."})
    answer = get(gate(tunnel), query=f"ticket={TICKET}")
    assert (answer.status, answer.all("set-cookie")) == (403, [])
    assert "You have no role here." in answer.body


def test_the_service_is_away(tunnel: StandIn) -> None:
    address = tunnel.url
    tunnel.stop()
    behind = Gate(_page, entrance=Entrance.AWS, api=lambda: Client(address, key=KEY))
    answer = get(behind, query=f"ticket={TICKET}")
    assert answer.status == 503
    assert "The service cannot be reached." in answer.body
    assert "Reload this page in a moment" in answer.body


@pytest.mark.parametrize(
    "token", ["short", "x" * 20 + "; Path=/evil", "x" * 20 + "\r\nset-cookie: a=b", "ä" * 20]
)
def test_a_token_that_is_none_is_not_set(token: str) -> None:
    class Odd(Client):
        def enter(self, *, ticket: str = "", oidc: str = "") -> Entry:
            return Entry(token=token, expires_at=datetime.now(UTC) + timedelta(hours=1), person="aws:anna")

    answer = get(Gate(_page, entrance=Entrance.AWS, api=lambda: Odd("", key="k")), query=f"ticket={TICKET}")
    assert (answer.status, answer.all("set-cookie")) == (502, [])


def test_what_the_service_says_is_shown_letter_by_letter() -> None:
    class Odd(Client):
        def enter(self, *, ticket: str = "", oidc: str = "") -> Entry:
            raise ApiError("<script>1</script>", code="x", status=500, request_id="<b>")

    answer = get(
        Gate(_page, entrance=Entrance.AWS, api=lambda: Odd("", key="k")),
        query=f"ticket={TICKET}&q=%22%3E%3Cb%3E",
    )
    assert answer.status == 502
    assert "<script>" not in answer.body and "<b>Request" not in answer.body
    assert "&lt;script&gt;1" in answer.body and "id: &lt;b&gt;" in answer.body


def test_without_a_ticket_the_page_comes_with_its_headers(tunnel: StandIn) -> None:
    answer = get(gate(tunnel), query="session=s1")
    assert (answer.status, answer.body, answer.all("set-cookie")) == (200, "all of it", [])
    assert answer.one("referrer-policy") == "no-referrer"
    assert answer.one("x-content-type-options") == "nosniff"
    assert answer.one("x-frame-options") == "SAMEORIGIN"
    assert tunnel.seen == []


@pytest.mark.parametrize(
    "asked",
    [
        {"headers": {"accept": "*/*"}},
        {"headers": {}},
        {"method": "HEAD"},
        {"method": "POST"},
        {"type": "websocket"},
    ],
)
def test_only_who_opens_the_page_uses_the_ticket_up(tunnel: StandIn, asked: dict[str, Any]) -> None:
    answer = get(gate(tunnel), query=f"ticket={TICKET}", **asked)
    assert answer.types[0] in ("http.response.start", "websocket.accept")
    assert answer.status in (0, 200)
    assert tunnel.tickets and tunnel.seen == []


def test_in_the_tunnel_no_header_says_who_one_is(tunnel: StandIn) -> None:
    answer = get(gate(tunnel), headers={"accept": "text/html", "x-amzn-oidc-data": "signed-anna"})
    assert (answer.status, answer.all("set-cookie"), tunnel.seen) == (200, [], [])


# --- the load balancer


def test_every_opening_of_the_page_sets_the_token_anew(api: StandIn) -> None:
    api.entrance = "oidc"
    tokens = []
    for name in ("anna", "anna", "ben"):
        headers = {
            "accept": "text/html", "x-amzn-oidc-data": f"signed-{name}", "cookie": f"{COOKIE}={'a' * 43}",
        }  # fmt: skip
        answer = get(gate(api, Entrance.OIDC), headers=headers)
        assert (answer.status, answer.body) == (200, "all of it")
        tokens.append(answer.one("set-cookie").partition("; ")[0].partition("=")[2])
    assert [api.tokens[token] for token in tokens] == ["anna", "anna", "ben"]


def test_without_the_load_balancers_word_no_token_stays(api: StandIn) -> None:
    api.entrance, api.tickets[TICKET] = "oidc", "anna"
    answer = get(gate(api, Entrance.OIDC), query=f"ticket={TICKET}")
    assert answer.one("set-cookie").startswith(f"{COOKIE}=; ") and "Max-Age=0" in answer.one("set-cookie")
    assert api.seen == []


def test_what_is_not_believed_is_said_so(api: StandIn) -> None:
    api.entrance = "oidc"
    answer = get(gate(api, Entrance.OIDC), headers={"accept": "text/html", "x-amzn-oidc-data": "forged"})
    assert (answer.status, answer.all("set-cookie")) == (401, [])
    assert "Reload this page" in answer.body and "ssh_tunnel" not in answer.body


# --- one machine


@pytest.fixture(params=["127.0.0.1", "::1", "mapped"])
def ends(request: pytest.FixtureRequest) -> Iterator[tuple[tuple[str, int], tuple[str, int]]]:
    """Both ends of a connection that this process holds, as a web server would name them."""
    server = _listening(request.param)
    port = server.getsockname()[1]
    caller = socket.create_connection(("127.0.0.1" if request.param == "mapped" else request.param, port))
    ours, peer = server.accept()
    yield peer[:2], ours.getsockname()[:2]
    for one in (caller, ours, server):
        one.close()


def _listening(kind: str) -> socket.socket:
    try:
        if kind == "127.0.0.1":
            return socket.create_server((kind, 0))
        if kind == "::1":
            return socket.create_server((kind, 0), family=socket.AF_INET6)
        return socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
    except OSError as error:
        pytest.skip(f"this machine has no IPv6: {error}")


def as_user(monkeypatch: pytest.MonkeyPatch, uid: int) -> None:
    monkeypatch.setattr(os, "getuid", lambda: uid)
    monkeypatch.setattr(os, "geteuid", lambda: uid)


def another_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, uid: int = 4711) -> None:
    """The machine's own tables, with every socket of this user given to another."""
    copies = []
    for table in neighbours.TABLES:
        if not table.exists():
            continue
        lines = table.read_text().splitlines()
        changed = [re.sub(r"^((?:\s*\S+){7}\s+)\d+", rf"\g<1>{uid}", line) for line in lines[1:]]
        copies.append(tmp_path / table.name)
        copies[-1].write_text("\n".join([lines[0], *changed]) + "\n")
    monkeypatch.setattr(neighbours, "TABLES", tuple(copies))


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells whose socket it is")


def test_ones_own_processes_come_in(ends: Any) -> None:
    assert is_stranger(*ends) is False


@on_linux
def test_another_user_does_not(ends: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    another_users(monkeypatch, tmp_path)
    as_user(monkeypatch, 1000)
    assert is_stranger(*ends) is True
    as_user(monkeypatch, 4711)
    assert is_stranger(*ends) is False


@on_linux
def test_root_does(ends: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    another_users(monkeypatch, tmp_path, uid=0)
    as_user(monkeypatch, 1000)
    assert is_stranger(*ends) is False


@on_linux
def test_a_socket_that_was_let_go_of_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel then says root, and whoever sent something and left at once would come in as root."""
    as_user(monkeypatch, 4711)
    with socket.create_server(("127.0.0.1", 0)) as server:
        caller = socket.create_connection(server.getsockname())
        ours, peer = server.accept()
        with ours:
            caller.close()
            assert is_stranger(peer, ours.getsockname()) is True
        assert is_stranger(("127.0.0.1", 1), server.getsockname()) is True


def test_where_it_cannot_be_told_one_is_let_in(
    ends: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    as_user(monkeypatch, 4711)
    odd = tmp_path / "tcp"
    odd.write_bytes(b"\xff\xfe nothing of the kind")
    for tables in ((), (tmp_path / "missing",), (odd,)):
        monkeypatch.setattr(neighbours, "TABLES", tables)
        assert is_stranger(*ends) is False
    assert is_stranger(None, None) is False
    assert is_stranger(("/run/page.sock", 0), ("127.0.0.1", 80)) is False


def test_callers_from_elsewhere_are_not_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "TABLES", None)
    assert is_stranger(("192.0.2.7", 4000), ("192.0.2.1", 8080)) is False


@pytest.mark.parametrize("asked", [{}, {"headers": {"accept": "*/*"}}, {"path": "/_stcore/stream"}])
def test_a_neighbour_is_refused_whatever_it_asks_for(
    monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any]
) -> None:
    monkeypatch.setattr(entrance_part, "is_stranger", lambda peer, own: True)
    answer = get(Gate(_page, entrance=Entrance.OS), **asked)
    assert answer.status == 403
    assert "another user of this computer" in answer.body and "all of it" not in answer.body


def test_a_neighbours_socket_is_closed_before_it_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entrance_part, "is_stranger", lambda peer, own: True)
    assert get(Gate(_page, entrance=Entrance.OS), type="websocket").types == ["websocket.close"]
    monkeypatch.setattr(entrance_part, "is_stranger", lambda peer, own: False)
    assert get(Gate(_page, entrance=Entrance.OS), type="websocket").types == ["websocket.accept"]


@pytest.mark.parametrize("name", ["x-forwarded-for", "forwarded"])
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_nobody_may_say_for_themselves_where_they_come_from(name: str, kind: str) -> None:
    headers = {"accept": "text/html", name: "192.0.2.7"}
    believing = Gate(_page, entrance=Entrance.OS, believes_proxies=True)
    answer = get(believing, headers=headers, type=kind)
    assert (answer.status, answer.types[0]) in [(403, "http.response.start"), (0, "websocket.close")]
    there = {"client": None}
    assert get(Gate(_page, entrance=Entrance.OS), headers=headers, **there).body == "all of it"
    assert get(believing, **there).body == "all of it"


def test_on_one_machine_there_are_no_cookies_and_no_tickets(api: StandIn) -> None:
    api.tickets[TICKET] = "anna"
    answer = get(gate(api, Entrance.OS), query=f"ticket={TICKET}", client=None)
    assert (answer.status, answer.all("set-cookie"), api.seen) == (200, [], [])
    assert answer.one("x-frame-options") == "SAMEORIGIN"


# --- what the environment says


def test_the_entrance_is_one_machine_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANALYST_ENTRANCE", raising=False)
    assert connection.entrance() is Entrance.OS
    for word in Entrance:
        monkeypatch.setenv("ANALYST_ENTRANCE", word)
        assert connection.entrance() is word
    monkeypatch.setenv("ANALYST_ENTRANCE", "AWS ")
    with pytest.raises(connection.WrongSetting, match="must be os, aws or oidc"):
        connection.entrance()


@pytest.mark.parametrize(
    ("value", "believes"), [(None, True), ("", False), (" ", False), ("*", True), ("10.0.0.1", True)]
)
def test_headers_of_proxies_are_believed_as_the_web_server_does(
    monkeypatch: pytest.MonkeyPatch, value: str | None, believes: bool
) -> None:
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    if value is not None:
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", value)
    assert connection.believes_proxies() is believes


# --- the whole, with a process of another user


CALLER = """
import encodings.idna, http.client, os, sys
os.setgid(int(sys.argv[2])), os.setuid(int(sys.argv[2]))
connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=20)
connection.request("GET", sys.argv[3], headers={"Accept": "text/html"} | dict(h.split("=", 1) for h in sys.argv[4:]))
reply = connection.getresponse()
print(reply.status, reply.read().decode())
"""


@on_linux
@pytest.mark.skipif(os.getuid() != 0, reason="only root can be another user")
def test_another_user_of_this_machine_for_real(api: StandIn, tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": str(root / "code"), "FORWARDED_ALLOW_IPS": ""}
    environment.pop("ANALYST_ENTRANCE", None)
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(root / "streamlit" / "app.py"),
         "--server.address", "localhost", "--server.port", str(port)],
        env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip

    def call(uid: int, path: str, *headers: str) -> str:
        command = [sys.executable, "-I", "-c", CALLER, str(port), str(uid), path, *headers]
        return subprocess.run(command, capture_output=True, text=True, cwd="/").stdout

    try:
        for _ in range(200):
            if call(0, "/_stcore/health").startswith("200"):
                break
            threading.Event().wait(0.1)
        assert call(0, "/").startswith("200")
        socket_headers = ("Connection=Upgrade", "Upgrade=websocket", "Sec-WebSocket-Version=13",
                          "Sec-WebSocket-Key=AAAAAAAAAAAAAAAAAAAAAA==")  # fmt: skip
        for path in ("/", "/_stcore/health", "/_stcore/host-config"):
            answer = call(65534, path)
            assert answer.startswith("403") and "another user of this computer" in answer
        assert call(65534, "/", "X-Forwarded-For=192.0.2.7").startswith("403")
        assert call(65534, "/_stcore/stream", *socket_headers).startswith("403")
    finally:
        server.terminate()
        server.wait(timeout=15)
