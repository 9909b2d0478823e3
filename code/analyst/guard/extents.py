"""How large a number, and how long a text or list, an expression can make; rough, and never too modest.

A column of a subquery is followed to what it was made of; a table's own columns count as ordinary values.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from sqlglot import exp

from analyst.guard.scopes import Relation
from analyst.guard.words import words_of

ORDINARY = 1000.0
"""Assumed of a table's value, as a number and as a text's length."""
ENDLESS = float("inf")

Origins = dict[int, Relation | None]


class Extents:
    """Estimates on one statement, each part of it once."""

    def __init__(self, origins: Origins) -> None:
        self._origins = origins
        self._numbers: dict[int, float] = {}
        self._lengths: dict[int, float] = {}

    def number(self, node: exp.Expr) -> float:
        """About the largest number that an expression gives, without its sign."""
        return self._once(self._numbers, node, self._number, loop=ENDLESS)

    def length(self, node: exp.Expr) -> float:
        """About how many characters, bytes or elements an expression gives."""
        return self._once(self._lengths, node, self._length, loop=ENDLESS)

    def _once(
        self, known: dict[int, float], node: exp.Expr, find: Callable[[exp.Expr], float], *, loop: float
    ) -> float:
        if id(node) not in known:
            known[id(node)] = loop
            known[id(node)] = find(node)
        return known[id(node)]

    # -- numbers

    def _number(self, node: exp.Expr) -> float:
        if isinstance(node, exp.Literal):
            return _literal(node)
        if isinstance(node, (exp.HexString, exp.BitString)):
            return ENDLESS
        if isinstance(node, exp.Column):
            return max((self.number(m) for m in self._made(node)), default=ORDINARY)
        if isinstance(node, exp.Query):
            return max((self.number(p) for p in _outputs(node)), default=ORDINARY)
        if isinstance(node, (exp.Boolean, exp.Null, exp.Interval, exp.DataType)):
            return 0.0
        if isinstance(node, (exp.Add, exp.Sub)):
            return self._sum(node)
        if isinstance(node, exp.Binary):
            return self._operator(node)
        if isinstance(node, exp.Extract):
            return ENDLESS if node.name.lower() in words_of("extents.txt", "endless fields") else ORDINARY
        if isinstance(node, (exp.Cast, exp.Unary)):
            return self.number(node.this)
        if isinstance(node, exp.Func):
            return self._function(node)
        return max((self.number(c) for c in node.iter_expressions()), default=ORDINARY)

    def _sum(self, node: exp.Expr) -> float:
        total, todo = 0.0, [node]
        while todo:
            part = todo.pop()
            if isinstance(part, (exp.Add, exp.Sub)):
                todo += [part.this, part.expression]
            else:
                total += self.number(part)
        return total

    def _operator(self, node: exp.Binary) -> float:
        left, right = self.number(node.this), self.number(node.expression)
        if isinstance(node, exp.Mul):
            return _times(left, right)
        if isinstance(node, (exp.Div, exp.IntDiv)):
            return left / self._divisor(node.expression)
        if isinstance(node, exp.Mod):
            return right
        if isinstance(node, exp.Pow):
            return _power(left, right)
        if isinstance(node, exp.BitwiseLeftShift):
            return _times(left, _power(2.0, right))
        if isinstance(node, exp.DPipe):
            return ENDLESS
        return left + right

    def _divisor(self, node: exp.Expr) -> float:
        """What a quotient shrinks by: a written number, or an ordinary value where only columns stand."""
        while isinstance(node, (exp.Paren, exp.Cast)):
            node = node.this
        if isinstance(node, exp.Literal):
            return abs(_literal(node)) or 1.0
        if _name(node) == "nullif" and node.expressions:
            node = node.expressions[0]
        return 1.0 if any(node.find_all(exp.Literal)) else ORDINARY

    def _function(self, node: exp.Func) -> float:
        name, arguments = _name(node), _arguments(node)
        if name in words_of("extents.txt", "small") or not arguments:
            return ORDINARY
        if name in words_of("extents.txt", "lengths"):
            return min(self.length(arguments[0]), 1e9)
        if name in words_of("extents.txt", "texts") or name == "exp":
            return ENDLESS
        if name in ("pow", "power") and len(arguments) > 1:
            return _power(self.number(arguments[0]), self.number(arguments[1]))
        if name == "least":
            return min(self.number(a) for a in arguments)
        if name == "date_part":
            first = arguments[0]
            fields = words_of("extents.txt", "endless fields")
            return ENDLESS if not isinstance(first, exp.Literal) or first.name in fields else ORDINARY
        if name in words_of("extents.txt", "first argument"):
            return self.number(arguments[0])
        return max(self.number(a) for a in arguments)

    # -- texts and lists

    def _length(self, node: exp.Expr) -> float:
        if isinstance(node, exp.Literal):
            return float(len(node.this))
        if isinstance(node, exp.Column):
            return max((self.length(m) for m in self._made(node)), default=ORDINARY)
        if isinstance(node, exp.Query):
            return max((self.length(p) for p in _outputs(node)), default=ORDINARY)
        if isinstance(node, exp.DataType):
            return 0.0
        if isinstance(node, exp.Func):
            return self._made_by(node, _name(node), _arguments(node))
        return self._parts(node)

    def _parts(self, node: exp.Expr) -> float:
        """All parts together; a long chain of || is walked, not climbed."""
        total, todo = 0.0, list(node.iter_expressions())
        while todo:
            part = todo.pop()
            if isinstance(part, (exp.Func, exp.Column, exp.Query, exp.Literal)) and part is not node:
                total += self.length(part)
            else:
                todo.extend(part.iter_expressions())
        return total

    def _made_by(self, node: exp.Func, name: str, arguments: list[exp.Expr]) -> float:
        if not arguments or name in words_of("extents.txt", "lengths"):
            return 20.0
        if name in ("repeat", "replicate") and len(arguments) > 1:
            return _times(self.length(arguments[0]), self.number(arguments[1]))
        if name in ("lpad", "rpad") and len(arguments) > 1:
            return self.number(arguments[1])
        if name in words_of("extents.txt", "replacing") and len(arguments) > 2:
            return _times(self.length(arguments[0]), max(1.0, self.length(arguments[2])))
        if name == "generate_series":
            return 20.0
        if name == "sequence" and len(arguments) > 1:
            return min(self.number(arguments[0]) + self.number(arguments[1]), 10_000.0)
        if name in words_of("extents.txt", "for each element") and len(arguments) > 1:
            return _times(self.length(arguments[0]), sum(self.length(a) for a in arguments[1:]))
        if name in ("reduce", "reduce_agg") and any(_grows(a) for a in arguments):
            return ENDLESS
        return sum(self.length(a) for a in arguments)

    def _made(self, column: exp.Column) -> tuple[exp.Expr, ...]:
        """What a subquery's column was made of; nothing for a table's own."""
        relation = self._origins.get(id(column))
        if relation is None:
            return ()
        name = column.name
        if name not in relation.made:
            name = name.lower() if name.lower() in relation.made else next(iter(relation.made), "")
            if relation.columns and column.name.lower() not in (relation.name.lower(), name):
                return ()
        return relation.made.get(name, ())


def _literal(node: exp.Literal) -> float:
    if node.is_string and not re.fullmatch(r"\s*[-+]?[\d_]*\.?\d+(e[-+]?\d+)?\s*", node.this, re.IGNORECASE):
        return ORDINARY
    try:
        return abs(float(node.this))
    except ValueError:
        return ENDLESS


def _power(base: float, exponent: float) -> float:
    if base <= 1.0:
        return 1.0
    return ENDLESS if exponent * math.log10(base) > 300 else base**exponent


def _times(left: float, right: float) -> float:
    return 0.0 if 0.0 in (left, right) else left * right


def _outputs(query: exp.Expr) -> list[exp.Expr]:
    """What a query gives: the projections of all its branches."""
    found: list[exp.Expr] = []
    todo: list[exp.Expr] = [query]
    while todo:
        part = todo.pop()
        if isinstance(part, exp.SetOperation):
            todo += [part.this, part.expression]
        elif isinstance(part, exp.Subquery):
            todo.append(part.this)
        elif isinstance(part, (exp.Select, exp.Values)):
            found += part.expressions
    return found


def _name(node: exp.Expr) -> str:
    return node.name.lower() if isinstance(node, exp.Anonymous) else type(node).__name__.lower()


def _arguments(node: exp.Func) -> list[exp.Expr]:
    return list(node.expressions) if isinstance(node, exp.Anonymous) else list(node.iter_expressions())


def _grows(node: exp.Expr) -> bool:
    """True for a lambda that uses its first parameter more than once to make a longer value."""
    if not isinstance(node, exp.Lambda) or not node.expressions:
        return False
    state = node.expressions[0].name.lower()
    used = sum(i.name.lower() == state for i in node.this.find_all(exp.Identifier))
    makes = any(node.this.find_all(exp.DPipe)) or any(
        c.name.lower() in words_of("extents.txt", "growing") for c in node.this.find_all(exp.Anonymous)
    )
    return used > 1 and makes
