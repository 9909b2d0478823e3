"""How the word lists beside the code are read."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from analyst import word_files

TEXT = """# A remark.

first: one two
 three
# Another one.
second thing: a+b, c*
first: four
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with one file, new for each test."""
    folder = tmp_path / f"lists_{tmp_path.name}"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "some.txt").write_text(TEXT, encoding="utf-8")
    (folder / "plain.txt").write_text("# Words.\nGröße b\n\nc b\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return folder.name


def test_remarks_are_left_out_and_lines_go_on(package: str) -> None:
    assert word_files.lines(package, "some") == (
        "first: one two three",
        "second thing: a+b, c*",
        "first: four",
    )
    assert word_files.words(package, "plain") == {"Größe", "b", "c"}


def test_what_stands_under_a_name(package: str) -> None:
    assert word_files.pairs(package, "some") == (
        ("first", "one two three"),
        ("second thing", "a+b, c*"),
        ("first", "four"),
    )
    assert word_files.named(package, "some")["second thing"] == "a+b, c*"
    with pytest.raises(KeyError):
        word_files.named(package, "some")["third"]
