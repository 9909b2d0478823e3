"""Athena's own operations: executions that queue, run, end and give their rows page by page."""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import duckdb
from athena.duck import Failure, Result, ran, transpiled, written
from athena.world import World
from sqlglot.errors import SqlglotError

_MOST = 1000


class Refusal(Exception):
    """A call that is answered with an error."""

    def __init__(self, code: str, message: str, **more: str) -> None:
        super().__init__(message)
        self.code, self.message, self.more = code, message, more


def _invalid(message: str, code: str = "INVALID_INPUT") -> Refusal:
    return Refusal("InvalidRequestException", message, AthenaErrorCode=code)


@dataclass
class Execution:
    """One query."""

    asked: dict[str, Any]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: str = "QUEUED"
    status: dict[str, Any] = field(default_factory=dict)
    statistics: dict[str, Any] = field(default_factory=dict)
    result: Result | None = None
    cursor: duckdb.DuckDBPyConnection | None = None
    stopped: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None
    output: str = ""
    """Where its result is, as "s3://…"; empty where no bucket has it."""

    def described(self) -> dict[str, Any]:
        """As GetQueryExecution gives it."""
        kept = {"OutputLocation": self.output} if self.output else {}
        return {
            "ResultConfiguration": kept,
            "QueryExecutionId": self.id,
            "Query": self.asked["QueryString"],
            "WorkGroup": self.asked["WorkGroup"],
            "Status": {"State": self.state, **self.status},
            "Statistics": self.statistics,
        }


