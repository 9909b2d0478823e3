"""Athena's text of a value as a cell, for what the stand-in cannot make."""

from __future__ import annotations

import pytest

from analyst.engines.athena_types import cells, reader
from analyst.result import Cell, Kind


@pytest.mark.parametrize(
    ("type_", "text", "kind", "cell"),
    [
        ("varbinary", "00 ff 1A", Kind.BYTES, "\\x00ff1a"),
        ("varbinary", "", Kind.BYTES, "\\x"),
        ("varbinary", " ".join(["ab"] * 2000), Kind.BYTES, "\\x" + "ab" * 1000 + "…"),
        ("timestamp", "2013-01-31 17:45:00.000000000", Kind.TIMESTAMP, "2013-01-31T17:45:00"),
        ("timestamp(9)", "2013-01-31 17:45:00.123456789", Kind.TIMESTAMP, "2013-01-31T17:45:00.123456789"),
        ("timestamp", "+12345-01-01 10:00:00.000", Kind.TIMESTAMP, "+12345-01-01 10:00:00.000"),
        (
            "timestamp with time zone",
            "2013-07-31 17:45:00.500 UTC",
            Kind.INSTANT,
            "2013-07-31T17:45:00.5+00:00",
        ),
        (
            "timestamp with time zone",
            "2013-07-31 17:45:00.000 +05:30",
            Kind.INSTANT,
            "2013-07-31T17:45:00+05:30",
        ),
        (
            "timestamp(3) with time zone",
            "2013-07-31 17:45:00.000 America/New_York",
            Kind.INSTANT,
            "2013-07-31T17:45:00-04:00",
        ),
        (
            "timestamp with time zone",
            "2013-07-31 17:45:00 No/Where",
            Kind.INSTANT,
            "2013-07-31 17:45:00 No/Where",
        ),
        (
            "timestamp with time zone",
            "2013-07-31 17:45:00 ../../x",
            Kind.INSTANT,
            "2013-07-31 17:45:00 ../../x",
        ),
        ("time", "17:45:00.250", Kind.TIME, "17:45:00.25"),
        ("time with time zone", "17:45:00.000+05:30", Kind.TIME, "17:45:00+05:30"),
        ("decimal", "0.00000000000000000000000000000000000001", Kind.DECIMAL, "0." + "0" * 37 + "1"),
        ("double", "1.0E-7", Kind.NUMBER, 1e-7),
        ("double", "Infinity", Kind.NUMBER, "Infinity"),
        ("float", "NaN", Kind.NUMBER, "NaN"),
        ("boolean", "false", Kind.BOOLEAN, False),
        ("date", "-0044-03-15", Kind.DATE, "-0044-03-15"),
        ("interval day to second", "2 00:00:00.000", Kind.INTERVAL, "2 00:00:00.000"),
        ("interval year to month", "1-2", Kind.INTERVAL, "1-2"),
        ("json", '{"a": [1, null]}', Kind.JSON, {"a": [1, None]}),
        ("json", "{", Kind.JSON, "{"),
        ("map", "{a=1, b=null}", Kind.TEXT, "{a=1, b=null}"),
        ("row", "{a=1, b=x}", Kind.TEXT, "{a=1, b=x}"),
        ("char", "ab  ", Kind.TEXT, "ab  "),
        ("uuid", "a0eebc99", Kind.TEXT, "a0eebc99"),
        ("unknown", "x", Kind.TEXT, "x"),
    ],
)
def test_a_value(type_: str, text: str, kind: Kind, cell: Cell) -> None:
    how = reader(type_)
    assert (how.kind, cells([[text], [None]], [how])) == (kind, [[cell], [None]])
