"""Rule: only the listed parts of SQL, each with its listed clauses (nodes.txt)."""

from __future__ import annotations

from sqlglot import exp

from analyst.errors import Refused
from analyst.guard.statement import Statement
from analyst.guard.words import nodes

MOST_TREE_DEPTH = 400

_PLAIN = {
    "into": "SELECT INTO writes a table; only reading is allowed.",
    "locks": "Row locks (FOR UPDATE, FOR SHARE) are not allowed.",
    "recursive": "WITH RECURSIVE is not allowed.",
    "udfs": "A query must not define functions.",
    "hint": "Hints are not allowed.",
    "rows_from": "ROWS FROM is not allowed.",
}
_ROOTS = (exp.Select, exp.SetOperation, exp.Subquery, exp.Values)


def known_nodes(statement: Statement) -> None:
    """Raise Refused at the first part of the statement that the list does not let through."""
    if not isinstance(statement.tree, _ROOTS):
        raise Refused("Only SELECT statements are allowed.", rule="statement")
    listed = nodes(statement.tongue.name)
    todo: list[tuple[exp.Expr, int]] = [(statement.tree, 0)]
    while todo:
        node, depth = todo.pop()
        if depth > MOST_TREE_DEPTH:
            raise Refused("The SQL nests too deep.", rule="depth")
        _check_node(node, listed)
        _check_shape(node)
        todo.extend((child, depth + 1) for child in node.iter_expressions())


def _check_node(node: exp.Expr, listed: dict[str, frozenset[str] | None]) -> None:
    name = type(node).__name__
    if name not in listed:
        raise Refused(f"{_in_words(name)} is not allowed.", rule="nodes")
    clauses = listed[name]
    if clauses is None:
        return
    for clause, value in node.args.items():
        if clause not in clauses and value not in (None, False, []):
            message = _PLAIN.get(clause, f"{_in_words(clause)} is not allowed with {_in_words(name)}.")
            raise Refused(message, rule="nodes")


def _check_shape(node: exp.Expr) -> None:
    """What the list of names cannot say."""
    if isinstance(node, exp.Subquery) and not isinstance(node.this, (exp.Query, exp.Table)):
        raise Refused("Only a query may stand in brackets here.", rule="nodes")
    if isinstance(node, exp.Table) and not isinstance(node.this, (exp.Identifier, exp.Anonymous)):
        raise Refused("A table must be given by its name.", rule="nodes")
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Anonymous) and node.args.get("db"):
        raise Refused("A function must be called by its bare name.", rule="functions")
    if isinstance(node, exp.Select) and node.args.get("joins") and not node.args.get("from_"):
        raise Refused("JOIN needs a FROM before it.", rule="nodes")
    if isinstance(node, exp.CTE) and not isinstance(node.this, exp.Query):
        raise Refused("Only SELECT statements are allowed in WITH.", rule="nodes")
    if isinstance(node, (exp.Kwarg, exp.PropertyEQ)) and not isinstance(node.parent, exp.Func):
        raise Refused("A named argument must stand in a function call.", rule="nodes")


def _in_words(name: str) -> str:
    """ "TruncateTable" as "TRUNCATE TABLE"."""
    spaced = "".join(
        f" {c}" if c.isupper() and i and not name[i - 1].isupper() else c for i, c in enumerate(name)
    )
    return spaced.strip("_").replace("_", " ").upper()
