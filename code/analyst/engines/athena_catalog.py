"""What the databases of an Athena source hold, as Glue says, or the catalog of another kind."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analyst.catalog import Catalog, Column, Table
from analyst.engines.athena_address import EVERY, Address
from analyst.engines.athena_calls import Calls, Patience, pages
from analyst.errors import DatabaseError
from analyst.links import infer_links

_log = logging.getLogger(__name__)

MOST_TABLES = 10_000
MOST_COLUMNS = 300_000
"""Of all tables together; what lies beyond is left out, which the log says."""
MOST_VALUES = 20
_LONGEST_VALUE = 60
_VALUE_SECONDS = 10.0
"""For the values of all partition keys together."""
_VALUE_PAGES = 5
_VIEW = "VIRTUAL_VIEW"
_TYPES = {"string": "varchar", "int": "integer", "float": "real", "binary": "varbinary"}
"""Glue's words for types where Athena's SQL has others."""
_PART = re.compile(r"\s*([^<>,:()]+(?:\([^()]*\))?)\s*")


def read_catalog(calls: Calls, address: Address, *, source: str, patience: Patience) -> Catalog:
    """Every table and view of the source's databases that this process may see. Raises DatabaseError."""
    found: list[Table] = []
    until = time.monotonic() + _VALUE_SECONDS
    for schema in _databases(calls, address, patience):
        for entry in _entries(calls, address, schema, patience):
            if _too_much(found):
                _log.warning("the catalog has more tables or columns than are read")
                break
            values = _partition_values(calls, address, schema, entry, patience=patience, until=until)
            found += _table(schema, entry, values)
    tables = tuple(found)
    return Catalog(
        source=source,
        dialect="athena",
        tables=tables,
        links=infer_links(tables),
        default_schema=address.database.lower(),
    )


def _too_much(found: Sequence[Table]) -> bool:
    return len(found) >= MOST_TABLES or sum(len(t.columns) for t in found) >= MOST_COLUMNS


def _databases(calls: Calls, address: Address, patience: Patience) -> tuple[str, ...]:
    if EVERY not in address.databases:
        return tuple(dict.fromkeys(name.lower() for name in address.databases))
    if address.federated:
        listed = pages(calls, "athena", "list_databases", patience=patience, CatalogName=address.catalog)
        entries = [entry for page in listed for entry in page.get("DatabaseList") or ()]
    else:
        listed = pages(calls, "glue", "get_databases", patience=patience)
        entries = [entry for page in listed for entry in page.get("DatabaseList") or ()]
    return tuple(dict.fromkeys([address.database.lower(), *(str(e["Name"]).lower() for e in entries)]))


def _entries(calls: Calls, address: Address, schema: str, patience: Patience) -> Iterator[Mapping[str, Any]]:
    """The tables of a database; a federated catalog's come by way of Athena, in a flatter shape."""
    if not address.federated:
        for page in pages(calls, "glue", "get_tables", patience=patience, DatabaseName=schema):
            yield from page.get("TableList") or ()
        return
    listed = pages(
        calls,
        "athena",
        "list_table_metadata",
        patience=patience,
        CatalogName=address.catalog,
        DatabaseName=schema,
        WorkGroup=address.workgroup,
    )
    for page in listed:
        for entry in page.get("TableMetadataList") or ():
            yield {**entry, "StorageDescriptor": {"Columns": entry.get("Columns") or ()}}


def _table(schema: str, entry: Mapping[str, Any], values: Mapping[str, dict[str, Any]]) -> list[Table]:
    """The table, or none where it has no column that can be named."""
    keys = [str(key["Name"]) for key in entry.get("PartitionKeys") or ()]
    described = [
        *((entry.get("StorageDescriptor") or {}).get("Columns") or ()),
        *(entry.get("PartitionKeys") or ()),
    ]
    columns = tuple(
        _column(c, is_key=number >= len(described) - len(keys), values=values.get(str(c["Name"]), {}))
        for number, c in enumerate(described)
    )
    if not columns:
        return []
    return [
        Table(
            schema=schema,
            name=str(entry["Name"]),
            columns=columns,
            comment=_comment(entry, keys),
            rows=_rows(entry.get("Parameters") or {}),
            kind=_kind(entry, keys),
        )
    ]


def _column(described: Mapping[str, Any], *, is_key: bool, values: Mapping[str, Any]) -> Column:
    comment = str(described.get("Comment") or "").strip()
    note = "partition key: a filter on it reads less" if is_key else ""
    return Column(
        name=str(described["Name"]),
        type=sql_type(str(described.get("Type") or "")),
        comment="; ".join(filter(None, (comment, note))),
        **values,
    )


