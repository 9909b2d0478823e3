"""An OpenAI-compatible server on a real socket that answers by script; also a process of its own.

    python tests/scripted_model.py --port 9000 --replies replies.jsonl

where each line is {"when": part of the last user message, "reply": text, "delay": seconds}; the first line
whose "when" is found answers. `GET /scripted` tells what was asked and how the streams ended.
"""

from __future__ import annotations

import argparse
import json
import re
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

Messages = Sequence[Mapping[str, str]]
_TICK = 0.01


@dataclass(frozen=True, kw_only=True)
class Says:
    """A reply, streamed word by word."""

    text: str
    delay: float = 0.0
    """Seconds before the first piece."""
    pause: float = 0.0
    """Seconds between two pieces."""
    finish: str = "stop"
    usage: Mapping[str, Any] | None = field(
        default_factory=lambda: {
            "prompt_tokens": 11,
            "completion_tokens": 7,
            "prompt_tokens_details": {"cached_tokens": 5},
        }
    )
    timings: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Endless:
    """Text without end."""

    piece: str = "and so on "
    pause: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Silent:
    """Takes the request and never answers; headers, comments or progress may come, but no token."""

    headers: bool = False
    keep_alive: bool = False
    progress: bool = False


@dataclass(frozen=True, kw_only=True)
class Stalls:
    """Begins to answer and then falls silent with the connection open; `chunked` as HTTP/1.1 does, or not."""

    text: str = "SELECT"
    chunked: bool = True


@dataclass(frozen=True, kw_only=True)
class Breaks:
    """Begins to answer and closes the connection; `politely` ends the HTTP body properly first."""

    text: str = "SELECT"
    politely: bool = False


@dataclass(frozen=True, kw_only=True)
class HangsUp:
    """Closes the connection without a single byte."""


@dataclass(frozen=True, kw_only=True)
class Fails:
    """An HTTP status with an error document."""

    status: int
    error: Mapping[str, Any] = field(default_factory=lambda: {"message": "no", "type": "server_error"})
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Sends:
    """Any bytes as the body of a 200, for what is no proper reply."""

    body: bytes
    content_type: str = "text/event-stream"


Behaviour = Says | Endless | Silent | Stalls | Breaks | HangsUp | Fails | Sends
Script = Callable[[Messages], Behaviour]

LOADING = Fails(status=503, error={"message": "Loading model", "type": "unavailable_error", "code": 503})
"""What llama.cpp answers until its model is there."""
THROTTLED = Fails(status=429, error={"message": "slow down", "type": "rate_limit_error"})


def always(behaviour: Behaviour) -> Script:
    """The same for every request."""
    return lambda _: behaviour


def in_turn(*behaviours: Behaviour) -> Script:
    """One after another; the last one stays."""
    left = list(behaviours)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def by_question(replies: Sequence[tuple[str, Behaviour]], *, otherwise: Behaviour | None = None) -> Script:
    """The first whose text is part of the last user message."""

    def script(messages: Messages) -> Behaviour:
        asked = [message["content"] for message in messages if message["role"] == "user"]
        last = asked[-1] if asked else ""
        fitting = (behaviour for when, behaviour in replies if when in last)
        return next(fitting, otherwise or Fails(status=500, error={"message": "nothing in the script"}))

    return script


@dataclass(kw_only=True)
class Asked:
    """One request as it came, and how it ended."""

    document: Mapping[str, Any]
    headers: Mapping[str, str]
    path: str
    ended: str = ""
    """"" while it runs, then "complete" or "closed by client"."""

    @property
    def messages(self) -> Messages:
        """The chat messages."""
        messages: Messages = self.document.get("messages", [])
        return messages


class ClosedByClient(Exception):
    """The client is gone."""


