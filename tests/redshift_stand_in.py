"""Redshift as far as the tests need it, on a Postgres server: its catalog views, its refusals, its Data API.

What these stand-ins do not do:
- SQL is that of Postgres. What Redshift lacks is refused only where `_REFUSED` names it; what only Redshift has
  (SUPER navigation, DISTKEY, QUALIFY, LISTAGG) fails.
- External tables and late-binding views are entries of the catalog and cannot be asked.
- The label of a query is its connection's application name, as no Postgres session sees another's settings.
- Errors have the words that Postgres gives them, which Redshift inherited for most; those that only Redshift has
  come by `SELECT stand_in.fail(…)`.
- The Data API checks no signature and no right, keeps results for as long as it runs, and cuts pages by rows.
"""

from __future__ import annotations

import json
import re
import struct
import threading
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psycopg2
from psycopg2.extensions import UNICODE, QueryCanceledError, string_types
from tcp_proxy import TcpProxy

_REFUSED = (
    (r"\bsavepoint\b|\brelease\b", "42601", 'syntax error at or near "SAVEPOINT"'),
    (r"\bno scroll\b", "42601", 'syntax error at or near "NO"'),
    (
        r"\bset\b.*\b(cursor_tuple_fraction|client_connection_check_interval|intervalstyle|bytea_output|idle_\w+)\b",
        "42704",
        'unrecognized configuration parameter "…"',
    ),
    (r"\bdiscard\b", "42601", 'syntax error at or near "DISCARD"'),
    (
        r"\b(concat_ws|to_jsonb|unnest|has_any_column_privilege|pg_is_in_recovery|array_agg|string_agg)\s*\(",
        "42883",
        "function does not exist",
    ),
    (r"\bwith ordinality\b|\blateral\b|\bdistinct on\b", "42601", "syntax error"),
    (r"\brelispartition\b|\battgenerated\b|\btypcategory\b", "42703", "column does not exist"),
)
"""What Redshift does not take, as a pattern of SQL, with the answer to it."""
_MOST_FETCHED = 1000

CATALOG = """
SET allow_system_table_mods = on;
CREATE SCHEMA stand_in;
GRANT USAGE ON SCHEMA stand_in TO PUBLIC;
CREATE FUNCTION stand_in.fail(state text, message text, detail text DEFAULT '') RETURNS integer
    LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = state, MESSAGE = message, DETAIL = detail; END $$;
CREATE TABLE stand_in.late_binding
    (schema_name name, view_name name, name name, type varchar, number integer);
CREATE TABLE stand_in.external_columns
    (schemaname text, tablename text, columnname text, external_type text, columnnum integer, part_key integer,
     is_nullable text);
CREATE TABLE stand_in.external_tables (schemaname text, tablename text, location text, parameters text);
CREATE TABLE stand_in.table_info ("schema" text, "table" text, tbl_rows numeric(38, 0));
CREATE FUNCTION pg_catalog.pg_get_late_binding_view_cols() RETURNS SETOF record LANGUAGE sql AS
    'SELECT schema_name, view_name, name, type, number FROM stand_in.late_binding';
CREATE VIEW pg_catalog.svv_external_columns AS SELECT * FROM stand_in.external_columns;
CREATE VIEW pg_catalog.svv_external_tables AS SELECT * FROM stand_in.external_tables;
CREATE VIEW pg_catalog.svv_table_info AS SELECT current_database() AS database, * FROM stand_in.table_info;
CREATE VIEW pg_catalog.sys_query_history AS
    SELECT pid AS session_id, application_name::char(320) AS query_label,
           CASE state WHEN 'active' THEN 'running' ELSE 'success' END::char(10) AS status
    FROM pg_stat_activity;
GRANT SELECT ON pg_catalog.svv_external_columns, pg_catalog.svv_external_tables, pg_catalog.sys_query_history
    TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA stand_in TO PUBLIC;
CREATE DOMAIN public.super AS jsonb;
RESET allow_system_table_mods;
"""
"""Makes a database of Postgres look like one of Redshift; a superuser has to run it."""


