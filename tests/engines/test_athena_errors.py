"""What Athena's own words for a failure become: a class or a sentence, and never the words themselves."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from analyst.engines.athena_errors import translate_call, translate_connection, translate_state
from analyst.errors import DatabaseError, DatabaseUnavailable, QueryFailed, QueryTimeout

_GROUPING = "column must appear in GROUP BY or be used in an aggregate"
_SQL = "SELECT nope\nFROM t WHERE a = 'CANARY'"


@pytest.mark.parametrize(
    ("reason", "error_class", "position"),
    [
        (
            "COLUMN_NOT_FOUND: line 1:8: Column 'nope' cannot be resolved or requester is not",
            "undefined column",
            8,
        ),
        ("TABLE_NOT_FOUND: line 2:6: Table 'awsdatacatalog.CANARY.t' does not exist", "undefined table", 18),
        ("TYPE_MISMATCH: line 2:16: Cannot apply operator: bigint = varchar(6)", "types do not match", 28),
        ("SYNTAX_ERROR: line 1:1: CANARY", "syntax error", 1),
        ("FUNCTION_NOT_FOUND: line 99:1: 'canary'", "function does not exist for these types", None),
        ("EXPRESSION_NOT_AGGREGATE: line 1:8: 'a' must be an aggregate expression", _GROUPING, 8),
        ("DIVISION_BY_ZERO: Division by zero", "division by zero", None),
        ("INVALID_CAST_ARGUMENT: Cannot cast 'CANARY' to INT", "text cannot be read as that type", None),
        (
            'INVALID_FUNCTION_ARGUMENT: Invalid format: "CANARY" is malformed',
            "invalid argument of a function",
            None,
        ),
        ("NUMERIC_VALUE_OUT_OF_RANGE: bigint addition overflow: CANARY", "number out of range", None),
        ("NOT_SUPPORTED: line 1:8: CANARY", "not supported by the database", 8),
        ("line 1:8: mismatched input 'CANARY'", "syntax error", 8),
        ("CANARY", "the database refused it", None),
        ("", "the database refused it", None),
    ],
)
def test_a_failure_that_other_sql_would_not_meet(reason: str, error_class: str, position: int | None) -> None:
    error = translate_state({"State": "FAILED", "StateChangeReason": reason}, sql=_SQL)
    assert isinstance(error, QueryFailed)
    assert (error.error_class, error.position) == (error_class, position)
    assert "CANARY" not in str(error)


@pytest.mark.parametrize(
    ("reason", "kind", "words"),
    [
        ("Bytes scanned limit was exceeded", DatabaseError, "more than the workgroup allows"),
        ("Query exhausted resources at this scale factor", DatabaseError, "needs more than Athena gives"),
        ("Query timeout", QueryTimeout, "longer than Athena allows"),
        ("PERMISSION_DENIED: Access Denied on CANARY", DatabaseError, "does not let this process use"),
        ("Insufficient Lake Formation permission(s) on CANARY", DatabaseError, "Lake Formation"),
        ("HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split s3://CANARY", DatabaseError, "cannot be opened"),
        ("HIVE_CANNOT_OPEN_SPLIT: s3://CANARY: Access Denied", DatabaseError, "does not let this process"),
        (
            "HIVE_BAD_DATA: Error parsing field value 'CANARY' for field 1",
            DatabaseError,
            "does not hold what",
        ),
        ("HIVE_METASTORE_ERROR: CANARY", DatabaseError, "Glue catalog"),
        ("Amazon S3 bucket not found: CANARY", DatabaseError, "bucket"),
        ("Unable to verify/create output bucket CANARY", DatabaseError, "output location"),
        (
            "Please reduce your request rate. (Service: Amazon S3; Status Code: 503)",
            DatabaseUnavailable,
            "S3 had",
        ),
    ],
)
def test_a_failure_that_no_sql_mends(reason: str, kind: type[DatabaseError], words: str) -> None:
    error = translate_state({"State": "FAILED", "StateChangeReason": reason}, sql=_SQL)
    assert type(error) is kind
    assert words in str(error)
    assert "CANARY" not in str(error)
    assert not error.repairable


@pytest.mark.parametrize(
    ("detail", "kind"),
    [
        ({"ErrorCategory": 1, "ErrorType": 200, "Retryable": True}, DatabaseUnavailable),
        ({"ErrorCategory": 1, "ErrorType": 200, "Retryable": False}, DatabaseError),
        ({"ErrorCategory": 2, "ErrorType": 1}, DatabaseError),
        ({"ErrorCategory": 2, "ErrorType": 1100}, QueryFailed),
    ],
)
def test_a_failure_by_its_numbers(detail: dict[str, object], kind: type[DatabaseError]) -> None:
    status = {"State": "FAILED", "StateChangeReason": "CANARY", "AthenaError": detail}
    assert type(translate_state(status)) is kind


@pytest.mark.parametrize(
    ("code", "message", "kind", "words"),
    [
        ("InvalidRequestException", "WorkGroup is not found.", DatabaseError, "no Athena workgroup"),
        ("InvalidRequestException", "line 1:8: mismatched input 'is disabled'", QueryFailed, "syntax error"),
        ("InvalidRequestException", "CANARY", QueryFailed, "statement not valid"),
        ("TooManyRequestsException", "Query queue is full CANARY", DatabaseUnavailable, "as many queries as"),
        ("ThrottlingException", "CANARY", DatabaseUnavailable, "too many requests"),
        ("ExpiredToken", "CANARY", DatabaseError, "session has expired"),
        ("AccessDenied", "CANARY", DatabaseError, "use the data in S3"),
        ("EntityNotFoundException", "CANARY", DatabaseError, "no database or table"),
        ("PermanentRedirect", "CANARY", DatabaseError, "another region"),
        ("InternalServerException", "CANARY", DatabaseUnavailable, "right now"),
        ("", "", DatabaseUnavailable, "right now"),
    ],
)
def test_a_call_that_is_refused(code: str, message: str, kind: type[DatabaseError], words: str) -> None:
    refused = ClientError({"Error": {"Code": code, "Message": message}}, "Some")
    error = translate_call(refused, what="the data in S3", sql=_SQL)
    assert type(error) is kind
    assert words in str(error)
    assert "CANARY" not in str(error)


def test_a_call_without_an_answer() -> None:
    assert type(translate_connection(OSError("CANARY"))) is DatabaseUnavailable
