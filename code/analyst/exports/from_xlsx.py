"""Reads the texts of an Excel workbook that anybody may have made: sizes are bounded, and nothing in it is run."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.etree import ElementTree

from analyst.errors import TooLarge, WrongUsage

MOST_BYTES = 16 * 1024 * 1024
"""Bytes of one part of the workbook, unpacked."""
MOST_COLUMNS = 64
"""Columns further to the right are not looked at."""

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_WORKBOOK, _TEXTS = "xl/workbook.xml", "xl/sharedStrings.xml"
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

Sheet = list[tuple[int, list[str]]]
"""Rows that hold anything, each with its number from 1 and the texts of its cells."""


def sheets(file: BinaryIO) -> Iterator[Sheet]:
    """One sheet after another, in the workbook's order.

    Cells are text as they are shown without any format; of a formula it is the value it had when the file was saved.
    Raises WrongUsage for what is no workbook, TooLarge for a part of more than `MOST_BYTES`.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            texts = _texts(archive)
            for name in _names(archive):
                yield _sheet(_part(archive, name), texts)
    except (
        zipfile.BadZipFile,
        zlib.error,
        ElementTree.ParseError,
        KeyError,
        IndexError,
        ValueError,
        OSError,
    ):
        raise _unreadable() from None
    except (NotImplementedError, RuntimeError):  # packed in an unknown way, or encrypted
        raise _unreadable() from None


def _unreadable() -> WrongUsage:
    return WrongUsage("This is not an Excel workbook (.xlsx) that can be read.")


class _Plain(ElementTree.TreeBuilder):
    """A workbook's parts declare no types, and thereby no entities."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """Refuse it before anything is made of what it declares."""
        raise ValueError(name)


def _part(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """A part as a tree; its size is counted while it is unpacked, whatever the archive says it is."""
    parser = ElementTree.XMLParser(target=_Plain())
    left = MOST_BYTES
    with archive.open(name) as part:
        while piece := part.read(min(left + 1, 1 << 16)):
            left -= len(piece)
            if left < 0:
                raise TooLarge(f"A sheet may have {MOST_BYTES // 1024**2} MB unpacked; this one has more.")
            parser.feed(piece)
    root: ElementTree.Element = parser.close()
    return root


def _names(archive: zipfile.ZipFile) -> list[str]:
    """The parts that are sheets, in the order in which Excel shows them."""
    links = _part(archive, "xl/_rels/workbook.xml.rels")
    targets = {link.get("Id", ""): link.get("Target", "") for link in links}
    listed = _part(archive, _WORKBOOK).iter(f"{_MAIN}sheet")
    return [posixpath.normpath(posixpath.join("/xl", targets[s.get(_LINK, "")])).lstrip("/") for s in listed]


def _texts(archive: zipfile.ZipFile) -> list[str]:
    """The texts that cells refer to by number."""
    if _TEXTS not in archive.namelist():
        return []
    return [_text(item) for item in _part(archive, _TEXTS).iter(f"{_MAIN}si")]


def _text(item: ElementTree.Element) -> str:
    """A text of one or more formatted runs, without what only tells how it is pronounced."""
    runs = (*item.findall(f"{_MAIN}t"), *item.findall(f"{_MAIN}r/{_MAIN}t"))
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), "".join(run.text or "" for run in runs))


def _sheet(root: ElementTree.Element, texts: list[str]) -> Sheet:
    rows: Sheet = []
    number = 0
    for row in root.iter(f"{_MAIN}row"):
        number = int(row.get("r") or number + 1)
        cells = _cells(row, texts)
        if any(cell.strip() for cell in cells):
            rows.append((number, cells))
    return rows


def _cells(row: ElementTree.Element, texts: list[str]) -> list[str]:
    cells: list[str] = []
    for cell in row.iter(f"{_MAIN}c"):
        place = _PLACE.fullmatch(cell.get("r", ""))
        column = _column(place[1]) if place else len(cells)
        if column >= MOST_COLUMNS:
            break
        cells += [""] * (column + 1 - len(cells))
        cells[column] = _value(cell, texts)
    return cells


def _column(letters: str) -> int:
    """The column's place from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _value(cell: ElementTree.Element, texts: list[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inline = cell.find(f"{_MAIN}is")
        return _text(inline) if inline is not None else ""
    value = cell.findtext(f"{_MAIN}v") or ""
    if kind == "s":
        return texts[int(value)]
    return "" if kind == "e" else value
