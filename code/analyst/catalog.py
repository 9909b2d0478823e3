"""What a source holds: tables, columns, links and the values worth knowing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

KEPT_SECONDS = 600.0
"""A catalog that was read longer ago is read anew, so that new tables are seen."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table or view."""

    name: str
    type: str
    """The database's own name of the type: "integer", "timestamp with time zone"."""
    comment: str = ""
    nullable: bool = True
    values: tuple[str, ...] = ()
    """Values worth knowing; all of them when `values_complete`, else the most frequent."""
    values_complete: bool = False
    lowest: str = ""
    highest: str = ""
    more_values: tuple[str, ...] = ()
    """Further distinct values, to look words of a question up in; never listed to people or models."""
    values_all: bool = False
    """True when `values` and `more_values` together are all there are."""
    value_keys: tuple[str, ...] = ()
    """In a table that others link to by a text key: the key of each of `known_values`, in the same order.

    Empty text where several rows have the value; an empty tuple where nothing is known."""

    @property
    def known_values(self) -> tuple[str, ...]:
        """Every value that is known, those worth showing first."""
        return self.values + self.more_values

    def without_values(self) -> Column:
        """The same column with nothing of what it holds."""
        return replace(self, values=(), values_complete=False, lowest="", highest="")

    @property
    def all_known(self) -> bool:
        """True when the column holds nothing but `known_values` and nulls."""
        return self.values_complete or self.values_all


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table or view."""

    schema: str
    name: str
    columns: tuple[Column, ...]
    comment: str = ""
    primary_key: tuple[str, ...] = ()
    unique_keys: tuple[tuple[str, ...], ...] = ()
    """Other columns of which no two rows hold the same values; a row without a value in one is equal to none."""
    rows: int | None = None
    """About how many rows, as the database estimates; None when it does not know."""
    kind: str = "table"
    """"table", "view", "materialized view", "foreign table" or "partitioned table"."""
    mark: str = field(default="", compare=False)
    """What changes when its definition or its rows do, as the engine sees it; empty where that cannot be told."""

    @property
    def key(self) -> tuple[str, str]:
        """Schema and name, which together are unique in a catalog."""
        return self.schema, self.name

    def column(self, name: str) -> Column | None:
        """The column of exactly that name, or None."""
        return next((c for c in self.columns if c.name == name), None)


@dataclass(frozen=True, kw_only=True)
class Link:
    """How two tables belong together: the columns here equal the columns there."""

    table: tuple[str, str]
    columns: tuple[str, ...]
    to_table: tuple[str, str]
    to_columns: tuple[str, ...]
    declared: bool = True
    """False when it was inferred from names and types."""


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """Everything known about one source; what a person edited wins over what was read."""

    source: str
    dialect: str
    tables: tuple[Table, ...]
    links: tuple[Link, ...] = ()
    glossary: tuple[tuple[str, str], ...] = ()
    """Words of the business and what they mean here."""
    default_schema: str = "public"
    """The schema whose tables may be named without it."""
    time_follows: str = ""
    """"data" where "last month" is to be counted from the data's own last date, "today", or empty for the setting."""
    fiscal_start: int = 0
    """The month in which fiscal years begin; 0 for the setting."""
    edited: bool = False
    """True once a person has put an edited one in its place; it is then not read anew by itself."""

    def table(self, name: str, schema: str = "") -> Table | None:
        """The table of exactly that name; without a schema, the default one's."""
        return next((t for t in self.tables if t.key == (schema or self.default_schema, name)), None)

    def without_values(self) -> Catalog:
        """The same catalog with nothing of what its columns hold."""
        tables = tuple(replace(t, columns=tuple(c.without_values() for c in t.columns)) for t in self.tables)
        return replace(self, tables=tables)

    def with_declared_links(self) -> Catalog:
        """The same catalog with none of the links that were inferred."""
        return replace(self, links=tuple(k for k in self.links if k.declared))

    def fingerprint(self) -> str:
        """Sixteen hex digits that change when a table, column, type or key does, and not with the rows."""
        return self._fingerprint

    @cached_property
    def _fingerprint(self) -> str:
        shape = [
            [t.schema, t.name, list(t.primary_key), sorted([c.name, c.type] for c in t.columns)]
            for t in sorted(self.tables, key=lambda t: t.key)
        ]
        return hashlib.sha256(json.dumps(shape).encode()).hexdigest()[:16]

    def to_dict(self) -> dict[str, Any]:
        """The catalog as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Catalog:
        """The inverse of `to_dict`; raises KeyError or TypeError on a wrong shape."""
        return cls(
            source=data["source"],
            dialect=data["dialect"],
            tables=tuple(_table(t) for t in data["tables"]),
            links=tuple(_link(k) for k in data.get("links", ())),
            glossary=tuple((word, meaning) for word, meaning in data.get("glossary", ())),
            default_schema=data.get("default_schema", "public"),
            time_follows=str(data.get("time_follows", "")),
            fiscal_start=int(data.get("fiscal_start", 0)),
            edited=bool(data.get("edited", False)),
        )


def _table(data: dict[str, Any]) -> Table:
    lists = ("values", "more_values", "value_keys")
    columns = tuple(Column(**c | {name: tuple(c.get(name, ())) for name in lists}) for c in data["columns"])
    if not all(isinstance(c.name, str) and isinstance(c.type, str) for c in columns):
        raise TypeError("a column has a name and a type, both text")
    keys = {
        "primary_key": tuple(data.get("primary_key", ())),
        "unique_keys": tuple(map(tuple, data.get("unique_keys", ()))),
    }
    return Table(**{**data, "columns": columns, **keys})


def _link(data: dict[str, Any]) -> Link:
    pairs = {k: tuple(data[k]) for k in ("table", "columns", "to_table", "to_columns")}
    return Link(declared=data.get("declared", True), **pairs)
