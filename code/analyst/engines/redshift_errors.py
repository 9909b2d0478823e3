"""What the errors of Redshift mean here; its own texts may hold data and go nowhere.

The compute nodes give most errors the same code (XX000) and the Data API gives none at all, so that the words of
a message decide, which come in English only. What stands in quotes, which may be data, is not looked at.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence

from psycopg2 import errorcodes

from analyst.engines import postgres_errors
from analyst.engines.postgres_errors import too_long
from analyst.errors import (
    AnalystError,
    Cancelled,
    DatabaseError,
    DatabaseUnavailable,
    QueryFailed,
    QueryTimeout,
)

_log = logging.getLogger(__name__)

_CANCELLED = re.compile(r"cancell?ed (on|due to) user'?s? request|canceling statement due to user request")
_TIMED_OUT = re.compile(r"statement[ _]timeout|query timed out")
_POSITION = re.compile(r"\bposition: (\d+)", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')

_STOPPED: Sequence[tuple[str, type[DatabaseError], str]] = (
    (
        r"query monitoring rule|wlm abort action",
        DatabaseError,
        "A rule of the database for queries (WLM) stopped this one: it used more than the rule allows.",
    ),
    (
        r"wlm timeout|cancelled by wlm|wlm .*time.?out",
        QueryTimeout,
        "The query took longer than its queue in the database (WLM) allows, and was stopped.",
    ),
    (
        r"serializable isolation violation|code: +1023\b|deadlock detected",
        DatabaseUnavailable,
        "The database was busy with other work and stopped the query.",
    ),
    (
        r"(dropped|changed|modified|altered) by (a )?concurrent transaction|concurrent transaction.*(dropped|changed)",
        DatabaseUnavailable,
        "A table was changed by other work while the query ran.",
    ),
    (
        r"disk full|insufficient system resources",
        DatabaseError,
        "The database has no disk space left for this query.",
    ),
    (
        r"out of memory|insufficient memory",
        DatabaseError,
        "The database has not enough memory for this query.",
    ),
    (
        r"connection limit|too many connections|remaining connection slots",
        DatabaseUnavailable,
        "The database has no free connection.",
    ),
    (
        r"(exceed\w*|larger than) .*(cursor|result set)|(cursor|result set) .*exceed",
        DatabaseError,
        "The result is larger than this cluster lets one query hand out. Ask for fewer rows or columns.",
    ),
    (
        r"database response exceeded|response .*size limit",
        DatabaseError,
        "The result is larger than the Data API carries. Ask for fewer rows or columns.",
    ),
    (
        r"packet for query is too large",
        DatabaseError,
        "A row of the result is larger than the Data API carries. Ask for fewer columns.",
    ),
    (
        r"(s3|spectrum).*(access ?denied|403|forbidden)|not authorized to (assume|perform|get)",
        DatabaseError,
        "The database may not read the files of an external table.",
    ),
    (
        r"s3 ?query|s3serviceexception|spectrum (scan|nested)? ?error|spectrum.*(error|exception)|code: +1500\d",
        DatabaseUnavailable,
        "The files of an external table could not be read.",
    ),
    (
        r"external catalog|glue|lake ?formation|hive metastore",
        DatabaseUnavailable,
        "The catalog of external tables does not answer.",
    ),
    (
        r"password authentication failed|fatal: .*authentication",
        DatabaseError,
        "The database did not accept the user name or password.",
    ),
    (
        r"(being|currently) (resized|restored|paused|rebooted|resumed)|is paused|cluster .*not available",
        DatabaseUnavailable,
        "The cluster is paused, or changes its size right now.",
    ),
)
"""What ends a query without its SQL being wrong."""

_FAILED: Sequence[tuple[str, str]] = (
    (r"read-only transaction|transaction is read-only", "statement is not read-only"),
    (r"permission denied", "permission denied"),
    (r"syntax error|unterminated|parse error", "syntax error"),
    (r"must appear in the group by clause", "column must appear in GROUP BY or be used in an aggregate"),
    (r"aggregates? (functions? )?(are )?not allowed|aggregate .*nested", "aggregate not allowed here"),
    (r"window functions? .*not allowed", "window function not allowed here"),
    (r"operator .*not unique|function .*not unique", "ambiguous function or operator for these types"),
    (r"is ambiguous", "ambiguous column"),
    (r"specified more than once", "table alias used twice"),
    (r"select distinct, order by", "ORDER BY expression must be in the select list"),
    (r"operator does not exist", "operator does not exist for these types"),
    (r"function .*does not exist", "function does not exist for these types"),
    (r"column .*does not exist|column .*not found", "undefined column"),
    (r"(relation|table|view) .*does not exist|missing from-clause|invalid reference", "undefined table"),
    (r"schema .*does not exist", "undefined schema"),
    (r"type .*does not exist", "undefined type or object"),
    (r"cannot cast type|cannot be cast", "type cannot be cast"),
    (r"types .*(cannot be matched|do not match)|is of type .* but", "types do not match"),
    (r"divi(de|sion) by zero", "division by zero"),
    (r"(date/time|timestamp|date|interval) .*out of range", "date or time out of range"),
    (r"out of range|overflow", "number out of range"),
    (
        r"invalid input syntax for (type )?(date|time|interval)|(invalid|error converting).*(date|timestamp)",
        "text cannot be read as a date or time",
    ),
    (
        r"invalid input syntax|invalid digit|invalid (number|numeric|value)|cannot be converted",
        "text cannot be read as that type",
    ),
    (r"regular expression|regexp|regex", "invalid regular expression"),
    (
        r"more than one row returned by a subquery|single-row subquery",
        "subquery used as a value returned more than one row",
    ),
    (r"value too long|exceeds the max", "value does not suit the operation"),
    (r"not supported|unsupported|not implemented", "not supported by the database"),
    (r"too complex|too many|exceeds? the limit|maximum .*size", "statement too complex"),
)


def translate(
    error: Exception, *, lead: int = 0, lost: bool = False, wished: bool = False, timed_out: bool = False
) -> AnalystError:
    """The error to raise for one that a statement met over the wire; the arguments are those for Postgres."""
    state = str(getattr(error, "pgcode", None) or "")
    text = str(error)
    if wished or lost or not state:
        return postgres_errors.translate(error, lead=lead, lost=lost, wished=wished, timed_out=timed_out)
    if state == errorcodes.QUERY_CANCELED and timed_out:
        return too_long()
    if stopped := _stopped(text):
        _log.debug("statement stopped: sqlstate %s", state)
        return stopped
    if state[:2] == "XX" and (error_class := _class(text)):
        _log.debug("statement failed: sqlstate %s", state)
        return failed(error_class, position=_position(error, lead=lead))
    return postgres_errors.translate(error, lead=lead, timed_out=timed_out)


def translate_text(text: str, *, lead: int = 0) -> AnalystError:
    """The error to raise for the words in which the Data API tells that a statement failed."""
    plain = _plain(text)
    if _TIMED_OUT.search(plain):
        return too_long()
    if stopped := _stopped(text):
        return stopped
    if _CANCELLED.search(text.lower()):
        return Cancelled("The query was cancelled in the database.")
    found = _POSITION.search(text)
    position = int(found[1]) - lead if found else 0
    if error_class := _class(text):
        return failed(error_class, position=position if position > 0 else None)
    if re.search(r"connection|terminat|shutting down", plain):
        return DatabaseUnavailable("The connection to the database was lost.")
    if re.search(r"assert|internal error", plain):
        return DatabaseError("The database had a fault of its own and stopped the query.")
    return failed("the database refused it", position=None)


def failed(error_class: str, *, position: int | None) -> QueryFailed:
    """The database refused the SQL for a reason of that class."""
    message = f"The database could not run the query: {error_class}."
    return QueryFailed(message, error_class=error_class, position=position)


def _stopped(text: str) -> AnalystError | None:
    plain = _plain(text)
    return next((kind(message) for sign, kind, message in _STOPPED if re.search(sign, plain)), None)


def _class(text: str) -> str:
    plain = _plain(text)
    return next((name for sign, name in _FAILED if re.search(sign, plain)), "")


def _plain(text: str) -> str:
    """The message on one line without what it quotes, and without the place in the SQL that the driver shows."""
    message = text.partition("\nLINE ")[0]
    return " ".join(_QUOTED.sub("…", message).lower().split())


def _position(error: Exception, *, lead: int) -> int | None:
    place = str(getattr(getattr(error, "diag", None), "statement_position", None) or "0")
    position = int(place) - lead if place.isdigit() else 0
    return position if position > 0 else None
