"""SQL of Athena run by DuckDB: values as Athena writes them, errors as Athena names them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import duckdb
import sqlglot
from sqlglot.errors import SqlglotError

_TYPES = {
    "HUGEINT": "bigint",
    "UBIGINT": "bigint",
    "INTEGER": "integer",
    "FLOAT": "float",
    "BLOB": "varbinary",
    "TIMESTAMP_S": "timestamp",
    "TIMESTAMP_MS": "timestamp",
    "TIMESTAMP_NS": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
    "TIME WITH TIME ZONE": "time with time zone",
    "INTERVAL": "interval day to second",
    '"NULL"': "unknown",
    "NULL": "unknown",
}
_BY_TEXT = frozenset(
    {
        "date",
        "decimal",
        "interval day to second",
        "time",
        "time with time zone",
        "timestamp",
        "timestamp with time zone",
        "uuid",
    }
)
"""Types of which DuckDB's own text is fetched, since Python would lose some of them."""
_ERRORS = (
    ("referenced column", "COLUMN_NOT_FOUND", "Column '{}' cannot be resolved"),
    ("referenced table", "COLUMN_NOT_FOUND", "Column '{}' cannot be resolved"),
    ("table with name", "TABLE_NOT_FOUND", "Table 'awsdatacatalog.shop.{}' does not exist"),
    ("schema with name", "SCHEMA_NOT_FOUND", "Schema '{}' does not exist"),
    ("function with name", "FUNCTION_NOT_FOUND", "Function '{}' not registered"),
    ("no function matches", "FUNCTION_NOT_FOUND", "Unexpected parameters for function {}"),
    ("ambiguous reference", "AMBIGUOUS_NAME", "Column '{}' is ambiguous"),
    ("must appear in the group by", "EXPRESSION_NOT_AGGREGATE", "'{}' must be an aggregate expression"),
    (
        "where clause cannot contain aggregates",
        "EXPRESSION_NOT_SCALAR",
        "WHERE clause cannot contain aggregations",
    ),
    ("more than one row returned", "SUBQUERY_MULTIPLE_ROWS", "Scalar sub-query has returned multiple rows"),
    ("out of range", "NUMERIC_VALUE_OUT_OF_RANGE", "out of range: {}"),
    ("overflow", "NUMERIC_VALUE_OUT_OF_RANGE", "overflow: {}"),
    ("conversion error", "INVALID_CAST_ARGUMENT", "Cannot cast {}"),
    ("unimplemented type for cast", "TYPE_MISMATCH", "Cannot cast {}"),
    ("cannot compare", "TYPE_MISMATCH", "Cannot apply operator: {}"),
    ("cannot mix", "TYPE_MISMATCH", "{}"),
)


@dataclass(frozen=True, kw_only=True)
class Result:
    """All rows as Athena's API gives them; None is null."""

    columns: list[dict[str, Any]]
    rows: list[list[str | None]]


class Failure(Exception):
    """The query fails with this reason."""


def transpiled(sql: str) -> str:
    """The statement as DuckDB takes it; raises SqlglotError."""
    (text,) = sqlglot.transpile(sql, read="trino", write="duckdb", error_level=sqlglot.ErrorLevel.RAISE)
    return str(text)


def ran(cursor: duckdb.DuckDBPyConnection, sql: str) -> Result:
    """Run a statement; raises Failure, and duckdb.InterruptException when it is interrupted."""
    plan = sql.upper().startswith("EXPLAIN ")
    try:
        text = transpiled(sql[len("EXPLAIN ") :] if plan else sql)
        if plan:
            cursor.execute(f"EXPLAIN {text}")
            return Result(columns=[{"Name": "Query Plan", "Type": "varchar"}], rows=[["Fragment 0"]])
        return _fetched(cursor, text)
    except duckdb.InterruptException:
        raise
    except (duckdb.Error, SqlglotError) as error:
        raise Failure(_reason(str(error))) from error


def written(result: Result) -> bytes:
    """A result as Athena writes it to S3: all in quotes but null, which is nothing at all."""
    header: list[list[str | None]] = [[str(column["Name"]) for column in result.columns]]
    return "".join(f"{','.join(map(_quoted, row))}\n" for row in header + result.rows).encode()


def _quoted(text: str | None) -> str:
    return "" if text is None else '"' + text.replace('"', '""') + '"'


def _fetched(cursor: duckdb.DuckDBPyConnection, text: str) -> Result:
    described = cursor.execute(f"DESCRIBE {text}").fetchall()
    types = [str(row[1]) for row in described]
    names = _named(text, [str(row[0]) for row in described])
    kept = [_type(type_) for type_ in types]
    if not _BY_TEXT.intersection(kept):
        rows = cursor.execute(text).fetchall()
    else:
        wanted = [
            f"CAST(#{n} AS VARCHAR)" if type_ in _BY_TEXT else f"#{n}"
            for n, type_ in enumerate(kept, start=1)
        ]
        rows = cursor.execute(f"SELECT {', '.join(wanted)} FROM ({text})").fetchall()
    columns = [_column(name, type_, whole) for name, type_, whole in zip(names, kept, types, strict=True)]
    return Result(
        columns=columns,
        rows=[[_text(value, type_) for value, type_ in zip(row, kept, strict=True)] for row in rows],
    )


def _named(text: str, names: list[str]) -> list[str]:
    """DuckDB renames columns of the same name within a query; Athena does not."""
    tree = sqlglot.parse_one(text, dialect="duckdb")
    outer = [e.alias_or_name for e in tree.selects] if not tree.is_star else []
    return [o or n for o, n in zip(outer, names, strict=True)] if len(outer) == len(names) else names


def _type(duck: str) -> str:
    if duck.endswith("]"):
        return "array"
    for start, type_ in (("STRUCT", "row"), ("MAP", "map"), ("DECIMAL", "decimal")):
        if duck.startswith(start):
            return type_
    return _TYPES.get(duck, duck.lower())


def _column(name: str, type_: str, whole: str) -> dict[str, Any]:
    column: dict[str, Any] = {"Name": name, "Label": name, "Type": type_}
    if type_ == "decimal":
        precision, scale = whole[len("DECIMAL(") : -1].split(",")
        column |= {"Precision": int(precision), "Scale": int(scale)}
    return column


def _text(value: Any, type_: str) -> str | None:
    if value is None:
        return None
    if type_ == "timestamp":
        return _milliseconds(str(value))
    if type_ == "timestamp with time zone":
        return f"{_milliseconds(str(value).removesuffix('+00'))} UTC"
    if type_ == "time":
        return _milliseconds(str(value))
    if type_ in ("array", "row", "map", "boolean", "double", "float", "varbinary"):
        return _nested(value)
    return str(value)


def _milliseconds(text: str) -> str:
    whole, _, fraction = text.partition(".")
    digits = next(n for n in (3, 6, 9) if len(fraction.rstrip("0")) <= n)
    return f"{whole}.{fraction.ljust(digits, '0')[:digits]}"


def _nested(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(
            value, "NaN" if value != value else repr(value)
        )
    if isinstance(value, bytes):
        return value.hex(" ")
    if isinstance(value, list):
        return f"[{', '.join(_nested(v) for v in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}={_nested(v)}" for k, v in value.items()) + "}"
    return "null" if value is None else str(value)


def _reason(text: str) -> str:
    low = text.lower()
    for sign, code, words in _ERRORS:
        if sign in low:
            return f"{code}: line 1:8: {words.format(text.splitlines()[0])}"
    return f"GENERIC_INTERNAL_ERROR: {text}"
