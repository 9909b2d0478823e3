"""How Postgres writes each type as text, and how a cell of a result carries it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg2.extensions import INTEGER, UNICODE, cursor, new_array_type

from analyst.result import Cell, Kind

LONGEST_BYTES = 1000
"""Bytes of a binary value that are shown; a longer one ends with "…"."""

Read = Callable[[str], Cell]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """What a column's values are, and how their text becomes a cell; no `read` means the text as it is."""

    kind: Kind
    read: Read | None = None


def _boolean(text: str) -> bool:
    return text == "t"


def _number(text: str) -> Cell:
    number = float(text)
    return number if math.isfinite(number) else text


def _bytes(text: str) -> str:
    longest = 2 + 2 * LONGEST_BYTES
    return text if len(text) <= longest else text[:longest] + "…"


def _timestamp(text: str) -> str:
    """ISO with a T; what lies outside Python's calendar (BC, infinity, year 10000) stays as it is written."""
    if text[10:11] != " " or text[4] != "-" or text.endswith("BC"):
        return text
    return f"{text[:10]}T{text[11:]}"


def _instant(text: str) -> str:
    """Like a timestamp; an offset of whole hours is written with its minutes."""
    iso = _timestamp(text)
    return f"{iso}:00" if iso is not text and iso[-3] in "+-" else iso


def _json(text: str) -> Cell:
    """The parsed value; the text itself where JSON could not carry the value again."""
    try:
        value = json.loads(text, parse_float=_number)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return text
    return value


_TEXT = Reader(kind=Kind.TEXT)

READERS: Mapping[int, Reader] = {
    16: Reader(kind=Kind.BOOLEAN, read=_boolean),
    17: Reader(kind=Kind.BYTES, read=_bytes),
    20: Reader(kind=Kind.INTEGER, read=int),
    21: Reader(kind=Kind.INTEGER, read=int),
    23: Reader(kind=Kind.INTEGER, read=int),
    26: Reader(kind=Kind.INTEGER, read=int),
    114: Reader(kind=Kind.JSON, read=_json),
    700: Reader(kind=Kind.NUMBER, read=_number),
    701: Reader(kind=Kind.NUMBER, read=_number),
    1082: Reader(kind=Kind.DATE),
    1083: Reader(kind=Kind.TIME),
    1114: Reader(kind=Kind.TIMESTAMP, read=_timestamp),
    1184: Reader(kind=Kind.INSTANT, read=_instant),
    1186: Reader(kind=Kind.INTERVAL),
    1266: Reader(kind=Kind.TIME),
    1700: Reader(kind=Kind.DECIMAL),
    3802: Reader(kind=Kind.JSON, read=_json),
}
"""The built-in types that are more than text, by their fixed object ids; domains arrive as their base."""


CASTS: Mapping[int, Any] = dict.fromkeys((20, 21, 23, 26), INTEGER)
"""What the driver itself reads, in C; every other value comes as the text that the database writes."""


def reader(oid: int, *, elements: Mapping[int, int], at: cursor) -> Reader:
    """How to read a type; `elements` gives the element type of each array type in the result."""
    if oid in elements:
        return Reader(kind=Kind.JSON, read=_array(READERS.get(elements[oid], _TEXT).read, at=at))
    found = READERS.get(oid, _TEXT)
    return Reader(kind=found.kind) if oid in CASTS else found


def _array(read: Read | None, *, at: cursor) -> Read:
    split = new_array_type((0,), "TEXTS", UNICODE)

    def parse(text: str) -> Cell:
        return _each(split(text, at), read) if text[:1] in ("{", "[") else text

    return parse


def _each(value: Any, read: Read | None) -> Cell:
    if isinstance(value, list):
        return [_each(item, read) for item in value]
    return value if value is None or read is None else read(value)


def cells(rows: Sequence[Sequence[Any]], readers: Sequence[Reader]) -> Sequence[Sequence[Cell]]:
    """Rows as the driver gives them as rows of cells: column by column, and only those that need it."""
    reads = [r.read for r in readers]
    if not rows or not any(reads):
        return rows
    columns = [
        column if read is None else [None if text is None else read(text) for text in column]
        for column, read in zip(zip(*rows, strict=True), reads, strict=True)
    ]
    return list(zip(*columns, strict=True))
