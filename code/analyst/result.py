"""Typed rows, in a form that JSON can carry without losing anything."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Cell = Any
"""One value as JSON carries it; `Kind` says how each kind is written."""


class Kind(StrEnum):
    """What a column's values are, and how a cell is written."""

    INTEGER = "integer"  # int
    NUMBER = "number"  # float; "NaN", "Infinity" and "-Infinity" as text
    DECIMAL = "decimal"  # text, so that no digit is lost: "12.50"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"  # "2013-01-31"; the database's own text where Python has no such date
    TIME = "time"  # "17:45:00"
    TIMESTAMP = "timestamp"  # "2013-01-31T17:45:00"
    INSTANT = "instant"  # a timestamp with its offset: "2013-01-31T22:45:00+00:00"
    INTERVAL = "interval"  # the database's own text: "1 day 02:00:00"
    JSON = "json"  # any JSON value; arrays of the database as lists
    BYTES = "bytes"  # "\\x00ff"

    @property
    def numeric(self) -> bool:
        """True where values can be added and drawn along an axis."""
        return self in (Kind.INTEGER, Kind.NUMBER, Kind.DECIMAL)

    @property
    def temporal(self) -> bool:
        """True where values are points on a calendar."""
        return self in (Kind.DATE, Kind.TIMESTAMP, Kind.INSTANT)


@dataclass(frozen=True, kw_only=True)
class ResultColumn:
    """One column of a result; names need not be unique."""

    name: str
    kind: Kind


@dataclass(frozen=True, kw_only=True)
class ResultSet:
    """The head of a stored result, with what is known of the whole."""

    columns: tuple[ResultColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    """The first rows, in the query's order."""
    row_count: int
    """How many rows are stored."""
    truncated: bool = False
    """True when the source had more rows than the limit allows."""
    id: str = ""
    """Where the whole is stored; empty when nothing was."""

    @property
    def complete(self) -> bool:
        """True when `rows` is all there is."""
        return not self.truncated and len(self.rows) == self.row_count