def _comment(entry: Mapping[str, Any], keys: Sequence[str]) -> str:
    own = str((entry.get("Parameters") or {}).get("comment") or entry.get("Description") or "").strip()
    note = f"Partitioned by {', '.join(keys)}." if keys else ""
    return " ".join(filter(None, (own and own.rstrip(".") + "." if note else own, note)))


def _kind(entry: Mapping[str, Any], keys: Sequence[str]) -> str:
    if entry.get("TableType") == _VIEW:
        return "view"
    return "partitioned table" if keys else "table"


def _rows(parameters: Mapping[str, Any]) -> int | None:
    """What a crawler or ANALYZE has counted."""
    for name in ("numRows", "recordCount"):
        text = str(parameters.get(name, ""))
        if text.isdigit():
            return int(text)
    return None


# -- partition keys' values, which Glue tells without reading any data ------------------------------------


def _partition_values(
    calls: Calls,
    address: Address,
    schema: str,
    entry: Mapping[str, Any],
    *,
    patience: Patience,
    until: float,
) -> dict[str, dict[str, Any]]:
    keys = [str(key["Name"]) for key in entry.get("PartitionKeys") or ()]
    projected = str((entry.get("Parameters") or {}).get("projection.enabled", "")).lower() == "true"
    if not keys or projected or address.federated or time.monotonic() > until:
        return {}
    rows = _partitions(calls, schema, str(entry["Name"]), patience=patience)
    return (
        {key: _worth([row[n] for row in rows if n < len(row)]) for n, key in enumerate(keys)} if rows else {}
    )


def _partitions(calls: Calls, schema: str, name: str, *, patience: Patience) -> list[list[str]]:
    """The values of all partitions; nothing where there are too many or they may not be seen."""
    listed = pages(
        calls,
        "glue",
        "get_partitions",
        patience=patience,
        DatabaseName=schema,
        TableName=name,
        ExcludeColumnSchema=True,
        MaxResults=1000,
    )
    rows: list[list[str]] = []
    try:
        for number, page in enumerate(listed):
            if number >= _VALUE_PAGES:
                return []
            rows += [[str(v) for v in p.get("Values") or ()] for p in page.get("Partitions") or ()]
    except DatabaseError as error:
        patience.check()
        _log.debug("partitions cannot be listed: %s", error.code)
        return []
    return rows


def _worth(found: Sequence[str]) -> dict[str, Any]:
    """Few values are listed whole; of many, the ends."""
    values = sorted({value for value in found if value and not value.startswith("__HIVE")}, key=_order)
    if not values:
        return {}
    ends = {"lowest": values[0][:_LONGEST_VALUE], "highest": values[-1][:_LONGEST_VALUE]}
    if len(values) > MOST_VALUES or any(len(value) > _LONGEST_VALUE for value in values):
        return ends
    return {**ends, "values": tuple(values), "values_complete": True}


def _order(value: str) -> tuple[bool, int, str]:
    whole = value.lstrip("-").isdigit()
    return (not whole, int(value) if whole else 0, value)


# -- types ------------------------------------------------------------------------------------------------


def sql_type(glue: str) -> str:
    """Glue's name of a type as Athena's SQL has it: "array<struct<a:int>>" is "array(row(a integer))"."""
    try:
        type_, rest = _type(glue)
    except (ValueError, RecursionError):
        return glue
    return type_ if not rest.strip() else glue


def _type(text: str) -> tuple[str, str]:
    """The type that a text begins with, and what follows it; raises ValueError."""
    found = _PART.match(text)
    if found is None:
        raise ValueError("no type")
    name, rest = found[1].strip(), text[found.end() :]
    if not rest.startswith("<"):
        return _TYPES.get(name.lower(), name), rest
    parts: list[str] = []
    rest = rest[1:]
    while True:
        if name.lower() == "struct":
            label, _, rest = rest.partition(":")
            part, rest = _type(rest)
            parts.append(f"{label.strip()} {part}")
        else:
            part, rest = _type(rest)
            parts.append(part)
        if rest[:1] not in (",", ">"):
            raise ValueError("no end")
        closed, rest = rest[0] == ">", rest[1:]
        if closed:
            outer = "row" if name.lower() == "struct" else name
            return f"{outer}({', '.join(parts)})", rest
