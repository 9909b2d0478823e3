"""A result as one JSON document, every cell as its kind is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from analyst.result import Cell, ResultColumn

MOST_ROWS = None
"""No limit of its own."""


def write(columns: Sequence[ResultColumn], batches: Iterable[Sequence[Sequence[Cell]]], out: BinaryIO) -> int:
    """Write `{"columns": [{"name", "kind"}], "rows": [[…]], "row_count": n}`; returns the number of rows.

    Rows are lists, since names may repeat. One row a line, ASCII only.
    """
    head = [{"name": column.name, "kind": column.kind.value} for column in columns]
    out.write(b'{"columns": ' + _bytes(head) + b', "rows": [')
    count = 0
    for batch in batches:
        lines = b",\n".join(_bytes(list(row)) for row in batch)
        if lines:
            out.write((b",\n" if count else b"\n") + lines)
        count += len(batch)
    out.write(b'\n], "row_count": ' + str(count).encode() + b"}\n")
    return count


def _bytes(value: object) -> bytes:
    return json.dumps(value, allow_nan=False).encode("ascii")
