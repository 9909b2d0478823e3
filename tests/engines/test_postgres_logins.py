"""Passwords that change, and logins that AWS gives out."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import psycopg2
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from tcp_proxy import TcpProxy, through, upstream_of

from analyst.aws.database_login import Logins, wants_iam
from analyst.engines.postgres import PostgresEngine
from analyst.engines.redshift import RedshiftEngine
from analyst.errors import DatabaseError, DatabaseUnavailable, QueryFailed, StoreError, WrongUsage

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
SERVERLESS = (
    "redshift://analysts.123456789012.eu-central-1.redshift-serverless.amazonaws.com:5439/shop?login=iam"
)
PROVISIONED = (
    "redshift://reader@big.abc123.eu-west-1.redshift.amazonaws.com:5439/shop?login=iam&sslmode=verify-full"
)
AURORA = (
    "postgresql://reader@db.cluster-x.eu-central-1.rds.amazonaws.com:5432/shop?login=iam&sslmode=verify-full"
)


@pytest.fixture
def refusing() -> Iterator[Callable[[], str]]:
    """Makes servers that turn every client away, speaking as much of the protocol as that takes."""
    opened: list[socket.socket] = []

    def make() -> str:
        server = socket.create_server(("127.0.0.1", 0))
        opened.append(server)
        threading.Thread(target=_refuse, args=(server,), daemon=True).start()
        port = server.getsockname()[1]
        return f"postgresql://u:SECRET@127.0.0.1:{port}/d?sslmode=disable&gssencmode=disable"

    yield make
    for server in opened:
        server.close()


def _refuse(server: socket.socket) -> None:
    with suppress(OSError):
        client, _ = server.accept()
        with client:
            client.recv(1000)
            client.sendall(b"R" + (8).to_bytes(4, "big") + (3).to_bytes(4, "big"))
            client.recv(1000)
            fields = b'SFATAL\0C28P01\0Mpassword authentication failed for user "SECRET"\0\0'
            client.sendall(b"E" + (4 + len(fields)).to_bytes(4, "big") + fields)


def _addresses(*urls: str) -> tuple[list[bool], Callable[[bool], str]]:
    """An address that gives the last URL once it is asked anew."""
    asked: list[bool] = []

    def address(anew: bool) -> str:
        asked.append(anew)
        return urls[1] if True in asked else urls[0]

    return asked, address


@pytest.mark.parametrize("kind", [PostgresEngine, RedshiftEngine])
def test_a_changed_password_is_asked_for_anew(
    postgres_url: str, refusing: Callable[[], str], kind: type[PostgresEngine]
) -> None:
    scheme = "redshift" if kind is RedshiftEngine else "postgresql"
    asked, address = _addresses(
        refusing().replace("postgresql", scheme), postgres_url.replace("postgresql", scheme)
    )
    engine = kind(address)
    if kind is RedshiftEngine:
        with pytest.raises(
            QueryFailed
        ):  # connected, where a Postgres that is none of Redshift knows no query group
            engine.can_write()
    else:
        assert engine.can_write()
    assert asked == [False, True]


def test_a_password_that_stays_wrong_is_asked_for_once_more_only(refusing: Callable[[], str]) -> None:
    asked, address = _addresses(refusing(), refusing())
    with pytest.raises(DatabaseError, match="user name or password") as caught:
        PostgresEngine(address).can_write()
    assert asked == [False, True]
    assert "SECRET" not in str(caught.value)


def test_a_secret_that_cannot_be_read_anew_leaves_the_first_error(refusing: Callable[[], str]) -> None:
    url = refusing()

    def address(anew: bool) -> str:
        if anew:
            raise StoreError("AWS cannot be reached.")
        return url

    with pytest.raises(DatabaseError, match="user name or password"):
        PostgresEngine(address).can_write()


def test_other_troubles_do_not_ask_anew(postgres_url: str) -> None:
    with TcpProxy(upstream_of(postgres_url)) as proxy:
        url = through(postgres_url, proxy.port)
    asked, address = _addresses(url, postgres_url)
    with pytest.raises(DatabaseUnavailable, match="Nothing answers"):
        PostgresEngine(address).can_write()
    assert asked == [False]


def test_an_address_that_no_driver_reads() -> None:
    with pytest.raises(DatabaseError, match="address") as caught:
        PostgresEngine(lambda _: "postgresql://u:SECRET@h/d?nope=1").can_write()
    assert "SECRET" not in str(caught.value)


# -- logins that AWS gives out ---------------------------------------------------------------------------------


class _Aws:
    """The three services as far as logins go; `clock` is the time they live in."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.now = NOW
        self.trouble: Exception | None = None

    def clock(self) -> float:
        return self.now.timestamp()

    def __call__(self, service: str, region: str) -> Any:
        aws = self

        class Client:
            def __getattr__(self, operation: str) -> Callable[..., Any]:
                return lambda **request: aws._answer(service, region, operation, request)

        return Client()

    def _answer(self, service: str, region: str, operation: str, request: dict[str, Any]) -> Any:
        if self.trouble:
            raise self.trouble
        self.asked.append((operation, region, request))
        number = len(self.asked)
        expires = self.now + timedelta(seconds=900)
        if service == "rds":
            return f"token/{number}?&="
        if service == "redshift-serverless":
            return {"dbUser": "IAMR:role", "dbPassword": f"pw+{number}/", "expiration": expires}
        return {"DbUser": "IAM:reader", "DbPassword": f"pw+{number}/", "Expiration": expires}


