"""docs/settings.md: every setting of the product, from code/analyst/settings.py."""

from __future__ import annotations

import ast
import inspect
from dataclasses import MISSING, Field, fields

from analyst.settings import Settings

HEAD = """# Settings

Made from `code/analyst/settings.py` by `make docs`. Each is an environment variable, or a line of a `.env` file.

| variable | what it is | default |
|---|---|---|
"""


def text() -> str:
    """The whole page."""
    said = descriptions()
    rows = [
        f"| `ANALYST_{s.name.upper()}` | {said.get(s.name, '')} | {default(s)} |" for s in fields(Settings)
    ]
    return HEAD + "\n".join(rows) + "\n"


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
