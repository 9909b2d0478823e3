"""What the errors of Athena, Glue and S3 mean here; their own texts may hold data and go nowhere."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from analyst.errors import (
    AnalystError,
    Cancelled,
    DatabaseError,
    DatabaseUnavailable,
    QueryFailed,
    QueryTimeout,
)

_log = logging.getLogger(__name__)

_Meaning = tuple[type[DatabaseError], str]

THROTTLED = frozenset(
    {
        "requestlimitexceeded",
        "slowdown",
        "throttling",
        "throttlingexception",
        "throttledexception",
        "toomanyrequestsexception",
        "503",
    }
)
"""Codes, in lower case, of calls that may be sent again a little later."""
_FULL = "concurrent_query_limit_exceeded"
_EXPIRED: _Meaning = (DatabaseError, "The AWS session has expired. Sign in to AWS again.")
_REFUSED: _Meaning = (DatabaseError, "AWS refused the credentials.")
_DENIED: _Meaning = (DatabaseError, "AWS does not let this process use {what}.")
_NO_WORKGROUP: _Meaning = (DatabaseError, "There is no Athena workgroup of that name in this region.")
_NO_OUTPUT: _Meaning = (
    DatabaseError,
    "The workgroup does not say where results are kept. Give it an output location, or the URL an output.",
)
_LOST: _Meaning = (DatabaseUnavailable, "The connection to Athena was lost.")
_NO_RESULT: _Meaning = (DatabaseError, "The query's result is not there any more.")
_CODES: Mapping[str, _Meaning] = {
    "expiredtoken": _EXPIRED,
    "expiredtokenexception": _EXPIRED,
    "requestexpired": _EXPIRED,
    "invalidaccesskeyid": _REFUSED,
    "invalidclienttokenid": _REFUSED,
    "invalidsignatureexception": _REFUSED,
    "incompletesignatureexception": _REFUSED,
    "missingauthenticationtokenexception": _REFUSED,
    "signaturedoesnotmatch": _REFUSED,
    "unrecognizedclientexception": _REFUSED,
    "accessdenied": _DENIED,
    "accessdeniedexception": _DENIED,
    "403": _DENIED,
    "entitynotfoundexception": (DatabaseError, "The Glue catalog has no database or table of that name."),
    "metadataexception": (DatabaseError, "Athena cannot read the data catalog of that name."),
    "resourcenotfoundexception": (DatabaseError, "Athena does not know what was asked for."),
    "brokenoff": _LOST,
    "permanentredirect": (DatabaseError, "The bucket is in another region than the one that is asked."),
    "nosuchkey": _NO_RESULT,
    "preconditionfailed": _NO_RESULT,
    "nosuchbucket": (DatabaseError, "The bucket of a table does not exist."),
}
_REQUESTS: tuple[tuple[str, _Meaning], ...] = (
    ("workgroup is not found", _NO_WORKGROUP),
    ("is disabled", (DatabaseError, "The Athena workgroup is switched off.")),
    ("no output location", _NO_OUTPUT),
    ("output bucket", (DatabaseError, "Athena cannot write results to the workgroup's output location.")),
    ("s3 location", (DatabaseError, "Athena cannot write results to the workgroup's output location.")),
    ("could not find results", _NO_RESULT),
    ("result_not_found", _NO_RESULT),
    ("not_found", _NO_RESULT),
)
"""What an InvalidRequestException says, in lower case; the first that fits."""
_SYNTAX_SIGNS = ("malformed_query", "mismatched input", "extraneous input", "no viable alternative")

_UNREACHABLE = "Athena cannot be reached. Check the network, and that the region exists."
_NOT_DONE: Mapping[str, _Meaning] = {
    "NoCredentialsError": (DatabaseError, "No AWS credentials were found."),
    "PartialCredentialsError": (DatabaseError, "No AWS credentials were found."),
    "CredentialRetrievalError": (DatabaseError, "No AWS credentials were found."),
    "ProfileNotFound": (DatabaseError, "There is no AWS profile of that name."),
    "TokenRetrievalError": _EXPIRED,
    "UnauthorizedSSOTokenError": _EXPIRED,
    "SSOTokenLoadError": _EXPIRED,
    "NoRegionError": (DatabaseError, "No AWS region is set for Athena. Give the URL a region."),
    "InvalidRegionError": (DatabaseError, "The region of the Athena URL is none that AWS knows."),
    "ParamValidationError": (DatabaseError, "AWS does not take what was asked in this form."),
    "ConnectTimeoutError": (DatabaseUnavailable, _UNREACHABLE),
    "EndpointConnectionError": (DatabaseUnavailable, _UNREACHABLE),
    "ProxyConnectionError": (DatabaseUnavailable, _UNREACHABLE),
    "SSLError": (DatabaseUnavailable, "No secure connection to Athena could be made."),
    "ReadTimeoutError": (DatabaseUnavailable, "Athena did not answer in time."),
    "ValueError": (DatabaseError, "The endpoint of the Athena URL cannot be used."),
}

_CLASSES: Mapping[str, str] = {
    "COLUMN_NOT_FOUND": "undefined column",
    "TABLE_NOT_FOUND": "undefined table",
    "SCHEMA_NOT_FOUND": "undefined schema",
    "CATALOG_NOT_FOUND": "undefined data catalog",
    "FUNCTION_NOT_FOUND": "function does not exist for these types",
    "TYPE_NOT_FOUND": "undefined type or object",
    "TYPE_MISMATCH": "types do not match",
    "OPERATOR_NOT_FOUND": "operator does not exist for these types",
    "AMBIGUOUS_NAME": "ambiguous column",
    "AMBIGUOUS_FUNCTION_CALL": "ambiguous function or operator for these types",
    "DUPLICATE_COLUMN_NAME": "column name used twice",
    "DUPLICATE_NAMED_QUERY": "table alias used twice",
    "EXPRESSION_NOT_AGGREGATE": "column must appear in GROUP BY or be used in an aggregate",
    "EXPRESSION_NOT_IN_DISTINCT": "ORDER BY expression must be in the select list",
    "EXPRESSION_NOT_SCALAR": "aggregate not allowed here",
    "EXPRESSION_NOT_CONSTANT": "expression must be constant here",
    "NESTED_AGGREGATION": "aggregate not allowed here",
    "NESTED_WINDOW": "window function not allowed here",
    "MISSING_OVER": "window function needs OVER",
    "MISSING_GROUP_BY": "column must appear in GROUP BY or be used in an aggregate",
    "MISSING_COLUMN_NAME": "column needs a name",
    "INVALID_COLUMN_REFERENCE": "invalid column reference",
    "SYNTAX_ERROR": "syntax error",
    "INVALID_LITERAL": "text cannot be read as that type",
    "INVALID_CAST_ARGUMENT": "text cannot be read as that type",
    "INVALID_FUNCTION_ARGUMENT": "invalid argument of a function",
    "INVALID_WINDOW_FRAME": "window function not allowed here",
    "INVALID_VIEW": "view not valid any more",
    "VIEW_IS_STALE": "view not valid any more",
    "DIVISION_BY_ZERO": "division by zero",
    "NUMERIC_VALUE_OUT_OF_RANGE": "number out of range",
    "SUBQUERY_MULTIPLE_ROWS": "subquery used as a value returned more than one row",
    "NOT_SUPPORTED": "not supported by the database",
    "TOO_MANY_ARGUMENTS": "statement too complex",
    "COMPILER_ERROR": "statement too complex",
    "STACK_OVERFLOW": "statement too complex",
    "QUERY_TEXT_TOO_LARGE": "statement too complex",
}
_DATA: Mapping[str, str] = {
    "HIVE_BAD_DATA": "A file of the table does not hold what the table says, so Athena stopped the query.",
    "HIVE_CURSOR_ERROR": "A file of the table cannot be read, so Athena stopped the query.",
    "HIVE_CANNOT_OPEN_SPLIT": "A file of the table cannot be opened, so Athena stopped the query.",
    "HIVE_FILE_NOT_FOUND": "A file of the table is gone, so Athena stopped the query.",
    "HIVE_FILESYSTEM_ERROR": "The files of the table cannot be listed, so Athena stopped the query.",
    "HIVE_PARTITION_SCHEMA_MISMATCH": "A partition of the table has other columns than the table.",
    "HIVE_METASTORE_ERROR": "The Glue catalog did not tell Athena what it needs.",
    "HIVE_INVALID_METADATA": "What the Glue catalog says of the table is not valid.",
    "HIVE_UNSUPPORTED_FORMAT": "The files of the table are in a form that Athena cannot read.",
}
_REASONS: tuple[tuple[str, _Meaning], ...] = (
    (
        "bytes scanned limit",
        (
            DatabaseError,
            "The query would have read more than the workgroup allows and was stopped by Athena. "
            "Ask for less, or for a shorter time.",
        ),
    ),
    ("timed out", (QueryTimeout, "The query took longer than Athena allows and was stopped.")),
    ("query timeout", (QueryTimeout, "The query took longer than Athena allows and was stopped.")),
    ("exceeded_time_limit", (QueryTimeout, "The query took longer than Athena allows and was stopped.")),
    ("exhausted resources", (DatabaseError, "The query needs more than Athena gives to one query.")),
    ("exceeded_memory_limit", (DatabaseError, "The query needs more than Athena gives to one query.")),
    ("insufficient_resources", (DatabaseUnavailable, "Athena has no capacity right now.")),
    ("no output location", _NO_OUTPUT),
    ("output bucket", (DatabaseError, "Athena cannot write results to the workgroup's output location.")),
    ("bucket not found", (DatabaseError, "The bucket of a table or of the results does not exist.")),
    ("nosuchbucket", (DatabaseError, "The bucket of a table or of the results does not exist.")),
    ("slowdown", (DatabaseUnavailable, "S3 had too many requests, so Athena stopped the query.")),
    (
        "reduce your request rate",
        (DatabaseUnavailable, "S3 had too many requests, so Athena stopped the query."),
    ),
    ("rate exceeded", (DatabaseUnavailable, "Athena has too many requests right now.")),
    ("lake formation", (DatabaseError, "AWS Lake Formation does not let this process read the data.")),
)
"""What the reason of a failure says, in lower case; the first that fits."""
_DENIED_SIGNS = (
    "permission_denied",
    "access denied",
    "accessdenied",
    "not authorized",
    "insufficient permission",
)
_CODE = re.compile(r"\s*([A-Z][A-Z_]{3,60})\b")
_PLACE = re.compile(r"\bline (\d{1,7}):(\d{1,7})\b")
_RESOURCES = frozenset({0, 1, 2, 5, 6})
"""AthenaError's types of a query that was too much."""
_SYSTEM = 1


