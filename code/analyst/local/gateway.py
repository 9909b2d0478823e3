"""API Gateway and Lambda's Invoke on one machine.

    python -m analyst.local.gateway

Gives the handlers the very event that API Gateway gives them, answers `boto3`'s Invoke, and serves the
download links that S3 serves in AWS. Like function environments, each process serves one request at a time;
there are a few of them on one socket.
"""

from __future__ import annotations

import base64
import contextlib
import hmac
import json
import logging
import os
import re
import signal
import socket
import sys
import threading
import time
import traceback
import uuid
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from analyst import log, tracing
from analyst.errors import AnalystError, Forbidden, TooLarge, WrongUsage
from analyst.local.bound_child import die_with
from analyst.local.functions import Handler, load_handler
from analyst.settings import Settings
from analyst.wiring import House

logger = logging.getLogger(__name__)

ENVIRONMENTS = 4
LARGEST_BODY = 1024 * 1024
LARGEST_PAYLOAD = 6 * 1024 * 1024
IDLE_SECONDS = 3
DOWNLOAD_IDLE_SECONDS = 60
"""How long whoever downloads a file may take nothing of it."""
STAGE = "local"
_INVOKE = re.compile(r"/2015-03-31/functions/([\w-]+)/invocations\Z")
_OBJECT = re.compile(r"/objects/([\w.-]+)\Z")
_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/")
OPEN_PATHS = ("/health", "/openapi.json")
"""Answered without a key: they say nothing about the data."""


@cache
def function(name: str) -> Handler:
    """The handler of a function, loaded once per process."""
    return load_handler(name)


def proxy_event(
    method: str, target: str, *, headers: dict[str, str], body: bytes, request_id: str
) -> dict[str, Any]:
    """The event of API Gateway's REST proxy integration for a request."""
    parts = urlsplit(target)
    query = parse_qs(parts.query, keep_blank_values=True)
    try:
        text, encoded = body.decode("utf-8"), False
    except UnicodeDecodeError:
        text, encoded = base64.b64encode(body).decode(), True
    return {
        "resource": "/{proxy+}",
        "path": parts.path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": {"proxy": parts.path.lstrip("/")},
        "stageVariables": None,
        "requestContext": {
            "requestId": request_id,
            "stage": STAGE,
            "httpMethod": method,
            "path": parts.path,
            "resourcePath": "/{proxy+}",
            "protocol": "HTTP/1.1",
            "identity": {"sourceIp": "127.0.0.1", "userAgent": headers.get("user-agent")},
        },
        "body": text or None,
        "isBase64Encoded": encoded,
    }


