"""Glue's catalog and S3's listing, as far as the engine asks them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

import duckdb
from athena.executions import Refusal
from athena.world import World

_TYPES = {"string": "VARCHAR", "int": "INTEGER"}


class Glue:
    """Each operation takes the request's document and gives the answer's, or raises Refusal."""

    def __init__(self, world: World) -> None:
        self._world = world

    def GetDatabases(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Every database, page by page."""
        return self._page("DatabaseList", [{"Name": name} for name in self._world.databases], asked)

    def GetTables(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Every table of a database, page by page."""
        return self._page("TableList", list(self._database(asked).values()), asked)

    def GetTable(self, asked: dict[str, Any]) -> dict[str, Any]:
        """One table."""
        return {"Table": self._table(asked, asked["Name"])}

    def GetPartitions(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The partitions that an expression leaves, page by page."""
        table = self._table(asked, asked["TableName"])
        found = self._world.partitions[asked["DatabaseName"], asked["TableName"]]
        expression = asked.get("Expression")
        if expression and found:
            found = _matching(found, table["PartitionKeys"], expression)
        return self._page("Partitions", found, asked)

    def _database(self, asked: dict[str, Any]) -> dict[str, dict[str, Any]]:
        found = self._world.databases.get(asked["DatabaseName"])
        if found is None:
            raise Refusal("EntityNotFoundException", "Database not found.")
        return found

    def _table(self, asked: dict[str, Any], name: str) -> dict[str, Any]:
        found = self._database(asked).get(name)
        if found is None:
            raise Refusal("EntityNotFoundException", "Entity Not Found")
        return found

    def _page(self, key: str, things: list[Any], asked: dict[str, Any]) -> dict[str, Any]:
        start = int(asked.get("NextToken") or 0)
        end = start + min(self._world.page, asked.get("MaxResults", 1000))
        return {key: things[start:end]} | ({"NextToken": str(end)} if end < len(things) else {})


def _matching(
    partitions: list[dict[str, Any]], keys: list[dict[str, str]], expression: str
) -> list[dict[str, Any]]:
    connection = duckdb.connect()
    columns = ", ".join(f"{k['Name']} {_TYPES.get(k['Type'], k['Type'])}" for k in keys)
    connection.execute(f"CREATE TABLE p (place INTEGER, {columns})")
    marks = ", ".join("?" * (len(keys) + 1))
    connection.executemany(
        f"INSERT INTO p VALUES ({marks})", [[n, *p["Values"]] for n, p in enumerate(partitions)]
    )
    try:
        rows = connection.execute(f"SELECT place FROM p WHERE {expression} ORDER BY 1").fetchall()
    except duckdb.Error:
        raise Refusal("InvalidInputException", "Unsupported expression") from None
    return [partitions[place] for (place,) in rows]


def listed(world: World, bucket: str, query: dict[str, str]) -> str:
    """ListObjectsV2's answer; raises Refusal."""
    if bucket not in world.objects:
        raise Refusal("NoSuchBucket", "The specified bucket does not exist")
    keys = sorted(key for key in world.objects[bucket] if key.startswith(query.get("prefix", "")))
    start = int(query.get("continuation-token", 0))
    end = start + world.page
    items = "".join(
        f"<Contents><Key>{escape(quote(key))}</Key><Size>{world.objects[bucket][key]}</Size></Contents>"
        for key in keys[start:end]
    )
    more = end < len(keys)
    token = f"<NextContinuationToken>{end}</NextContinuationToken>" if more else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><EncodingType>url</EncodingType>'
        f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}{items}</ListBucketResult>"
    )
