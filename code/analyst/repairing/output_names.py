"""The name of an output column where only columns may stand: its expression is put there."""

from __future__ import annotations

from sqlglot import exp

from analyst.guard.tables import folded
from analyst.repairing.aggregates import aggregates, holds_window, is_aggregate
from analyst.repairing.grouping import settled_relations
from analyst.repairing.reading import Meaning, Reading, Sense


def output_names_spelled_out(reading: Reading) -> tuple[str, ...]:
    """WHERE, HAVING and expressions of other clauses cannot use an alias; its expression stands in."""
    notes: dict[str, None] = {}
    for column, meaning in reading.columns(Sense.NO_COLUMN, Sense.FOUND):
        expression = _meant(column, meaning, reading)
        if expression is None or _would_nest(column, expression):
            continue
        column.replace(_bracketed(expression.copy(), column.parent))
        notes[f"{column.name} is only the name of a result column; its expression is used instead."] = None
    return tuple(notes)


def _meant(column: exp.Column, meaning: Meaning, reading: Reading) -> exp.Expr | None:
    if column.args.get("table") is not None or _on_redshift_list(meaning, reading):
        return None
    expression = meaning.place.outputs.get(folded(column.this, reading.tongue))
    if expression is None or holds_window(expression) or _within(column, expression):
        return None
    if meaning.sense is Sense.NO_COLUMN and any(
        c.name.lower() == column.name.lower() for c in expression.find_all(exp.Column)
    ):
        return None
    if meaning.sense is Sense.NO_COLUMN:
        return expression
    # HAVING total > 5 with SUM(total) AS total: the plain column cannot stand there, the sum can.
    totals = meaning.clause == "having" and bool(aggregates(expression))
    return expression if totals and not _is_grouped(meaning, reading) else None


def _on_redshift_list(meaning: Meaning, reading: Reading) -> bool:
    return reading.tongue.name == "redshift" and meaning.clause == "expressions"


def _is_grouped(meaning: Meaning, reading: Reading) -> bool:
    group = meaning.place.select.args.get("group")
    keys = group.find_all(exp.Column) if group is not None else ()
    listed = [k for k in keys if reading.meaning(k) is not None]
    found = [reading.meaning(k) for k in listed]
    named = any(f and f.relation is meaning.relation and f.stored == meaning.stored for f in found)
    return named or id(meaning.relation) in settled_relations(list(listed), reading)


def _within(column: exp.Column, expression: exp.Expr) -> bool:
    return column is expression or any(part is column for part in expression.walk())


def _would_nest(column: exp.Column, expression: exp.Expr) -> bool:
    """An aggregate may not stand within another."""
    if not aggregates(expression):
        return False
    node = column.parent
    while node is not None and not isinstance(node, exp.Query):
        if is_aggregate(node):
            return True
        node = node.parent
    return False


def _bracketed(expression: exp.Expr, parent: exp.Expr | None) -> exp.Expr:
    wraps = isinstance(expression, (exp.Binary, exp.Unary, exp.Case)) and isinstance(
        parent, (exp.Binary, exp.Unary, exp.Between, exp.In, exp.Cast)
    )
    return exp.Paren(this=expression) if wraps and not isinstance(expression, exp.Paren) else expression
