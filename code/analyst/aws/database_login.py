"""Short-lived logins that AWS gives out in place of a database's password: RDS, Aurora and Redshift by IAM."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from analyst.aws.clients import client
from analyst.aws.troubles import aws_errors
from analyst.errors import ConfigurationError, DatabaseError, DatabaseUnavailable, StoreError, WrongUsage

Address = Callable[[bool], str]
"""Gives a database's URL; True asks for it anew, since its password was refused."""
Clients = Callable[[str, str], Any]
"""Makes boto3's client of a service in a region; an empty region is the environment's."""

TOKEN_SECONDS = 900
"""How long a token of RDS opens a connection, and what Redshift is asked for."""
_SPARE_SECONDS = 120
_OPTIONS = ("login", "region", "workgroup", "cluster")
_PORTS = {"redshift": 5439}
_SERVERLESS = re.compile(r"([a-z0-9-]+)\.\d{12}\.([a-z0-9-]+)\.redshift-serverless\.amazonaws\.com(?:\.cn)?")
_PROVISIONED = re.compile(r"([a-z0-9-]+)\.[a-z0-9]+\.([a-z0-9-]+)\.redshift\.amazonaws\.com(?:\.cn)?")
_RDS = re.compile(r".+\.([a-z0-9-]+)\.rds\.amazonaws\.com(?:\.cn)?")
_WHAT = "the database's login"
_NO_CLUSTER = ("ClusterNotFound", "ClusterNotFoundFault")


@dataclass(frozen=True, kw_only=True)
class _Door:
    """What a login is asked for."""

    parts: SplitResult
    """The URL without the options that are for us alone."""
    region: str
    workgroup: str
    cluster: str

    @property
    def user(self) -> str:
        return unquote(self.parts.username or "")

    @property
    def database(self) -> str:
        return unquote(self.parts.path.lstrip("/"))

    def url(self, user: str, password: str) -> str:
        address = self.parts.netloc.rpartition("@")[2]
        login = f"{quote(user, safe='')}:{quote(password, safe='')}"
        return self.parts._replace(netloc=f"{login}@{address}").geturl()


class Logins:
    """Asks AWS for logins; each is kept in this process until shortly before it expires.

    `clock` is the time of day, which goes on while a snapshot of this process sleeps.
    """

    def __init__(self, clients: Clients | None = None, *, clock: Callable[[], float] = time.time) -> None:
        self._clients, self._clock = clients or _made, clock
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, str]] = {}
        """URL as it was given -> (until when, URL with a login)."""

    def address(self, url: str) -> Address:
        """The address of a URL with `?login=iam`; raises WrongUsage for one that is not complete.

        `region`, `workgroup` and `cluster` are read off the host's name where it is one of AWS's. Asking the
        address raises DatabaseError and its kinds.
        """
        door = _door(url)
        return lambda anew: self._url(url, door, anew=anew)

    def _url(self, key: str, door: _Door, *, anew: bool) -> str:
        with self._lock:
            until, url = self._kept.get(key, (0.0, ""))
            if not anew and self._clock() < until:
                return url
        with _as_database_errors():
            seconds, url = self._asked(door)
        with self._lock:
            self._kept[key] = (self._clock() + seconds - _SPARE_SECONDS, url)
        return url

    def _asked(self, door: _Door) -> tuple[float, str]:
        if door.parts.scheme != "redshift":
            return TOKEN_SECONDS, door.url(door.user, self._token(door))
        user, password, seconds = self._serverless(door) if door.workgroup else self._provisioned(door)
        return seconds, door.url(user, password)

    def _token(self, door: _Door) -> str:
        client = self._clients("rds", door.region)
        port = door.parts.port or _PORTS.get(door.parts.scheme, 5432)
        token: str = client.generate_db_auth_token(
            DBHostname=door.parts.hostname, Port=port, DBUsername=door.user
        )
        return token

    def _serverless(self, door: _Door) -> tuple[str, str, float]:
        found = self._clients("redshift-serverless", door.region).get_credentials(
            workgroupName=door.workgroup, dbName=door.database, durationSeconds=TOKEN_SECONDS
        )
        return found["dbUser"], found["dbPassword"], self._seconds(found["expiration"])

    def _provisioned(self, door: _Door) -> tuple[str, str, float]:
        client = self._clients("redshift", door.region)
        wanted = {
            "ClusterIdentifier": door.cluster,
            "DbName": door.database,
            "DurationSeconds": TOKEN_SECONDS,
        }
        if door.user:
            found = client.get_cluster_credentials(**wanted, DbUser=door.user, AutoCreate=False)
        else:
            found = client.get_cluster_credentials_with_iam(**wanted)
        return found["DbUser"], found["DbPassword"], self._seconds(found["Expiration"])

    def _seconds(self, expiration: Any) -> float:
        return float(expiration.timestamp()) - self._clock()


def with_login(url: str | Address) -> str | Address:
    """The URL itself, or for one with `?login=iam` what gives it with a login; raises WrongUsage."""
    if callable(url) or not wants_iam(url):
        return url
    return Logins().address(url)


def wants_iam(url: str) -> bool:
    """True for a URL whose password AWS gives out; raises WrongUsage for another kind of login."""
    wanted = dict(parse_qsl(url.partition("?")[2])).get("login")
    if wanted not in (None, "iam"):
        raise WrongUsage("login may be iam, or not be there.")
    return wanted == "iam"


def _door(url: str) -> _Door:
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise WrongUsage("The database URL cannot be read.") from None
    asked = parse_qsl(parts.query)
    ours = {name: value for name, value in asked if name in _OPTIONS}
    rest = urlencode([(name, value) for name, value in asked if name not in _OPTIONS], quote_via=quote)
    read = _read_off(host)
    workgroup = ours.get("workgroup", "" if "cluster" in ours else read.get("workgroup", ""))
    door = _Door(
        parts=parts._replace(query=rest),
        region=ours.get("region", read.get("region", "")),
        workgroup=workgroup,
        cluster="" if workgroup else ours.get("cluster", read.get("cluster", "")),
    )
    if parts.scheme == "redshift" and not (door.workgroup or door.cluster):
        raise WrongUsage("A login by IAM needs workgroup=… or cluster=… where the host's name does not tell.")
    if parts.scheme != "redshift" and not (door.user and host):
        raise WrongUsage("A login by IAM needs a host and the database's user in the URL.")
    return door


def _read_off(host: str) -> Mapping[str, str]:
    if found := _SERVERLESS.fullmatch(host):
        return {"workgroup": found[1], "region": found[2]}
    if found := _PROVISIONED.fullmatch(host):
        return {"cluster": found[1], "region": found[2]}
    found = _RDS.fullmatch(host)
    return {"region": found[1]} if found else {}


@contextmanager
def _as_database_errors() -> Iterator[None]:
    """What AWS has to say about a login is the database's to say."""
    from botocore.exceptions import ClientError

    missing = ConfigurationError("AWS knows no workgroup or cluster of that name in this region.")
    try:
        with aws_errors(_WHAT, missing=missing, wrong=ConfigurationError):
            try:
                yield
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") in _NO_CLUSTER:
                    raise missing from None
                raise
    except ConfigurationError as error:
        raise DatabaseError(str(error)) from None
    except StoreError as error:
        raise DatabaseUnavailable(str(error)) from None


def _made(service: str, region: str) -> Any:
    return client(service, region=region)
