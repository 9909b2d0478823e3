"""The calls of Redshift's Data API, and what its refusals mean."""

from __future__ import annotations

import logging
import random
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from analyst.aws.troubles import aws_errors
from analyst.engines.redshift_errors import translate_text
from analyst.errors import (
    ConfigurationError,
    DatabaseError,
    DatabaseUnavailable,
    QueryFailed,
    StoreError,
    WrongUsage,
)

_log = logging.getLogger(__name__)

LONGEST_SQL = 100_000
"""Bytes of SQL that one call takes."""
_WHAT = "the Data API of Redshift"
_OPTIONS = frozenset({"region", "secret", "user", "kind"})
_KINDS = {"workgroup": "WorkgroupName", "cluster": "ClusterIdentifier"}
_FULL = frozenset(
    {
        "ActiveStatementsExceededException",
        "ActiveSessionsExceededException",
        "ActiveWaitingRequestsExceededException",
    }
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where statements run, and as whom."""

    target: Mapping[str, str]
    """The part of each request that says so."""
    region: str


def place_of(url: str) -> Place:
    """What a redshift-data:// URL names; raises WrongUsage, never repeating the URL."""
    parts = urlsplit(url)
    # Not `hostname`, which would be lower case: names in AWS may have capitals.
    name = unquote(parts.netloc)
    database = unquote(parts.path.lstrip("/"))
    asked = dict(parse_qsl(parts.query))
    kind = asked.get("kind", "workgroup")
    if parts.scheme != "redshift-data" or not name or not database or "@" in name or ":" in name:
        raise WrongUsage("It looks like redshift-data://workgroup/database?region=eu-central-1&secret=arn….")
    if asked.keys() - _OPTIONS or kind not in _KINDS:
        raise WrongUsage(
            "A redshift-data URL may have region, secret, user, and kind=workgroup or kind=cluster."
        )
    if "user" in asked and (kind == "workgroup" or "secret" in asked):
        raise WrongUsage("user is for kind=cluster without a secret; a workgroup knows the role that asks.")
    target = {_KINDS[kind]: name, "Database": database}
    if "secret" in asked:
        target["SecretArn"] = asked["secret"]
    if "user" in asked:
        target["DbUser"] = asked["user"]
    return Place(target=target, region=asked.get("region", ""))


class Calls:
    """Statements of one name; raises DatabaseError and its kinds only."""

    def __init__(self, place: Place, *, name: str, client: Any = None) -> None:
        self._place, self._name = place, name
        self._given = client
        self._random = random.Random()

    @cached_property
    def _client(self) -> Any:
        if self._given is not None:
            return self._given
        from analyst.aws.clients import client

        with _as_database_errors():
            return client("redshift-data", region=self._place.region, attempts=5)

    def start(self, sql: str) -> str:
        """Hand a statement in; its id. One that is sent again, as its answer got lost, runs once."""
        if len(sql.encode()) > LONGEST_SQL:
            raise QueryFailed(
                "The query is longer than Redshift's Data API takes.", error_class="statement too complex"
            )
        client = self._client
        with _as_database_errors():
            started = client.execute_statement(
                **self._place.target,
                Sql=sql,
                StatementName=self._name,
                WithEvent=False,
                ClientToken=str(uuid.uuid4()),
            )
        return str(started["Id"])

    def describe(self, statement_id: str) -> Mapping[str, Any]:
        """How the statement stands."""
        client = self._client
        with _as_database_errors():
            found: Mapping[str, Any] = client.describe_statement(Id=statement_id)
            return found

    def pages(self, statement_id: str) -> Iterator[Mapping[str, Any]]:
        """Its result, a page after the other; each with "Records" and "ColumnMetadata"."""
        client, token = self._client, ""
        while True:
            more = {"NextToken": token} if token else {}
            with _as_database_errors(missing="The result of the query is not there any more."):
                page = client.get_statement_result(Id=statement_id, **more)
            yield page
            token = page.get("NextToken") or ""
            if not token:
                return

    def cancel(self, statement_id: str) -> bool:
        """Stop a statement; False where it is not known or has ended."""
        from botocore.exceptions import ClientError

        client = self._client
        with _as_database_errors():
            try:
                return bool(client.cancel_statement(Id=statement_id)["Status"])
            except ClientError as error:
                code = str(error.response.get("Error", {}).get("Code", ""))
                if code not in ("ValidationException", "ResourceNotFoundException"):
                    raise
                _log.debug("statement cannot be cancelled: %s", code)
                return False

    def try_cancel(self, statement_id: str) -> None:
        """Stop a statement that nobody waits for any more; what cannot be stopped ends by itself."""
        with suppress(DatabaseError):
            self.cancel(statement_id)

    def jittered(self, seconds: float) -> float:
        """About so long, so that many who wait do not all look at once."""
        return seconds * self._random.uniform(0.75, 1.25)


@contextmanager
def _as_database_errors(*, missing: str = "") -> Iterator[None]:
    """AWS's errors as those of a database; their texts go nowhere, their codes to the log."""
    from botocore.exceptions import BotoCoreError, ClientError

    unknown = missing or "AWS knows no workgroup or cluster, or no secret, of that name in this region."
    try:
        with aws_errors(_WHAT, missing=ConfigurationError(unknown), wrong=ConfigurationError):
            try:
                yield
            except ClientError as error:
                _own_refusals(error)
                raise
            except BotoCoreError as error:
                if type(error).__name__ == "NoRegionError":
                    raise ConfigurationError("No AWS region is set for the database: add region=….") from None
                raise
    except ConfigurationError as error:
        raise DatabaseError(str(error)) from None
    except StoreError as error:
        raise DatabaseUnavailable(str(error)) from None


def _own_refusals(error: Any) -> None:
    """Raise what only this API says."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code not in (
        *_FULL,
        "ValidationException",
        "ExecuteStatementException",
        "DatabaseConnectionException",
    ):
        return
    _log.debug("the Data API refused: %s", code)
    if code in _FULL:
        raise DatabaseUnavailable("Redshift has as many statements at once as its Data API allows.") from None
    text = str(error.response.get("Error", {}).get("Message", ""))
    if code == "DatabaseConnectionException":
        raise DatabaseUnavailable("The Data API cannot connect to the database.") from None
    raise _refusal(text) from None


def _refusal(text: str) -> DatabaseError:
    """A request that was refused before there was a statement."""
    plain = text.lower()
    if any(sign in plain for sign in ("workgroup", "cluster", "endpoint", "not found")):
        return DatabaseError("AWS knows no workgroup or cluster of that name in this region.")
    if "secret" in plain or "credential" in plain or "authoriz" in plain:
        return DatabaseError("The Data API cannot log in with this secret or user.")
    found = translate_text(text)
    if isinstance(found, DatabaseError) and not isinstance(found, QueryFailed):
        return found
    return DatabaseError("The Data API did not take the statement.")
