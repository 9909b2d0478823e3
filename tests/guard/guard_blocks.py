"""Reads the fixture files: blocks of a `-- dialect topic` line and the SQL below it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from analyst.catalog import Catalog
from analyst.guard import load_catalog

_HERE = Path(__file__).parent


def blocks(name: str) -> list[tuple[str, str, str]]:
    """(dialect, topic, SQL) of every block in a file."""
    text = (_HERE / name).read_text(encoding="utf-8")
    found = re.findall(r"^-- (postgres|redshift|athena) (\S+)\n(.+?)(?:\n\n|\n?\Z)", text, re.M | re.S)
    return [(dialect, topic, sql) for dialect, topic, sql in found]


def shop(dialect: str = "postgres") -> Catalog:
    """The catalog of schema.json."""
    return load_catalog(json.loads((_HERE / "schema.json").read_text(encoding="utf-8")), dialect)
