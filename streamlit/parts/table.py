"""The rows of an answer as a table that sorts as numbers, dates and text sort."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa
import streamlit as st

from analyst.client import ColumnDocument, TableDocument
from parts.plain import plain

_MOST_DIGITS = 15
"""A browser's numbers keep this many decimal digits; longer ones are shown as text."""
_LARGEST_INTEGER = 2**53
_LONGEST_CELL = 10_000


def show(table: TableDocument, *, key: str) -> None:
    """The rows that came with the document."""
    data, columns = arranged(table)
    st.dataframe(data, column_config=columns, hide_index=True, width="stretch", key=key, placeholder="–")


def note(table: TableDocument) -> str:
    """How many rows are shown of how many, and whether the source had more."""
    shown, stored = len(table["rows"]), table["row_count"]
    counted = f"{stored:,} row{'' if stored == 1 else 's'}"
    words = counted if shown >= stored else f"{shown:,} of {counted} shown; the downloads hold all of them"
    more = f". The source had more: only the first {stored:,} were read" if table["truncated"] else ""
    return f"{words}{more}."


def arranged(table: TableDocument) -> tuple[pa.Table, dict[str, Any]]:
    """Typed columns under names of their own (names may repeat), and how each is to be shown."""
    arrays, shown = [], {}
    for index, column in enumerate(table["columns"]):
        array, config = _column(column, [row[index] for row in table["rows"]])
        arrays.append(array)
        shown[f"c{index}"] = config
    return pa.Table.from_arrays(arrays, names=list(shown)), shown


def _column(column: ColumnDocument, cells: list[Any]) -> tuple[pa.Array, Any]:
    label = plain(column["name"]).replace("\n", " ") or " "
    build = _BUILDERS.get(column["kind"])
    if build is not None:
        try:
            return build(label, cells)
        except (ValueError, TypeError, OverflowError, InvalidOperation, pa.ArrowException):
            pass  # a value that the typed column cannot carry: every cell is shown as it was written
    return pa.array([_as_text(c) for c in cells], pa.string()), st.column_config.TextColumn(label)


def _integers(label: str, cells: list[Any]) -> tuple[pa.Array, Any]:
    known = [c for c in cells if c is not None]
    if any(abs(c) > _LARGEST_INTEGER for c in known):
        raise ValueError("too long for a browser's number")
    format = "localized" if _is_amount(label, known) else "plain"
    return pa.array(cells, pa.int64()), st.column_config.NumberColumn(label, format=format)


def _is_amount(label: str, known: Sequence[int]) -> bool:
    """True where digits are better read in groups: not for years, and not for numbers that name something."""
    last_word = label.lower().replace(" ", "_").rsplit("_", 1)[-1]
    names_something = last_word in {"id", "key", "no", "nr", "number", "code", "year", "zip", "flight"}
    return not names_something and any(abs(n) >= 10_000 for n in known)


def _floats(label: str, cells: list[Any]) -> tuple[pa.Array, Any]:
    if any(isinstance(c, str) for c in cells):
        raise ValueError("NaN and infinities are shown as text")
    known = [abs(c) for c in cells if c]
    format = "plain" if known and min(known) < 0.001 else None
    return pa.array(cells, pa.float64()), st.column_config.NumberColumn(label, format=format)


def _decimals(label: str, cells: list[Any]) -> tuple[pa.Array, Any]:
    known = [Decimal(c) for c in cells if c is not None]
    if any(not d.is_finite() or len(d.as_tuple().digits) > _MOST_DIGITS for d in known):
        raise ValueError("more digits than a browser's number keeps")
    places = max((-int(d.as_tuple().exponent) for d in known), default=0)
    numbers = [None if c is None else float(c) for c in cells]
    return pa.array(numbers, pa.float64()), st.column_config.NumberColumn(
        label, format=f"%.{max(places, 0)}f"
    )


def _booleans(label: str, cells: list[Any]) -> tuple[pa.Array, Any]:
    return pa.array(cells, pa.bool_()), st.column_config.CheckboxColumn(label)


def _dates(label: str, cells: list[Any]) -> tuple[pa.Array, Any]:
    days = [None if c is None else date.fromisoformat(c) for c in cells]
    return pa.array(days, pa.date32()), st.column_config.DateColumn(label, format="YYYY-MM-DD")


def _timestamps(label: str, cells: list[Any]) -> tuple[pa.Array, Any]:
    moments = [None if c is None else datetime.fromisoformat(c) for c in cells]
    config = st.column_config.DatetimeColumn(label, format=_to_the_second(moments))
    return pa.array(moments, pa.timestamp("us")), config


def _instants(label: str, cells: list[Any]) -> tuple[pa.Array, Any]:
    moments = [None if c is None else datetime.fromisoformat(c).astimezone(UTC) for c in cells]
    format = f"{_to_the_second(moments)} [UTC]"
    config = st.column_config.DatetimeColumn(label, format=format, timezone="UTC")
    return pa.array(moments, pa.timestamp("us", tz="UTC")), config


def _to_the_second(moments: Sequence[datetime | None]) -> str:
    fractions = any(m.microsecond for m in moments if m is not None)
    return "YYYY-MM-DD HH:mm:ss.SSS" if fractions else "YYYY-MM-DD HH:mm:ss"


def _as_text(cell: Any) -> str | None:
    if cell is None:
        return None
    text = cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)
    text = plain(text)
    return text if len(text) <= _LONGEST_CELL else text[:_LONGEST_CELL] + "…"


_BUILDERS: dict[str, Callable[[str, list[Any]], tuple[pa.Array, Any]]] = {
    "integer": _integers,
    "number": _floats,
    "decimal": _decimals,
    "boolean": _booleans,
    "date": _dates,
    "timestamp": _timestamps,
    "instant": _instants,
}
"""Kinds with a column type of their own; all others are text."""
