"""What a gold may mean."""

from __future__ import annotations

import pytest

from analyst.judging import golds
from analyst.judging.choices import MOST_CHOICES


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", []),
        (" ; ;", []),
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1; SELECT 2;", ["SELECT 1", "SELECT 2"]),
        ("SELECT {a} FROM t", ["SELECT a FROM t"]),
        ("SELECT {a, b} FROM t", ["SELECT a, b FROM t", "SELECT a FROM t", "SELECT b FROM t"]),
        (
            "SELECT {a,b}, count(*) FROM t GROUP BY {} ORDER BY {}",
            [
                "SELECT a, b, count(*) FROM t GROUP BY a, b ORDER BY a, b",
                "SELECT a, count(*) FROM t GROUP BY a ORDER BY a",
                "SELECT b, count(*) FROM t GROUP BY b ORDER BY b",
            ],
        ),
        (
            "SELECT {coalesce(a, 0), b} FROM t",
            ["SELECT coalesce(a, 0), b FROM t", "SELECT coalesce(a, 0) FROM t", "SELECT b FROM t"],
        ),
        ("SELECT ';{a, b}', 'it''s; {}'", ["SELECT ';{a, b}', 'it''s; {}'"]),
        ('SELECT ";" FROM "{}"', ['SELECT ";" FROM "{}"']),
        ("SELECT {a}, {b, c}", ["SELECT a, b, c", "SELECT a, b", "SELECT a, c"]),
        ("SELECT 1 }{", ["SELECT 1 }{"]),
    ],
)
def test_a_gold_is_read(text: str, meant: list[str]) -> None:
    assert golds(text) == meant


def test_choices_do_not_grow_without_end() -> None:
    columns = ", ".join(f"c{n}" for n in range(20))
    assert len(golds(f"SELECT {{{columns}}} FROM t")) == MOST_CHOICES
