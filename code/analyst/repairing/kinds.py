"""What kind of value an expression holds, as far as the catalog's types tell: a few families of types."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import MappingProxyType

from sqlglot import exp

INTEGERS = frozenset({"integer", "bigint"})
NUMBERS = frozenset({"integer", "bigint", "numeric", "double precision"})
MOMENTS = frozenset({"date", "timestamp"})

_FAMILIES = (
    (r"(small|medium|tiny)?int(eger)?|int[24]|(small)?serial", "integer"),
    (r"bigint|int8|bigserial", "bigint"),
    (r"numeric|decimal", "numeric"),
    (r"real|double( precision)?|float[48]?", "double precision"),
    (r"text|(character|char|varchar|bpchar|string|citext|name|character varying)", "text"),
    (r"date", "date"),
    (r"timestamp.*|datetime", "timestamp"),
    (r"bool(ean)?", "boolean"),
    (r"interval", "interval"),
)
_ORDER = ("integer", "bigint", "numeric", "double precision")
_TEXTS = frozenset({"to_char", "concat", "lower", "upper", "trim", "substring", "substr", "replace", "left"})
_FIRST = frozenset({"min", "max", "coalesce", "nullif", "greatest", "least", "abs", "mode", "ceil", "floor"})
_RANKS = frozenset({"row_number", "rank", "dense_rank", "ntile"})
_SPREADS = frozenset({"avg", "stddev", "variance", "stddev_pop", "stddev_samp", "sqrt", "round", "trunc"})

_WRAPPERS = (exp.Paren, exp.Neg, exp.Alias, exp.Window, exp.Filter, exp.Distinct, exp.WithinGroup)

Lookup = Callable[[exp.Expr], str]
"""The kind of a column or a subquery; empty where it is not known."""

_FIXED = MappingProxyType(
    {
        "count": "bigint",
        "length": "integer",
        "date_trunc": "timestamp",
        "now": "timestamp",
        "date": "date",
        "age": "interval",
        "date_part": "double precision",
        "to_date": "date",
        "to_timestamp": "timestamp",
        "random": "double precision",
        "percentile_cont": "double precision",
        "corr": "double precision",
    }
)


def family(type_: str) -> str:
    """The family of a database's type; empty for one that is not followed here."""
    if "[" in type_:
        return ""
    plain = type_.lower().partition("(")[0].strip()
    return next((name for pattern, name in _FAMILIES if re.fullmatch(pattern, plain)), "")


def promoted(*kinds: str) -> str:
    """The kind of a sum of numbers; empty where one is not a number."""
    if not kinds or any(k not in NUMBERS for k in kinds):
        return ""
    return max(kinds, key=_ORDER.index)


def kind(node: exp.Expr | None, lookup: Lookup) -> str:
    """The kind of an expression; "literal" for a text in quotes, which takes the type it is compared to."""
    if node is None:
        return ""
    if isinstance(node, (exp.Column, exp.Subquery)):
        return lookup(node)
    if isinstance(node, exp.Literal):
        return "literal" if node.is_string else "integer" if node.this.isdigit() else "numeric"
    if isinstance(node, _WRAPPERS):
        inner = node.expressions[0] if isinstance(node, exp.Distinct) and node.expressions else node.this
        return kind(inner, lookup)
    if isinstance(node, exp.Cast):
        return family(node.to.sql("postgres"))
    if isinstance(node, exp.Case):
        return _case(node, lookup)
    if isinstance(node, (exp.Count, exp.Anonymous)):
        return _call(node, lookup)
    return _operation(node, lookup)


def _case(node: exp.Case, lookup: Lookup) -> str:
    branches = [branch.args.get("true") for branch in node.args["ifs"]] + [node.args.get("default")]
    kinds = {kind(b, lookup) for b in branches if b is not None and not isinstance(b, exp.Null)}
    return kinds.pop() if len(kinds) == 1 else promoted(*kinds)


def _call(node: exp.Expr, lookup: Lookup) -> str:
    name = "count" if isinstance(node, exp.Count) else node.name.lower()
    if name in _FIXED:
        return _FIXED[name]
    if name in _TEXTS:
        return "text"
    if name in _RANKS:
        return "bigint"
    inner = kind(node.expressions[0], lookup) if node.expressions else ""
    if name in _FIRST:
        others = [kind(e, lookup) for e in node.expressions if not isinstance(e, exp.Null)]
        return promoted(*others) or inner
    if name == "sum":
        return {"integer": "bigint", "bigint": "numeric"}.get(inner, inner)
    if name in _SPREADS:
        exact = name == "avg" or len(node.expressions) > 1 or inner == "numeric"
        return ("numeric" if exact and inner in ("integer", "bigint", "numeric") else "double precision") * (
            inner in NUMBERS
        )
    return ""


def _operation(node: exp.Expr, lookup: Lookup) -> str:
    if isinstance(node, (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)):
        left, right = kind(node.this, lookup), kind(node.expression, lookup)
        return promoted(left, right) or _moment(node, left, right)
    if isinstance(node, (exp.Predicate, exp.And, exp.Or, exp.Not, exp.Boolean)):
        return "boolean"
    if isinstance(node, exp.CurrentDate):
        return "date"
    if isinstance(node, exp.CurrentTimestamp):
        return "timestamp"
    if isinstance(node, exp.Interval):
        return "interval"
    if isinstance(node, exp.Extract):
        return "numeric"
    if isinstance(node, exp.Pow):
        kinds = {kind(node.this, lookup), kind(node.expression, lookup)}
        return "double precision" if kinds <= NUMBERS - {"numeric"} else promoted(*kinds)
    return "text" if isinstance(node, exp.DPipe) else ""


def _moment(node: exp.Expr, left: str, right: str) -> str:
    if left == "date" and right == "date":
        return "integer" if isinstance(node, exp.Sub) else ""
    if left in MOMENTS and right in MOMENTS:
        return "interval"
    if left == "date" and right in INTEGERS:
        return "date"
    if left in MOMENTS and right == "interval":
        return "timestamp"
    return ""
