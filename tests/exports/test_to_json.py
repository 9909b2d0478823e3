from __future__ import annotations

import io
import json

import pytest

from analyst.exports import to_json
from analyst.result import Kind, ResultColumn

COLUMNS = [ResultColumn(name="n", kind=Kind.INTEGER), ResultColumn(name="n", kind=Kind.JSON)]


@pytest.mark.parametrize(
    "batches",
    [
        [],
        [[]],
        [[[1, {"a": ["é", None]}]]],
        [[], [[2**70, "x"], [None, None]], [], [[3, 1.5]]],
    ],
)
def test_the_document_holds_columns_rows_and_count(batches: list[list[list[object]]]) -> None:
    out = io.BytesIO()
    rows = [row for batch in batches for row in batch]
    assert to_json.write(COLUMNS, batches, out) == len(rows)
    assert json.loads(out.getvalue()) == {
        "columns": [{"name": "n", "kind": "integer"}, {"name": "n", "kind": "json"}],
        "rows": rows,
        "row_count": len(rows),
    }


def test_what_json_cannot_say_is_a_fault() -> None:
    with pytest.raises(ValueError):
        to_json.write(COLUMNS, [[[float("nan"), None]]], io.BytesIO())
