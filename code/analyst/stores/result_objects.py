"""Results in an S3 bucket: the files of a folder, kept there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analyst.result import Cell, ResultColumn, ResultSet
from analyst.stores.bucket import Bucket
from analyst.stores.rows_format import GONE, RowsSink, file_name, read_head, read_stream, rows_written

_MEDIA_TYPE = "application/octet-stream"


class ResultObjects:
    """A `ResultStore` on a bucket; ids are UUIDs, `client` is boto3's "s3".

    Raises NotFound for an id that is unknown, expired or no UUID, StoreError where the disk or AWS fails.
    `folder` takes a result while it is written. See `Bucket` for the rights that the role needs.
    """

    def __init__(
        self, bucket: str, *, prefix: str = "results/", client: Any, folder: Path | None = None
    ) -> None:
        self._bucket = Bucket(bucket, prefix=prefix, client=client, what="the stored results", folder=folder)

    @contextlib.contextmanager
    def open(self, result_id: str) -> Iterator[RowsSink]:
        """A sink for a new result; a complete one replaces an earlier one of the same id."""
        name = file_name(result_id)
        with self._bucket.writing(name, media_type=_MEDIA_TYPE) as file, rows_written(file) as sink:
            yield sink

    def head(self, result_id: str, *, rows: int, truncated: bool = False) -> ResultSet:
        """The first `rows` rows with the count of all; fetches no more of the object than they need."""
        file = self._bucket.read(file_name(result_id), gone=GONE)
        return read_head(file, result_id, rows=rows, truncated=truncated)

    def stream(self, result_id: str) -> tuple[tuple[ResultColumn, ...], Iterator[list[list[Cell]]]]:
        """The columns, and the whole in batches of at most 1,000 rows, as they come from the bucket.

        The connection ends with the iterator, also when that is given up.
        """
        return read_stream(self._bucket.read(file_name(result_id), gone=GONE))

    def expire(self, *, older_than_seconds: float) -> int:
        """Nothing, and 0: the bucket's own lifecycle removes old results."""
        return 0
