"""A result as CSV that opens rightly in Excel and cannot start a formula there."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, BinaryIO

from analyst.result import Cell, Kind, ResultColumn

# Excel takes a CSV without a byte order mark for the machine's old code page and garbles every accent;
# other readers skip the mark or have a name for it ("utf-8-sig").
_ENCODING = "utf-8-sig"

_RISKY = re.compile("[\t\r]|[\\s\x00-\x1f\x7f\xad\u200b-\u200f\u2060-\u2064\ufeff]*[=+@＝＋－＠-]")
"""Some programs drop what is not seen before the sign, and read the wide signs of East Asian keyboards as it."""
_INNER = re.compile('([;\t\r\n][\\s"]*)(?=[=+@＝＋－＠-][^;\t\r\n]*[(|!])')
"""A call behind a semicolon, tab or line's end: where those part cells, it would stand at the start of one."""
_SIGN = re.compile("[=+@＝＋－＠\t\r-]")
"""Without one of these nothing of the above can fit, which is quicker to see."""
_MOMENT = re.compile(r"\d[\dT :.+-]*")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*([eE][+-]?\d+)?|Infinity)|NaN")
_INTERVAL = re.compile(r"[+-]?\d[\w :.+-]*")
"""Such as "-1 days +02:00:00": no brackets and no quotes, so no call can hide in it."""

MOST_ROWS = None
"""No limit of its own."""


def write(columns: Sequence[ResultColumn], batches: Iterable[Sequence[Sequence[Cell]]], out: BinaryIO) -> int:
    """Write a header and all rows as RFC 4180, UTF-8 with a byte order mark; returns the number of rows.

    A null is an empty field. Text that begins with = + - @ tab or CR gets an apostrophe in front, and so
    does a call within a text that a program of other habits would take for a cell; numbers and dates stay.
    """
    text = io.TextIOWrapper(out, encoding=_ENCODING, errors="replace", newline="")
    try:
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([_safe(column.name) for column in columns])
        count = 0
        cells: list[Callable[[Any], Any]] = [_WRITERS.get(column.kind, _text) for column in columns]
        for batch in batches:
            writer.writerows([[cell(v) for cell, v in zip(cells, row, strict=True)] for row in batch])
            count += len(batch)
        text.flush()
    finally:
        # The file belongs to the caller, and stays open.
        text.detach()
    return count


def _safe(text: str) -> str:
    if not _SIGN.search(text):
        return text
    text = _INNER.sub(r"\1'", text)
    return f"'{text}" if _RISKY.match(text) else text


def _text(value: Any) -> str:
    return "" if value is None else _safe(str(value))


def _number(value: Any) -> Any:
    if value is None or not isinstance(value, str) or _NUMBER.fullmatch(value):
        return value
    return _safe(value)


def _boolean(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value)


def _moment(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if _MOMENT.fullmatch(text) else _safe(text)


def _interval(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if _INTERVAL.fullmatch(text) else _safe(text)


def _json(value: Any) -> str:
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False)
    return text if isinstance(value, int | float) else _safe(text)


_WRITERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.INTEGER: _number,
    Kind.NUMBER: _number,
    Kind.DECIMAL: _number,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _moment,
    Kind.TIME: _moment,
    Kind.TIMESTAMP: _moment,
    Kind.INSTANT: _moment,
    Kind.INTERVAL: _interval,
    Kind.JSON: _json,
}
