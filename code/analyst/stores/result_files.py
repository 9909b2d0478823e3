"""Results as files in a folder: stored once, streamed back, removed when they expire."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from analyst.errors import NotFound
from analyst.result import Cell, ResultColumn, ResultSet
from analyst.stores.rows_format import (
    GONE,
    SUFFIX,
    RowsSink,
    file_name,
    read_head,
    read_stream,
    rows_written,
)
from analyst.stores.whole_file import disk_errors, remove_older, whole_file


class ResultFiles:
    """A `ResultStore` on a folder of this machine; ids are UUIDs.

    Raises NotFound for an id that is unknown, expired or no UUID, StoreError for a full or broken disk.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextlib.contextmanager
    def open(self, result_id: str) -> Iterator[RowsSink]:
        """A sink for a new result; a complete one replaces an earlier one of the same id."""
        with whole_file(self._path(result_id)) as file, rows_written(file) as sink:
            yield sink

    def head(self, result_id: str, *, rows: int, truncated: bool = False) -> ResultSet:
        """The first `rows` rows with the count of all."""
        return read_head(self._read(result_id), result_id, rows=rows, truncated=truncated)

    def stream(self, result_id: str) -> tuple[tuple[ResultColumn, ...], Iterator[list[list[Cell]]]]:
        """The columns, and the whole in batches of at most `BATCH` rows; reads on after an `expire`."""
        return read_stream(self._read(result_id))

    def expire(self, *, older_than_seconds: float) -> int:
        """Remove results stored longer ago than this, and what a crash left of unfinished ones."""
        return remove_older(self._folder, suffixes=(SUFFIX,), seconds=older_than_seconds)

    def _path(self, result_id: str) -> Path:
        return self._folder / file_name(result_id)

    def _read(self, result_id: str) -> BinaryIO:
        path = self._path(result_id)
        with disk_errors():
            try:
                return path.open("rb")
            except FileNotFoundError:
                raise NotFound(GONE) from None