def lost() -> DatabaseError:
    """The answer broke off."""
    return _LOST[0](_LOST[1])


def throttled(error: Any) -> bool:
    """True for a call that AWS turned away only for now."""
    return _code(error) in THROTTLED


def translate_call(error: Any, *, what: str, sql: str = "", lead: int = 0) -> DatabaseError:
    """The error to raise for botocore's ClientError; `what` is the thing that was used, "the Glue catalog".

    `sql` is the statement that was sent and `lead` the characters that were put before the query's own.
    """
    code = _code(error)
    _log.debug("call failed: %s", code)
    if code in THROTTLED:
        return _busy(error)
    if code == "invalidrequestexception" and any(sign in _said(error) for sign in _SYNTAX_SIGNS):
        return _failed("syntax error", position=_position(str(error), sql=sql, lead=lead))
    meaning = _CODES.get(code) or _request(error, code)
    if meaning is not None:
        return meaning[0](meaning[1].format(what=what))
    if code == "invalidrequestexception":
        return _failed("statement not valid", position=None) if sql else DatabaseError(f"AWS refused {what}.")
    return DatabaseUnavailable(f"AWS cannot give {what} right now. Try again in a moment.")


def translate_connection(error: Exception) -> DatabaseError:
    """The error to raise for a BotoCoreError, where no answer came."""
    name = type(error).__name__
    _log.debug("no answer: %s", name)
    kind, message = _NOT_DONE.get(name, _LOST)
    return kind(message)


