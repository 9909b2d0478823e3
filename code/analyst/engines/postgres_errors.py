"""What the errors of Postgres mean here; its own texts may hold data and go nowhere."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import psycopg2
from psycopg2 import errorcodes

from analyst.errors import (
    AnalystError,
    Cancelled,
    DatabaseError,
    DatabaseUnavailable,
    QueryFailed,
    QueryTimeout,
)

_log = logging.getLogger(__name__)

_CLASSES: Mapping[str, str] = {
    errorcodes.UNDEFINED_COLUMN: "undefined column",
    errorcodes.UNDEFINED_TABLE: "undefined table",
    errorcodes.UNDEFINED_FUNCTION: "function does not exist for these types",
    errorcodes.UNDEFINED_OBJECT: "undefined type or object",
    errorcodes.INVALID_SCHEMA_NAME: "undefined schema",
    errorcodes.GROUPING_ERROR: "column must appear in GROUP BY or be used in an aggregate",
    errorcodes.WINDOWING_ERROR: "window function not allowed here",
    errorcodes.AMBIGUOUS_COLUMN: "ambiguous column",
    errorcodes.AMBIGUOUS_FUNCTION: "ambiguous function or operator for these types",
    errorcodes.AMBIGUOUS_ALIAS: "ambiguous alias",
    errorcodes.DUPLICATE_ALIAS: "table alias used twice",
    errorcodes.DATATYPE_MISMATCH: "types do not match",
    errorcodes.INDETERMINATE_DATATYPE: "type cannot be told",
    errorcodes.CANNOT_COERCE: "type cannot be cast",
    errorcodes.INVALID_COLUMN_REFERENCE: "invalid column reference",
    errorcodes.SYNTAX_ERROR: "syntax error",
    errorcodes.INSUFFICIENT_PRIVILEGE: "permission denied",
    errorcodes.DIVISION_BY_ZERO: "division by zero",
    errorcodes.NUMERIC_VALUE_OUT_OF_RANGE: "number out of range",
    errorcodes.INVALID_TEXT_REPRESENTATION: "text cannot be read as that type",
    errorcodes.INVALID_DATETIME_FORMAT: "text cannot be read as a date or time",
    errorcodes.DATETIME_FIELD_OVERFLOW: "date or time out of range",
    errorcodes.INVALID_PARAMETER_VALUE: "invalid argument of a function",
    errorcodes.INVALID_REGULAR_EXPRESSION: "invalid regular expression",
    errorcodes.CARDINALITY_VIOLATION: "subquery used as a value returned more than one row",
    errorcodes.FEATURE_NOT_SUPPORTED: "not supported by the database",
    errorcodes.READ_ONLY_SQL_TRANSACTION: "statement is not read-only",
    errorcodes.STATEMENT_TOO_COMPLEX: "statement too complex",
}
_FAMILIES: Mapping[str, str] = {
    errorcodes.CLASS_DATA_EXCEPTION: "value does not suit the operation",
    errorcodes.CLASS_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION: "statement not valid",
    errorcodes.CLASS_PROGRAM_LIMIT_EXCEEDED: "statement too complex",
    errorcodes.CLASS_CARDINALITY_VIOLATION: "subquery returned too many rows",
}
_BUSY = (errorcodes.SERIALIZATION_FAILURE, errorcodes.DEADLOCK_DETECTED, errorcodes.LOCK_NOT_AVAILABLE)
_RESOURCES: Mapping[str, str] = {
    errorcodes.DISK_FULL: "The database has no disk space left for this query.",
    errorcodes.OUT_OF_MEMORY: "The database has not enough memory for this query.",
}
_TRANSACTION_TIMEOUT = "25P04"
_FINER: Mapping[tuple[str, str], str] = {
    (errorcodes.UNDEFINED_FUNCTION, "op_error"): "operator does not exist for these types",
    (errorcodes.GROUPING_ERROR, "check_agglevels_and_constraints"): "aggregate not allowed here",
    (errorcodes.GROUPING_ERROR, "check_agg_arguments"): "aggregate not allowed here",
    (
        errorcodes.INVALID_COLUMN_REFERENCE,
        "transformDistinctClause",
    ): "ORDER BY expression must be in the select list",
}
"""Where one code has several meanings: by the server's function, as its messages come in any language."""


