from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import pairwise

import pytest

from analyst.exports import to_csv
from analyst.result import Kind, ResultColumn


def written(columns: list[tuple[str, Kind]], *batches: list[list[object]]) -> str:
    out = io.BytesIO()
    count = to_csv.write([ResultColumn(name=n, kind=k) for n, k in columns], batches, out)
    assert count == sum(map(len, batches))
    data = out.getvalue()
    assert data.startswith(b"\xef\xbb\xbf")
    return data.decode("utf-8-sig")


def cell(kind: Kind, value: object) -> str:
    (_, row) = csv.reader(io.StringIO(written([("x", kind), ("y", Kind.TEXT)], [[value, "end"]]), newline=""))
    assert row[1] == "end"
    return row[0]


CELLS = [
    (Kind.INTEGER, -5, "-5"),
    (Kind.INTEGER, 2**70, str(2**70)),
    (Kind.INTEGER, None, ""),
    (Kind.NUMBER, -12.5, "-12.5"),
    (Kind.NUMBER, 1e22, "1e+22"),
    (Kind.NUMBER, "NaN", "NaN"),
    (Kind.NUMBER, "-Infinity", "-Infinity"),
    (Kind.NUMBER, "=1+1", "'=1+1"),
    (Kind.DECIMAL, "-12.50", "-12.50"),
    (Kind.DECIMAL, "-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
    (Kind.TEXT, "plain", "plain"),
    (Kind.TEXT, "", ""),
    (Kind.TEXT, None, ""),
    (Kind.TEXT, "=1+1", "'=1+1"),
    (Kind.TEXT, "+1", "'+1"),
    (Kind.TEXT, "-1", "'-1"),
    (Kind.TEXT, "@SUM(A1)", "'@SUM(A1)"),
    (Kind.TEXT, "\t=1", "'\t=1"),
    (Kind.TEXT, "\r=1", "'\r=1"),
    (Kind.TEXT, "a=1", "a=1"),
    (Kind.TEXT, 'say "hi", twice', 'say "hi", twice'),
    (Kind.TEXT, "two\nlines\r\nthree", "two\nlines\r\nthree"),
    (Kind.TEXT, "é 日本 👍 \x00", "é 日本 👍 \x00"),
    (Kind.TEXT, "\ud800", "?"),
    (Kind.BOOLEAN, True, "true"),
    (Kind.BOOLEAN, False, "false"),
    (Kind.BOOLEAN, "=1", "'=1"),
    (Kind.DATE, "2013-01-31", "2013-01-31"),
    (Kind.DATE, "-infinity", "'-infinity"),
    (Kind.TIMESTAMP, "1815-06-18T11:30:00", "1815-06-18T11:30:00"),
    (Kind.INSTANT, "2013-01-31T22:45:00+00:00", "2013-01-31T22:45:00+00:00"),
    (Kind.INTERVAL, "-1 days +02:00:00", "-1 days +02:00:00"),
    (Kind.INTERVAL, "-cmd()", "'-cmd()"),
    (Kind.JSON, {"a": [1, "é"]}, '{"a": [1, "é"]}'),
    (Kind.JSON, "=1", '"=1"'),
    (Kind.JSON, -5, "-5"),
    (Kind.JSON, None, ""),
    (Kind.BYTES, "\\x00ff", "\\x00ff"),
]


@pytest.mark.parametrize(("kind", "value", "text"), CELLS)
def test_a_cell_is_written_so_that_no_spreadsheet_runs_it(kind: Kind, value: object, text: str) -> None:
    assert cell(kind, value) == text


def test_the_file_keeps_to_rfc_4180() -> None:
    text = written([("n", Kind.INTEGER), ('say "x"', Kind.TEXT)], [[1, "a,b"], [2, "c"]], [], [[3, None]])
    assert text == 'n,"say ""x"""\r\n1,"a,b"\r\n2,c\r\n3,\r\n'


def test_names_may_repeat_and_start_no_formula() -> None:
    assert written([("n", Kind.INTEGER), ("n", Kind.INTEGER), ("=1+1", Kind.TEXT)]) == "n,n,'=1+1\r\n"


def test_a_null_alone_in_its_row_is_no_empty_line() -> None:
    assert written([("n", Kind.TEXT)], [[None]]) == 'n\r\n""\r\n'


def test_rows_are_written_as_they_come() -> None:
    out = io.BytesIO()
    sizes: list[int] = []

    def batches() -> Iterator[list[list[object]]]:
        for _ in range(50):
            sizes.append(out.tell())
            yield [["x" * 100] for _ in range(1000)]

    assert to_csv.write([ResultColumn(name="n", kind=Kind.TEXT)], batches(), out) == 50_000
    assert all(later - earlier < 300_000 for earlier, later in pairwise(sizes))
    assert sizes[25] > 2_000_000
    assert not out.closed


def test_a_row_of_the_wrong_width_is_a_fault() -> None:
    with pytest.raises(ValueError):
        written([("n", Kind.INTEGER)], [[1, 2]])
