from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from analyst.errors import TooLarge
from analyst.exports import to_xlsx
from analyst.result import Kind, ResultColumn

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
Read = tuple[str, str, str]
"""A cell's type, its text, and the pattern that shows it."""


def written(columns: list[tuple[str, Kind]], *batches: list[list[object]]) -> bytes:
    out = io.BytesIO()
    count = to_xlsx.write([ResultColumn(name=n, kind=k) for n, k in columns], batches, out)
    assert count == sum(map(len, batches))
    return out.getvalue()


def sheet(data: bytes) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert book.testzip() is None
        return ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))


def patterns(data: bytes) -> list[str]:
    """The pattern of each cell format, by its number."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        styles = ElementTree.fromstring(book.read("xl/styles.xml"))
    named = {n.attrib["numFmtId"]: n.attrib["formatCode"] for n in styles.iter(f"{MAIN}numFmt")}
    formats = styles.find(f"{MAIN}cellXfs")
    assert formats is not None
    return [named.get(f.attrib["numFmtId"], f.attrib["numFmtId"]) for f in formats]


def cells(data: bytes) -> dict[str, Read]:
    formats = patterns(data)
    found = {}
    for c in sheet(data).iter(f"{MAIN}c"):
        assert c.find(f"{MAIN}f") is None
        texts = [t.text or "" for t in c.iter() if t.tag in (f"{MAIN}v", f"{MAIN}t")]
        found[c.attrib["r"]] = (c.attrib.get("t", "n"), "".join(texts), formats[int(c.attrib.get("s", "0"))])
    return found


def cell(kind: Kind, value: object) -> Read | None:
    return cells(written([("x", kind), ("end", Kind.TEXT)], [[value, "end"]])).get("A2")


DATE, TIMESTAMP = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
TEXTS = [
    "=1+1",
    "{=1+1}",
    "@SUM(A1)",
    "+1",
    "-1",
    "https://example.test",
    "mailto:a@b.test",
    "internal:A1",
    "00123",
    "1e5",
    "true",
    " spaces ",
    "two\nlines\ttab",
    "é 日本 👍 <b>&amp;\"'",
    "",
]

CELLS = [
    *((Kind.TEXT, text, ("inlineStr", text, "0")) for text in TEXTS if text),
    (Kind.TEXT, None, None),
    (Kind.TEXT, "a\x00b\x0bc\ufffe", ("inlineStr", "a\ufffdb\ufffdc\ufffd", "0")),
    (Kind.TEXT, "\ud800", ("inlineStr", "\ufffd", "0")),
    # Excel reads _x005F_ as the underscore itself.
    (Kind.TEXT, "_x0041_", ("inlineStr", "_x005F_x0041_", "0")),
    (Kind.TEXT, "<r><t>raw</t></r>", ("inlineStr", "<r><t>raw</t></r> ", "0")),
    (Kind.INTEGER, -5, ("n", "-5", "0")),
    (Kind.INTEGER, 999_999_999_999_999, ("n", "999999999999999", "0")),
    (Kind.INTEGER, 1_234_567_890_123_456, ("inlineStr", "1234567890123456", "0")),
    (Kind.INTEGER, True, ("inlineStr", "true", "0")),
    (Kind.NUMBER, 0.5, ("n", "0.5", "0")),
    (Kind.NUMBER, "NaN", ("inlineStr", "NaN", "0")),
    (Kind.NUMBER, "-Infinity", ("inlineStr", "-Infinity", "0")),
    (Kind.NUMBER, float("inf"), ("inlineStr", "inf", "0")),
    (Kind.DECIMAL, "-12.50", ("n", "-12.5", "0")),
    (Kind.DECIMAL, "0.00", ("n", "0", "0")),
    (Kind.DECIMAL, "12.6390704686832354", ("n", "12.63907046868323", "0")),
    (Kind.DECIMAL, "12345678901234.56", ("inlineStr", "12345678901234.56", "0")),
    (Kind.DECIMAL, "1234567890123456", ("inlineStr", "1234567890123456", "0")),
    (Kind.DECIMAL, "=1+1", ("inlineStr", "=1+1", "0")),
    (Kind.DECIMAL, ".", ("inlineStr", ".", "0")),
    (Kind.DECIMAL, "", ("inlineStr", "", "0")),
    (Kind.BOOLEAN, True, ("b", "1", "0")),
    (Kind.BOOLEAN, False, ("b", "0", "0")),
    (Kind.DATE, "2013-01-31", ("n", "41305", DATE)),
    (Kind.DATE, "1900-03-01", ("n", "61", DATE)),
    (Kind.DATE, "1900-02-28", ("inlineStr", "1900-02-28", "0")),
    (Kind.DATE, "1815-06-18", ("inlineStr", "1815-06-18", "0")),
    (Kind.DATE, "9999-12-31", ("n", "2958465", DATE)),
    (Kind.DATE, "infinity", ("inlineStr", "infinity", "0")),
    (Kind.DATE, "0044-03-15 BC", ("inlineStr", "0044-03-15 BC", "0")),
    (Kind.TIME, "12:00:00", ("n", "0.5", "hh:mm:ss")),
    (Kind.TIME, "12:00:00+02:00", ("inlineStr", "12:00:00+02:00", "0")),
    (Kind.TIME, "24:00:00", ("inlineStr", "24:00:00", "0")),
    (Kind.TIMESTAMP, "2013-01-31T12:00:00", ("n", "41305.5", TIMESTAMP)),
    (Kind.TIMESTAMP, "2013-01-31T12:00:00.500000", ("n", "41305.50000578703", f"{TIMESTAMP}.000")),
    (Kind.TIMESTAMP, "2013-01-31T12:00:00.000001", ("inlineStr", "2013-01-31T12:00:00.000001", "0")),
    (Kind.INSTANT, "2013-01-31T22:45:00+00:00", ("inlineStr", "2013-01-31T22:45:00+00:00", "0")),
    (Kind.INTERVAL, "-1 days", ("inlineStr", "-1 days", "0")),
    (Kind.JSON, {"a": [1, "é"]}, ("inlineStr", '{"a": [1, "é"]}', "0")),
    (Kind.JSON, "=1", ("inlineStr", '"=1"', "0")),
    (Kind.BYTES, "\\x00ff", ("inlineStr", "\\x00ff", "0")),
]


@pytest.mark.parametrize(("kind", "value", "read"), CELLS)
def test_a_cell_is_what_it_is_and_never_a_formula(kind: Kind, value: object, read: Read | None) -> None:
    assert cell(kind, value) == read


@pytest.mark.parametrize("text", ["x" * 40_000, "👍" * 20_000, "<r>" + "x" * 40_000 + "</r>"])
def test_a_text_beyond_the_limit_of_excel_is_cut_and_not_dropped(text: str) -> None:
    read = cell(Kind.TEXT, text)
    assert read is not None
    assert len(read[1].encode("utf-16-le")) // 2 <= 32_767
    assert len(read[1]) > 16_000
    assert read[1].endswith("…")


def test_the_header_is_bold_and_stays_in_view() -> None:
    data = written([("n", Kind.INTEGER), ("n", Kind.INTEGER), ("=1+1", Kind.TEXT)], [[1, 2, "x"]])
    read = cells(data)
    assert [read[c][:2] for c in ("A1", "B1", "C1")] == [
        ("inlineStr", "n"),
        ("inlineStr", "n"),
        ("inlineStr", "=1+1"),
    ]
    assert [read[c][1] for c in ("A2", "B2", "C2")] == ["1", "2", "x"]
    pane = sheet(data).find(f"{MAIN}sheetViews/{MAIN}sheetView/{MAIN}pane")
    assert pane is not None
    assert (pane.attrib["ySplit"], pane.attrib["state"]) == ("1", "frozen")
    header = next(c for c in sheet(data).iter(f"{MAIN}c"))
    assert header.attrib["s"] == "1"
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert b"<b/>" in book.read("xl/styles.xml")
        assert not [n for n in book.namelist() if "rels" in n and "worksheets" in n]


def test_an_empty_result_is_a_header() -> None:
    assert list(cells(written([("n", Kind.INTEGER)]))) == ["A1"]
    assert list(cells(written([]))) == []


def batches_of(rows: int) -> Iterator[list[list[object]]]:
    for start in range(0, rows, 1000):
        yield [[i] for i in range(start, min(start + 1000, rows))]


def test_more_rows_than_fit_are_refused_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    columns = [ResultColumn(name="n", kind=Kind.INTEGER)]
    with pytest.raises(TooLarge, match=r"at most 100,000 rows.*CSV"):
        to_xlsx.write(columns, batches_of(100_001), io.BytesIO())
    assert list(tmp_path.iterdir()) == []
    assert to_xlsx.write(columns, batches_of(100_000), io.BytesIO()) == 100_000
    assert list(tmp_path.iterdir()) == []