def translate_state(status: Mapping[str, Any], *, sql: str = "", lead: int = 0) -> AnalystError:
    """The error to raise for an execution that ended FAILED or CANCELLED, by its `Status`."""
    reason = str(status.get("StateChangeReason") or "")
    detail = status.get("AthenaError") or {}
    found = _CODE.match(reason)
    code = found[1] if found else ""
    _log.debug("execution ended: %s %s %s", status.get("State"), code or "-", detail.get("ErrorType"))
    if code in _CLASSES:
        return _failed(_CLASSES[code], position=_position(reason, sql=sql, lead=lead))
    return (
        _stopped(reason.lower(), code, detail)
        or _cancelled(status)
        or _fault(detail)
        or _failed(_unnamed(reason.lower()), position=_position(reason, sql=sql, lead=lead))
    )


def too_long() -> QueryTimeout:
    """The query used up its time."""
    return QueryTimeout("The query took longer than its time limit and was stopped.")


def _stopped(reason: str, code: str, detail: Mapping[str, Any]) -> DatabaseError | None:
    if code in _DATA:
        # Rights on the files are told apart from the files themselves only by the text that follows.
        denied = any(sign in reason for sign in _DENIED_SIGNS)
        return (
            DatabaseError(_DENIED[1].format(what="the data in S3")) if denied else DatabaseError(_DATA[code])
        )
    for sign, (kind, message) in _REASONS:
        if sign in reason:
            return kind(message)
    if any(sign in reason for sign in _DENIED_SIGNS):
        return DatabaseError(_DENIED[1].format(what="the data that the query reads"))
    if detail.get("ErrorType") in _RESOURCES and reason:
        return DatabaseError("The query needs more than Athena gives to one query.")
    return None