def as_redshift(sql: str) -> str:
    """The SQL that does on Postgres what this one does on Redshift, or that fails as Redshift fails."""
    plain = re.sub(r"'(?:[^']|'')*'", "''", sql).lower()
    for pattern, state, message in _REFUSED:
        if re.search(pattern, plain):
            return f"SELECT stand_in.fail('{state}', $m${message}$m$)"
    fetched = re.match(r"fetch forward (\d+)", plain)
    if fetched and int(fetched[1]) > _MOST_FETCHED:
        return (
            "SELECT stand_in.fail('0A000', 'Fetch size exceeds the limit of 1000 for a single node cluster')"
        )
    sql = re.sub(r"(?i)^set query_group to ", "SET stand_in.query_group TO ", sql)
    return sql.replace("current_setting('query_group')", "current_setting('stand_in.query_group')")


class RedshiftWire(TcpProxy):
    """The wire to a Postgres server that takes what Redshift takes, and nothing more."""

    def to_server(self, data: bytes, state: dict[str, Any]) -> bytes:
        """Whole messages, each query as `as_redshift` gives it; a cancel request passes as it is."""
        state["left"] = state.get("left", b"") + data
        out = b""
        while message := _next_message(state):
            out += _as_redshift_message(message)
        return out


def _next_message(state: dict[str, Any]) -> bytes:
    left: bytes = state["left"]
    lead = 1 if state.get("started") else 0
    if len(left) < lead + 4:
        return b""
    (length,) = struct.unpack_from("!i", left, lead)
    if len(left) < lead + length:
        return b""
    state["left"] = left[lead + length :]
    message = left[: lead + length]
    if not state.get("started"):
        state["started"] = True
        for refused in (b"\0options\0", b"\0client_encoding\0", b"\0replication\0"):
            if refused in message:
                raise OSError(f"Redshift refuses the start-up option {refused!r}")
    return message


def _as_redshift_message(message: bytes) -> bytes:
    if message[:1] != b"Q":
        return message
    sql = as_redshift(message[5:-1].decode()).encode() + b"\0"
    return b"Q" + struct.pack("!i", len(sql) + 4) + sql


@dataclass
class _Statement:
    """One statement of the Data API."""

    connection: Any
    status: str = "STARTED"
    error: str = ""
    columns: list[dict[str, Any]] = field(default_factory=list)
    records: list[list[dict[str, Any]]] = field(default_factory=list)
    name: str = ""


_NAMES = {
    16: "bool",
    18: "char",
    19: "name",
    20: "int8",
    21: "int2",
    23: "int4",
    25: "varchar",
    26: "oid",
    700: "float4",
    701: "float8",
    1042: "bpchar",
    1043: "varchar",
    1082: "date",
    1083: "time",
    1114: "timestamp",
    1184: "timestamptz",
    1266: "timetz",
    1186: "interval",
    1700: "numeric",
    3802: "super",
    114: "super",
    17: "varbyte",
}


