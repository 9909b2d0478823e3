"""What tests of the bucket share: a client, an eye on what it reads, and a bucket behind a real socket."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

import boto3
from botocore.config import Config

BUCKET = "analyst-tests"


def s3_client(endpoint_url: str | None = None) -> Any:
    """A client with keys that open nothing; it tries once and asks no proxy."""
    return boto3.client(
        "s3",
        region_name="eu-central-1",
        endpoint_url=endpoint_url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(
            signature_version="s3v4",
            proxies={},
            retries={"total_max_attempts": 1},
            s3={"addressing_style": "path"},
            read_timeout=20,
        ),
    )


class Watched:
    """A body that notes what was asked of it."""

    def __init__(self, body: Any) -> None:
        self._body = body
        self.asked: list[int] = []
        self.given = 0
        self.closed = False

    def read(self, size: int) -> bytes:
        self.asked.append(size)
        content: bytes = self._body.read(size)
        self.given += len(content)
        return content

    def close(self) -> None:
        self.closed = True
        self._body.close()


def watch(client: Any) -> list[Watched]:
    """The bodies of all objects that the client gets from now on."""
    bodies: list[Watched] = []

    def note(parsed: dict[str, Any], **_: Any) -> None:
        if "Body" in parsed:
            parsed["Body"] = Watched(parsed["Body"])
            bodies.append(parsed["Body"])

    client.meta.events.register("after-call.s3.GetObject", note)
    return bodies


CHUNK = 16 * 1024


class BucketServer:
    """Answers every GET with `content`; after `cut` bytes the connection breaks."""

    def __init__(self, content: bytes, *, cut: int | None = None) -> None:
        self.content, self.cut = content, cut
        self.sent = 0
        self.ended = threading.Event()
        """Set when an answer is over: all was sent, or the reader went away."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where to find it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> BucketServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.close_connection = True
                self.send_response(200)
                self.send_header("Content-Length", str(len(server.content)))
                self.end_headers()
                try:
                    for start in range(0, len(server.content[: server.cut]), CHUNK):
                        self.wfile.write(server.content[: server.cut][start : start + CHUNK])
                        server.sent += CHUNK
                except OSError:
                    pass
                finally:
                    server.ended.set()

            def log_message(self, format: str, *args: object) -> None:
                """Tests stay quiet."""

        return Handler