def translate(
    error: Exception, *, lead: int = 0, lost: bool = False, wished: bool = False, timed_out: bool = False
) -> AnalystError:
    """The error to raise for one that a statement met.

    `lead`: characters that were put before the query's own SQL. `lost`: the connection is gone. `wished`:
    somebody wants the query to stop. `timed_out`: the statement had used up its time.
    """
    state = str(getattr(error, "pgcode", None) or "")
    _log.debug("statement failed: %s, sqlstate %s", type(error).__name__, state or "none")
    if wished:
        return Cancelled("The question was cancelled.")
    if state == errorcodes.QUERY_CANCELED:
        return too_long() if timed_out else Cancelled("The query was cancelled in the database.")
    if state == _TRANSACTION_TIMEOUT:
        return too_long()
    if isinstance(error, (UnicodeError, psycopg2.DataError)) and not state:
        return _failed("text in an unknown encoding", position=None)
    return _unavailable(state, lost=lost) or _refused(error, state, lead=lead)


def too_long() -> QueryTimeout:
    """The query used up its time."""
    return QueryTimeout("The query took longer than its time limit and was stopped.")


def _unavailable(state: str, *, lost: bool) -> DatabaseError | None:
    if state == errorcodes.TOO_MANY_CONNECTIONS:
        return DatabaseUnavailable(NO_CONNECTION)
    if lost or not state or state.startswith(("08", "57P", "25P03")):
        return DatabaseUnavailable("The connection to the database was lost.")
    if state in _BUSY:
        return DatabaseUnavailable("The database was busy with other work and stopped the query.")
    if state[:2] in ("53", "58", "XX"):
        return DatabaseError(
            _RESOURCES.get(state, "The database had a fault of its own and stopped the query.")
        )
    return None


def _refused(error: Exception, state: str, *, lead: int) -> QueryFailed:
    diagnosis = getattr(error, "diag", None)
    place = str(getattr(diagnosis, "statement_position", None) or "0")
    position = int(place) - lead if place.isdigit() else 0
    return _failed(_class(state, diagnosis), position=position if position > 0 else None)


def _class(state: str, diagnosis: object) -> str:
    finer = _FINER.get((state, str(getattr(diagnosis, "source_function", ""))))
    return finer or _CLASSES.get(state) or _FAMILIES.get(state[:2]) or "the database refused it"


def _failed(error_class: str, *, position: int | None) -> QueryFailed:
    message = f"The database could not run the query: {error_class}."
    return QueryFailed(message, error_class=error_class, position=position)


NO_CONNECTION = "The database has no free connection."
_LOGIN = ("password authentication failed", "no password supplied", "authentication failed")
_CONNECTING: tuple[tuple[tuple[str, ...], type[DatabaseError], str], ...] = (
    (
        _LOGIN,
        DatabaseError,
        "The database did not accept the user name or password.",
    ),
    (("invalid dsn",), DatabaseError, "The address of the database cannot be read."),
    (("timeout expired", "timed out"), DatabaseUnavailable, "The database did not answer in time."),
    (("connection refused",), DatabaseUnavailable, "Nothing answers at the address of the database."),
    (("translate host name",), DatabaseUnavailable, "The host name of the database is not known."),
    (("no pg_hba.conf entry",), DatabaseError, "The database does not accept this user from this machine."),
    (
        ("too many clients", "too many connections", "remaining connection slots"),
        DatabaseUnavailable,
        NO_CONNECTION,
    ),
    (
        ("starting up", "shutting down", "recovery mode"),
        DatabaseUnavailable,
        "The database is starting up or shutting down.",
    ),
    (("permission denied for database",), DatabaseError, "This user may not connect to the database."),
    (
        ("root certificate file",),
        DatabaseError,
        "No secure connection to the database could be made: the file with its certificate authority is missing; "
        "`analyst sources check` says what to do.",
    ),
    (("ssl", "certificate"), DatabaseError, "No secure connection to the database could be made."),
)


def login_refused(error: psycopg2.Error) -> bool:
    """True where another password may open the same door."""
    return any(sign in str(error).lower() for sign in _LOGIN)


def translate_connecting(error: psycopg2.Error) -> DatabaseError:
    """The error to raise when no connection came about; the driver gives no code there, only its text."""
    text = str(error).lower()
    _log.debug("connecting failed: %s", type(error).__name__)
    for signs, kind, message in _CONNECTING:
        if any(sign in text for sign in signs):
            return kind(message)
    if "does not exist" in text and "fatal" in text:
        return DatabaseError(f"The server has no {'user' if 'role ' in text else 'database'} of that name.")
    return DatabaseUnavailable("The database cannot be reached.")