class DataApi:
    """A server of Redshift's Data API on one Postgres database; workgroup, database and secret by these names.

    `url` is what boto3 takes as endpoint. `refuse_next` makes the next calls fail; `calls` counts them by name.
    """

    def __init__(self, database_url: str, *, workgroup: str = "Analysts", rows_a_page: int = 700) -> None:
        self._database_url = database_url
        self._workgroup, self._rows_a_page = workgroup, rows_a_page
        self._statements: dict[str, _Statement] = {}
        self._refusals: list[tuple[str, str]] = []
        self.calls: dict[str, int] = {}
        self.requests: list[dict[str, Any]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> DataApi:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        for statement in self._statements.values():
            if not statement.connection.closed:
                with suppress(psycopg2.Error):
                    statement.connection.cancel()

    @property
    def running(self) -> list[str]:
        """The names of statements that have not ended."""
        return [s.name for s in self._statements.values() if s.status == "STARTED"]

    def refuse_next(self, code: str, message: str = "no", *, times: int = 1) -> None:
        """The next calls fail with this error of AWS."""
        self._refusals += [(code, message)] * times

    def forget_results(self) -> None:
        """As if a day had passed."""
        self._statements.clear()

    def answer(self, operation: str, request: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """What a call gives: (HTTP status, document)."""
        self.calls[operation] = self.calls.get(operation, 0) + 1
        if self._refusals:
            code, message = self._refusals.pop(0)
            return 400, {"__type": code, "message": message}
        if operation == "ExecuteStatement":
            return self._execute(request)
        statement = self._statements.get(request["Id"])
        if statement is None:
            return 400, {"__type": "ResourceNotFoundException", "message": "Query does not exist."}
        known: dict[str, Callable[..., tuple[int, dict[str, Any]]]] = {
            "DescribeStatement": self._describe,
            "GetStatementResult": self._result,
            "CancelStatement": self._cancel,
        }
        return known[operation](statement, request)

    def _execute(self, request: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        self.requests.append(dict(request))
        if self._workgroup not in (request.get("WorkgroupName"), request.get("ClusterIdentifier")):
            message = "Redshift endpoint doesn't exist in this region."
            return 400, {"__type": "ValidationException", "message": message}
        connection = psycopg2.connect(self._database_url)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SET extra_float_digits TO 1")
        made = _Statement(connection, name=request.get("StatementName", ""))
        identity = str(uuid.uuid4())
        self._statements[identity] = made
        threading.Thread(target=_run, args=(made, as_redshift(request["Sql"])), daemon=True).start()
        return 200, {"Id": identity, "Database": request["Database"]}

    def _describe(self, found: _Statement, _: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        document = {"Id": "x", "Status": found.status, "HasResultSet": bool(found.columns)}
        return 200, document | ({"Error": found.error} if found.error else {})

    def _result(self, found: _Statement, request: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        start = int(request.get("NextToken") or 0)
        end = start + self._rows_a_page
        document: dict[str, Any] = {
            "ColumnMetadata": found.columns,
            "Records": found.records[start:end],
            "TotalNumRows": len(found.records),
        }
        return 200, document | ({"NextToken": str(end)} if end < len(found.records) else {})

    def _cancel(self, found: _Statement, _: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        if found.status != "STARTED":
            message = f"Could not cancel a query that is already in {found.status} state."
            return 400, {"__type": "ValidationException", "message": message}
        found.connection.cancel()
        return 200, {"Status": True}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                operation = self.headers["X-Amz-Target"].partition(".")[2]
                status, document = api.answer(operation, json.loads(body))
                content = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler


def _run(statement: _Statement, sql: str) -> None:
    connection = statement.connection
    for oid in string_types:
        connection.string_types[oid] = UNICODE
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            described = cursor.description or ()
            statement.columns = [
                {"name": c.name, "label": c.name, "typeName": _NAMES.get(c.type_code, "varchar")}
                for c in described
            ]
            rows = cursor.fetchall() if described else []
            names = [c["typeName"] for c in statement.columns]
            statement.records = [
                [_field(value, name) for value, name in zip(row, names, strict=True)] for row in rows
            ]
        statement.status = "FINISHED"
    except QueryCanceledError:
        statement.status = "ABORTED"
    except psycopg2.Error as error:
        place = getattr(error.diag, "statement_position", None)
        where = f"\n  Position: {place}" if place else ""
        detail = f" Detail: {error.diag.message_detail}" if error.diag.message_detail else ""
        statement.error = f"ERROR: {error.diag.message_primary}{where}{detail}"
        statement.status = "FAILED"
    finally:
        connection.close()


def _field(text: str | None, name: str) -> dict[str, Any]:
    if text is None:
        return {"isNull": True}
    if name == "bool":
        return {"booleanValue": text == "t"}
    if name in ("int2", "int4", "int8", "oid"):
        return {"longValue": int(text)}
    if name in ("float4", "float8") and re.fullmatch(r"-?[0-9.]+(e[+-]?\d+)?", text):
        return {"doubleValue": float(text)}
    return {"stringValue": text}
