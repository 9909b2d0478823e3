"""A result as an Excel workbook with real numbers and dates, and text that is never a formula."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from analyst.errors import TooLarge
from analyst.result import Cell, Kind, ResultColumn

MOST_ROWS = 100_000
"""More rows are refused with a sentence that points at CSV."""

_LONGEST_TEXT = 32_767
"""Excel's own limit of a cell, in UTF-16 units."""
_DIGITS = 15
"""Excel keeps so many digits of a number and turns the rest into zeros."""
_FIRST_DATE = date(1900, 3, 1)
"""Excel counts a 29 February 1900 that never was, and knows nothing before 1900."""
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DECIMAL = re.compile(r"([+-]?)0*(\d*)\.?(\d*)")
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

Put = Callable[[int, int, Any], object]
"""Writes the value into the cell at row and column."""


def write(columns: Sequence[ResultColumn], batches: Iterable[Sequence[Sequence[Cell]]], out: BinaryIO) -> int:
    """Write one sheet with a bold, frozen header; returns the number of rows.

    Numbers that Excel would change (more than 15 digits), instants, dates before March 1900, NaN and
    infinities become text; text is cut at Excel's 32,767 characters. Raises TooLarge beyond `MOST_ROWS` rows,
    and then `out` holds nothing usable.
    """
    with _workbook(out) as book:
        sheet = book.add_worksheet("Result")
        _header(sheet, columns, bold=book.add_format({"bold": True}))
        puts = _puts(sheet, columns, formats=_formats(book))
        count = 0
        for row in _limited(batches):
            count += 1
            for position, (put, value) in enumerate(zip(puts, row, strict=True)):
                if value is not None:
                    put(count, position, value)
    return count


@contextmanager
def _workbook(out: BinaryIO) -> Iterator[xlsxwriter.Workbook]:
    # Its own temporary folder, so that nothing is left behind when it is given up half way.
    with tempfile.TemporaryDirectory(prefix="analyst-xlsx-") as folder:
        book = xlsxwriter.Workbook(out, {**_OPTIONS, "tmpdir": folder})
        book.use_zip64()
        yield book
        book.close()


def _limited(batches: Iterable[Sequence[Sequence[Cell]]]) -> Iterator[Sequence[Cell]]:
    left = MOST_ROWS
    for batch in batches:
        left -= len(batch)
        if left < 0:
            raise TooLarge(
                f"An Excel file holds at most {MOST_ROWS:,} rows here; download the result as CSV instead."
            )
        yield from batch


def _header(sheet: Worksheet, columns: Sequence[ResultColumn], *, bold: Format) -> None:
    for position, column in enumerate(columns):
        name = _clean(column.name)
        sheet.set_column(position, position, max(_WIDTHS.get(column.kind, 18), min(len(name) + 2, 40)))
        sheet.write_string(0, position, name, bold)
    sheet.freeze_panes(1, 0)


_WIDTHS = {
    Kind.INTEGER: 12,
    Kind.NUMBER: 14,
    Kind.DECIMAL: 14,
    Kind.BOOLEAN: 8,
    Kind.DATE: 12,
    Kind.TIME: 10,
    Kind.TIMESTAMP: 20,
    Kind.INSTANT: 27,
}


def _formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    patterns = {
        "date": "yyyy-mm-dd",
        "time": "hh:mm:ss",
        "timestamp": "yyyy-mm-dd hh:mm:ss",
        "fraction": "yyyy-mm-dd hh:mm:ss.000",
    }
    return {name: book.add_format({"num_format": pattern}) for name, pattern in patterns.items()}


def _puts(sheet: Worksheet, columns: Sequence[ResultColumn], *, formats: dict[str, Format]) -> list[Put]:
    def text(row: int, column: int, value: Any) -> None:
        sheet.write_string(row, column, _clean(_as_text(value)))

    def number(row: int, column: int, value: Any) -> None:
        figure = _figure(value)
        if figure is None:
            text(row, column, value)
        else:
            sheet.write_number(row, column, figure)

    def boolean(row: int, column: int, value: Any) -> None:
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        else:
            text(row, column, value)

    def moment(row: int, column: int, value: Any) -> None:
        point, pattern = _moment(str(value))
        if point is None:
            text(row, column, value)
        else:
            sheet.write_datetime(row, column, point, formats[pattern])

    def json_text(row: int, column: int, value: Any) -> None:
        text(row, column, json.dumps(value, ensure_ascii=False))

    by_kind: dict[Kind, Put] = {
        **dict.fromkeys((Kind.INTEGER, Kind.NUMBER, Kind.DECIMAL), number),
        **dict.fromkeys((Kind.DATE, Kind.TIME, Kind.TIMESTAMP), moment),
        Kind.BOOLEAN: boolean,
        Kind.JSON: json_text,
    }
    return [by_kind.get(column.kind, text) for column in columns]


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def _clean(text: str) -> str:
    text = _ILLEGAL.sub("\ufffd", text)
    # Beyond the limit the writer drops the whole cell without a word.
    if len(text) * 2 > _LONGEST_TEXT and len(text.encode("utf-16-le")) // 2 > _LONGEST_TEXT:
        text = text.encode("utf-16-le")[: (_LONGEST_TEXT - 1) * 2].decode("utf-16-le", "ignore") + "…"
    # The writer takes such a string for a ready piece of XML and copies it into the sheet unescaped.
    if text.startswith("<r>") and text.endswith("</r>"):
        text = text[: _LONGEST_TEXT - 1] + " "
    return text


def _figure(value: Any) -> int | float | None:
    """The value as a number that Excel keeps, or None where it would change it."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if len(str(abs(value)).rstrip("0")) <= _DIGITS and abs(value) < 10**21 else None
    if isinstance(value, float):
        return value if value - value == 0 else None
    match = _DECIMAL.fullmatch(value)
    return float(value) if match and value.strip("+-.") and _fits(match[2], match[3]) else None


def _fits(whole: str, fraction: str) -> bool:
    """True for up to 15 digits, or where only what is beyond the sixth decimal is lost (an average)."""
    digits = (whole + fraction.rstrip("0")).lstrip("0")
    return len(digits) <= _DIGITS or len(whole) <= _DIGITS - 6


def _moment(text: str) -> tuple[date | time | datetime | None, str]:
    """What Excel can hold as a date or time, with the name of its format; None for anything else."""
    try:
        if len(text) == 10:
            day = date.fromisoformat(text)
            return (day, "date") if day >= _FIRST_DATE else (None, "")
        if "T" not in text:
            clock = time.fromisoformat(text)
            return (clock, "time") if clock.tzinfo is None else (None, "")
        point = datetime.fromisoformat(text)
    except ValueError:
        return None, ""
    if point.tzinfo is not None or point.date() < _FIRST_DATE:
        return None, ""
    # Excel counts milliseconds; what is finer would be rounded away.
    if point.microsecond % 1000:
        return None, ""
    return point, "fraction" if point.microsecond else "timestamp"
