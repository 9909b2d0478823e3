"""Comparisons that Postgres makes without an error whatever the row holds, told by the types of both sides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeGuard

from sqlglot import exp

Kind = Callable[[exp.Column], str]
"""The database's type of a column; empty where it is not known."""

_ORDERED = (exp.GT, exp.GTE, exp.LT, exp.LTE)
COMPARED = (exp.EQ, exp.NEQ, *_ORDERED)
_FAMILIES = {
    **dict.fromkeys(("smallint", "integer", "bigint", "int", "int2", "int4", "int8"), "integer"),
    **dict.fromkeys(("numeric", "decimal"), "numeric"),
    **dict.fromkeys(("real", "double precision", "float4", "float8"), "float"),
    **dict.fromkeys(("text", "character varying", "varchar"), "text"),
    **dict.fromkeys(("character", "char", "bpchar"), "character"),
    **dict.fromkeys(("boolean", "bool"), "boolean"),
    **dict.fromkeys(("timestamp", "timestamp without time zone"), "timestamp"),
    **dict.fromkeys(("timestamptz", "timestamp with time zone"), "timestamptz"),
    "date": "date",
    "uuid": "uuid",
}
"""Built-in types only, by their exact names: a domain's or an extension's operators may do anything."""
_TEXTS = ("text", "character")
"""Only compared for equality: an order of texts is the collation library's."""
_CASTS = {
    "date": (exp.DataType.Type.DATE,),
    "timestamp": (exp.DataType.Type.DATE, exp.DataType.Type.TIMESTAMP),
    "timestamptz": (exp.DataType.Type.DATE, exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPTZ),
    "uuid": (exp.DataType.Type.UUID,),
}
"""What a written value may be cast to beside a column, so that it is the value that is converted, never the column."""

_DAY = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}($|[ T])"


def family(kind: str) -> str:
    """The group of types that a built-in type can be compared within; empty for any other type."""
    return _FAMILIES.get(re.sub(r"\([0-9, ]*\)", "", kind.lower()).strip(), "")


def conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    """What AND joins, in the order it is written."""
    todo = [condition]
    while todo:
        part = todo.pop()
        if isinstance(part, exp.And):
            todo += [part.expression, part.this]
        elif isinstance(part, exp.Paren):
            todo.append(part.this)
        else:
            yield part


def compared_column(condition: exp.Expr, kind: Kind) -> exp.Column | None:
    """The column of a comparison with written values, which is never true of NULL; None for anything else."""
    if isinstance(condition, exp.Not):
        inner = condition.this.unnest()
        return compared_column(inner, kind) if isinstance(inner, (exp.In, exp.Between)) else None
    if isinstance(condition, exp.Is):
        present = isinstance(condition.expression, exp.Null) and bool(condition.args.get("negate"))
        column = condition.this
        return column if present and _is_plain(column) and family(kind(column)) else None
    if isinstance(condition, exp.In):
        plain = not any(v for k, v in condition.args.items() if k not in ("this", "expressions"))
        return _beside(condition.this, condition.expressions, kind) if plain else None
    if isinstance(condition, exp.Between):
        plain = not condition.args.get("symmetric")
        bounds = [condition.args["low"], condition.args["high"]]
        return _beside(condition.this, bounds, kind, ordered=True) if plain else None
    if not isinstance(condition, COMPARED):
        return None
    ordered = isinstance(condition, _ORDERED)
    left, right = condition.this, condition.expression
    return _beside(left, [right], kind, ordered=ordered) or _beside(right, [left], kind, ordered=ordered)


def compared_columns(condition: exp.Expr, kind: Kind) -> tuple[exp.Column, exp.Column] | None:
    """The two columns of one family of types that a condition compares; None for anything else."""
    if not isinstance(condition, COMPARED):
        return None
    left, right = condition.this, condition.expression
    if not (_is_plain(left) and _is_plain(right)):
        return None
    of_left = family(kind(left))
    if not of_left or of_left != family(kind(right)):
        return None
    return None if isinstance(condition, _ORDERED) and of_left in _TEXTS else (left, right)


def _beside(
    column: exp.Expr, values: Iterable[exp.Expr], kind: Kind, *, ordered: bool = False
) -> exp.Column | None:
    if not _is_plain(column):
        return None
    found = family(kind(column))
    if not found or (ordered and found in _TEXTS):
        return None
    listed = list(values)
    return column if listed and all(_is_value(v, found) for v in listed) else None


def _is_plain(node: exp.Expr) -> TypeGuard[exp.Column]:
    return isinstance(node, exp.Column) and isinstance(node.this, exp.Identifier)


def _is_value(node: exp.Expr, found: str) -> bool:
    """True for a written value that takes the column's own type, or one that the column need not be changed for."""
    node = node.unnest()
    if found in ("integer", "numeric", "float"):
        node = node.this.unnest() if isinstance(node, exp.Neg) else node
        form = r"[0-9]{1,18}" if found == "integer" else r"[0-9]{1,30}(\.[0-9]{1,30})?"
        return isinstance(node, exp.Literal) and not node.is_string and bool(re.fullmatch(form, node.name))
    if found == "boolean":
        return isinstance(node, exp.Boolean)
    if isinstance(node, exp.Cast) and type(node) is exp.Cast:
        known = node.to.this in _CASTS.get(found, ()) and not node.to.expressions
        # A far-off day cannot become a time, which older servers only notice at the first row.
        return known and _is_text(node.this) and (found == "uuid" or bool(re.match(_DAY, node.this.name)))
    return _is_text(node)


def _is_text(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and node.is_string
