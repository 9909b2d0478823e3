"""One connection to Redshift with one READ ONLY transaction: like that of Postgres, without what Redshift lacks."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import parse_qsl, quote

import psycopg2
from psycopg2.sql import SQL, Composable, Literal

from analyst.engines import redshift_errors
from analyst.engines.postgres_session import Session
from analyst.engines.roots import public_roots
from analyst.errors import DatabaseError, DatabaseUnavailable

_SETTINGS = (
    "SET datestyle TO 'ISO, YMD'",
    # All digits, so that a number read back is the very same.
    "SET extra_float_digits TO 2",
    "SELECT set_config('search_path', 'public, ' || current_setting('search_path'), false)",
)
"""How values are written, and "public" first, whatever the role is set to; all within the transaction.

The time zone stays the source's own: it decides what "day" and "month" of an instant mean there."""


class RedshiftSession(Session):
    """Redshift has no savepoints: after a statement that may fail, a new transaction begins."""

    startup: ClassVar[dict[str, Any]] = {}
    """It refuses some of what Postgres takes with the first message; its texts are UTF-8 always."""
    forgetting: ClassVar[str] = ""
    """Its query group is that of one call."""
    _translate = staticmethod(redshift_errors.translate)

    def begin(self) -> None:
        """Start the READ ONLY transaction, fix how values are written and name the work for operators."""
        self._raw.set_client_encoding("UTF8")
        self._raw.set_session(readonly=True, autocommit=False)
        self._set_all()

    def _set_all(self) -> None:
        name = str(self._raw.info.dsn_parameters.get("application_name", ""))
        self._execute("SET statement_timeout TO 10000")
        for setting in _SETTINGS:
            self._execute(setting)
        self._execute(f"SET query_group TO '{name.replace(chr(39), chr(39) * 2)}'")
        ((self.pid,),) = self._execute("SELECT pg_backend_pid()")
        self.application = name

    def stopping(self) -> Composable:
        """What stops this session's statement when another session of the same user says it."""
        return SQL("SELECT pg_cancel_backend({pid})").format(pid=Literal(self.pid))

    def try_rows(self, sql: str | Composable, *, seconds: float) -> list[tuple[Any, ...]] | None:
        """The rows of a statement that may fail or take too long; None then, and another transaction goes on."""
        self._cancellation.check()
        if self._left <= 0:
            return None
        allowed = self._limit(min(self._left, seconds))
        try:
            self._execute(f"SET LOCAL statement_timeout TO {allowed}")
            return self._execute(sql, allowed=allowed)
        except DatabaseError:
            if self._raw.closed:
                raise
        self._again()
        return None

    def _again(self) -> None:
        try:
            self._raw.rollback()
        except psycopg2.Error:
            raise DatabaseUnavailable("The connection to the database was lost.") from None
        self._set_all()


def for_driver(url: str) -> str:
    """The URL as libpq takes it: verified TLS unless the URL says otherwise, by the roots that botocore carries.

    Certificates of Redshift are signed by Amazon's public roots.
    """
    rest = url.partition("://")[2]
    asked = dict(parse_qsl(url.partition("?")[2]))
    more = {} if "sslmode" in asked else {"sslmode": "verify-full"}
    mode = asked.get("sslmode", "verify-full")
    if "sslrootcert" not in asked and mode in ("verify-full", "verify-ca") and (roots := public_roots()):
        more["sslrootcert"] = roots
    added = "&".join(f"{name}={quote(value, safe='')}" for name, value in more.items())
    return f"postgresql://{rest}{('&' if '?' in rest else '?') + added if added else ''}"
