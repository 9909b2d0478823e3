"""Answers of AWS that break off: sent again, and then an error; never an answer with nothing in it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from analyst.aws.clients import BROKEN_OFF, client, whole_answers
from analyst.aws.secrets import Secrets
from analyst.engines.redshift_data import RedshiftDataEngine
from analyst.errors import DatabaseUnavailable, StoreError
from analyst.invoking import Function, FunctionFailed


class _Server(ThreadingHTTPServer):
    """Gives one answer to every call; of the first `cut` only a part."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.body, self.cut, self.calls = b"{}", 0, 0


class _Answers(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.calls += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD":
            return
        self.wfile.write(self.server.body[: -5 if self.server.calls <= self.server.cut else None])

    do_GET = do_HEAD = do_POST

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Server]:
    with _Server() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        # botocore sleeps between two attempts for up to a second each.
        monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
        yield server
        server.shutdown()


_XML = "<R><GetCallerIdentityResult><Account>1</Account></GetCallerIdentityResult></R>"
_CALLS: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "athena": (lambda c: c.get_query_results(QueryExecutionId="q")["ResultSet"], {"ResultSet": {"Rows": []}}),
    "glue": (lambda c: c.get_table(DatabaseName="d", Name="t")["Table"], {"Table": {"Name": "t"}}),
    "lambda": (lambda c: c.list_functions()["Functions"], {"Functions": []}),
    "redshift-data": (lambda c: c.describe_statement(Id="s")["Status"], {"Id": "s", "Status": "FINISHED"}),
    "s3": (lambda c: c.list_objects_v2(Bucket="bucket")["Name"], "<R><Name>bucket</Name></R>"),
    "secretsmanager": (lambda c: c.get_secret_value(SecretId="s")["SecretString"], {"SecretString": "{}"}),
    "ssm": (lambda c: c.get_parameters_by_path(Path="/p")["Parameters"], {"Parameters": []}),
    "sts": (lambda c: c.get_caller_identity()["Account"], _XML),
}


@pytest.mark.parametrize("service", _CALLS)
def test_it_is_asked_again_and_then_an_error(server: _Server, service: str) -> None:
    call, document = _CALLS[service]
    server.body, server.cut = (document if service in ("s3", "sts") else json.dumps(document)).encode(), 2
    made = client(service)
    call(made)
    assert server.calls == 3
    server.calls, server.cut = 0, 99
    with pytest.raises(ClientError) as caught:
        call(made)
    assert (caught.value.response["Error"], server.calls) == ({"Code": BROKEN_OFF, "Message": ""}, 3)


def test_said_twice_it_is_done_once(server: _Server) -> None:
    server.body, server.cut = b'{"SecretString": "{}"}', 1
    whole_answers(client("secretsmanager")).get_secret_value(SecretId="s")
    assert server.calls == 2


def test_a_streamed_body_that_breaks_off(server: _Server) -> None:
    server.body, server.cut = b'{"answer": 1}', 99
    with pytest.raises(BotoCoreError):
        client("lambda").invoke(FunctionName="f")["Payload"].read()
    with pytest.raises(FunctionFailed, match="did not answer in full"):
        Function("f", client=client("lambda")).call({})
    with pytest.raises(BotoCoreError):
        client("bedrock-runtime").invoke_model(modelId="m", body="{}")["body"].read()
    with pytest.raises(BotoCoreError):
        client("s3").get_object(Bucket="bucket", Key="k")["Body"].read()


def test_an_answer_without_a_body_is_whole(server: _Server) -> None:
    server.body = b"0123456789"
    assert client("s3").head_object(Bucket="bucket", Key="k")["ContentLength"] == 10
    server.body = b""
    client("athena").stop_query_execution(QueryExecutionId="q")
    assert server.calls == 2


def test_what_a_person_reads(server: _Server) -> None:
    server.body, server.cut = b'{"SecretString": "{\\"password\\": \\"CANARY\\"}"}', 99
    with pytest.raises(StoreError, match="cannot give the secret s right now") as secret:
        Secrets(client("secretsmanager")).get("s")
    engine = RedshiftDataEngine("redshift-data://analysts/shop?region=eu-central-1")
    with pytest.raises(DatabaseUnavailable, match="Data API of Redshift right now") as statement:
        engine.cancel({"statement": "s"})
    assert "CANARY" not in f"{secret.value} {statement.value}"
