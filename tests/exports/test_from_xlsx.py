"""Sheets that people and programs made are read as text; what is no sheet, or too large, is said so."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
import xlsxwriter

from analyst.errors import AnalystError, TooLarge, WrongUsage
from analyst.exports import from_xlsx


def by_openpyxl(*sheets: list[list[object]]) -> io.BytesIO:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def repacked(file: io.BytesIO, **parts: bytes) -> io.BytesIO:
    """The workbook with other parts, by the end of their names."""
    made = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            key = name.rpartition("/")[2].partition(".")[0]
            new.writestr(name, parts.get(key, old.read(name)))
    made.seek(0)
    return made


def test_sheets_rows_and_gaps_are_as_they_were_made() -> None:
    file = by_openpyxl([["question", None, "sql"], [], ["Ä?", 1.5, "SELECT\n'=1'"]], [["other"]])
    assert list(from_xlsx.sheets(file)) == [
        [(1, ["question", "", "sql"]), (3, ["Ä?", "1.5", "SELECT\n'=1'"])],
        [(1, ["other"])],
    ]


@pytest.mark.parametrize("constant", [True, False])
def test_inline_and_shared_and_formatted_texts(constant: bool) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": constant}) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, " kept \r\n_x000D_")
        sheet.write_rich_string(0, 1, "one ", book.add_format({"bold": True}), "two")
        sheet.write_formula(0, 2, "=1+1", None, 2)
        sheet.write_string(0, from_xlsx.MOST_COLUMNS, "too far")
    file.seek(0)
    ((row,),) = from_xlsx.sheets(file)
    assert row == (1, [" kept \r\n_x000D_", "one two", "2"])


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'


def small() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet().write_row(0, 0, ["question", "sql"])
    return file.getvalue()


SMALL = small()
BEGIN = SMALL.index(b"xl/worksheets/sheet1.xml") + len("xl/worksheets/sheet1.xml")
"""Where the sheet's packed bytes begin."""


@pytest.mark.parametrize(
    "file",
    [
        io.BytesIO(b""),
        io.BytesIO(b"question,sql\n"),
        io.BytesIO(SMALL[:-40]),
        io.BytesIO(SMALL[:BEGIN] + b"\xff" * 40 + SMALL[BEGIN + 40 :]),
        repacked(io.BytesIO(SMALL), sheet1=BOMB),
        repacked(io.BytesIO(SMALL), sheet1=BOMB.decode().encode("utf-16")),
        repacked(io.BytesIO(SMALL), sheet1=b"<worksheet>"),
        repacked(io.BytesIO(SMALL), workbook=b"<workbook/>", sheet1=b""),
        repacked(io.BytesIO(SMALL), sharedStrings=b"<sst/>"),
    ],
)
def test_what_is_no_workbook_is_said_in_a_sentence(file: io.BytesIO) -> None:
    try:
        found = list(from_xlsx.sheets(file))
    except AnalystError as error:
        assert isinstance(error, WrongUsage) and "Excel workbook" in str(error)
    else:
        assert found == []


def test_what_unpacks_to_very_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(from_xlsx, "MOST_BYTES", 100_000)
    bomb = repacked(io.BytesIO(SMALL), sheet1=b"<worksheet>" + b" " * 1_000_000 + b"</worksheet>")
    assert len(bomb.getvalue()) < 20_000
    with pytest.raises(TooLarge):
        list(from_xlsx.sheets(bomb))
