"""Files that a person opens in a spreadsheet start nothing there."""

from __future__ import annotations

import csv
import io
import zipfile
from xml.etree import ElementTree

import pytest
from output_attacks import ATTACKS

from analyst.exports import to_csv, to_xlsx
from analyst.result import Cell, Kind, ResultColumn

STARTERS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
FORMULAS = (
    *("=1+1", "+1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠SUM(1)"),
    *(
        " =1+1",
        "\u00a0=1",
        "\ufeff=1",
        "\u200b=1",
        "\x00=1",
        "\n=cmd|'/C calc'!A0",
        '=HYPERLINK("https://evil.test")',
    ),
    *("x;=cmd|'/C calc'!A0;\"", "x\n=WEBSERVICE(1)", 'x\t"=SUM(1)', "a;  @SUM(A1)"),
)
COLUMNS = [ResultColumn(name="t", kind=Kind.TEXT), ResultColumn(name="n", kind=Kind.DECIMAL)]


def as_csv(columns: list[ResultColumn], rows: list[list[Cell]]) -> str:
    out = io.BytesIO()
    to_csv.write(columns, [rows], out)
    return out.getvalue().decode("utf-8-sig")


def unseen_cut(text: str) -> str:
    return text.lstrip(" \n\u00a0\ufeff\u200b\x00")


@pytest.mark.parametrize("text", [*FORMULAS, *ATTACKS])
def test_no_cell_or_name_of_a_csv_starts_a_formula(text: str) -> None:
    content = as_csv([ResultColumn(name=text, kind=Kind.TEXT), COLUMNS[1]], [[text, "-5.25"]])
    names, row = csv.reader(io.StringIO(content, newline=""))
    assert row[1] == "-5.25"
    for cell in (names[0], row[0]):
        assert not unseen_cut(cell).startswith(STARTERS) or cell.startswith("'")
        assert cell.replace("'", "") == text.replace("'", ""), "nothing but apostrophes was put in"


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_nor_does_it_where_other_signs_part_cells(text: str, delimiter: str) -> None:
    content = as_csv(COLUMNS, [["first", "1"], [f"two {text}", "2"]])
    for line in csv.reader(content.splitlines(), delimiter=delimiter):
        for cell in line:
            assert not (unseen_cut(cell).lstrip('" ').startswith(STARTERS) and any(s in cell for s in "(|!"))


@pytest.mark.parametrize("text", ["a; b", "x\n- item", "late; -5 or +5", "a=1; b=2", "plain", "it's", "'=1"])
def test_ordinary_text_comes_back_as_it_was(text: str) -> None:
    assert list(csv.reader(io.StringIO(as_csv(COLUMNS, [[text, "1"]]), newline="")))[1][0] == text


@pytest.mark.parametrize("text", [*FORMULAS, *ATTACKS])
def test_a_workbook_holds_text_and_neither_formula_nor_link(text: str) -> None:
    out = io.BytesIO()
    columns = [ResultColumn(name=text, kind=Kind.TEXT), COLUMNS[1]]
    to_xlsx.write(columns, [[[text, "-5.25"]]], out)
    with zipfile.ZipFile(out) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        assert not [
            n for n in book.namelist() if "external" in n.lower() or n.startswith("xl/worksheets/_rels")
        ]
    kinds = [element.tag.rpartition("}")[2] for element in sheet.iter()]
    assert "f" not in kinds and "hyperlinks" not in kinds
    cells = [element for element in sheet.iter() if element.tag.endswith("}c")]
    assert [cell.get("t", "n") for cell in cells] == ["inlineStr", "inlineStr", "inlineStr", "n"]
    assert cells[3].findtext("./*") == "-5.25"
