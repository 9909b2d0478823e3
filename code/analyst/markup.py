"""What a model may not have a database write into rows: links and markup of its own, and whole rows as one text.

Either turns cells into something that is no data any more: a link that carries names to somebody else's server, or
a text in which nobody sees which columns it has.
"""

from __future__ import annotations

import re

from sqlglot import exp

from analyst.catalog import Catalog
from analyst.errors import Refused
from analyst.guard.dialects import tongue
from analyst.repairing.statement import UNREADABLE, parsed

_MARKUP = re.compile(r"[a-z][a-z0-9+.-]*://|\b(?:javascript|vbscript|data):|<[/!a-z]|!\[|\]\(", re.IGNORECASE)
_JOINED = (exp.DPipe, exp.Coalesce, exp.Case, exp.If, exp.Cast, exp.Paren)
_JOINING = ("concat", "concat_ws", "format", "coalesce")
"""What a text passes on its way into a cell, parts of SQL and functions."""


def check_draft(sql: str, *, catalog: Catalog) -> None:
    """Raise Refused for SQL that makes such cells; SQL that cannot be read is left to the guard."""
    try:
        tree = parsed(sql, tongue(catalog.dialect))
    except UNREADABLE:
        return
    texts = [text.name for text in tree.find_all(exp.Literal) if _is_shown(text)]
    heads = [alias.alias for alias in tree.find_all(exp.Alias)]
    if any(_MARKUP.search(text) for text in (*texts, *heads)):
        raise Refused("The SQL makes links or markup. Show the values as they are.", rule="markup")
    if any(_is_whole_row(column, tree, catalog) for column in tree.find_all(exp.Column)):
        error = Refused(
            "Whole rows as one text are not shown. Ask for the columns you want.", rule="whole rows"
        )
        error.repairable = (
            False  # asked again, the model would show some columns, which is not what was asked
        )
        raise error


def _is_shown(text: exp.Literal) -> bool:
    node = text.parent
    while isinstance(node, _JOINED) or (isinstance(node, exp.Anonymous) and node.name.lower() in _JOINING):
        node = node.parent
    return text.is_string and isinstance(node, (exp.Alias, exp.Select))


def _is_whole_row(column: exp.Column, tree: exp.Expr, catalog: Catalog) -> bool:
    """True for a table's name in place of a column; to count it is fine."""
    if column.table or isinstance(column.this, exp.Star) or isinstance(column.parent, exp.Count):
        return False
    tables = {table.alias_or_name.lower() for table in tree.find_all(exp.Table)}
    results = {alias.alias.lower() for alias in tree.find_all(exp.Alias)}  # as ORDER BY names them
    stored = {c.name.lower() for t in catalog.tables for c in t.columns}
    return column.name.lower() in tables - results - stored
