"""A source is known by engine, host, port and database, however its URL says them."""

from __future__ import annotations

import pytest

from analyst.source import source_of


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("postgresql://u:p@Host/d", "postgres://host:5432/d"),
        ("postgresql://host:6000/d", "postgres://host:6000/d"),
        ("postgresql:///d?host=host&port=6000", "postgres://host:6000/d"),
        ("postgresql:///d?host=/run/socket&port=6000", "postgres://local/d"),
    ],
)
def test_the_key(url: str, key: str) -> None:
    assert source_of(url).key == key