class Requests(BaseHTTPRequestHandler):
    """One request to the gateway."""

    server: Gateway
    timeout = IDLE_SECONDS
    server_version = "data-analyst-bi"
    sys_version = ""

    def handle_any(self) -> None:
        """Serve a request, whatever its method; an error is one JSON document."""
        self.request_id = str(uuid.uuid4())
        began = time.perf_counter()
        try:
            self._route()
        except AnalystError as error:
            self._error(error)
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        except Exception as error:  # noqa: BLE001 - the outermost edge of a request
            frames = "".join(traceback.format_tb(error.__traceback__))
            with tracing.serving(self.request_id):
                logger.error("%s\n%s", type(error).__name__, frames)
            self._error(AnalystError("Something went wrong on our side. Please try again."))
        ms = 1000 * (time.perf_counter() - began)
        logger.debug("%s %s %.1f ms", self.command, urlsplit(self.path).path, ms)

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = do_OPTIONS = handle_any

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the server itself refuses (no HTTP, an unknown method) is the same document."""
        self.request_id = str(uuid.uuid4())
        self.close_connection = True
        error = WrongUsage("This is no request that is served here; see /openapi.json for what there is.")
        error.status = code
        self._error(error)

    def _route(self) -> None:
        path = urlsplit(self.path).path
        if invoked := _INVOKE.match(path):
            self._invoke(invoked[1])
        elif linked := _OBJECT.match(path):
            self._object(linked[1])
        else:
            self._proxy(path)

    def _proxy(self, path: str) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        if path not in OPEN_PATHS:
            self._check_key(headers.get("x-api-key", ""))
        event = proxy_event(
            self.command,
            self.path,
            headers=headers,
            body=self._body(LARGEST_BODY),
            request_id=self.request_id,
        )
        response = function("data-analyst")(event, None)
        body = response.get("body") or ""
        data = base64.b64decode(body) if response.get("isBase64Encoded") else body.encode("utf-8")
        headers_out = dict(response.get("headers") or {})
        for name, values in (response.get("multiValueHeaders") or {}).items():
            headers_out[name] = values[-1]
        self._send(response["statusCode"], data, headers_out)

    def _invoke(self, name: str) -> None:
        """Lambda's Invoke; boto3 must sign with the API key as its access key id."""
        signed = _CREDENTIAL.search(self.headers.get("authorization", ""))
        self._check_key(signed[1] if signed else "")
        payload = self._json(self._body(LARGEST_PAYLOAD))
        if self.headers.get("x-amz-invocation-type") == "Event":
            # The store already holds what a worker needs; a notice is all that an event has to be.
            self.server.house.dispatcher.hand_over(str(payload.get("query_id", "")))
            self._send(202, b"", {})
            return
        try:
            result = function(name)(payload, None)
        except AnalystError as error:
            crash = {"errorMessage": str(error), "errorType": type(error).__name__}
            self._send(200, json.dumps(crash).encode(), {"X-Amz-Function-Error": "Unhandled"})
            return
        self._send(200, json.dumps(result).encode(), {"Content-Type": "application/json"})

    def _object(self, name: str) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        expires, signature = (asked.get(key, [""])[0] for key in ("expires", "signature"))
        with self.server.house.object_files.open(name, expires=expires, signature=signature) as file:
            self.send_response(200)
            self.send_header("Connection", "close")
            self.send_header("Content-Length", str(os.fstat(file.fileno()).st_size))
            self.send_header("Content-Type", "application/octet-stream")
            self.send_header(
                "Content-Disposition", f'attachment; filename="answer.{name.rsplit(".", 1)[-1]}"'
            )
            self.end_headers()
            self.server.send_aside(self.connection, os.dup(file.fileno()))
        self.close_connection = True

    def _body(self, largest: int) -> bytes:
        length = self.headers.get("content-length", "0")
        if not length.isdigit():
            raise WrongUsage("The request's Content-Length is no number.")
        if int(length) > largest:
            self.close_connection = True
            self._drain(int(length))
            raise TooLarge(f"A request may have {largest // 1024**2} MB.")
        return self.rfile.read(int(length))

    def _drain(self, length: int) -> None:
        """Read what is on its way, within reason, so that the sender gets to see the answer."""
        left = min(length, 64 * LARGEST_BODY)
        while left > 0 and (piece := self.rfile.read(min(left, 65536))):
            left -= len(piece)

    def _json(self, body: bytes) -> dict[str, Any]:
        try:
            payload = json.loads(body or b"{}")
        except ValueError:
            raise WrongUsage("The payload is not JSON.") from None
        if not isinstance(payload, dict):
            raise WrongUsage("The payload must be an object.")
        return payload

    def _check_key(self, given: str) -> None:
        if not hmac.compare_digest(given.encode(), self.server.house.api_key.encode()):
            raise Forbidden(
                "The key in x-api-key is missing or wrong. It is in the data folder's file api_key."
            )

    def _error(self, error: AnalystError) -> None:
        document = {"error": {"code": error.code, "message": str(error), "request_id": self.request_id}}
        try:
            self._send(error.status, json.dumps(document).encode(), {"Content-Type": "application/json"})
        except OSError:
            self.close_connection = True

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Request-Id", self.request_id)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: paths hold ids, and queries hold signatures."""


class Gateway(HTTPServer):
    """Serves requests one after another on a socket that it may share."""

    request_queue_size = 64

    def __init__(self, house: House, listener: socket.socket) -> None:
        super().__init__(("127.0.0.1", listener.getsockname()[1]), Requests, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.house = house
        self._aside: set[socket.socket] = set()

    def send_aside(self, connection: socket.socket, descriptor: int) -> None:
        """Send a file on a thread of its own, so that no request waits until somebody has downloaded it."""
        self._aside.add(connection)
        threading.Thread(target=_send, args=(connection, descriptor), daemon=True).start()

    def shutdown_request(self, request: Any) -> None:
        """Close the connection, unless a file is still on its way."""
        if request in self._aside:
            self._aside.discard(request)
        else:
            super().shutdown_request(request)


def _send(connection: socket.socket, descriptor: int) -> None:
    connection.settimeout(DOWNLOAD_IDLE_SECONDS)
    with connection, os.fdopen(descriptor, "rb") as file, contextlib.suppress(OSError):
        connection.sendfile(file)
        connection.shutdown(socket.SHUT_WR)


def listen(port: int) -> socket.socket:
    """A socket on the loopback interface; raises OSError when the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(Gateway.request_queue_size)
    return listener


def main() -> None:
    """Serve until SIGTERM, with a few processes on one socket."""
    settings = Settings.read()
    log.start(settings.log_level)
    listener = listen(settings.api_port)
    children = {_environment(settings, listener) for _ in range(ENVIRONMENTS)}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while True:
            gone, _ = os.wait()
            children.discard(gone)
            time.sleep(0.2)
            children.add(_environment(settings, listener))
    finally:
        for child in children:
            os.kill(child, signal.SIGTERM)


def _environment(settings: Settings, listener: socket.socket) -> int:
    """A forked process that serves requests; nothing is open yet that a fork could share."""
    parent = os.getpid()
    child = os.fork()
    if child:
        return child
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    die_with(parent, signal.SIGKILL)
    house = House(settings)
    threading.Thread(target=function, args=("data-analyst",), daemon=True).start()
    Gateway(house, listener).serve_forever()
    os._exit(0)


if __name__ == "__main__":
    main()
