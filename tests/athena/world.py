"""What the stand-in for Athena knows: databases, files, workgroups, and the faults a test wishes for.

A test part, with these limits. SQL is read by sqlglot as Trino's and run by DuckDB, which accepts much that
Athena refuses and differs where sqlglot does: `date_diff` over full units, printf-style `format`, text of
AT TIME ZONE, `map_agg`, `unnest` of a map, division by zero (NULL in DuckDB). Positions in errors are made up
(always "line 1:8"). Bytes scanned are what the test says, not what was read. There is no IAM,
no prepared statement, no CTAS, no query history. Of S3 there is ListObjectsV2, and GetObject of a result's CSV, whole
or from a byte on, with an ETag and without checksums; there are no versions, no encryption, no redirects to other
regions, and no ".metadata" beside a result. A result that is shown again has a file of its own. What Glue's own
parser of partition expressions refuses is not known to DuckDB, which evaluates them here.
"""

from __future__ import annotations

import base64
import json
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb


@dataclass
class Workgroup:
    """As Athena keeps one."""

    output: str = "s3://results/athena/"
    cutoff: int | None = None
    disabled: bool = False
    managed: bool = False
    """Athena keeps the results itself, and no bucket has them."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What a call meets instead of its answer; `cut` closes the connection within it, `stall` says nothing."""

    code: str = ""
    message: str = ""
    status: int = 400
    more: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    stall: bool = False


@dataclass
class World:
    """Everything there is; a test changes it while the server runs."""

    duck: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)
    databases: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: {"shop": {}})
    partitions: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    objects: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    """Size of each file by bucket and key."""
    workgroups: dict[str, Workgroup] = field(default_factory=lambda: {"analysts": Workgroup()})
    catalogs: tuple[str, ...] = ("AwsDataCatalog",)
    faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    """By operation, each met once, in order."""
    queue_seconds: float = 0.0
    scanned: int = 0
    """Bytes that the next query is said to have scanned."""
    ending: dict[str, Any] | None = None
    """The Status with which the next query ends, whatever it would have given."""
    lost_results: bool = False
    page: int = 1000
    """The most that Glue and S3 give in one page."""
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Every call with its arguments."""
    stalled: int = 0
    """Calls that wait now for an answer that does not come."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    over: threading.Event = field(default_factory=threading.Event)
    """Set when the server ends, for what stalls."""

    def __post_init__(self) -> None:
        self.duck.execute("SET threads = 1")
        self.duck.execute("CREATE SCHEMA shop")

    def calls(self, operation: str) -> list[dict[str, Any]]:
        """The arguments of every call of an operation."""
        with self.lock:
            return [arguments for name, arguments in self.asked if name == operation]

    def stall(self) -> None:
        """Say nothing for ten seconds, or until the server ends."""
        self.stalled += 1
        self.over.wait(10)
        self.stalled -= 1

    def next_fault(self, operation: str) -> Fault | None:
        """The next fault of an operation, which is then used up."""
        with self.lock:
            waiting = self.faults[operation]
            return waiting.pop(0) if waiting else None

    def add_table(
        self,
        name: str,
        columns: Sequence[tuple[str, ...]],
        *,
        keys: Sequence[tuple[str, str]] = (),
        database: str = "shop",
        location: str = "",
        **more: Any,
    ) -> None:
        """A table in Glue; each column is name, type and perhaps a comment."""
        self.databases.setdefault(database, {})[name] = {
            "Name": name,
            "DatabaseName": database,
            "TableType": "EXTERNAL_TABLE",
            "StorageDescriptor": {
                "Columns": [_column(c) for c in columns],
                "Location": location or f"s3://lake/{database}/{name}",
            },
            "PartitionKeys": [_column(k) for k in keys],
            "Parameters": {},
            **more,
        }

    def add_view(
        self, name: str, sql: str, columns: Sequence[tuple[str, str]], *, database: str = "shop"
    ) -> None:
        """A view as Athena stores one in Glue."""
        body = {"originalSql": sql, "catalog": "awsdatacatalog", "schema": database}
        text = base64.b64encode(json.dumps(body).encode()).decode()
        self.add_table(
            name,
            columns,
            database=database,
            TableType="VIRTUAL_VIEW",
            ViewOriginalText=f"/* Presto View: {text} */",
        )
        self.databases[database][name]["StorageDescriptor"]["Location"] = ""

    def add_partition(
        self, table: str, values: Sequence[str], *, sizes: Sequence[int], database: str = "shop"
    ) -> str:
        """A partition with files of these sizes below the table's place; its location."""
        described = self.databases[database][table]
        parts = zip(described["PartitionKeys"], values, strict=True)
        folder = "/".join(f"{key['Name']}={value}" for key, value in parts)
        location = f"{described['StorageDescriptor']['Location']}/{folder}"
        self.partitions[database, table].append(
            {"Values": list(values), "StorageDescriptor": {"Location": location}}
        )
        self.add_files(location, sizes)
        return location

    def add_files(self, location: str, sizes: Sequence[int]) -> None:
        """Files at a place."""
        bucket, _, prefix = location.removeprefix("s3://").partition("/")
        for number, size in enumerate(sizes):
            self.objects[bucket][f"{prefix}/part-{number:05}.parquet"] = size


def _column(given: Sequence[str]) -> dict[str, str]:
    return dict(zip(("Name", "Type", "Comment"), given, strict=False))
