"""One execution on Athena: started, waited for, read, and stopped when nobody wants it."""

from __future__ import annotations

import logging
import random
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyst.engines.athena_address import Address
from analyst.engines.athena_calls import Calls, Patience
from analyst.engines.athena_csv import Row
from analyst.engines.athena_errors import translate_state
from analyst.engines.athena_object import rows_in_file
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
        late=lambda answer: _stop(calls, str(answer["QueryExecutionId"])),
        **arguments,
    )
    return str(answer["QueryExecutionId"])


def stop(calls: Calls, execution_id: str, *, patience: Patience) -> bool:
    """Stop it as well as that can be done, since what nobody waits for still costs; one that has ended stays as it is.

    True once it has been told to; where AWS does not answer in time, that is tried on while nobody waits.
    """
    try:
        patience.during(lambda: _stop(calls, execution_id))
    except DatabaseError as error:
        _log.warning("an execution could not be stopped: %s", error.code)
        return False
    return True


def _stop(calls: Calls, execution_id: str) -> None:
    calls("athena", "stop_query_execution", QueryExecutionId=execution_id)


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


def stream(
    calls: Calls, execution: Mapping[str, Any], sink: ResultSink, *, limit: int, patience: Patience
) -> bool:
    """Hand its rows to the sink, at most `limit`; True when there were more.

    The first rows come from Athena itself, at once; where many follow, they come from the file in S3, if they can.
    """
    page = _page(calls, execution, size=min(_FIRST_ROWS, limit + 2), token="", patience=patience)
    names, readers = _columns(page, sink)
    rows = _texts(page)
    # A SELECT's first row is its header.
    rows = rows[1:] if rows and rows[0] == names else rows
    out = _Out(sink, readers, limit=limit)
    out.rows(rows)
    size = _next_size(rows, columns=len(readers))
    if not page.get("NextToken") or out.left < 0:
        return out.left < 0
    if out.left >= size:
        with rows_in_file(calls, execution, first=[names, *rows], patience=patience) as found:
            if found is not None:
                return _from_file(found, out, size=size, patience=patience)
    return _by_pages(calls, execution, out, page=page, size=size, patience=patience)


class _Out:
    """Hands rows on until there are as many as are wanted."""

    def __init__(self, sink: ResultSink, readers: Sequence[Reader], *, limit: int) -> None:
        self._sink, self._readers = sink, readers
        self.left = limit
        """Rows that are still wanted; below 0 where there were more."""

    def rows(self, rows: Sequence[Row]) -> None:
        """Hand on what is wanted of these."""
        wanted = rows[: max(0, self.left)]
        if wanted:
            self._sink.rows(cells(wanted, self._readers))
        self.left -= len(rows)


def _from_file(found: Iterable[Sequence[Row]], out: _Out, *, size: int, patience: Patience) -> bool:
    for rows in found:
        for start in range(0, len(rows), size):
            patience.cancellation.check()
            out.rows(rows[start : start + size])
            if out.left < 0:
                return True
    return False


def _by_pages(
    calls: Calls,
    execution: Mapping[str, Any],
    out: _Out,
    *,
    page: Mapping[str, Any],
    size: int,
    patience: Patience,
) -> bool:
    while out.left >= 0 and page.get("NextToken"):
        patience.cancellation.check()
        token = str(page["NextToken"])
        page = _page(calls, execution, size=min(size, out.left + 1), token=token, patience=patience)
        rows = _texts(page)
        out.rows(rows)
        size = _next_size(rows, columns=len(rows[0]) if rows else 1)
    return out.left < 0


def _page(
    calls: Calls, execution: Mapping[str, Any], *, size: int, token: str, patience: Patience
) -> Mapping[str, Any]:
    more: dict[str, Any] = {"NextToken": token} if token else {}
    return calls(
        "athena",
        "get_query_results",
        patience=patience,
        QueryExecutionId=execution["QueryExecutionId"],
        MaxResults=size,
        **more,
    )


def _texts(page: Mapping[str, Any]) -> list[Row]:
    """Each row as texts; a value that is not there is null, which is not the empty text."""
    rows = page.get("ResultSet", {}).get("Rows") or ()
    return [[cell.get("VarCharValue") for cell in row.get("Data", ())] for row in rows]


def _columns(page: Mapping[str, Any], sink: ResultSink) -> tuple[Row, list[Reader]]:
    described = (page.get("ResultSet", {}).get("ResultSetMetadata") or {}).get("ColumnInfo") or ()
    names = [str(column.get("Name", "")) for column in described]
    readers = [reader(str(column.get("Type", ""))) for column in described]
    sink.columns([ResultColumn(name=name, kind=r.kind) for name, r in zip(names, readers, strict=True)])
    return names, readers


def _next_size(rows: Sequence[Row], *, columns: int) -> int:
    """How many rows to ask for next, judged by the width and length of these."""
    length = sum(len(text) for row in rows for text in row if text is not None) / max(1, len(rows))
    fits = min(_MOST_CELLS / max(1, columns), _MOST_CHARACTERS / max(1.0, length))
    return max(1, min(_MOST_ROWS, int(fits)))
