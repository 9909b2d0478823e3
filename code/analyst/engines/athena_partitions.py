"""How large tables and their partitions are: Glue says where they lie, S3 how large the files are."""

from __future__ import annotations

import base64
import json
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from posixpath import commonprefix
from typing import Any
from urllib.parse import urlsplit

from analyst.engines.athena_calls import Calls, Patience
from analyst.engines.athena_kept import Kept
from analyst.engines.athena_projection import Projection
from analyst.errors import DatabaseError

_log = logging.getLogger(__name__)

MOST_PARTITIONS = 20_000
MOST_LISTINGS = 200
"""Pages of a thousand files that one estimate lists at most."""
_SIDE_BY_SIDE = 8
_PARTITIONS_A_PAGE = 1000
_LONGEST_SHOWN = 60
_WHOLES = ("tinyint", "smallint", "int", "integer", "bigint")


@dataclass(frozen=True, kw_only=True)
class GlueTable:
    """What Glue says of one table or view."""

    location: str = ""
    keys: tuple[tuple[str, str], ...] = ()
    """Name and type of each partition key, in order, in lower case."""
    projection: Projection | None = None
    """How Athena works the partitions out by itself, of which Glue then has none."""
    view: str = ""
    """The SQL of a view."""


@dataclass(frozen=True, kw_only=True)
class Partitions:
    """Those that a condition leaves."""

    locations: tuple[str, ...]
    newest: str = ""
    """The greatest value of the first key, as SQL writes it."""
    complete: bool = True


@dataclass
class Budget:
    """What one estimate may still spend."""

    until: float
    listings: int = MOST_LISTINGS

    def spend(self) -> bool:
        """True where one more page may be listed."""
        self.listings -= 1
        return self.listings >= 0 and time.monotonic() < self.until


@dataclass
class Sizes:
    """Looks sizes up, and keeps for some minutes what was complete. Raises DatabaseError."""

    calls: Calls
    kept: Kept
    patience: Patience
    budget: Budget
    _tables: dict[tuple[str, str], GlueTable | None] = field(default_factory=dict)

    def table(self, schema: str, name: str) -> GlueTable | None:
        """What Glue knows of a table; None where it does not know it."""
        key = (schema.lower(), name.lower())
        if key not in self._tables:
            kept: GlueTable | None = self.kept.get(("table", key))
            self._tables[key] = kept or self._read_table(*key)
            if self._tables[key] is not None:
                self.kept.put(("table", key), self._tables[key])
        return self._tables[key]

    def _read_table(self, schema: str, name: str) -> GlueTable | None:
        try:
            answer = self.calls("glue", "get_table", patience=self.patience, DatabaseName=schema, Name=name)
        except DatabaseError as error:
            _log.debug("a table's size cannot be told: %s", error.code)
            return None
        return _glue_table(answer["Table"])

    def partitions(self, schema: str, name: str, keys: Sequence[tuple[str, str]], where: str) -> Partitions:
        """The partitions that Glue's own expression leaves; all where it does not take the expression."""
        kept_as = ("partitions", schema.lower(), name.lower(), where)
        kept: Partitions | None = self.kept.get(kept_as)
        if kept is not None:
            return kept
        try:
            found = self._read_partitions(schema, name, keys, where)
        except DatabaseError:
            if not where:
                raise
            return self.partitions(schema, name, keys, "")
        if found.complete:
            self.kept.put(kept_as, found)
        return found

    def _read_partitions(
        self, schema: str, name: str, keys: Sequence[tuple[str, str]], where: str
    ) -> Partitions:
        asked: dict[str, Any] = {"Expression": where} if where else {}
        locations: list[str] = []
        values: list[str] = []
        more: dict[str, Any] = {}
        while True:
            page = self.calls(
                "glue",
                "get_partitions",
                patience=self.patience,
                DatabaseName=schema.lower(),
                TableName=name.lower(),
                ExcludeColumnSchema=True,
                MaxResults=_PARTITIONS_A_PAGE,
                **asked,
                **more,
            )
            for partition in page.get("Partitions") or ():
                locations.append(str((partition.get("StorageDescriptor") or {}).get("Location") or ""))
                values += [str(value) for value in (partition.get("Values") or ())[:1]]
            more = {"NextToken": page["NextToken"]} if page.get("NextToken") else {}
            cut = bool(more) and (len(locations) >= MOST_PARTITIONS or time.monotonic() > self.budget.until)
            if not more or cut:
                newest = _newest(values, keys[0][1]) if keys else ""
                return Partitions(locations=tuple(locations), newest=newest, complete=not cut)

    def bytes(self, locations: Iterable[str]) -> tuple[int, bool]:
        """How large all files at some places are together, and whether that is all of them."""
        known = {place: self.kept.get(("size", place)) for place in locations if place}
        unknown = [place for place, size in known.items() if size is None]
        total = sum(size for size in known.values() if size is not None)
        if len(unknown) > max(1, self.budget.listings):
            size, whole = self._below_one_roof(unknown)
            return total + size, whole
        with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
            listed = list(pool.map(self._listed, unknown))
        return total + sum(size for size, _ in listed), all(whole for _, whole in listed)

    def _listed(self, location: str) -> tuple[int, bool]:
        size, whole = 0, True
        for key_size in self._files(location):
            if key_size is None:
                whole = False
            else:
                size += key_size[1]
        if whole:
            self.kept.put(("size", location), size)
        return size, whole

    def _below_one_roof(self, locations: Sequence[str]) -> tuple[int, bool]:
        """Many places at once: everything below what they have in common, of which only they count."""
        common = commonprefix(list(locations))
        roof = common[: common.rfind("/") + 1]
        if len(urlsplit(roof).path) <= 1:
            return 0, False
        folders = {place.rstrip("/") for place in locations}
        bucket = urlsplit(roof).netloc
        size = 0
        for found in self._files(roof):
            if found is None:
                return size, False
            folder = f"{urlsplit(roof).scheme}://{bucket}/{found[0]}".rpartition("/")[0]
            while len(folder) >= len(roof) - 1 and folder not in folders:
                folder = folder.rpartition("/")[0]
            size += found[1] if folder in folders else 0
        return size, True

    def _files(self, location: str) -> Iterable[tuple[str, int] | None]:
        """Key and size of each file at a place; None behind the last one where there may be more."""
        parts = urlsplit(location)
        if not parts.scheme.startswith("s3"):
            yield None
            return
        prefix = parts.path.strip("/")
        asked: dict[str, Any] = {"Bucket": parts.netloc, "Prefix": f"{prefix}/" if prefix else ""}
        while True:
            if not self.budget.spend():
                yield None
                return
            page = self.calls("s3", "list_objects_v2", patience=self.patience, **asked)
            for item in page.get("Contents") or ():
                yield str(item["Key"]), int(item["Size"])
            if not page.get("IsTruncated") or not page.get("NextContinuationToken"):
                return
            asked["ContinuationToken"] = page["NextContinuationToken"]


