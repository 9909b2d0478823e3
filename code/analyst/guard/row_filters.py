"""Row filters of a policy: read by the guard's own rules, resolved in their table, filled with the person's values."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from analyst.catalog import Catalog, Table
from analyst.errors import Refused
from analyst.guard.attributes import (
    MOST_VALUES,
    family,
    is_list_place,
    literal,
    missing,
    partner,
    unusable,
)
from analyst.guard.bounds import bounded_literals
from analyst.guard.casts import known_types
from analyst.guard.dialects import Tongue, tongue
from analyst.guard.functions import known_functions
from analyst.guard.joins import joined_tables
from analyst.guard.names import known_names
from analyst.guard.nodes import known_nodes
from analyst.guard.parsing import tree_of
from analyst.guard.qualifying import real_tables, without_schema
from analyst.guard.statement import Statement
from analyst.guard.tables import written
from analyst.guard.text import checked_text, tokens_of
from analyst.policy import Policy

_CONDITIONS = (exp.Predicate, exp.Connector, exp.Not, exp.Paren, exp.Boolean, exp.Column)
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]*")
_SEARCHED = "public"


def attributes_of(sql: str, *, dialect: str) -> frozenset[str]:
    """The names of what a filter asks of the person; raises Refused when it is no filter that may be used."""
    return frozenset(p.name.removeprefix("user.") for p in _read(sql, dialect).find_all(exp.Placeholder))


def condition(sql: str, table: Table, *, catalog: Catalog, policy: Policy, speech: Tongue) -> exp.Expr:
    """A filter as a condition on the table under its own name, with what is known of the person put in.

    The catalog is the whole one: filters may read what the role may not. Raises Refused.
    """

    def values(place: exp.Placeholder, kind: str) -> list[exp.Expr]:
        name = place.name.removeprefix("user.")
        known = policy.attribute(name)
        if not known:
            raise missing(name)
        if len(known) > (MOST_VALUES if is_list_place(place) else 1):
            raise unusable()
        return [literal(value, kind, dialect=speech.name) for value in known]

    statement = _placed(_read(sql, speech.name).copy(), table, catalog=catalog, speech=speech)
    fill(statement, values)
    for rule in (known_nodes, known_functions, known_types, joined_tables, bounded_literals):
        rule(statement)
    return named(statement, table)


def usable(sql: str, table: Table, *, catalog: Catalog, speech: Tongue) -> Statement:
    """The statement of a filter that fits its table, its places still empty; raises Refused for one that does not."""
    statement = _placed(_read(sql, speech.name).copy(), table, catalog=catalog, speech=speech)
    for place in statement.tree.find_all(exp.Placeholder):
        kind_of(place, statement)
    return statement


def fill(statement: Statement, values: Callable[[exp.Placeholder, str], list[exp.Expr]]) -> None:
    """Put values in the places of a filter, which are asked for by place and by the database's type."""
    for place in list(statement.tree.find_all(exp.Placeholder)):
        made, parent = values(place, kind_of(place, statement)), place.parent
        if is_list_place(place) and parent is not None:
            listed = [(made if item is place else [item]) for item in parent.expressions]
            parent.set("expressions", [item for items in listed for item in items])
        else:
            place.replace(made[0])


def _placed(found: exp.Expr, table: Table, *, catalog: Catalog, speech: Tongue) -> Statement:
    select = exp.Select(
        expressions=[exp.Literal.number(1)],
        from_=exp.From(this=read_table(table, speech)),
        where=exp.Where(this=found),
    )
    statement = Statement(tree=select, tongue=speech, catalog=catalog, policy=Policy())
    known_names(statement)
    if any(r.open for relations in statement.relations.values() for r in relations):
        raise Refused("It reads something of which the columns are not known.", rule="policy")
    return statement


def read_table(table: Table, speech: Tongue) -> exp.Table:
    """The stored table under its own name, found by its schema so that no WITH query can stand in for it."""
    return exp.Table(
        this=written(table.name, speech),
        db=written(table.schema, speech),
        alias=exp.TableAlias(this=written(table.name, speech)),
    )


