"""What works with a source and what does not, one step after the other, in plain words."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from analyst import guard
from analyst.errors import AnalystError, ConfigurationError, DatabaseError
from analyst.policy import Policy
from analyst.ports import Cancellation, Engine
from analyst.result import Cell, ResultColumn
from analyst.source import Source
from analyst.sources import SourceTable
from analyst.sources_file import Entry

_log = logging.getLogger(__name__)

GOOD, NOTE, FAILED, NOT_TRIED = "good", "note", "failed", "not tried"
HOST_SECONDS = 5.0
QUERY_SECONDS = 60.0
_QUERY = "SELECT 1 AS one"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that was tried."""

    name: str
    """ "entry", "secret", "host", "login", "workgroup", "tls", "tables", "rights" or "query"."""
    state: str
    """GOOD, NOTE where it works and something could be better, FAILED, or NOT_TRIED."""
    said: str = ""
    """What came out, in a sentence."""
    next: str = ""
    """What to do about it."""


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What a step that works has to say."""

    said: str
    next: str = ""
    """Set where something could be better."""


class _Failed(Exception):
    """A step that does not work, for a reason which is no error of ours."""

    def __init__(self, said: str, next: str) -> None:
        super().__init__(said)
        self.next = next


_Try = Callable[[], _Found]


def check_source(entry: Entry, table: SourceTable) -> list[Step]:
    """Every step of a source, in order; after the first that fails the others are not tried.

    `table` opens the sources of the entries. Nothing is raised for what a database or AWS has to say.
    """
    if entry.source is None:
        following = Step(name="everything else", state=NOT_TRIED)
        return [Step(name="entry", state=FAILED, said=entry.problem, next=_NEXT["entry"]), following]
    found: list[Step] = []
    for name, attempt in _Attempts(entry.source, table).all():
        failed = bool(found) and found[-1].state in (FAILED, NOT_TRIED)
        found.append(Step(name=name, state=NOT_TRIED) if failed else _tried(name, attempt, entry.source))
    return found


def works(steps: Sequence[Step]) -> bool:
    """True when nothing failed."""
    return all(step.state in (GOOD, NOTE) for step in steps)


def _tried(name: str, attempt: _Try, source: Source) -> Step:
    try:
        found = attempt()
    except _Failed as failed:
        return Step(name=name, state=FAILED, said=str(failed), next=failed.next)
    except AnalystError as error:
        _log.info("checking a source: %s failed, %s", name, error.code)
        return Step(name=name, state=FAILED, said=str(error), next=_next(name, error, source))
    return Step(name=name, state=NOTE if found.next else GOOD, said=found.said, next=found.next)


class _Attempts:
    """The steps of one source; what one finds out the later ones know."""

    def __init__(self, source: Source, table: SourceTable) -> None:
        self._source, self._table = source, table
        self._may_write = False
        self._dialect = source.engine

    def all(self) -> Iterator[tuple[str, _Try]]:
        """By their names, in order."""
        scheme = self._source.scheme
        yield "entry", self._entry
        if self._source.secret:
            yield "secret", self._secret
        if scheme == "athena":
            yield "workgroup", self._workgroup
        else:
            if scheme != "redshift-data":
                yield "host", self._host
            yield "login", self._login
            yield "tls", self._tls
        yield "tables", self._tables
        yield "rights", self._rights
        yield "query", self._query

    def _entry(self) -> _Found:
        return _Found(said=f"The entry is complete: {self._source.key}.")

    def _secret(self) -> _Found:
        login = self._table.login_of(self._source, anew=True)
        self._source.url_with(login)
        return _Found(said="The secret can be read.")

    def _host(self) -> _Found:
        address = self._source.key.partition("://")[2].rpartition("/")[0]
        if address == "local":
            return _Found(said="It is reached through a socket of this machine.")
        host, _, port = address.rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=HOST_SECONDS).close()
        except socket.gaierror:
            raise _Failed(f"The host name {host} is not known from here.", _NEXT["name"]) from None
        except TimeoutError:
            raise _Failed(f"{address} did not answer within {HOST_SECONDS:g} s.", _NEXT["wall"]) from None
        except (OSError, ValueError, OverflowError):
            raise _Failed(f"Nothing answers at {address}.", _NEXT["host"]) from None
        return _Found(said=f"{address} answers.")

    def _login(self) -> _Found:
        with self._engine() as engine:
            self._may_write = engine.can_write()
        return _Found(said="The login is accepted.")

    def _workgroup(self) -> _Found:
        from analyst.engines.athena_address import address_of
        from analyst.engines.athena_calls import Calls, Patience

        address = address_of(self._source.url)
        calls = Calls(address)
        try:
            with Patience.of(None, seconds=QUERY_SECONDS) as patience:
                answer = calls("athena", "get_work_group", patience=patience, WorkGroup=address.workgroup)
        finally:
            calls.close()
        return _workgroup(answer.get("WorkGroup") or {}, name=address.workgroup, output=address.output)

    def _tls(self) -> _Found:
        parts = urlsplit(self._table.url_of(self._source))
        if self._source.scheme == "redshift-data":
            return _Found(said="AWS's interface is encrypted and its certificate verified.")
        if self._source.key.startswith("postgres://local/"):
            return _Found(said="A socket of this machine needs none.")
        # A URL that says nothing is verified by Redshift's engine; with Postgres it is the driver's own choice.
        silent = "verify-full" if self._source.engine == "redshift" else "prefer"
        return _verified(dict(parse_qsl(parts.query)).get("sslmode", silent))

    def _tables(self) -> _Found:
        started = time.monotonic()
        with self._engine() as engine:
            catalog = engine.catalog(source=self._source.key)
        seconds = time.monotonic() - started
        if not catalog.tables:
            raise _Failed("No table can be read.", _NEXT["no tables"])
        count = len(catalog.tables)
        return _Found(
            said=f"{count:,} {'table' if count == 1 else 'tables'} can be read, in {seconds:.1f} s."
        )

    def _rights(self) -> _Found:
        if self._source.engine == "athena":
            return _Found(
                said="Nothing but SELECT is let through; what AWS's rights would allow cannot be seen from here."
            )
        if not self._may_write:
            return _Found(said="The user can only read.")
        return _Found(said="The user could change data.", next=_NEXT["rights"])

    def _query(self) -> _Found:
        query = guard.check(_QUERY, dialect=self._dialect, policy=Policy(row_limit=1))
        sink = _Counted()
        with self._engine() as engine:
            engine.run(
                query,
                sink,
                timeout_seconds=QUERY_SECONDS,
                on_handle=_forget,
                cancellation=Cancellation(),
            )
        if sink.count != 1:
            raise _Failed("A SELECT of one row did not give one.", _NEXT["query"])
        return _Found(said="A SELECT gives its row.")

    def _engine(self) -> closing[Engine]:
        return closing(self._table.engine(self._source.key, query_id="check"))


class _Counted:
    """Counts the rows of a result."""

    def __init__(self) -> None:
        self.count = 0

    def columns(self, columns: Sequence[ResultColumn]) -> None:
        """Nothing is kept."""

    def rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Only how many."""
        self.count += len(rows)


