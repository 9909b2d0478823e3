"""A tiny OpenAI-compatible server that knows what to answer: at once, or after a while."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

_RESULT = "\n\nResult ("
_CANNOT = "CANNOT: the script of this benchmark has no answer to that."


class ScriptedModel:
    """Serves on 127.0.0.1 while its context is open; `replies` are those to each question, repairs last."""

    def __init__(self, replies: Mapping[str, Sequence[str]], *, delay_seconds: float = 0.0) -> None:
        self.replies = dict(replies)
        self.delay_seconds = delay_seconds
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.model = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def reply(self, messages: Sequence[Mapping[str, str]]) -> str:
        """SQL for the question that was asked last, or words on a result."""
        asked = [m["content"] for m in messages if m["role"] == "user"]
        if asked and _RESULT in asked[-1]:
            return _words(asked[-1])
        for repairs, text in enumerate(reversed(asked)):
            known = [question for question in self.replies if question in text]
            if known:
                found = self.replies[max(known, key=len)]
                return found[min(repairs, len(found) - 1)]
        return _CANNOT


def _words(asked: str) -> str:
    """A sentence with the figures of the first row, so that there is something to check."""
    header, first, *_ = [*asked.split(_RESULT, 1)[1].splitlines()[1:], "", ""]
    pairs = zip(header.split(" | "), first.split(" | "), strict=False)
    return "In the first row " + ", ".join(f"{name} is {value}" for name, value in pairs) + "."


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    model: ScriptedModel


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """A chat completion as a stream, sent in one piece."""
        model = self.server.model
        document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = model.reply(document.get("messages", []))
        model.closing.wait(model.delay_seconds)
        usage = {"prompt_tokens": 0, "completion_tokens": len(text.split())}
        events: list[dict[str, Any]] = [
            {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]},
            {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
            {"choices": [], "usage": usage},
        ]
        body = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
        self._send(body.encode())

    def _send(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # whoever asked does not want to know any more