@functools.lru_cache(maxsize=512)
def _read(sql: str, dialect: str) -> exp.Expr:
    """The tree of a filter, checked but not resolved; nobody may change it."""
    try:
        found = _parsed(sql, tongue(dialect))
    except SqlglotError as error:
        raise Refused("It is not a condition in this dialect.", rule="syntax") from error
    except RecursionError:
        raise Refused("It nests too deep.", rule="depth") from None
    for place in found.find_all(exp.Placeholder):
        if partner(place) is None:
            raise Refused(
                "What is known of a person must be compared with a column, or cast to a type.", rule="policy"
            )
    _check_listed(found.copy(), tongue(dialect))
    return found


def _parsed(sql: str, speech: Tongue) -> exp.Expr:
    if not sql.strip():
        raise Refused("It is empty.", rule="text")
    text = checked_text(f"({sql}\n)")
    tokens = tokens_of(text, speech)
    _check_brackets(tokens)
    tree = tree_of(_with_places(tokens, text), text, speech)
    if not isinstance(tree, exp.Paren) or not isinstance(tree.this, _CONDITIONS):
        raise Refused("It is not a condition.", rule="policy")
    if tree.find(exp.Placeholder, exp.Parameter):
        raise Refused("What is known of a person is written as :user.name.", rule="policy")
    for column in list(tree.find_all(exp.Column)):
        if column.name.startswith(":user.") and not column.this.args.get("quoted"):
            column.replace(exp.Placeholder(this=column.name[1:]))
    return tree


def _check_brackets(tokens: list[Token]) -> None:
    """The bracket around all is closed by the last token and no other."""
    depth = 0
    for position, token in enumerate(tokens):
        depth += token.token_type is TokenType.L_PAREN
        depth -= token.token_type is TokenType.R_PAREN
        if depth == 0 and position < len(tokens) - 1:
            raise Refused("Its brackets do not match.", rule="syntax")


def _with_places(tokens: list[Token], text: str) -> list[Token]:
    """`:user.name` as one word that nobody can write."""
    found: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        four = tokens[position : position + 4]
        name = text[token.start : four[-1].end + 1]
        if token.token_type is TokenType.COLON and len(four) == 4 and name.startswith(":user."):
            if not _ATTRIBUTE.fullmatch(name.removeprefix(":user.")):
                raise Refused(f"{name} is written as :user.name, in small letters.", rule="policy")
            token = Token(TokenType.VAR, name, token.line, token.col, token.start, four[-1].end, [])
            position += 3
        found.append(token)
        position += 1
    return found


def _check_listed(found: exp.Expr, speech: Tongue) -> None:
    for place in list(found.find_all(exp.Placeholder)):
        place.replace(exp.Null())
    select = exp.Select(expressions=[exp.Literal.number(1)], where=exp.Where(this=found))
    statement = Statement(tree=select, tongue=speech, catalog=None, policy=Policy())
    for rule in (known_nodes, known_functions, known_types):
        rule(statement)


def kind_of(place: exp.Placeholder, statement: Statement) -> str:
    """The database's type that a place takes a value of; raises Refused where it cannot be told."""
    found = partner(place)
    kind = ""
    if isinstance(found, exp.DataType) and isinstance(found.this, exp.DataType.Type):
        kind = str(found.this.value)
    elif isinstance(found, exp.Column):
        origin = statement.origins.get(id(found))
        kind = origin.types.get(found.name, "") if origin is not None else ""
    if not family(kind):
        raise Refused(
            f"There is no comparing a {kind or 'value'} with what is known of a person.", rule="policy"
        )
    return kind


def named(statement: Statement, table: Table) -> exp.Expr:
    """The condition with every table by its schema and the row's own columns by their table.

    Nothing that stands around it can then be meant.
    """
    found: exp.Expr = statement.tree.args["where"].this
    for stored in real_tables(found, statement.tongue):
        if stored.args.get("db") is None:
            stored.set("db", written(_SEARCHED, statement.tongue))
    without_schema(found, statement, wrapped={table.name})
    todo: list[exp.Expr] = [found]
    while todo:
        node = todo.pop()
        if isinstance(node, exp.Column):
            if node.args.get("table") is None:
                node.set("table", written(table.name, statement.tongue))
        elif not isinstance(node, exp.Query):
            todo.extend(node.iter_expressions())
    return found
