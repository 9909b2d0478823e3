from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from analyst.client import TableDocument
from parts.table import arranged, note


def table(*columns: tuple[str, str, list[Any]], **more: Any) -> TableDocument:
    rows = [list(row) for row in zip(*(cells for _, _, cells in columns), strict=True)]
    named: Any = [{"name": name, "kind": kind} for name, kind, _ in columns]
    return TableDocument(
        columns=named, rows=rows, row_count=more.get("count", len(rows)), truncated="more" in more
    )


def only(kind: str, cells: list[Any], *, name: str = "x") -> tuple[pa.Array, dict[str, Any]]:
    data, shown = arranged(table((name, kind, cells)))
    return data.column(0).combine_chunks(), shown["c0"]


def test_columns_of_the_same_name_stay_apart() -> None:
    data, shown = arranged(table(("n", "integer", [1]), ("n", "text", ["a"]), ("", "text", ["b"])))
    assert data.to_pylist() == [{"c0": 1, "c1": "a", "c2": "b"}]
    assert [c["label"] for c in shown.values()] == ["n", "n", " "]


def test_decimals_of_up_to_fifteen_digits_sort_as_numbers_and_keep_their_places() -> None:
    array, config = only("decimal", ["12.50", None, "-3"])
    assert array.type == pa.float64()
    assert array.to_pylist() == [12.5, None, -3.0]
    assert config["type_config"]["format"] == "%.2f"


@pytest.mark.parametrize("cell", ["1234567890123456.1", "NaN", "Infinity"])
def test_decimals_that_a_browser_would_change_are_shown_as_written(cell: str) -> None:
    array, _ = only("decimal", [cell, "1.0"])
    assert array.to_pylist() == [cell, "1.0"]


def test_an_integer_too_long_for_a_browser_is_shown_as_written() -> None:
    array, _ = only("integer", [2**53 + 1, 1])
    assert array.to_pylist() == ["9007199254740993", "1"]


@pytest.mark.parametrize(
    ("name", "cells", "format"),
    [("flights", [336_776], "localized"), ("year", [2013, 20_130], "plain"), ("dest_id", [99_999], "plain"),
     ("flights", [2013], "plain")],
)  # fmt: skip
def test_digits_are_grouped_where_they_are_an_amount(name: str, cells: list[int], format: str) -> None:
    assert only("integer", cells, name=name)[1]["type_config"]["format"] == format


def test_numbers_with_nan_or_infinities_are_shown_as_written() -> None:
    assert only("number", [1.5, "NaN", None, "-Infinity"])[0].to_pylist() == ["1.5", "NaN", None, "-Infinity"]


def test_dates_are_dates_also_long_ago() -> None:
    array, _ = only("date", ["1815-06-18", None])
    assert array.to_pylist() == [date(1815, 6, 18), None]


def test_a_date_that_python_has_not_is_shown_as_written() -> None:
    assert only("date", ["0044-03-15 BC", "2013-01-01"])[0].to_pylist() == ["0044-03-15 BC", "2013-01-01"]


def test_instants_are_shown_in_one_named_zone() -> None:
    array, config = only("instant", ["2013-01-31T17:45:00-05:00"])
    assert array.to_pylist() == [datetime(2013, 1, 31, 22, 45, tzinfo=UTC)]
    assert config["type_config"]["format"].endswith("[UTC]")


def test_local_timestamps_get_no_zone() -> None:
    assert only("timestamp", ["2013-01-31T17:45:00"])[0].to_pylist() == [datetime(2013, 1, 31, 17, 45)]


@pytest.mark.parametrize(
    ("kind", "cell", "expected"),
    [("json", {"ä": [1, None]}, '{"ä": [1, null]}'), ("bytes", "\\x00ff", "\\x00ff"),
     ("time", "17:45:00", "17:45:00"),
     ("interval", "1 day 02:00:00", "1 day 02:00:00"), ("something new", 3, "3"),
     ("boolean", "maybe", "maybe")],
)  # fmt: skip
def test_everything_else_is_text(kind: str, cell: Any, expected: str) -> None:
    assert only(kind, [cell, None])[0].to_pylist() == [expected, None]


def test_a_huge_cell_is_cut() -> None:
    assert len(only("text", ["x" * 1_000_000])[0].to_pylist()[0]) < 11_000


@pytest.mark.parametrize(
    ("shown", "more", "expected"),
    [
        (1, {}, "1 row."),
        (2, {"count": 1234}, "2 of 1,234 rows shown; the downloads hold all of them."),
        (2, {"more": True}, "2 rows. The source had more: only the first 2 were read."),
    ],
)
def test_the_note_says_what_is_not_shown(shown: int, more: dict[str, Any], expected: str) -> None:
    assert note(table(("x", "integer", list(range(shown))), **more)) == expected


def test_a_cell_and_a_name_cannot_hide_or_turn_text() -> None:
    table = {
        "columns": [{"name": "a\u202eb\u200b", "kind": "text"}],
        "rows": [["x\u202egpj.exe\u200b\x1b[31m"]],
    }
    data, shown = arranged(table)  # type: ignore[arg-type]
    assert data.column(0).to_pylist() == ["xgpj.exe[31m"] and shown["c0"]["label"] == "ab"
