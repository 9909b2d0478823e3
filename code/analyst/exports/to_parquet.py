"""A result as a Parquet file with real types, written in pieces; needs pyarrow, which is imported only here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from analyst.result import Cell, Kind, ResultColumn

MOST_ROWS = None
"""No limit of its own."""
ROWS_A_GROUP = 20_000
"""Rows that are held as columns at a time."""
_MOST_DIGITS = 38
"""A decimal of more is text, since most readers know no longer ones."""

_UNFIT = (ValueError, TypeError, OverflowError, InvalidOperation, pa.ArrowException)


@dataclass(frozen=True)
class Shape:
    """What a column is written as: its kind's own type while all cells fit, else text."""

    kind: Kind
    fits: bool = True
    whole: int = 1
    """Digits before the point, of decimals."""
    places: int = 0
    """Digits behind it."""

    @property
    def typed(self) -> bool:
        """True where the column gets the type of its kind."""
        return self.fits and self.kind in _BUILDERS and self.whole + self.places <= _MOST_DIGITS

    @property
    def type(self) -> pa.DataType:
        """The column's Arrow type."""
        if not self.typed:
            return pa.string()
        if self.kind is Kind.DECIMAL:
            return pa.decimal128(self.whole + self.places, self.places)
        return _BUILDERS[self.kind][0]


def shapes(columns: Sequence[ResultColumn], batches: Iterable[Sequence[Sequence[Cell]]]) -> tuple[Shape, ...]:
    """What each column is written as, judged by every cell: no digit and no odd date is lost to a type."""
    found = [Shape(column.kind) for column in columns]
    for batch in batches:
        for position, cells in enumerate(zip(*batch, strict=True)):
            if found[position].typed:
                found[position] = _seen(found[position], cells)
    return tuple(found)


def write(
    columns: Sequence[ResultColumn],
    batches: Iterable[Sequence[Sequence[Cell]]],
    out: BinaryIO,
    *,
    shapes: Sequence[Shape],
) -> int:
    """Write all rows in groups; returns their number.

    Names that repeat get a number. Text where a column's values do not fit its type: a decimal of more than 38
    digits, a date before the year 1. Instants are in UTC. JSON, intervals and bytes are text, as in CSV.
    """
    schema = pa.schema(
        [pa.field(name, shape.type) for name, shape in zip(_names(columns), shapes, strict=True)]
    )
    count = 0
    with pq.ParquetWriter(out, schema, compression="snappy") as writer:
        for group in _groups(batches):
            arrays = [
                _array(shape, cells) for shape, cells in zip(shapes, zip(*group, strict=True), strict=True)
            ]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
            count += len(group)
    return count


def _groups(batches: Iterable[Sequence[Sequence[Cell]]]) -> Iterator[list[Sequence[Cell]]]:
    group: list[Sequence[Cell]] = []
    for batch in batches:
        group.extend(batch)
        if len(group) >= ROWS_A_GROUP:
            yield group
            group = []
    if group:
        yield group


def _names(columns: Sequence[ResultColumn]) -> list[str]:
    """Names that differ, since readers go by them."""
    names: list[str] = []
    for column in columns:
        name, number = column.name or "column", 1
        while name in names:
            number += 1
            name = f"{column.name or 'column'}_{number}"
        names.append(name)
    return names


def _seen(shape: Shape, cells: Sequence[Cell]) -> Shape:
    """The shape after some more cells."""
    try:
        if shape.kind is Kind.DECIMAL:
            return _wider(shape, cells)
        _BUILDERS[shape.kind][1](cells)
    except _UNFIT:
        return replace(shape, fits=False)
    return shape


def _wider(shape: Shape, cells: Sequence[Cell]) -> Shape:
    whole, places = shape.whole, shape.places
    for cell in cells:
        if cell is not None:
            before, _, behind = str(cell).lstrip("+-").partition(".")
            if not (before + behind).isdigit():
                raise ValueError(cell)
            whole, places = max(whole, len(before.lstrip("0"))), max(places, len(behind))
    return replace(shape, whole=whole, places=places)


def _array(shape: Shape, cells: Sequence[Cell]) -> pa.Array:
    if not shape.typed:
        return pa.array([_text(cell) for cell in cells], pa.string())
    if shape.kind is Kind.DECIMAL:
        return pa.array([None if c is None else Decimal(c) for c in cells], shape.type)
    return _BUILDERS[shape.kind][1](cells)


def _text(cell: Cell) -> str | None:
    if cell is None:
        return None
    text = cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)
    return text.encode("utf-8", "replace").decode("utf-8")  # half a character of JavaScript's has no UTF-8


def _plainly(type_: pa.DataType) -> Callable[[Sequence[Cell]], pa.Array]:
    return lambda cells: pa.array(cells, type_)


def _read(parse: Callable[[str], Any], type_: pa.DataType) -> Callable[[Sequence[Cell]], pa.Array]:
    return lambda cells: pa.array([None if c is None else parse(c) for c in cells], type_)


def _instant(text: str) -> datetime:
    point = datetime.fromisoformat(text)
    if point.tzinfo is None:
        raise ValueError(text)
    return point.astimezone(UTC)


def _timestamp(text: str) -> datetime:
    point = datetime.fromisoformat(text)
    if point.tzinfo is not None:
        raise ValueError(text)
    return point


_FLOAT = pa.float64()
_BUILDERS: dict[Kind, tuple[pa.DataType, Callable[[Sequence[Cell]], pa.Array]]] = {
    Kind.INTEGER: (pa.int64(), _plainly(pa.int64())),
    Kind.NUMBER: (_FLOAT, _read(float, _FLOAT)),
    Kind.BOOLEAN: (pa.bool_(), _plainly(pa.bool_())),
    Kind.DATE: (pa.date32(), _read(date.fromisoformat, pa.date32())),
    Kind.TIME: (pa.time64("us"), _read(time.fromisoformat, pa.time64("us"))),
    Kind.TIMESTAMP: (pa.timestamp("us"), _read(_timestamp, pa.timestamp("us"))),
    Kind.INSTANT: (pa.timestamp("us", tz="UTC"), _read(_instant, pa.timestamp("us", tz="UTC"))),
    Kind.DECIMAL: (pa.decimal128(1, 0), _plainly(pa.string())),
}
"""The type of each kind that has one, and what makes it; what does not fit is raised."""
