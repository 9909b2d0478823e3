"""What a module says of its options: each field of a class with its sentence, its default and its heading."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class OptionField:
    """One field of a dataclass, as its source has it."""

    name: str
    kind: str
    """Its annotation."""
    default: str
    """Its default as source text; empty for none."""
    said: str
    """The sentence below it."""
    heading: str
    """The comment above its group."""


def option_fields(file: Path, class_name: str) -> list[OptionField]:
    """The fields of a class of that file, in order; raises ValueError where a field says nothing of itself."""
    source = file.read_text(encoding="utf-8")
    found = [n for n in ast.parse(source).body if isinstance(n, ast.ClassDef) and n.name == class_name]
    if not found:
        raise ValueError(f"There is no class {class_name} in {file.name}.")
    return list(_fields(found[0], source.splitlines()))


def _fields(described: ast.ClassDef, lines: list[str]) -> Iterator[OptionField]:
    heading, seen = "", described.body[0].end_lineno or described.lineno
    for node, after in zip(described.body, described.body[1:], strict=False):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        heading = _comment(lines[seen : node.lineno - 1]) or heading
        seen = after.end_lineno or after.lineno
        yield OptionField(
            name=node.target.id,
            kind=ast.unparse(node.annotation),
            default=ast.unparse(node.value) if node.value else "",
            said=_sentence(after, node.target.id),
            heading=heading,
        )


def _comment(lines: list[str]) -> str:
    return " ".join(line.strip().removeprefix("#").strip() for line in lines if line.strip().startswith("#"))


def _sentence(node: ast.stmt, name: str) -> str:
    if (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ):
        return " ".join(node.value.value.split())
    raise ValueError(f"The field {name} has no sentence below it.")


def cell(text: str) -> str:
    """Text that can stand in a cell of a table."""
    return text.replace("|", "\\|")