def _forget(_: Mapping[str, Any]) -> None:
    """Nobody cancels this from elsewhere."""


def _workgroup(found: Mapping[str, Any], *, name: str, output: str) -> _Found:
    """What a workgroup is missing; `output` is the entry's own place for results."""
    if found.get("State", "ENABLED") != "ENABLED":
        raise _Failed(f"The workgroup {name} is switched off.", "Have it enabled, or name another workgroup.")
    given = found.get("Configuration") or {}
    kept = (given.get("ResultConfiguration") or {}).get("OutputLocation", "")
    managed = (given.get("ManagedQueryResultsConfiguration") or {}).get("Enabled", False)
    if not (kept or managed or output):
        raise _Failed(
            f"Neither the workgroup {name} nor the entry says where results are kept.",
            'Give the workgroup a place for its results, or the entry output = "s3://…".',
        )
    most = given.get("BytesScannedCutoffPerQuery")
    if not most:
        return _Found(
            said=f"The workgroup {name} exists and keeps its results; a query may read any number of bytes.",
            next="Give the workgroup a limit of bytes per query: it is the hard stop for what a query costs.",
        )
    return _Found(
        said=f"The workgroup {name} exists, keeps its results and stops queries at {most / 1e9:,.3g} GB."
    )


def _verified(mode: str) -> _Found:
    if mode == "verify-full":
        return _Found(said="The connection is encrypted and the server's certificate verified.")
    if mode == "verify-ca":
        return _Found(
            said="The connection is encrypted; the certificate is verified, the host's name in it is not.",
            next='Set tls = "verify-full".',
        )
    if mode == "require":
        return _Found(
            said="The connection is encrypted, but nobody verifies who answers.", next=_NEXT["unverified"]
        )
    if mode in ("prefer", "allow"):
        return _Found(
            said="The connection is encrypted only where the server wants it, and nobody verifies who answers.",
            next=_NEXT["unverified"],
        )
    return _Found(said="The connection is not encrypted.", next=_NEXT["unverified"])


