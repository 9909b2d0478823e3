"""Question/SQL pairs in files: lines of JSON, or a sheet with a column for each."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from analyst.errors import WrongUsage
from analyst.example import Example
from analyst.exports import from_xlsx, to_xlsx
from analyst.result import Kind, ResultColumn
from analyst.stores.whole_file import whole_file

MOST_BYTES = 64 * 1024 * 1024
"""A larger file is not read."""
COLUMNS = ("question", "sql", "note", "status", "decided_by", "hits", "rejections")
"""What is written; `question` and `sql` are needed to read a file again, `note` is read where it is there."""
SHEET = ".xlsx"
_LONGEST_CELL = 32_767


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One pair of a file, or what is wrong in its place."""

    place: str
    """"line 7" or "row 7", from 1."""
    question: str = ""
    sql: str = ""
    note: str = ""
    problem: str = ""


def read(path: Path) -> list[Pair]:
    """Every line or row that holds anything; raises WrongUsage where the file cannot be read at all."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError:
        raise WrongUsage(f"{path} cannot be read as text.") from None
    if len(data) > MOST_BYTES:
        raise WrongUsage(f"{path} is larger than {MOST_BYTES // 1024**2} MB.")
    return list(_rows(io.BytesIO(data), path) if path.suffix.lower() == SHEET else _lines(data, path))


def write(path: Path, examples: Iterable[Example]) -> int:
    """Write pairs to a file that is there as a whole or not at all; how many.

    Raises WrongUsage for a pair that a sheet cannot hold, StoreError where the file cannot be written.
    """
    rows = [[str(getattr(example, name)) for name in COLUMNS] for example in examples]
    with whole_file(path) as file:
        if path.suffix.lower() == SHEET:
            _write_sheet(rows, file)
        else:
            for row in rows:
                line = json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False) + "\n"
                file.write(line.encode("utf-8", "replace"))
    return len(rows)


def _write_sheet(rows: list[list[str]], file: BinaryIO) -> None:
    for number, row in enumerate(rows, 2):
        if any(len(cell.encode("utf-16-le")) // 2 > _LONGEST_CELL for cell in row):
            raise WrongUsage(
                f"Row {number} is too long for a sheet, which would cut it; write a .jsonl file."
            )
    to_xlsx.write([ResultColumn(name=name, kind=Kind.TEXT) for name in COLUMNS], [rows], file)


def _lines(data: bytes, path: Path) -> Iterator[Pair]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongUsage(f"{path} cannot be read as text.") from None
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield _pair(f"line {number}", _parsed(line))


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _pair(place: str, given: Any) -> Pair:
    """A pair of a JSON object."""
    texts = {name: given.get(name) or "" for name in ("question", "sql", "note")} if _named(given) else {}
    if not texts or not all(isinstance(text, str) for text in texts.values()):
        return Pair(place=place, problem='not {"question": …, "sql": …}')
    return _whole(Pair(place=place, **texts))


def _named(given: Any) -> bool:
    return isinstance(given, dict) and "question" in given and "sql" in given


def _whole(pair: Pair) -> Pair:
    missing = [name for name in ("question", "sql") if not getattr(pair, name).strip()]
    if missing:
        return Pair(place=pair.place, problem=f"has no {' and no '.join(missing)}")
    return pair


def _rows(file: BinaryIO, path: Path) -> Iterator[Pair]:
    """The pairs of the first sheet whose first row names the columns."""
    for sheet in from_xlsx.sheets(file):
        if not sheet:
            continue
        titles = [title.strip().lower() for title in sheet[0][1]]
        if {"question", "sql"} <= set(titles):
            for number, cells in sheet[1:]:
                # Of columns of the same title the first one counts.
                row = dict(reversed(list(zip(titles, cells, strict=False))))
                texts = {name: row.get(name, "") for name in ("question", "sql", "note")}
                yield _whole(Pair(place=f"row {number}", **texts))
            return
    raise WrongUsage(f"{path} has no sheet whose first row names the columns question and sql.")