class Executions:
    """Athena: each operation takes the request's document and gives the answer's, or raises Refusal."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._all: dict[str, Execution] = {}
        self._tokens: dict[str, str] = {}

    def StartQueryExecution(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Begin, unless the request itself is wrong."""
        self._check(asked)
        token = asked["ClientRequestToken"]
        if token not in self._tokens:
            execution = Execution(asked)
            execution.output = self._output(execution)
            self._all[execution.id] = execution
            self._tokens[token] = execution.id
            execution.thread = threading.Thread(target=self._run, args=(execution,), daemon=True)
            execution.thread.start()
        return {"QueryExecutionId": self._tokens[token]}

    def GetQueryExecution(self, asked: dict[str, Any]) -> dict[str, Any]:
        """How far it is."""
        return {"QueryExecution": self._found(asked).described()}

    def StopQueryExecution(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Cancel it; one that has ended stays as it is."""
        execution = self._found(asked)
        execution.stopped.set()
        with self._world.lock:
            if execution.state in ("QUEUED", "RUNNING"):
                read = self._world.scanned if execution.state == "RUNNING" else 0
                execution.statistics = {"DataScannedInBytes": read}
                execution.state = "CANCELLED"
                execution.status = {"StateChangeReason": "Query cancelled by user"}
            cursor = execution.cursor
        if cursor is not None:
            threading.Thread(target=_interrupt, args=(cursor, execution), daemon=True).start()
        return {}

    def GetQueryResults(self, asked: dict[str, Any]) -> dict[str, Any]:
        """A page: the header is the first row, and a full page always has a next one."""
        execution = self._found(asked)
        size = asked.get("MaxResults", _MOST)
        if size > _MOST:
            raise _invalid("MaxResults is more than maximum allowed length 1000")
        if execution.state != "SUCCEEDED":
            raise _invalid("Query has not yet finished.", "INVALID_QUERY_EXECUTION_STATE")
        if self._world.lost_results or execution.result is None:
            raise _invalid("Could not find results", "RESULT_NOT_FOUND")
        result = execution.result
        start = int(asked.get("NextToken", 0))
        header = [[str(column["Name"]) for column in result.columns]]
        plan = result.columns[0]["Name"] == "Query Plan" if result.columns else False
        behind = 0 if plan else 1
        rows = header[start:behind] + result.rows[max(0, start - behind) : max(0, start + size - behind)]
        answer: dict[str, Any] = {
            "ResultSet": {
                "Rows": [{"Data": [_datum(text) for text in row]} for row in rows],
                "ResultSetMetadata": {"ColumnInfo": result.columns},
            }
        }
        return answer | ({"NextToken": str(start + size)} if len(rows) == size else {})

    def file(self, bucket: str, key: str) -> bytes:
        """The object that holds a result, as S3 gives it; raises Refusal."""
        for execution in self._all.values():
            if execution.output == f"s3://{bucket}/{key}" and execution.result is not None:
                return written(execution.result)
        raise Refusal("NoSuchKey", "The specified key does not exist.")

    def GetWorkGroup(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What a workgroup allows."""
        name = asked["WorkGroup"]
        if name not in self._world.workgroups:
            raise _invalid("WorkGroup is not found.")
        group = self._world.workgroups[name]
        result = {"OutputLocation": group.output} if group.output else {}
        configuration = {"ResultConfiguration": result}
        return {"WorkGroup": {"Name": name, "State": "ENABLED", "Configuration": configuration}}

    def ListDatabases(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The databases of any catalog."""
        self._check_catalog(asked["CatalogName"])
        return {"DatabaseList": [{"Name": name} for name in self._world.databases]}

    def ListTableMetadata(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The tables of a database, in a flatter shape than Glue's."""
        self._check_catalog(asked["CatalogName"])
        tables = self._world.databases[asked["DatabaseName"]].values()
        listed = [
            {
                "Name": table["Name"],
                "TableType": table["TableType"],
                "Columns": table["StorageDescriptor"]["Columns"],
                "PartitionKeys": table["PartitionKeys"],
                "Parameters": table["Parameters"],
            }
            for table in tables
        ]
        return {"TableMetadataList": listed}

    def settle(self) -> list[str]:
        """Stop what still runs, wait for it, and give the ids of what did."""
        left = [e for e in self._all.values() if e.state in ("QUEUED", "RUNNING")]
        for execution in self._all.values():
            if execution in left:
                self.StopQueryExecution({"QueryExecutionId": execution.id})
            if execution.thread is not None:
                execution.thread.join(20)
        return [execution.id for execution in left]

    def _check(self, asked: dict[str, Any]) -> None:
        group = self._world.workgroups.get(asked.get("WorkGroup", "primary"))
        if group is None:
            raise _invalid("WorkGroup is not found.")
        if group.disabled:
            raise _invalid("WorkGroup analysts is disabled.")
        if not group.output and "OutputLocation" not in asked.get("ResultConfiguration", {}):
            raise _invalid("No output location provided. You did not provide an output location.")
        self._check_catalog(asked["QueryExecutionContext"]["Catalog"])
        try:
            transpiled(asked["QueryString"].removeprefix("EXPLAIN "))
        except SqlglotError:
            raise _invalid(
                "line 1:8: mismatched input 'x'. Expecting: <expression>", "MALFORMED_QUERY"
            ) from None

    def _output(self, execution: Execution) -> str:
        """A workgroup's own place goes before the caller's."""
        group = self._world.workgroups[execution.asked["WorkGroup"]]
        place = group.output or execution.asked["ResultConfiguration"]["OutputLocation"]
        kind = "txt" if execution.asked["QueryString"].startswith("EXPLAIN ") else "csv"
        return "" if group.managed else f"{place.rstrip('/')}/{execution.id}.{kind}"

    def _check_catalog(self, name: str) -> None:
        if name not in self._world.catalogs:
            raise Refusal("MetadataException", f"Catalog {name} not found")

    def _found(self, asked: dict[str, Any]) -> Execution:
        execution = self._all.get(asked["QueryExecutionId"])
        if execution is None:
            raise _invalid("QueryExecution was not found", "QUERY_EXECUTION_NOT_FOUND")
        return execution

    def _run(self, execution: Execution) -> None:
        world = self._world
        execution.stopped.wait(world.queue_seconds)
        cursor = world.duck.cursor()
        with world.lock:
            if execution.state == "CANCELLED":
                return
            execution.state, execution.cursor = "RUNNING", cursor
        started = time.monotonic()
        try:
            cursor.execute("SET integer_division = true; SET TimeZone = 'UTC'")
            cursor.execute(f"USE {execution.asked['QueryExecutionContext']['Database']}")
            execution.result = ran(cursor, execution.asked["QueryString"])
            state, status = "SUCCEEDED", {}
        except duckdb.InterruptException:
            return
        except (Failure, duckdb.Error) as error:
            state = "FAILED"
            failure = {"ErrorCategory": 2, "ErrorType": 1006, "Retryable": False, "ErrorMessage": str(error)}
            status = {"StateChangeReason": str(error), "AthenaError": failure}
        self._end(execution, state, status, milliseconds=int((time.monotonic() - started) * 1000))

    def _end(self, execution: Execution, state: str, status: dict[str, Any], *, milliseconds: int) -> None:
        world = self._world
        plan = execution.asked["QueryString"].startswith("EXPLAIN ")
        reused = self._is_reused(execution)
        scanned = 0 if plan or reused else world.scanned
        cutoff = world.workgroups[execution.asked["WorkGroup"]].cutoff
        with world.lock:
            if execution.state == "CANCELLED":
                return
            execution.statistics = {
                "DataScannedInBytes": scanned,
                "EngineExecutionTimeInMillis": milliseconds,
                "ResultReuseInformation": {"ReusedPreviousResult": reused},
            }
            if cutoff is not None and scanned > cutoff:
                state, status = "CANCELLED", {"StateChangeReason": "Bytes scanned limit was exceeded"}
                execution.statistics["DataScannedInBytes"] = cutoff
            if world.ending is not None and not plan:
                status = dict(world.ending)
                state = status.pop("State")
            execution.state, execution.status = state, status

    def _is_reused(self, execution: Execution) -> bool:
        by_age = execution.asked.get("ResultReuseConfiguration", {}).get("ResultReuseByAgeConfiguration", {})
        sql = execution.asked["QueryString"]
        earlier = [e for e in self._all.values() if e is not execution and e.asked["QueryString"] == sql]
        return bool(by_age.get("Enabled")) and any(e.state == "SUCCEEDED" for e in earlier)


def _interrupt(cursor: duckdb.DuckDBPyConnection, execution: Execution) -> None:
    """Until it has an effect: an interrupt between two statements is lost."""
    while execution.thread is not None and execution.thread.is_alive():
        cursor.interrupt()
        execution.thread.join(0.02)


def _datum(text: str | None) -> dict[str, str]:
    return {} if text is None else {"VarCharValue": text}
