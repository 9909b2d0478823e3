"""docs/sources.md: its file is read as it stands, and every key is explained."""

from __future__ import annotations

import re
from pathlib import Path

from analyst.sources_file import _KINDS, TLS, read_entries

PAGE = (Path(__file__).parents[2] / "docs" / "sources.md").read_text(encoding="utf-8")


def test_the_file_on_the_page_is_right() -> None:
    (file,) = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)
    entries = read_entries(file, file="sources.toml")
    assert [entry.problem for entry in entries if entry.problem] == []
    kinds = [(entry.source.engine, entry.source.scheme) for entry in entries if entry.source]
    assert {scheme for _, scheme in kinds} == {"postgresql", "redshift", "redshift-data", "athena"}
    assert entries[0].name == "shop"


def test_every_key_is_on_the_page() -> None:
    rows = " ".join(line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `"))
    known = {key for keys in _KINDS.values() for key in keys}
    assert known - set(re.findall(r"`(\w+)`", rows)) == set()
    assert all(f'"{word}"' in rows for word in TLS)
