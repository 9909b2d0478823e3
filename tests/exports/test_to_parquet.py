"""Parquet: real types where every cell fits, text where one does not, nothing lost."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analyst.exports import to_parquet
from analyst.result import Cell, Kind, ResultColumn


def written(
    columns: Sequence[tuple[str, Kind]], rows: Sequence[Sequence[Cell]], *, batch: int = 2
) -> pa.Table:
    named = [ResultColumn(name=name, kind=kind) for name, kind in columns]
    batches = [rows[start : start + batch] for start in range(0, len(rows), batch)]
    out = io.BytesIO()
    count = to_parquet.write(named, batches, out, shapes=to_parquet.shapes(named, batches))
    assert count == len(rows)
    return pq.read_table(io.BytesIO(out.getvalue()))


def test_every_kind_has_its_type() -> None:
    cells: list[tuple[Kind, Cell, pa.DataType, object]] = [
        (Kind.INTEGER, 9_007_199_254_740_993, pa.int64(), 9_007_199_254_740_993),
        (Kind.NUMBER, 0.1, pa.float64(), 0.1),
        (Kind.DECIMAL, "-12.50", pa.decimal128(4, 2), Decimal("-12.50")),
        (Kind.TEXT, "=é\u2028", pa.string(), "=é\u2028"),
        (Kind.BOOLEAN, False, pa.bool_(), False),
        (Kind.DATE, "1899-12-31", pa.date32(), date(1899, 12, 31)),
        (Kind.TIME, "17:45:00.000001", pa.time64("us"), time(17, 45, 0, 1)),
        (Kind.TIMESTAMP, "2013-01-31T17:45:00", pa.timestamp("us"), datetime(2013, 1, 31, 17, 45)),
        (
            Kind.INSTANT,
            "2013-01-31T17:45:00+02:00",
            pa.timestamp("us", tz="UTC"),
            datetime(2013, 1, 31, 15, 45, tzinfo=UTC),
        ),
        (Kind.INTERVAL, "1 day 02:00:00", pa.string(), "1 day 02:00:00"),
        (Kind.JSON, {"a": [1, None]}, pa.string(), '{"a": [1, null]}'),
        (Kind.BYTES, "\\x00ff", pa.string(), "\\x00ff"),
    ]
    table = written(
        [(kind.value, kind) for kind, *_ in cells], [[c for _, c, *_ in cells], [None] * len(cells)]
    )
    assert table.schema.types == [type_ for *_, type_, _ in cells]
    assert [column.to_pylist() for column in table.columns] == [[value, None] for *_, value in cells]


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        (Kind.INTEGER, [1, 2**63]),
        (Kind.DECIMAL, ["1.5", "NaN"]),
        (Kind.DECIMAL, ["1" * 30, "0." + "1" * 9]),
        (Kind.DATE, ["2013-01-31", "0044-03-15 BC"]),
        (Kind.DATE, ["infinity", "2013-01-31"]),
        (Kind.TIMESTAMP, ["2013-01-31T17:45:00", "10000-01-01 00:00:00"]),
        (Kind.INSTANT, ["2013-01-31T17:45:00"]),
    ],
)
def test_a_column_with_a_cell_that_does_not_fit_is_text_throughout(kind: Kind, cells: list[Cell]) -> None:
    table = written([("c", kind)], [[c] for c in cells], batch=1)
    assert table.schema.types == [pa.string()]
    assert table["c"].to_pylist() == [str(c) for c in cells]


def test_special_numbers_and_wide_decimals_keep_their_value() -> None:
    table = written(
        [("n", Kind.NUMBER), ("d", Kind.DECIMAL)], [["NaN", "1." + "0" * 37], ["-Infinity", "-9"]]
    )
    assert str(table["n"].to_pylist()) == "[nan, -inf]"
    assert table["d"].to_pylist() == [Decimal("1." + "0" * 37), Decimal(-9)]


def test_names_that_repeat_differ_and_no_rows_are_a_table_too() -> None:
    table = written([("a", Kind.TEXT), ("a", Kind.TEXT), ("a_2", Kind.TEXT), ("", Kind.TEXT)], [])
    assert table.column_names == ["a", "a_2", "a_2_2", "column"] and table.num_rows == 0


def test_groups_bound_what_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(to_parquet, "ROWS_A_GROUP", 10)
    named = [ResultColumn(name="n", kind=Kind.INTEGER)]
    batches = [[[n] for n in range(start, start + 5)] for start in range(0, 100, 5)]
    out = io.BytesIO()
    to_parquet.write(named, batches, out, shapes=to_parquet.shapes(named, batches))
    file = pq.ParquetFile(io.BytesIO(out.getvalue()))
    assert file.num_row_groups == 10 and file.read()["n"].to_pylist() == list(range(100))
