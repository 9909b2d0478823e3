"""A server that speaks Bedrock's wire protocol on a real socket, for boto3 with an endpoint of its own."""

from __future__ import annotations

import json
import select
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote
from zlib import crc32

_TICK = 0.01
_STRING = 7


def frame(payload: Mapping[str, Any], **headers: str) -> bytes:
    """One message of AWS's event stream; header names are given with _ for -."""
    body = json.dumps(payload).encode()
    named = b"".join(_header(f":{name.replace('_', '-')}", value) for name, value in headers.items())
    prelude = struct.pack("!II", 16 + len(named) + len(body), len(named))
    message = prelude + struct.pack("!I", crc32(prelude)) + named + body
    return message + struct.pack("!I", crc32(message))


def _header(name: str, value: str) -> bytes:
    return (
        struct.pack("!B", len(name))
        + name.encode()
        + struct.pack("!BH", _STRING, len(value))
        + value.encode()
    )


def event(kind: str, payload: Mapping[str, Any]) -> bytes:
    """An ordinary event: "contentBlockDelta", "messageStop" …"""
    return frame(payload, event_type=kind, content_type="application/json", message_type="event")


def exception(kind: str, message: str = "no") -> bytes:
    """An exception in the middle of a stream: "throttlingException" …"""
    return frame(
        {"message": message}, exception_type=kind, content_type="application/json", message_type="exception"
    )


def piece(text: str) -> bytes:
    """A piece of the reply."""
    return event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": text}})


def conversation(
    text: str, *, stop: str = "end_turn", usage: Mapping[str, int] | None = None
) -> tuple[bytes, ...]:
    """The frames of a whole reply, as Bedrock orders them."""
    counted = usage or {"inputTokens": 11, "outputTokens": 7, "totalTokens": 18}
    return (
        event("messageStart", {"role": "assistant"}),
        *(piece(word) for word in _words(text)),
        event("contentBlockStop", {"contentBlockIndex": 0}),
        event("messageStop", {"stopReason": stop}),
        event("metadata", {"usage": counted, "metrics": {"latencyMs": 42}}),
    )


def _words(text: str) -> Iterable[str]:
    return (word if first == 0 else f" {word}" for first, word in enumerate(text.split(" ")))


@dataclass(frozen=True, kw_only=True)
class Streams:
    """Frames one after another; `then` is "end", "stall" (stays open) or "break" (closes the connection)."""

    frames: Sequence[bytes]
    then: str = "end"


@dataclass(frozen=True, kw_only=True)
class EndlessFrames:
    """The same frame for ever."""

    frame: bytes


@dataclass(frozen=True, kw_only=True)
class NeverAnswers:
    """Takes the request, and that is all."""


@dataclass(frozen=True, kw_only=True)
class Refuses:
    """An error as AWS sends it."""

    status: int
    kind: str
    message: str = "no"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Gives:
    """A JSON document, for InvokeModel."""

    document: Any


Behaviour = Streams | EndlessFrames | NeverAnswers | Refuses | Gives


@dataclass(kw_only=True)
class Invoked:
    """One request as it came, and how it ended."""

    model_id: str
    operation: str
    document: Mapping[str, Any]
    headers: Mapping[str, str]
    ended: str = ""


class BedrockServer:
    """Answers ConverseStream and InvokeModel by script while its context is open."""

    def __init__(self, script: Callable[[Invoked], Behaviour]) -> None:
        self.script = script
        self.requests: list[Invoked] = []
        self.stopping = threading.Event()
        self._changed = threading.Condition()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.scripted = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_TICK,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """What goes into endpoint_url."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def wait_until(self, true: Callable[[list[Invoked]], bool], *, seconds: float = 10) -> bool:
        """Wait for something about the requests to become true; False when it does not."""
        with self._changed:
            return self._changed.wait_for(lambda: true(self.requests), seconds)

    def note(self, change: Callable[[], None]) -> None:
        """Change what is recorded, and wake whoever waits for it."""
        with self._changed:
            change()
            self._changed.notify_all()


def bedrock_in_turn(*behaviours: Behaviour) -> Callable[[Invoked], Behaviour]:
    """One after another; the last one stays."""
    left = list(behaviours)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    scripted: BedrockServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """/model/{id}/{operation}."""
        scripted = self.server.scripted
        self.close_connection = True
        _, _, model_id, operation = self.path.split("/", 3)
        invoked = Invoked(
            model_id=unquote(model_id),
            operation=operation,
            document=json.loads(self.rfile.read(int(self.headers["Content-Length"]))),
            headers={name.lower(): value for name, value in self.headers.items()},
        )
        scripted.note(lambda: scripted.requests.append(invoked))
        try:
            self._behave(scripted.script(invoked))
            ended = "complete"
        except OSError:
            ended = "closed by client"

        def change() -> None:
            invoked.ended = ended

        scripted.note(change)

    def _behave(self, behaviour: Behaviour) -> None:
        match behaviour:
            case Streams(frames=frames, then=then):
                self._begin()
                for one in frames:
                    self._chunk(one)
                if then == "stall":
                    self._wait_for_the_end()
                if then == "end":
                    self._chunk(b"")
            case EndlessFrames(frame=one):
                self._begin()
                while not self.server.scripted.stopping.is_set():
                    self._chunk(one)
            case NeverAnswers():
                self._wait_for_the_end()
            case Refuses(status=status, kind=kind, message=message, headers=more):
                self._document(status, {"message": message}, headers={"x-amzn-ErrorType": kind, **more})
            case Gives(document=document):
                self._document(200, document)

    def _wait_for_the_end(self) -> None:
        while not self.server.scripted.stopping.is_set():
            readable, _, _ = select.select([self.connection], [], [], _TICK)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                raise ConnectionResetError

    def _begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/vnd.amazon.eventstream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
        self.wfile.flush()

    def _document(self, status: int, document: Any, *, headers: Mapping[str, str] | None = None) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
