"""The file format of a stored result, wherever such a file is kept.

A file is one plain line, the header, with the columns and the number of rows, and then a gzip stream of
lines, each a batch of rows as a JSON list. The header leaves room for the count, which is known at the end.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import re
import uuid
import zlib
from collections.abc import Generator, Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO

from analyst.errors import NotFound, StoreError
from analyst.result import Cell, Kind, ResultColumn, ResultSet
from analyst.stores.whole_file import disk_errors

BATCH = 1000
"""At most this many rows are decoded at a time."""
SUFFIX = ".rows"
"""How the name of a stored result ends."""
GONE = "The result is not stored any more; ask the question again."

_VERSION = 1
_COUNT_WIDTH = 20
_UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE)


def file_name(result_id: str) -> str:
    """The name that a result is stored under; raises NotFound for an id that is no UUID."""
    if not _UUID.fullmatch(result_id):
        raise NotFound("There is no result of that id.")
    return f"{uuid.UUID(result_id)}{SUFFIX}"


@contextlib.contextmanager
def rows_written(file: BinaryIO) -> Iterator[RowsSink]:
    """A sink that writes to an empty, seekable file, complete when the context ends well.

    The file stays the caller's. Raises StoreError for a full disk, or a result without columns.
    """
    sink = RowsSink(file)
    try:
        yield sink
    except BaseException:
        sink.abandon()
        raise
    sink.finish()


def read_head(file: BinaryIO, result_id: str, *, rows: int, truncated: bool) -> ResultSet:
    """The first rows with the count of all; reads no further than they go and closes the file."""
    with contextlib.closing(_lines(file)) as lines:
        columns, count = next(lines)
        flat = (tuple(row) for batch in lines for row in batch)
        first = tuple(islice(flat, rows))
    return ResultSet(columns=columns, rows=first, row_count=count, truncated=truncated, id=result_id)


def read_stream(file: BinaryIO) -> tuple[tuple[ResultColumn, ...], Iterator[list[list[Cell]]]]:
    """The columns, and the whole in batches of at most `BATCH` rows.

    The file is closed at the end, or when the iterator is given up; StoreError where it is damaged.
    """
    lines = _lines(file)
    columns, _ = next(lines)
    return columns, lines


def _lines(file: BinaryIO) -> Generator[Any, None, None]:
    """First (columns, number of rows), then each batch."""
    try:
        with file:
            header = json.loads(file.readline())
            yield _columns(header), int(header["rows"])
            seen = 0
            with gzip.GzipFile(fileobj=file, mode="rb") as body:
                for line in body:
                    batch = json.loads(line)
                    seen += len(batch)
                    yield batch
            if seen != int(header["rows"]):
                raise EOFError
    except (ValueError, KeyError, TypeError, EOFError, zlib.error, OSError) as error:
        raise StoreError("The stored result is damaged; ask the question again.") from error


def _columns(header: dict[str, Any]) -> tuple[ResultColumn, ...]:
    if header["version"] != _VERSION:
        raise ValueError(header["version"])
    return tuple(ResultColumn(name=name, kind=Kind(kind)) for name, kind in header["columns"])


class RowsSink:
    """Writes one result; the header's count is filled in by `finish`."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._body: gzip.GzipFile | None = None
        self._columns: tuple[ResultColumn, ...] = ()
        self._count = 0

    def columns(self, columns: Sequence[ResultColumn]) -> None:
        """Called once, before any row."""
        if self._body is not None:
            raise StoreError("The columns of a result are given once.")
        self._columns = tuple(columns)
        with disk_errors():
            self._file.write(self._header())
            self._body = gzip.GzipFile(fileobj=self._file, mode="wb", compresslevel=1, filename="", mtime=0)

    def rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        """The next rows; StoreError when the disk is full."""
        body = self._opened()
        for start in range(0, len(rows), BATCH):
            batch = [list(row) for row in rows[start : start + BATCH]]
            line = json.dumps(batch, separators=(",", ":")).encode("ascii")
            with disk_errors():
                body.write(line)
                body.write(b"\n")
            self._count += len(batch)

    def finish(self) -> None:
        """Complete the file with its count."""
        body = self._opened()
        with disk_errors():
            body.close()
            self._file.seek(0)
            self._file.write(self._header())

    def abandon(self) -> None:
        """Let go of what was written; the file is removed by whoever opened it."""
        if self._body is not None:
            with contextlib.suppress(OSError):
                self._body.close()

    def _opened(self) -> gzip.GzipFile:
        if self._body is None:
            raise StoreError("The result has no columns.")
        return self._body

    def _header(self) -> bytes:
        columns = [[column.name, column.kind.value] for column in self._columns]
        header = {"version": _VERSION, "rows": f"{self._count:>{_COUNT_WIDTH}}", "columns": columns}
        return json.dumps(header, separators=(",", ":")).encode("ascii") + b"\n"
