"""How Redshift writes each type as text, over the wire and through the Data API."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from analyst.engines.postgres_types import LONGEST_BYTES, READERS, Reader
from analyst.result import Cell, Kind

_TEXT = Reader(kind=Kind.TEXT)


def _hex(text: str) -> str:
    """VARBYTE comes as its hexadecimal digits alone."""
    return text if len(text) <= 2 * LONGEST_BYTES else text[: 2 * LONGEST_BYTES] + "…"


_VARBYTE = Reader(kind=Kind.BYTES, read=_hex)
_INTERVAL = Reader(kind=Kind.INTERVAL)

_BY_OID: Mapping[int, Reader] = {
    **READERS,
    1188: _INTERVAL,
    1190: _INTERVAL,
    4000: READERS[3802],  # SUPER is written as JSON
    6551: _VARBYTE,
}
"""GEOMETRY (3000), GEOGRAPHY (3001), HLLSKETCH (2935) and whatever else comes are shown as the text they are."""

_BY_NAME: Mapping[str, Reader] = {
    "bool": READERS[16],
    "boolean": READERS[16],
    "int2": READERS[21],
    "smallint": READERS[21],
    "int4": READERS[23],
    "int": READERS[23],
    "integer": READERS[23],
    "int8": READERS[20],
    "bigint": READERS[20],
    "oid": READERS[26],
    "float4": READERS[700],
    "real": READERS[700],
    "float8": READERS[701],
    "double precision": READERS[701],
    "numeric": READERS[1700],
    "decimal": READERS[1700],
    "date": READERS[1082],
    "time": READERS[1083],
    "timetz": READERS[1266],
    "timestamp": READERS[1114],
    "timestamptz": READERS[1184],
    "interval": _INTERVAL,
    "intervaly2m": _INTERVAL,
    "intervald2s": _INTERVAL,
    "super": READERS[3802],
    "json": READERS[114],
    "jsonb": READERS[3802],
    "varbyte": _VARBYTE,
    "bytea": READERS[17],
}


def reader_of_oid(oid: int) -> Reader:
    """How to read a column over the wire."""
    return _BY_OID.get(oid, _TEXT)


def reader_of_name(name: str) -> Reader:
    """How to read a column of the Data API, by its type's name."""
    return _BY_NAME.get(name.lower(), _TEXT)


def field_rows(records: Sequence[Sequence[Mapping[str, Any]]], readers: Sequence[Reader]) -> list[list[Cell]]:
    """Records of the Data API as rows of cells."""
    return [[_cell(field, r) for field, r in zip(record, readers, strict=True)] for record in records]


def plain_rows(records: Sequence[Sequence[Mapping[str, Any]]]) -> list[tuple[Any, ...]]:
    """Records of the Data API as the values that they carry."""
    return [tuple(_plain(field) for field in record) for record in records]


def _cell(field: Mapping[str, Any], reader: Reader) -> Cell:
    value = _plain(field)
    if isinstance(value, str) and reader.read is not None:
        return _read_text(value, reader.read)
    if reader.kind is Kind.DECIMAL and isinstance(value, int | float):
        return str(value)
    if reader.kind is Kind.NUMBER and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if reader.kind is Kind.TEXT and value is not None and not isinstance(value, str):
        return str(value)
    if reader.kind is Kind.NUMBER and isinstance(value, float):
        return READERS[701].read(repr(value)) if READERS[701].read else value
    return value


def _read_text(text: str, read: Callable[[str], Cell]) -> Cell:
    if read is READERS[16].read:
        return text.lower() in ("t", "true", "1")
    return read(text)


def _plain(field: Mapping[str, Any]) -> Any:
    """The one value that a field holds; a blob as its hexadecimal digits."""
    if not field or field.get("isNull"):
        return None
    value = next(iter(field.values()))
    if isinstance(value, bytes | bytearray):
        return bytes(value).hex()
    if "blobValue" in field:
        return base64.b64decode(value).hex()
    return value