def _glue_table(table: Mapping[str, Any]) -> GlueTable:
    location = str((table.get("StorageDescriptor") or {}).get("Location") or "")
    keys = tuple(
        (str(key["Name"]).lower(), str(key.get("Type", "")).lower())
        for key in table.get("PartitionKeys") or ()
    )
    projection = _projection(table.get("Parameters") or {}, location, keys)
    return GlueTable(
        location=projection.template.partition("${")[0].rpartition("/")[0] if projection else location,
        keys=keys,
        projection=projection,
        view=_view_sql(table) if table.get("TableType") == "VIRTUAL_VIEW" else "",
    )


def _projection(
    parameters: Mapping[str, Any], location: str, keys: Sequence[tuple[str, str]]
) -> Projection | None:
    if str(parameters.get("projection.enabled", "")).strip().lower() != "true":
        return None
    folders = "/".join(f"{name}=${{{name}}}" for name, _ in keys)
    return Projection(
        template=str(parameters.get("storage.location.template") or f"{location.rstrip('/')}/{folders}"),
        properties={
            str(name).lower().removeprefix("projection."): str(value)
            for name, value in parameters.items()
            if str(name).lower().startswith("projection.")
        },
    )


def _view_sql(table: Mapping[str, Any]) -> str:
    """What Athena keeps of a view: a comment with JSON in base64."""
    text = str(table.get("ViewOriginalText") or "")
    start, end = "/* Presto View: ", " */"
    if not (text.startswith(start) and text.endswith(end)):
        return ""
    try:
        return str(json.loads(base64.b64decode(text[len(start) : -len(end)]))["originalSql"])
    except (ValueError, KeyError, TypeError):
        return ""


def _newest(values: Sequence[str], type_: str) -> str:
    """The greatest value as SQL writes it, numbers by their size; empty where it is nothing to show."""
    plain = [value for value in values if value and not value.startswith("__HIVE")]
    if type_ in _WHOLES:
        return max((v for v in plain if v.removeprefix("-").isdigit()), key=int, default="")
    newest = max(plain, default="")
    if not newest or len(newest) > _LONGEST_SHOWN or not newest.isprintable():
        return ""
    text = "'" + newest.replace("'", "''") + "'"
    return f"DATE {text}" if type_ == "date" else text
