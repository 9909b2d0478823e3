"""Which parts of an expression are aggregates, and which columns stand outside them."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from analyst.repairing.reading import Place, Reading

_LISTED = """
sum avg min max count string_agg array_agg listagg bool_and bool_or every median stddev stddev_pop
stddev_samp variance var_pop var_samp corr covar_pop covar_samp regr_slope regr_intercept json_agg
jsonb_agg json_object_agg jsonb_object_agg percentile_cont percentile_disc mode bit_and bit_or
xmlagg approx_distinct approx_percentile arbitrary any_value max_by min_by count_if
"""
NAMES = frozenset(_LISTED.split())


def is_aggregate(node: exp.Expr) -> bool:
    """True for a call of an aggregate, be it over a window or not."""
    return isinstance(node, exp.Count) or (isinstance(node, exp.Anonymous) and node.name.lower() in NAMES)


def aggregates(node: exp.Expr | None) -> list[exp.Expr]:
    """The outermost aggregates of an expression; those over a window and those of queries within do not count."""
    found: list[exp.Expr] = []
    todo = [node] if node is not None else []
    while todo:
        part = todo.pop()
        found += [part] if _is_call(part) else []
        todo += reversed(children(part))
    return found


def holds_window(node: exp.Expr) -> bool:
    """True where an expression has a window function."""
    return node.find(exp.Window) is not None


def children(node: exp.Expr) -> list[exp.Expr]:
    """The parts of an expression that stand outside its aggregates and outside queries within it."""
    if isinstance(node, exp.Query) or _is_call(node):
        return []
    if isinstance(node, exp.Window):
        return _over_window(node)
    return list(node.iter_expressions())


def _is_call(node: exp.Expr) -> bool:
    return is_aggregate(node) or (isinstance(node, (exp.Filter, exp.WithinGroup)) and _called(node))


def _called(node: exp.Expr) -> bool:
    while isinstance(node, (exp.Filter, exp.WithinGroup)):
        node = node.this
    return is_aggregate(node)


def _over_window(node: exp.Window) -> list[exp.Expr]:
    """A window function's arguments and its window: there plain columns and aggregates may stand."""
    call: Any = node.this
    while isinstance(call, (exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls)):
        call = call.this
    around = [value for key, value in node.args.items() if key != "this"]
    flat = [v for value in around for v in (value if isinstance(value, list) else [value])]
    return [*call.iter_expressions(), *(v for v in flat if isinstance(v, exp.Expr))]


def sums_up(place: Place) -> bool:
    """True where a SELECT yields groups: it has GROUP BY, HAVING or an aggregate."""
    select = place.select
    if select.args.get("group") or select.args.get("having"):
        return True
    return has_aggregates(select)


def has_aggregates(select: exp.Select) -> bool:
    """True where an aggregate stands in the list, in HAVING or in ORDER BY of a SELECT."""
    clauses = [*select.expressions, select.args.get("having"), select.args.get("order")]
    return any(aggregates(clause) for clause in clauses)


def same(one: exp.Expr, other: exp.Expr, reading: Reading) -> bool:
    """True for two expressions that mean the same, however their columns are written."""
    return shape(one, reading) == shape(other, reading)


def shape(node: exp.Expr, reading: Reading) -> object:
    """What an expression says, as a value that can be compared."""
    while isinstance(node, (exp.Paren, exp.Alias)):
        node = node.this
    if isinstance(node, exp.Column):
        found = reading.meaning(node)
        if found is not None and found.relation is not None and found.stored:
            return ("column", id(found.relation), found.stored)
        return ("column", node.table.lower(), node.name.lower())
    values = [(key, _value(value, reading)) for key, value in sorted(node.args.items()) if value]
    return (type(node).__name__, tuple(values))


def _value(value: object, reading: Reading) -> object:
    if isinstance(value, exp.Expr):
        return shape(value, reading)
    if isinstance(value, list):
        return tuple(_value(v, reading) for v in value)
    return value if not isinstance(value, str) else value.lower()
