"""What the gateway says to what is no request of its own: always the one document, never a page of HTML."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyst.local.gateway import Gateway, listen
from analyst.settings import Settings
from analyst.wiring import House


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "api_key").write_text("k" * 43)
    gateway = Gateway(House(Settings.read({}, data=tmp_path)), listen(0))
    thread = threading.Thread(target=gateway.serve_forever, args=(0.01,))
    thread.start()
    yield gateway.socket.getsockname()[1]
    gateway.shutdown()
    gateway.server_close()
    thread.join()


def sent(port: int, request: bytes) -> tuple[int, bytes]:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(request)
        head, _, body = b"".join(iter(lambda: line.recv(65536), b"")).partition(b"\r\n\r\n")
    return int(head.split()[1]), body


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"OPTIONS /query HTTP/1.1", 403),
        (b"BREW /coffee HTTP/1.1", 501),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1", 414),
    ],
)
def test_a_refusal_is_the_document_of_errors(port: int, request_line: bytes, status: int) -> None:
    found, body = sent(port, request_line + b"\r\nHost: x\r\n\r\n")
    error = json.loads(body)["error"]
    assert found == status
    assert set(error) == {"code", "message", "request_id"} and error["request_id"]


def test_a_head_has_no_body(port: int) -> None:
    assert sent(port, b"HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n") == (501, b"")
