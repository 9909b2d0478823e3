"""Where literals stand in a statement, and what each of them says there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp

from analyst.catalog import Catalog, Table
from analyst.guard.dialects import tongue
from analyst.periods.vocabulary import words
from analyst.repairing.statement import UNREADABLE, parsed

_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In)
_THROUGH = (exp.Paren, exp.Neg, exp.Cast, exp.TryCast, exp.Tuple, exp.Array, exp.Any)
_DAY = re.compile(r"\d{4}(-\d\d){0,2}(?![\d-])")
_UNITS = ("year", "quarter", "month", "day")
_SHAPING = ("round", "trunc", "to_char", "left", "right", "lpad", "string_agg")
_NOW = (exp.CurrentDate, exp.CurrentTimestamp, exp.CurrentTime)


@dataclass(frozen=True)
class Place:
    """One literal of a tree."""

    node: exp.Literal
    kind: str
    """"compared", "date", "limit", "interval", "harmless" or "other"."""
    subject: str = ""
    """What it is compared with, as SQL in lower case."""
    unit: str = ""
    """"year", "quarter", "month", "day" where that part of a date is compared; of an interval its unit."""
    operator: str = ""
    column: str = ""
    """The column it is compared with itself."""
    tables: frozenset[str] = frozenset()
    """The tables that column may be of."""
    lowered: bool = False

    @property
    def text(self) -> str:
        """The literal as it is written."""
        return str(self.node.this)


@lru_cache(maxsize=2_000)
def tree_of(sql: str, dialect: str) -> exp.Expr | None:
    """The statement's tree, never to be changed; None where it cannot be read."""
    try:
        return parsed(sql, tongue(dialect))
    except UNREADABLE:
        return None


def places(tree: exp.Expr, catalog: Catalog) -> tuple[Place, ...]:
    """All literals of a tree in a fixed order."""
    called = _tables(tree, catalog)
    return tuple(_place(node, called) for node in tree.find_all(exp.Literal))


def uses_now(tree: exp.Expr) -> bool:
    """True where days are counted from the moment at which the statement runs."""
    return tree.find(*_NOW) is not None or any(
        call(node) in words("now") for node in tree.find_all(exp.Anonymous)
    )


def call(node: exp.Expr) -> str:
    """What a function is called, in lower case; empty for what is none."""
    if isinstance(node, exp.Anonymous):
        return node.name.lower()
    return node.sql_name().lower() if isinstance(node, exp.Func) else ""


def _tables(tree: exp.Expr, catalog: Catalog) -> Mapping[str, Table | None]:
    """The catalog's tables by what the statement calls them; None for what is none, or several."""
    found: dict[str, Table | None] = {}
    for node in tree.find_all(exp.Table):
        table = catalog.table(node.name, node.db)
        called = node.alias_or_name.lower()
        found[called] = table if called not in found or found[called] == table else None
    return found


def _place(node: exp.Literal, called: Mapping[str, Table | None]) -> Place:
    child: exp.Expr = node
    parent = node.parent
    while isinstance(parent, _THROUGH):
        child, parent = parent, parent.parent
    if isinstance(parent, (exp.Limit, exp.Fetch)):
        return Place(node, "limit")
    interval = node.find_ancestor(exp.Interval)
    if interval is not None:
        return Place(node, "interval", unit=str(interval.args.get("unit") or "").lower().rstrip("s"))
    if isinstance(parent, exp.Sub) and child.arg_key == "expression" and not node.is_string:
        return Place(node, "interval", unit="day")
    if isinstance(parent, (exp.Ordered, exp.Group, exp.DataTypeParam)) or (
        parent is not None and call(parent) in _SHAPING and child is not first_argument(parent)
    ):
        return Place(node, "harmless")
    if isinstance(parent, _COMPARISONS):
        return _compared(node, child, parent, called)
    if isinstance(parent, (exp.Mul, exp.Div)) and _is_hundred(node):
        return Place(node, "harmless")
    return Place(node, "date" if node.is_string and _DAY.match(node.name) else "other")


def _is_hundred(node: exp.Literal) -> bool:
    return not node.is_string and float(node.name) in (1.0, 100.0)


def _compared(
    node: exp.Literal, child: exp.Expr, parent: exp.Expr, called: Mapping[str, Table | None]
) -> Place:
    other = parent.expression if child.arg_key == "this" and isinstance(parent, exp.Binary) else parent.this
    if other is child:
        return Place(node, "other")
    bare = other
    while isinstance(bare, (exp.Paren, exp.Cast)):
        bare = bare.this
    lowered = call(bare) == "lower"
    bare = first_argument(bare) or bare if lowered else bare
    unit = _unit(bare)
    column = bare.name.lower() if isinstance(bare, exp.Column) else ""
    dated = node.is_string and _DAY.match(node.name) is not None
    unit = "" if dated and "-" in node.name else unit
    return Place(
        node,
        "date" if dated and not unit else "compared",
        subject=other.sql().lower(),
        unit=unit,
        operator=type(parent).__name__ if child.arg_key != "this" else f"{type(parent).__name__} turned",
        column=column,
        tables=_owners(bare, called) if isinstance(bare, exp.Column) else frozenset(),
        lowered=lowered,
    )


def first_argument(node: exp.Expr) -> exp.Expr | None:
    """A function's first argument."""
    if isinstance(node, exp.Anonymous):
        return node.expressions[0] if node.expressions else None
    return node.this if isinstance(node.this, exp.Expr) else None


def _unit(node: exp.Expr) -> str:
    if isinstance(node, exp.Extract):
        said = node.name.lower()
    elif call(node) in ("date_part", "datepart", *_UNITS):
        first = first_argument(node)
        said = first.name.lower() if call(node) not in _UNITS and first is not None else call(node)
    elif isinstance(node, exp.Column):
        said = re.split(r"_", node.name.lower())[-1]
    else:
        return ""
    return said if said in _UNITS else ""


def _owners(column: exp.Column, called: Mapping[str, Table | None]) -> frozenset[str]:
    if column.table:
        table = called.get(column.table.lower())
        return frozenset({table.name}) if table is not None else frozenset()
    return frozenset(_holding(column.name, called))


def _holding(name: str, called: Mapping[str, Table | None]) -> Iterator[str]:
    for table in called.values():
        if table is not None and any(c.name.lower() == name.lower() for c in table.columns):
            yield table.name
