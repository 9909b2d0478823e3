"""Rule: functions that make something out of nothing make no more than bounds.txt says."""

from __future__ import annotations

import math
import re

from sqlglot import exp

from analyst.errors import Refused
from analyst.guard.extents import ORDINARY, Extents
from analyst.guard.patterns import calm_patterns
from analyst.guard.series import called_rows, is_series, series_rows
from analyst.guard.sizes import relation_rows
from analyst.guard.statement import Statement
from analyst.guard.words import bound, pairs, words_of

_LENGTHS = frozenset({"repeat", "lpad", "rpad", "replicate", "ngrams"})


def bounded_literals(statement: Statement) -> None:
    """Raise Refused for a series, text, list, power, regular expression or format pattern beyond its bound."""
    for node in statement.tree.walk():
        if isinstance(node, exp.Anonymous):
            _check_call(node, node.name.lower(), statement)
        elif isinstance(node, exp.Pow):
            _check_size(node.expression, bound("power"), "power", statement.extents)
        if isinstance(node, (exp.Anonymous, exp.DPipe)) and _made(node, statement) > bound("made text"):
            raise Refused("The query would make a huge text or list.", rule="bounds")
    _check_all_series(statement)
    calm_patterns(statement)


def _made(node: exp.Expr, statement: Statement) -> float:
    """How much an expression makes; what an aggregate gathers of made texts counts for each row of a series."""
    length = statement.extents.length(node)
    select = node.find_ancestor(exp.Select)
    if length <= ORDINARY or node.name.lower() not in words_of("extents.txt", "gathering") or select is None:
        return length
    beside = [r for r in statement.relations.get(id(select), []) if not r.table]
    return length * math.prod(relation_rows(r, statement) for r in beside)


def _check_call(call: exp.Anonymous, name: str, statement: Statement) -> None:
    arguments = call.expressions
    if is_series(call):
        _check_series(call, statement)
    elif name in _LENGTHS:
        _check_length(call, name, statement)
    elif name == "format":
        _check_format(call)
    elif name in ("pow", "power") and len(arguments) > 1:
        _check_size(arguments[1], bound("power"), name, statement.extents)
    elif name in ("exp", "numeric_histogram", "approx_most_frequent") and arguments:
        _check_size(arguments[0], bound(name), name, statement.extents)


def _check_size(node: exp.Expr, most: int, name: str, extents: Extents) -> None:
    if extents.number(node) > most:
        raise Refused(f"The number given to {name} may be larger than {most:,}.", rule="bounds")


def _check_all_series(statement: Statement) -> None:
    """Long series of one statement may not multiply, in whatever way they meet."""
    calls = [c for c in statement.tree.find_all(exp.Anonymous) if is_series(c)]
    rows = [series_rows(c, statement) for c in calls]
    if math.prod(r for r in rows if r > bound("long series")) > bound("all series"):
        raise Refused("The query uses too many long series.", rule="bounds")
    for call in calls:
        inside = (c for a in call.expressions for c in a.find_all(exp.Anonymous))
        if any(is_series(c) for c in inside):
            raise Refused(f"{call.name} must not stand within a series.", rule="bounds")


def _check_series(call: exp.Anonymous, statement: Statement) -> None:
    most = bound(f"{statement.tongue.name} series")
    if len(call.expressions) < 2:
        raise Refused(f"{call.name} needs a start and an end.", rule="bounds")
    if called_rows(call, statement) > most:
        raise Refused(f"{call.name} would make more than {most:,} rows.", rule="bounds")


def _check_length(call: exp.Anonymous, name: str, statement: Statement) -> None:
    text, *rest = call.expressions or [exp.Null()]
    if any(c.name.lower() in _LENGTHS for c in text.find_all(exp.Anonymous)):
        raise Refused(
            f"{name} must not be applied to a text that is itself repeated or padded.", rule="bounds"
        )
    if rest:
        _check_size(rest[0], bound(name), name, statement.extents)


def _check_format(call: exp.Anonymous) -> None:
    pattern = call.expressions[0] if call.expressions else None
    if not isinstance(pattern, exp.Literal) or not pattern.is_string:
        raise Refused("The pattern of format must be written out.", rule="bounds")
    digits = int(pairs("bounds.txt")["format width digits"])
    if re.search(rf"%[^a-zA-Z%]*(\*|\d{{{digits + 1},}})", pattern.this):
        raise Refused("The width in the pattern of format is too large.", rule="bounds")
