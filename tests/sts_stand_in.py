"""A small STS that checks signatures as AWS does, and tickets for it, made as `aws eks get-token` makes them."""

from __future__ import annotations

import base64
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ACCOUNT = "111122223333"
ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_Analysts_ab12/anna@example.com"
KEYS = {"AKIAANNA000000000000": "secret-of-anna", "AKIABERT000000000000": "secret-of-bert"}
CREDENTIAL = "AKIAANNA000000000000"


def presigned(
    endpoint: str, *, name: str, key: str = CREDENTIAL, query: str = "", session_token: str | None = None
) -> str:
    """The URL within a ticket for the deployment of that name."""
    request = AWSRequest(
        method="GET",
        url=f"{endpoint}/?Action=GetCallerIdentity&Version=2011-06-15{query}",
        headers={"x-k8s-aws-id": name},
    )
    credentials = Credentials(key, KEYS.get(key, "wrong"), session_token)
    SigV4QueryAuth(credentials, "sts", "eu-central-1", expires=60).add_auth(request)
    return str(request.url)


def ticket_of(url: str) -> str:
    """A URL as a ticket."""
    return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


class StandIn(ThreadingHTTPServer):
    """What it answers can be changed; it counts the requests."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Requests)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.account, self.arn = ACCOUNT, ARN
        self.as_xml = False
        self.body: bytes | None = None
        self.location = ""
        self.asked: list[str] = []

    def confirms(self, path: str, headers: dict[str, str]) -> bool:
        """True for the signature that the holder of the key would have made."""
        given = dict(parse_qsl(urlsplit(path).query))
        key = given["X-Amz-Credential"].split("/")[0]
        if key not in KEYS:
            return False
        signer = _At(Credentials(key, KEYS[key]), "sts", "eu-central-1")
        signature = given.pop("X-Amz-Signature")
        request = AWSRequest(method="GET", url=f"{self.url}/", params=given)
        request.headers["host"] = headers["host"]
        request.headers["x-k8s-aws-id"] = headers.get("x-k8s-aws-id", "")
        request.context["timestamp"] = given["X-Amz-Date"]
        canonical = signer.canonical_request(request)
        made = signer.signature(signer.string_to_sign(request, canonical), request)
        return hmac.compare_digest(made, signature)

    def document(self) -> bytes:
        """Who has signed."""
        if self.body is not None:
            return self.body
        if self.as_xml:
            return (
                '<?xml version="1.0"?><GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
                f"<GetCallerIdentityResult><Arn>{self.arn}</Arn><Account>{self.account}</Account>"
                "</GetCallerIdentityResult></GetCallerIdentityResponse>"
            ).encode()
        result = {"Account": self.account, "Arn": self.arn, "UserId": "AROA:anna"}
        return json.dumps({"GetCallerIdentityResponse": {"GetCallerIdentityResult": result}}).encode()


class _At(SigV4QueryAuth):
    """Signs what is there already, without adding parameters."""

    def _modify_request_before_signing(self, request: Any) -> None:
        return None


class Requests(BaseHTTPRequestHandler):
    """One request to the stand-in."""

    server: StandIn

    def do_GET(self) -> None:
        """Confirm, or refuse."""
        self.server.asked.append(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        if self.server.location:
            self.send_response(302)
            self.send_header("Location", self.server.location)
            self.end_headers()
            return
        confirmed = self.server.confirms(self.path, headers)
        self.send_response(200 if confirmed else 403)
        self.end_headers()
        self.wfile.write(self.server.document() if confirmed else b"<Error/>")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def running() -> Iterator[StandIn]:
    """One that answers for as long as it is needed."""
    with StandIn() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)
