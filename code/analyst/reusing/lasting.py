"""Whether a query means the same rows a while later: by the data it reads alone, not by the moment or the session."""

from __future__ import annotations

import re

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from analyst import word_files
from analyst.catalog import Catalog
from analyst.draft import Query
from analyst.errors import Refused
from analyst.guard.dialects import tongue
from analyst.guard.parsing import tree_of
from analyst.guard.text import tokens_of

STORED = frozenset({"table", "partitioned table", "materialized view"})
"""What holds its rows itself; a view may ask for the time or the user, and a foreign table may be one elsewhere."""
_NOW_IN_TEXT = re.compile(r"(?<![a-z])(now|today|tomorrow|yesterday)(?![a-z])", re.IGNORECASE)
"""Postgres reads these words as dates, wherever a text becomes one."""
_TEXTS = frozenset(
    {TokenType.STRING, TokenType.NATIONAL_STRING, TokenType.RAW_STRING, TokenType.HEREDOC_STRING}
)


def lasts(query: Query, catalog: Catalog) -> bool:
    """True where nothing but the data decides the rows; False where that is not certain."""
    if not query.tables or not all(_is_stored(name, catalog) for name in query.tables):
        return False
    speech = tongue(query.dialect)
    try:
        tokens = tokens_of(query.sql, speech)
        tree = tree_of(tokens, query.sql, speech)
    except (SqlglotError, Refused, RecursionError):
        return False
    return not any(_is_momentary(token) for token in tokens) and all(_is_known(node) for node in tree.walk())


def _is_stored(name: str, catalog: Catalog) -> bool:
    schema, _, table = name.rpartition(".")
    found = catalog.table(table, schema)
    return found is not None and found.kind in STORED


def _is_momentary(token: Token) -> bool:
    """True for a word of the grammar, or in a text, that stands for the moment or the session."""
    if token.token_type is TokenType.STRING or token.token_type in _TEXTS:
        return _NOW_IN_TEXT.search(token.text) is not None
    return token.text.lower() in word_files.words("analyst.reusing", "momentary")


def _is_known(node: exp.Expr) -> bool:
    """True for all but functions that are not listed; those of a user are not, nor what draws rows by chance."""
    if isinstance(node, exp.TableSample):
        return False
    if not isinstance(node, exp.Func):
        return True
    listed = word_files.words("analyst.reusing", "lasting")
    names = [node.name] if isinstance(node, exp.Anonymous) else node.sql_names()
    return any(name.lower() in listed for name in names)