def test_a_workgroup_s_login() -> None:
    aws = _Aws()
    made = Logins(aws, clock=aws.clock).address(SERVERLESS)(False)
    assert made.startswith("redshift://IAMR%3Arole:pw%2B1%2F@analysts.123456789012.eu-central-1.")
    assert "login" not in made
    wanted = {"workgroupName": "analysts", "dbName": "shop", "durationSeconds": 900}
    assert aws.asked == [("get_credentials", "eu-central-1", wanted)]


def test_a_cluster_s_login() -> None:
    aws = _Aws()
    made = Logins(aws, clock=aws.clock).address(PROVISIONED)(False)
    assert made.startswith("redshift://IAM%3Areader:pw%2B1%2F@big.abc123")
    assert dict(parse_qsl(urlsplit(made).query)) == {"sslmode": "verify-full"}
    operation, region, request = aws.asked[0]
    assert (operation, region) == ("get_cluster_credentials", "eu-west-1")
    assert request == {
        "ClusterIdentifier": "big",
        "DbName": "shop",
        "DurationSeconds": 900,
        "DbUser": "reader",
        "AutoCreate": False,
    }
    Logins(aws, clock=aws.clock).address(PROVISIONED.replace("reader@", ""))(False)
    assert aws.asked[1][0] == "get_cluster_credentials_with_iam"


def test_a_token_of_rds_and_how_long_it_is_kept() -> None:
    aws = _Aws()
    address = Logins(aws, clock=aws.clock).address(AURORA)
    first = address(False)
    assert psycopg2.extensions.parse_dsn(first)["password"] == "token/1?&="
    assert aws.asked[0][1:] == (
        "eu-central-1",
        {"DBHostname": "db.cluster-x.eu-central-1.rds.amazonaws.com", "Port": 5432, "DBUsername": "reader"},
    )
    aws.now += timedelta(seconds=779)
    assert address(False) == first
    aws.now += timedelta(seconds=2)
    assert address(False) != first
    assert len(aws.asked) == 2
    address(True)
    assert len(aws.asked) == 3, "a refused one is asked for anew"


def test_options_name_what_the_host_does_not() -> None:
    aws = _Aws()
    url = "redshift://warehouse.example.com:5439/shop?login=iam&region=eu-north-1&workgroup=w"
    Logins(aws, clock=aws.clock).address(url)(False)
    assert (aws.asked[0][1], aws.asked[0][2]["workgroupName"]) == ("eu-north-1", "w")


@pytest.mark.parametrize(
    "url",
    [
        "redshift://SECRET.example.com/shop?login=iam",
        "postgresql://host/SECRET?login=iam",
        "postgresql://u@h:port/SECRET?login=iam",
    ],
)
def test_a_url_that_does_not_tell_enough(url: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        Logins().address(url)
    assert "SECRET" not in str(caught.value)


def test_what_kinds_of_login_there_are() -> None:
    assert wants_iam(AURORA) and not wants_iam("postgresql://u@h/d?sslmode=require")
    with pytest.raises(WrongUsage, match="login"):
        wants_iam("postgresql://u@h/d?login=kerberos")


@pytest.mark.parametrize(
    ("trouble", "kind", "part"),
    [
        (
            ClientError({"Error": {"Code": "AccessDeniedException", "Message": "canary"}}, "GetCredentials"),
            DatabaseError,
            "does not let",
        ),
        (
            ClientError({"Error": {"Code": "ExpiredToken", "Message": "canary"}}, "GetCredentials"),
            DatabaseError,
            "refused the credentials",
        ),
        (
            ClientError(
                {"Error": {"Code": "ResourceNotFoundException", "Message": "canary"}}, "GetCredentials"
            ),
            DatabaseError,
            "no workgroup or cluster",
        ),
        (
            ClientError({"Error": {"Code": "ClusterNotFound", "Message": "canary"}}, "GetClusterCredentials"),
            DatabaseError,
            "no workgroup or cluster",
        ),
        (EndpointConnectionError(endpoint_url="canary"), DatabaseUnavailable, "cannot be reached"),
    ],
)
def test_what_aws_says_of_a_login(trouble: Exception, kind: type[DatabaseError], part: str) -> None:
    aws = _Aws()
    aws.trouble = trouble
    engine = RedshiftEngine(Logins(aws, clock=aws.clock).address(SERVERLESS))
    with pytest.raises(DatabaseError, match=part) as caught:
        engine.can_write()
    assert type(caught.value) is kind
    assert "canary" not in str(caught.value)


def test_a_url_with_iam_is_taken_by_the_engine_itself() -> None:
    engine = PostgresEngine(AURORA)
    assert callable(engine._address)
