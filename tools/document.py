"""Writes docs/settings.md from the code, or says that it is out of date.

python tools/document.py [--check]
"""

from __future__ import annotations

import argparse
import ast
import inspect
import sys
from dataclasses import MISSING, Field, fields
from pathlib import Path

from analyst.settings import Settings

TARGET = Path(__file__).parent.parent / "docs" / "settings.md"
HEAD = """# Settings

Made from `code/analyst/settings.py` by `make docs`. Each is an environment variable, or a line of a `.env` file.

| variable | what it is | default |
|---|---|---|
"""


def descriptions() -> dict[str, str]:
    """The sentence below each field of the settings."""
    tree = ast.parse(inspect.getsource(Settings)).body[0]
    assert isinstance(tree, ast.ClassDef)
    found = {}
    for node, after in zip(tree.body, tree.body[1:], strict=False):
        is_text = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and is_text:
            found[node.target.id] = " ".join(str(after.value.value).split())  # type: ignore[attr-defined]
    return found


def default(setting: Field[object]) -> str:
    """The default as people write it."""
    if setting.default is MISSING:
        return {"data": "`~/.local/share/data-analyst-bi`", "cache": "`~/.cache/data-analyst-bi`"}[
            setting.name
        ]
    return f"`{setting.default}`" if setting.default != "" else ""


def text() -> str:
    """The whole page."""
    said = descriptions()
    rows = [
        f"| `ANALYST_{s.name.upper()}` | {said.get(s.name, '')} | {default(s)} |" for s in fields(Settings)
    ]
    return HEAD + "\n".join(rows) + "\n"


def main() -> int:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    if not parser.parse_args().check:
        TARGET.write_text(text(), encoding="utf-8")
        return 0
    if TARGET.read_text(encoding="utf-8") == text():
        return 0
    sys.stderr.write("docs/settings.md is out of date: make docs\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
