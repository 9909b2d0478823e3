"""How Athena writes each type as text, and how a cell of a result carries it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from analyst.result import Cell, Kind

LONGEST_BYTES = 1000
"""Bytes of a binary value that are shown; a longer one ends with "…"."""

Read = Callable[[str], Cell]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """What a column's values are, and how their text becomes a cell; no `read` means the text as it is."""

    kind: Kind
    read: Read | None = None


_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(\.\d+)?(?: (\S+))?")
_TIME = re.compile(r"(\d{2}:\d{2}:\d{2})(\.\d+)?([+-]\d{2}:\d{2})?")
_OFFSET = re.compile(r"[+-]\d{2}:\d{2}")


def _number(text: str) -> Cell:
    number = float(text)
    return number if math.isfinite(number) else text


def _bytes(text: str) -> str:
    """Athena writes pairs of digits with spaces between them."""
    digits = text.replace(" ", "").lower()
    longest = 2 * LONGEST_BYTES
    return "\\x" + (digits if len(digits) <= longest else digits[:longest] + "…")


def _fraction(text: str | None) -> str:
    """The part behind the seconds without the zeros at its end; a nanosecond is kept."""
    return (text or "").rstrip("0").rstrip(".")


def _time(text: str) -> str:
    found = _TIME.fullmatch(text)
    return f"{found[1]}{_fraction(found[2])}{found[3] or ''}" if found else text


def _timestamp(text: str) -> str:
    """ISO with a T; what lies outside the years of four digits stays as it is written."""
    found = _MOMENT.fullmatch(text)
    return f"{found[1]}T{found[2]}{_fraction(found[3])}" if found and not found[4] else text


def _instant(text: str) -> str:
    """Like a timestamp, with the offset that its zone has then; an unknown zone stays as it is written."""
    found = _MOMENT.fullmatch(text)
    offset = _offset(found[1], found[2], found[4] or "") if found else None
    return f"{found[1]}T{found[2]}{_fraction(found[3])}{offset}" if found and offset else text


def _offset(day: str, time: str, zone: str) -> str | None:
    if _OFFSET.fullmatch(zone):
        return zone
    if zone in ("UTC", "Z"):
        return "+00:00"
    try:
        moment = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZoneInfo(zone))
        return _written(moment.utcoffset())
    except (ValueError, OSError, KeyError):
        return None


def _written(offset: timedelta | None) -> str | None:
    if offset is None or offset.total_seconds() % 60:
        return None
    minutes = int(offset.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


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
_INTEGER = Reader(kind=Kind.INTEGER, read=int)
_NUMBER = Reader(kind=Kind.NUMBER, read=_number)

READERS: Mapping[str, Reader] = {
    "tinyint": _INTEGER,
    "smallint": _INTEGER,
    "integer": _INTEGER,
    "bigint": _INTEGER,
    "float": _NUMBER,
    "real": _NUMBER,
    "double": _NUMBER,
    "decimal": Reader(kind=Kind.DECIMAL),
    "boolean": Reader(kind=Kind.BOOLEAN, read="true".__eq__),
    "date": Reader(kind=Kind.DATE),
    "time": Reader(kind=Kind.TIME, read=_time),
    "time with time zone": Reader(kind=Kind.TIME, read=_time),
    "timestamp": Reader(kind=Kind.TIMESTAMP, read=_timestamp),
    "timestamp with time zone": Reader(kind=Kind.INSTANT, read=_instant),
    "interval day to second": Reader(kind=Kind.INTERVAL),
    "interval year to month": Reader(kind=Kind.INTERVAL),
    "varbinary": Reader(kind=Kind.BYTES, read=_bytes),
    "json": Reader(kind=Kind.JSON, read=_json),
}
"""By Athena's name of the type; arrays, maps and rows are text that cannot be parsed back without loss."""


def reader(type_: str) -> Reader:
    """How to read a type; "timestamp(9)" is read like "timestamp"."""
    return READERS.get(re.sub(r"\([^)]*\)", "", type_).strip().lower(), _TEXT)


def cells(rows: Sequence[Sequence[str | None]], readers: Sequence[Reader]) -> list[list[Cell]]:
    """Rows of text as rows of cells."""
    reads = [r.read for r in readers]
    return [
        [text if text is None or read is None else read(text) for text, read in zip(row, reads, strict=True)]
        for row in rows
    ]