class ScriptedServer:
    """Serves a script on 127.0.0.1 while its context is open; `url` is the base URL."""

    def __init__(self, script: Script, *, port: int = 0) -> None:
        self.script = script
        self.requests: list[Asked] = []
        self.connections = 0
        """Open right now."""
        self.stopping = threading.Event()
        self._changed = threading.Condition()
        self._server = _Server(("127.0.0.1", port), _Handler)
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
    def port(self) -> int:
        """Where it listens."""
        port: int = self._server.server_address[1]
        return port

    @property
    def url(self) -> str:
        """The base URL, with /v1."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def prompts(self) -> list[str]:
        """All that each request said, as one text a request."""
        with self._changed:
            return ["\n".join(message["content"] for message in asked.messages) for asked in self.requests]

    def wait_until(self, true: Callable[[ScriptedServer], bool], *, seconds: float = 10) -> bool:
        """Wait for something about requests or connections to become true; False when it does not."""
        with self._changed:
            return self._changed.wait_for(lambda: true(self), seconds)

    def wait_closed(self, *, seconds: float = 10) -> bool:
        """Wait until a client has closed a stream before its end."""
        return self.wait_until(lambda server: "closed by client" in server.endings(), seconds=seconds)

    def wait_asked(self, count: int = 1, *, seconds: float = 10) -> bool:
        """Wait until so many requests have come."""
        return self.wait_until(lambda server: len(server.requests) >= count, seconds=seconds)

    def endings(self) -> list[str]:
        """How each request ended, in order of arrival."""
        with self._changed:
            return [asked.ended for asked in self.requests]

    def note(self, change: Callable[[], None]) -> None:
        """Change what is recorded, and wake whoever waits for it."""
        with self._changed:
            change()
            self._changed.notify_all()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    scripted: ScriptedServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def setup(self) -> None:
        super().setup()
        self._count(+1)

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:
            pass
        finally:
            self._count(-1)

    def _count(self, by: int) -> None:
        scripted = self.server.scripted

        def change() -> None:
            scripted.connections += by

        scripted.note(change)

    def do_GET(self) -> None:
        """What llama.cpp tells of itself, and what was asked so far."""
        scripted = self.server.scripted
        documents: dict[str, Callable[[], Any]] = {
            "/health": lambda: {"status": "ok"},
            "/v1/models": lambda: {"object": "list", "data": [{"id": "scripted", "object": "model"}]},
            "/scripted": lambda: {
                "requests": [
                    {"messages": asked.messages, "ended": asked.ended} for asked in scripted.requests
                ],
                "connections": scripted.connections,
            },
        }
        document = documents.get(self.path)
        self._document(200 if document else 404, document() if document else {"error": {"message": "no"}})

    def do_POST(self) -> None:
        """A chat completion."""
        scripted = self.server.scripted
        self.close_connection = True
        document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        asked = Asked(document=document, headers=dict(self.headers), path=self.path)
        scripted.note(lambda: scripted.requests.append(asked))
        try:
            self._behave(scripted.script(asked.messages))
            ended = "complete"
        except (ClosedByClient, OSError):
            ended = "closed by client"

        def change() -> None:
            asked.ended = ended

        scripted.note(change)

    def _behave(self, behaviour: Behaviour) -> None:
        match behaviour:
            case Says():
                self._say(behaviour)
            case Endless(piece=piece, pause=pause):
                self._begin()
                while True:
                    self._event(_piece(piece))
                    self._watch(pause)
            case Silent(headers=headers, keep_alive=keep_alive, progress=progress):
                if headers or keep_alive or progress:
                    self._begin()
                while True:
                    self._watch(0.05)
                    if keep_alive:
                        self._chunk(b": still here\n\n")
                    if progress:
                        self._event({**_piece(""), "prompt_progress": {"total": 9, "processed": 1}})
            case Stalls(text=text, chunked=chunked):
                self._begin(chunked=chunked)
                self._event(_piece(text), chunked=chunked)
                self._watch(None)
            case Breaks(text=text, politely=politely):
                self._begin()
                self._event(_piece(text))
                if politely:
                    self._chunk(b"")
            case HangsUp():
                self.connection.shutdown(socket.SHUT_RDWR)
            case Fails(status=status, error=error, headers=more):
                self._document(status, {"error": error}, headers=more)
            case Sends(body=body, content_type=content_type):
                self._begin(content_type)
                self._chunk(body)
                self._chunk(b"")

    def _say(self, says: Says) -> None:
        self._watch(says.delay)
        self._begin()
        self._event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": None}}]})
        for word in re.findall(r"\S+\s*|\s+", says.text):
            self._event(_piece(word))
            self._watch(says.pause)
        last: dict[str, Any] = {"choices": [{"index": 0, "delta": {}, "finish_reason": says.finish}]}
        self._event({**last, "timings": says.timings} if says.timings else last)
        if says.usage is not None:
            self._event({"choices": [], "usage": says.usage})
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _watch(self, seconds: float | None) -> None:
        """Wait, for ever with None; raises ClosedByClient as soon as the client is gone."""
        until = None if seconds is None else time.monotonic() + seconds
        while not self.server.scripted.stopping.is_set():
            left = _TICK if until is None else min(_TICK, max(until - time.monotonic(), 0))
            readable, _, _ = select.select([self.connection], [], [], left)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                raise ClosedByClient
            if until is not None and time.monotonic() >= until:
                return
        raise ClosedByClient

    def _begin(self, content_type: str = "text/event-stream", *, chunked: bool = True) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header(*(("Transfer-Encoding", "chunked") if chunked else ("Connection", "close")))
        self.end_headers()

    def _event(self, document: Mapping[str, Any], *, chunked: bool = True) -> None:
        self._chunk(b"data: " + json.dumps(document).encode() + b"\n\n", chunked=chunked)

    def _chunk(self, data: bytes, *, chunked: bool = True) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data) if chunked else data)
        self.wfile.flush()

    def _document(self, status: int, document: Any, *, headers: Mapping[str, str] | None = None) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _piece(text: str) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}


def read_replies(path: Path) -> Script:
    """A script out of a file of replies."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return by_question(
        [
            (line.get("when", ""), Says(text=line["reply"], delay=float(line.get("delay", 0))))
            for line in lines
        ]
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until the process is told to end."""
    parser = argparse.ArgumentParser(description="A model that answers by script.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--replies", type=Path, required=True)
    options = parser.parse_args(arguments)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with ScriptedServer(read_replies(options.replies), port=options.port):
        ended.wait()


if __name__ == "__main__":
    main()
