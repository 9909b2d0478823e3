"""One execution on Athena: started, waited for, read page by page, and stopped when nobody wants it."""

from __future__ import annotations

import logging
import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from analyst.engines.athena_address import Address
from analyst.engines.athena_calls import Calls, Patience
from analyst.engines.athena_errors import translate_state
from analyst.engines.athena_types import Reader, cells, reader
from analyst.errors import DatabaseError
from analyst.ports import ResultSink
from analyst.result import ResultColumn

_log = logging.getLogger(__name__)

_FIRST_POLL, _SLOWER, _LONGEST_POLL = 0.1, 1.5, 2.0
_ENDED = frozenset({"SUCCEEDED", "FAILED", "CANCELLED"})
_FIRST_ROWS = 200
_MOST_ROWS = 1000
"""Rows that Athena gives in one page, the header among them."""
_MOST_CELLS = 100_000
_MOST_CHARACTERS = 4_000_000
"""About how much is held at once; wide tables and long values come in smaller pages."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """SQL as it is sent; `lead` characters were put before the query's own."""

    sql: str
    lead: int = 0


def start(calls: Calls, address: Address, statement: Statement, *, patience: Patience) -> str:
    """Start it in the workgroup and give its execution id; sent twice, it still runs once."""
    arguments: dict[str, Any] = {
        "QueryString": statement.sql,
        "ClientRequestToken": uuid.uuid4().hex,
        "WorkGroup": address.workgroup,
        "QueryExecutionContext": {"Database": address.database, "Catalog": address.catalog},
    }
    if address.output:
        arguments["ResultConfiguration"] = {"OutputLocation": address.output}
    if address.reuse_minutes and not statement.lead:
        by_age = {"Enabled": True, "MaxAgeInMinutes": address.reuse_minutes}
        arguments["ResultReuseConfiguration"] = {"ResultReuseByAgeConfiguration": by_age}
    answer = calls(
        "athena",
        "start_query_execution",
        patience=patience,
        sql=statement.sql,
        lead=statement.lead,
        **arguments,
    )
    return str(answer["QueryExecutionId"])


@contextmanager
def stopped_unless_ended(calls: Calls, execution_id: str) -> Iterator[None]:
    """Stop the execution when the block is left by an exception: what nobody waits for still costs."""
    try:
        yield
    except BaseException:
        stop(calls, execution_id)
        raise


def stop(calls: Calls, execution_id: str) -> None:
    """Stop it as well as that can be done; one that has ended stays as it is."""
    try:
        calls("athena", "stop_query_execution", QueryExecutionId=execution_id)
    except DatabaseError as error:
        _log.warning("an execution could not be stopped: %s", error.code)


def wait(calls: Calls, execution_id: str, *, patience: Patience) -> Mapping[str, Any]:
    """The execution once it has ended, however it did; raises Cancelled, QueryTimeout or DatabaseError."""
    pause = _FIRST_POLL
    while True:
        execution = described(calls, execution_id, patience=patience)
        if ended(execution):
            return execution
        patience.wait(pause * random.uniform(0.8, 1.2))
        pause = min(_LONGEST_POLL, pause * _SLOWER)


def check(execution: Mapping[str, Any], statement: Statement) -> None:
    """Raise what it means when an execution ended otherwise than well."""
    status = execution.get("Status", {})
    if status.get("State") != "SUCCEEDED":
        raise translate_state(status, sql=statement.sql, lead=statement.lead) from None


def described(calls: Calls, execution_id: str, *, patience: Patience | None = None) -> Mapping[str, Any]:
    """What Athena knows of an execution; raises DatabaseError."""
    answer = calls("athena", "get_query_execution", patience=patience, QueryExecutionId=execution_id)
    found: Mapping[str, Any] = answer["QueryExecution"]
    return found


def ended(execution: Mapping[str, Any]) -> bool:
    """True once nothing more happens with it."""
    return execution.get("Status", {}).get("State") in _ENDED


def stream(calls: Calls, execution_id: str, sink: ResultSink, *, limit: int, patience: Patience) -> bool:
    """Hand its rows to the sink, at most `limit`; True when there were more."""
    size, seen, token = min(_FIRST_ROWS, limit + 2), 0, ""
    readers: list[Reader] | None = None
    while True:
        patience.cancellation.check()
        more: dict[str, Any] = {"NextToken": token} if token else {}
        page = calls(
            "athena",
            "get_query_results",
            patience=patience,
            QueryExecutionId=execution_id,
            MaxResults=size,
            **more,
        )
        rows = _texts(page)
        if readers is None:
            names, readers = _columns(page, sink)
            # A SELECT's first row is its header.
            rows = rows[1:] if rows and rows[0] == names else rows
        wanted = rows[: limit - seen]
        if wanted:
            sink.rows(cells(wanted, readers))
        seen += len(rows)
        token = str(page.get("NextToken") or "")
        if seen > limit or not token:
            return seen > limit
        size = min(_next_size(rows, columns=len(readers)), limit + 1 - seen)


def _texts(page: Mapping[str, Any]) -> list[list[str | None]]:
    """Each row as texts; a value that is not there is null, which is not the empty text."""
    rows = page.get("ResultSet", {}).get("Rows") or ()
    return [[cell.get("VarCharValue") for cell in row.get("Data", ())] for row in rows]


def _columns(page: Mapping[str, Any], sink: ResultSink) -> tuple[list[str | None], list[Reader]]:
    described = (page.get("ResultSet", {}).get("ResultSetMetadata") or {}).get("ColumnInfo") or ()
    names: list[str | None] = [str(column.get("Name", "")) for column in described]
    readers = [reader(str(column.get("Type", ""))) for column in described]
    sink.columns([ResultColumn(name=name or "", kind=r.kind) for name, r in zip(names, readers, strict=True)])
    return names, readers


def _next_size(rows: Sequence[Sequence[str | None]], *, columns: int) -> int:
    """How many rows to ask for next, judged by the width and length of these."""
    length = sum(len(text) for row in rows for text in row if text is not None) / max(1, len(rows))
    fits = min(_MOST_CELLS / max(1, columns), _MOST_CHARACTERS / max(1.0, length))
    return max(1, min(_MOST_ROWS, int(fits)))
