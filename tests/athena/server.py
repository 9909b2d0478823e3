"""A local endpoint that speaks enough of Athena, Glue and S3 for boto3 to be used unchanged; see `World`.

MiniStack serves Athena too, but lives in an environment of its own that pins another boto3, and neither
throttles, queues nor fails on demand; moto's Athena runs no SQL. So this is our own, as small as it can be.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from athena.executions import Executions, Refusal
from athena.stores import Glue, listed
from athena.world import Fault, World


class AthenaStandIn(ThreadingHTTPServer):
    """The three services behind one address."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, world: World) -> None:
        super().__init__(("127.0.0.1", 0), _Requests)
        self.world = world
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.executions = Executions(world)
        self.services: dict[str, Any] = {"AmazonAthena": self.executions, "AWSGlue": Glue(world)}

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Requests(BaseHTTPRequestHandler):
    server: AthenaStandIn
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Athena and Glue."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
        service, _, operation = self.headers["X-Amz-Target"].partition(".")
        fault = self._met(operation, body)
        if fault is not None and fault.stall:
            self.server.world.stall()
            self.close_connection = True
            return
        if fault is not None and not fault.cut:
            self._refuse(Refusal(fault.code, fault.message, **fault.more), status=fault.status)
            return
        try:
            answer = getattr(self.server.services[service], operation)(body)
        except Refusal as refusal:
            self._refuse(refusal)
            return
        self._send(200, json.dumps(answer).encode(), kind="application/x-amz-json-1.1", cut=fault is not None)

    def do_GET(self) -> None:
        """S3: the listing of a bucket, or the file of a result."""
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        bucket, _, key = unquote(parts.path.strip("/")).partition("/")
        asked = {"Bucket": bucket, **({"Key": key, "Range": self.headers["Range"]} if key else query)}
        fault = self._met("GetObject" if key else "ListObjectsV2", asked)
        try:
            if fault is not None and fault.code:
                raise Refusal(fault.code, fault.message)
            if key:
                self._send_file(bucket, key, fault)
            else:
                self._send(200, listed(self.server.world, bucket, query).encode(), kind="application/xml")
        except Refusal as refusal:
            text = f"<Error><Code>{refusal.code}</Code><Message>{refusal.message}</Message></Error>"
            self._send(fault.status if fault else 404, text.encode(), kind="application/xml")

    def _send_file(self, bucket: str, key: str, fault: Fault | None) -> None:
        content = self.server.executions.file(bucket, key)
        tag = f'"{hashlib.md5(content).hexdigest()}"'
        if self.headers["If-Match"] not in (None, tag):
            raise Refusal(
                "PreconditionFailed", "At least one of the pre-conditions you specified did not hold"
            )
        start = int((self.headers["Range"] or "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        self._send(
            206 if start else 200,
            content[start:],
            kind="application/octet-stream",
            cut=fault is not None and fault.cut,
            stall=fault is not None and fault.stall,
            ETag=tag,
        )

    def _met(self, operation: str, body: dict[str, Any]) -> Fault | None:
        with self.server.world.lock:
            self.server.world.asked.append((operation, body))
        return self.server.world.next_fault(operation)

    def _refuse(self, refusal: Refusal, *, status: int = 400) -> None:
        document = {"__type": refusal.code, "Message": refusal.message, **refusal.more}
        self._send(status, json.dumps(document).encode(), kind="application/x-amz-json-1.1")

    def _send(
        self, status: int, body: bytes, *, kind: str, cut: bool = False, stall: bool = False, **headers: str
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut or stall else body)
        if stall:
            self.wfile.flush()
            self.server.world.stall()
        if cut or stall:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(world: World) -> Iterator[AthenaStandIn]:
    """One that answers for as long as it is needed."""
    with AthenaStandIn(world) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.executions.settle()
            world.over.set()
            server.shutdown()
            thread.join()
            world.duck.close()