def _cancelled(status: Mapping[str, Any]) -> AnalystError | None:
    return Cancelled("The query was cancelled in Athena.") if status.get("State") == "CANCELLED" else None


def _fault(detail: Mapping[str, Any]) -> DatabaseError | None:
    if detail.get("ErrorCategory") == _SYSTEM and detail.get("Retryable"):
        return DatabaseUnavailable("Athena had a fault of its own. Try again in a moment.")
    if detail.get("ErrorCategory") == _SYSTEM:
        return DatabaseError("Athena had a fault of its own and stopped the query.")
    return None


def _unnamed(reason: str) -> str:
    """The class of a failure without a code that is known."""
    if any(sign in reason for sign in _SYNTAX_SIGNS):
        return "syntax error"
    return "the database refused it"


def _request(error: Any, code: str) -> _Meaning | None:
    if code != "invalidrequestexception":
        return None
    said = _said(error)
    return next((meaning for sign, meaning in _REQUESTS if sign in said), None)


def _busy(error: Any) -> DatabaseUnavailable:
    if _FULL in _said(error) or "queue" in _said(error):
        return DatabaseUnavailable("Athena runs as many queries as this account may. Try again in a moment.")
    return DatabaseUnavailable("Athena has too many requests right now. Try again in a moment.")


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", "")).lower()


def _said(error: Any) -> str:
    """All that a refused call says of itself, in lower case."""
    response = error.response
    parts = (
        response.get("Error", {}).get("Message"),
        response.get("AthenaErrorCode"),
        response.get("Reason"),
    )
    return " ".join(str(part) for part in parts if part).lower()


def _position(text: str, *, sql: str, lead: int) -> int | None:
    """The place that "line 1:8" means in the query's own SQL, in characters from 1."""
    found = _PLACE.search(text)
    lines = sql.split("\n")
    if found is None or not 1 <= int(found[1]) <= len(lines):
        return None
    before = sum(len(line) + 1 for line in lines[: int(found[1]) - 1])
    place = before + int(found[2]) - lead
    return place if 0 < place <= len(sql) - lead else None


def _failed(error_class: str, *, position: int | None) -> QueryFailed:
    message = f"The database could not run the query: {error_class}."
    return QueryFailed(message, error_class=error_class, position=position)
