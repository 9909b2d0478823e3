"""What is mended in a model's SQL, and what is left alone."""

from __future__ import annotations

import pytest

from analyst.repairing import mend


@pytest.mark.parametrize(
    ("sql", "mended"),
    [
        ("SELECT a FROM t ORDER BY a DESC LIMIT 1", "SELECT a FROM t ORDER BY a DESC NULLS LAST LIMIT 1"),
        (
            "SELECT a, RANK() OVER (ORDER BY b DESC) FROM t",
            "SELECT a, RANK() OVER (ORDER BY b DESC NULLS LAST) FROM t",
        ),
        ("SELECT a FROM t ORDER BY a", "SELECT a FROM t ORDER BY a"),
        ("SELECT a FROM t ORDER BY a DESC NULLS FIRST", "SELECT a FROM t ORDER BY a DESC NULLS FIRST"),
        ("SELECT 1; SELECT a FROM t ORDER BY a DESC", "SELECT 1; SELECT a FROM t ORDER BY a DESC"),
        ("no SQL at all (", "no SQL at all ("),
    ],
)
def test_largest_first_begins_with_values(sql: str, mended: str) -> None:
    assert mend(sql, dialect="postgres") == mended


def test_athena_sorts_nulls_last_by_itself() -> None:
    assert mend("SELECT a FROM t ORDER BY a DESC", dialect="athena") == "SELECT a FROM t ORDER BY a DESC"
