"""The way of a draft through the rules, in the order that was measured; anything unexpected is a refusal."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from sqlglot import exp
from sqlglot.errors import SqlglotError

from analyst.catalog import Catalog
from analyst.draft import _SEAL, Query
from analyst.errors import Refused
from analyst.guard.bounds import bounded_literals
from analyst.guard.casts import known_types
from analyst.guard.dialects import Tongue, tongue
from analyst.guard.functions import known_functions, only_known_calls
from analyst.guard.joins import joined_tables
from analyst.guard.limits import limited_rows
from analyst.guard.names import known_names
from analyst.guard.nodes import known_nodes
from analyst.guard.parsing import text_of, tree_of
from analyst.guard.sameness import same_tables
from analyst.guard.seeing import reduced
from analyst.guard.statement import Statement
from analyst.guard.text import checked_text, tokens_of
from analyst.guard.wrapping import only_wrapped, wrapped_tables
from analyst.policy import Policy

_log = logging.getLogger(__name__)

RULES: tuple[Callable[[Statement], None], ...] = (
    known_nodes,
    known_functions,
    known_types,
    known_names,
    joined_tables,
    bounded_literals,
    # From here on a person's own words are changed: names are resolved, and the limit is not yet on the query.
    wrapped_tables,
    limited_rows,
)
"""Each takes the statement, may rewrite its tree, and raises Refused."""

_FIXED = (known_nodes, known_functions, known_types, only_wrapped)
_REWRITING = 2
"""How many of the last rules change what a person reads."""


def check(sql: str, *, dialect: str, catalog: Catalog | None = None, policy: Policy = Policy()) -> Query:  # noqa: B008
    """The draft's SQL as a query that may run; raises Refused with one plain sentence, and nothing else.

    Without a catalog, tables and columns are taken on trust, except those of the database itself.
    """
    try:
        return _checked(sql, tongue(dialect), catalog=catalog, policy=policy)
    except Refused:
        raise
    except SqlglotError as error:
        raise Refused("The SQL cannot be read: it is not valid in this dialect.", rule="syntax") from error
    except RecursionError:
        raise Refused("The SQL nests too deep.", rule="depth") from None
    except Exception as error:  # the outermost edge: what the guard did not foresee must not run
        _log.warning("the guard refused because of an unexpected %s", type(error).__name__)
        raise Refused("The SQL could not be checked.", rule="unexpected") from error


def readable(sql: str, *, dialect: str) -> str:
    """The statement over several lines, without comments; raises Refused when it cannot be read."""
    try:
        speech = tongue(dialect)
        text = checked_text(sql)
        return text_of(tree_of(tokens_of(text, speech), text, speech), speech, pretty=True)
    except (SqlglotError, RecursionError) as error:
        raise Refused("The SQL cannot be read: it is not valid in this dialect.", rule="syntax") from error


def _checked(sql: str, speech: Tongue, *, catalog: Catalog | None, policy: Policy) -> Query:
    text = checked_text(sql)
    tree = tree_of(tokens_of(text, speech), text, speech)
    seen = reduced(catalog, policy) if catalog is not None else None
    statement = Statement(tree=tree, tongue=speech, catalog=seen, policy=policy, whole=catalog)
    for rule in RULES[:-_REWRITING]:
        rule(statement)
    filters = _filters(statement)
    pretty = text_of(statement.tree, speech, pretty=True)
    for rule in RULES[-_REWRITING:]:
        rule(statement)
    return Query(
        _SEAL,
        sql=_fixed(statement),
        readable=pretty,
        dialect=speech.name,
        tables=tuple(sorted(statement.tables)),
        columns=tuple(sorted(statement.columns)),
        filters=filters,
        row_limit=policy.row_limit,
    )


def _fixed(statement: Statement) -> str:
    """The text that will run: read once more it says the very same, in listed parts only."""
    speech = statement.tongue
    sql = text_of(statement.tree, speech)
    text = checked_text(sql)
    tokens = tokens_of(text, speech)
    only_known_calls(tokens, statement)
    again = replace(statement, tree=tree_of(tokens, text, speech))
    for rule in _FIXED:
        rule(again)
    if not same_tables(statement.tree, again.tree):
        raise Refused("The SQL means different things to different readers.", rule="fixed point")
    if text_of(again.tree, speech) != sql or "\n" in _outside_texts(again.tree):
        raise Refused("The SQL means different things to different readers.", rule="fixed point")
    return sql


def _outside_texts(tree: exp.Expr) -> str:
    return "".join(i.name for i in tree.find_all(exp.Identifier))


def _filters(statement: Statement) -> tuple[str, ...]:
    """The conditions of WHERE and HAVING, outermost first."""
    found = statement.tree.find_all(exp.Where, exp.Having, bfs=False)
    return tuple(text_of(clause.this, statement.tongue) for clause in found)