_NEXT = {
    "entry": "Correct the entry; docs/sources.md lists the keys.",
    "name": "Check the address; a name of a private network is known only inside of it.",
    "host": "Check host and port of the address, and that the database runs.",
    "wall": "Check the address, and that firewalls and security groups let this machine in.",
    "refused": "Correct the user name and the password in the secret.",
    "iam": "Check region and user, and that AWS's credentials here may log in to this database.",
    "insecure": "Give the file of the certificate authority as ca; that of RDS and Aurora `layers/build.sh rds` "
    "fetches to where it is found. Only where that cannot be, choose another tls.",
    "user": "Ask whoever runs the database to let this user in, or correct the entry's database and user.",
    "data": "Check region, workgroup or cluster, and that the AWS rights allow redshift-data and the secret.",
    "credentials": "Log in to AWS, as by `aws sso login`, or name a profile by AWS_PROFILE.",
    "workgroup": "Check workgroup and region, and that the AWS rights allow athena:GetWorkGroup.",
    "no tables": "Grant the user USAGE on a schema and SELECT on its tables; for Athena, check the databases.",
    "tables": "Check what the user may read, and try again.",
    "rights": "Make a user who has nothing but USAGE and SELECT, and name that one here.",
    "unverified": 'Set tls = "verify-full", with the file of the certificate authority as ca.',
    "query": "Try again; if it stays so, ask whoever runs the database.",
    "again": "Try again in a moment.",
    "arn": "Correct the ARN, or give this process secretsmanager:GetSecretValue on it.",
    "env": "Set the variable where the product is started, or in .env.",
    "file": "Write a file that holds the password alone, and `chmod 600` it.",
}
_NOBODY_TO_AWS = ("No AWS credentials were found", "The AWS session has expired")


def _next(name: str, error: AnalystError, source: Source) -> str:
    """What to do about an error in a step."""
    if name == "secret" or isinstance(error, ConfigurationError):
        kind = source.secret.partition(":")[0]
        return _NEXT.get(kind if kind in ("env", "file") else "arn", "")
    if str(error).startswith(_NOBODY_TO_AWS):
        return _NEXT["credentials"]
    if name == "login":
        return _NEXT[_login_trouble(error, source)]
    return _NEXT.get(name, _NEXT["again"])


def _login_trouble(error: AnalystError, source: Source) -> str:
    from analyst.engines.postgres_session import LoginRefused

    if source.scheme == "redshift-data":
        return "data"
    if "login=iam" in source.url:
        return "iam"
    if isinstance(error, LoginRefused):
        return "refused"
    if "secure connection" in str(error):
        return "insecure"
    return "again" if isinstance(error, DatabaseError) and error.retryable else "user"
