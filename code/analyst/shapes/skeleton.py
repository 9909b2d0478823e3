"""The shape of a statement: which clauses it has and what is done in each, without names, literals and aliases."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from sqlglot import exp

from analyst import word_files
from analyst.guard.dialects import Tongue, tongue
from analyst.guard.tables import folded
from analyst.guard.words import names
from analyst.repairing.statement import UNREADABLE, parsed

_MOST_TABLES = 4
"""More tables than these make no other shape."""
_SET_OPERATIONS = {exp.Union: "UNION", exp.Intersect: "INTERSECT", exp.Except: "EXCEPT"}


def shape(sql: str, *, dialect: str) -> str:
    """The statement's skeleton: "SELECT column count FROM 2 WHERE = GROUP ORDER desc LIMIT"; empty if unreadable.

    Clauses are in capital letters, what is done in them follows in alphabetical order, and queries within stand
    in brackets. The order of columns, tables and conditions makes no difference.
    """
    return outline(sql, dialect=dialect)[0]


def tables(sql: str, *, dialect: str) -> frozenset[str]:
    """The names of the tables that a statement reads, without their schemas; none if it cannot be read."""
    return outline(sql, dialect=dialect)[1]


@functools.lru_cache(maxsize=4096)
def outline(sql: str, *, dialect: str) -> tuple[str, frozenset[str]]:
    """Shape and tables at once; kept, as the same examples are looked at with every question."""
    try:
        speech = tongue(dialect)
        tree = parsed(sql, speech)
        return _query(tree), _tables(tree, speech)
    except UNREADABLE:
        return "", frozenset()


def _tables(tree: exp.Expr, speech: Tongue) -> frozenset[str]:
    made = {folded(cte.args["alias"].this, speech) for cte in tree.find_all(exp.CTE)}
    named = (t for t in tree.find_all(exp.Table) if isinstance(t.this, exp.Identifier))
    read = {folded(t.this, speech) for t in named if t.args.get("db") or folded(t.this, speech) not in made}
    return frozenset(read)


def _query(node: exp.Expr) -> str:
    parts = [f"WITH ({_query(cte.this)})" for cte in _ctes(node)]
    if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Query):
        parts.append(_query(node.this))
    elif isinstance(node, exp.SetOperation):
        name = next((word for kind, word in _SET_OPERATIONS.items() if isinstance(node, kind)), "UNION")
        parts.append(f"({_query(node.this)}) {name} ({_query(node.expression)})")
    elif isinstance(node, exp.Select):
        parts += _select(node)
    return " ".join([*parts, *_order(node)])


def _ctes(node: exp.Expr) -> list[exp.Expr]:
    clause = node.args.get("with_")
    return list(clause.expressions) if clause is not None else []


def _select(node: exp.Select) -> Iterator[str]:
    yield "SELECT"
    if node.args.get("distinct"):
        yield "distinct"
    yield from _done(node.expressions)
    yield from _from(node)
    if where := node.args.get("where"):
        yield " ".join(["WHERE", *_done([where.this])])
    if node.args.get("group"):
        yield "GROUP"
    if having := node.args.get("having"):
        yield " ".join(["HAVING", *_done([having.this])])


def _from(node: exp.Select) -> Iterator[str]:
    joins = list(node.args.get("joins") or ())
    first = node.args.get("from_")
    relations = [*([first.this] if first else []), *(join.this for join in joins)]
    if not relations:
        return
    yield f"FROM {min(len(relations), _MOST_TABLES)}"
    if any(join.side for join in joins):
        yield "outer"
    for relation in relations:
        if isinstance(relation, exp.Subquery) and isinstance(relation.this, exp.Query):
            yield f"({_query(relation.this)})"


def _order(node: exp.Expr) -> Iterator[str]:
    """Sorting and limit, which any query may have."""
    if order := node.args.get("order"):
        yield "ORDER"
        yield "desc" if order.expressions and order.expressions[0].args.get("desc") else "asc"
    if node.args.get("limit"):
        yield "LIMIT"


def _done(expressions: list[exp.Expr]) -> list[str]:
    """What is done in expressions: each word once, and the queries within them."""
    done: set[str] = set()
    within: list[str] = []
    todo = list(expressions)
    while todo:
        part = todo.pop()
        if isinstance(part, exp.Query) and not isinstance(part, exp.Table):
            within.append(f"({_query(part)})")
            continue
        done |= _words(part)
        todo.extend(_within(part))
    if any(isinstance(_bare(e), exp.Column) for e in expressions):
        done.add("column")
    return [*sorted(done), *sorted(within)]


def _within(node: exp.Expr) -> list[exp.Expr]:
    """What is to be looked at below a part; how a window is laid out and what is counted says no more."""
    if isinstance(node, exp.Window) and isinstance(node.this, exp.Expr):
        return [node.this]
    if isinstance(node, exp.Count) and isinstance(node.this, (exp.Star, exp.Distinct)):
        return list(node.this.expressions)
    return list(node.iter_expressions())


def _bare(node: exp.Expr) -> exp.Expr:
    return node.this if isinstance(node, exp.Alias) else node


def _words(node: exp.Expr) -> set[str]:
    if isinstance(node, exp.Count):
        return {"count-distinct" if isinstance(node.this, exp.Distinct) else "count"}
    name = node.name.lower() if isinstance(node, exp.Anonymous) else type(node).__name__
    word = _vocabulary().get(name)
    if word is None and isinstance(node, exp.Anonymous) and name in names("functions/aggregates.txt"):
        word = name
    return {word} if word else set()


@functools.lru_cache(maxsize=1)
def _vocabulary() -> dict[str, str]:
    """Part of an expression -> its word."""
    listed = word_files.pairs("analyst.shapes", "words")
    return {part: word for word, parts in listed for part in parts.split()}
