"""Rule: only the listed types (types.txt)."""

from __future__ import annotations

from sqlglot import exp

from analyst.errors import Refused
from analyst.guard.statement import Statement
from analyst.guard.words import names


def known_types(statement: Statement) -> None:
    """Raise Refused at the first type that is not let through."""
    allowed = names("types.txt")
    for node in statement.tree.find_all(exp.DataType):
        if not isinstance(node, exp.IntervalSpan) and _name(node).lower() not in allowed:
            raise Refused(f"The type {_name(node)} may not be used.", rule="types")


def _name(node: exp.DataType) -> str:
    if node.this is exp.DataType.Type.USERDEFINED:
        kind = node.args.get("kind")
        if isinstance(kind, exp.Identifier):
            return kind.name
        return kind if isinstance(kind, str) else "with a schema"
    return str(node.this.value) if isinstance(node.this, exp.DataType.Type) else node.this.name
