"""Results as files in a folder: stored once, streamed back, removed when they expire.

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
from pathlib import Path
from typing import Any, BinaryIO

from analyst.errors import NotFound, StoreError
from analyst.result import Cell, Kind, ResultColumn, ResultSet
from analyst.stores.whole_file import disk_errors, remove_older, whole_file

BATCH = 1000
"""At most this many rows are decoded at a time."""

_SUFFIX = ".rows"
_VERSION = 1
_COUNT_WIDTH = 20
_UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE)


class ResultFiles:
    """A `ResultStore` on a folder of this machine; ids are UUIDs.

    Raises NotFound for an id that is unknown, expired or no UUID, StoreError for a full or broken disk.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextlib.contextmanager
    def open(self, result_id: str) -> Iterator[_Sink]:
        """A sink for a new result; a complete one replaces an earlier one of the same id."""
        with whole_file(self._path(result_id)) as file:
            sink = _Sink(file)
            try:
                yield sink
            except BaseException:
                sink.abandon()
                raise
            sink.finish()

    def head(self, result_id: str, *, rows: int, truncated: bool = False) -> ResultSet:
        """The first `rows` rows with the count of all."""
        with contextlib.closing(self._read(result_id)) as lines:
            columns, count = next(lines)
            flat = (tuple(row) for batch in lines for row in batch)
            first = tuple(islice(flat, rows))
        return ResultSet(columns=columns, rows=first, row_count=count, truncated=truncated, id=result_id)

    def stream(self, result_id: str) -> tuple[tuple[ResultColumn, ...], Iterator[list[list[Cell]]]]:
        """The columns, and the whole in batches of at most `BATCH` rows; reads on after an `expire`."""
        lines = self._read(result_id)
        columns, _ = next(lines)
        return columns, lines

    def expire(self, *, older_than_seconds: float) -> int:
        """Remove results stored longer ago than this, and what a crash left of unfinished ones."""
        return remove_older(self._folder, suffixes=(_SUFFIX,), seconds=older_than_seconds)

    def _path(self, result_id: str) -> Path:
        if not _UUID.fullmatch(result_id):
            raise NotFound("There is no result of that id.")
        return self._folder / f"{uuid.UUID(result_id)}{_SUFFIX}"

    def _read(self, result_id: str) -> Generator[Any, None, None]:
        path = self._path(result_id)
        with disk_errors():
            try:
                file = path.open("rb")
            except FileNotFoundError:
                raise NotFound("The result is not stored any more; ask the question again.") from None
        return _lines(file)


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


class _Sink:
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
