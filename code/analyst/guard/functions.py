"""Rule: only the listed functions, called by their bare names (functions/)."""

from __future__ import annotations

import difflib

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from analyst.errors import Refused
from analyst.guard.dialects import Tongue
from analyst.guard.statement import Statement
from analyst.guard.words import names, pairs


def known_functions(statement: Statement) -> None:
    """Raise Refused at the first function or dot that is not let through."""
    allowed = names(f"functions/{statement.tongue.name}.txt")
    for node in statement.tree.walk():
        if isinstance(node, exp.Anonymous):
            _check_call(node, allowed)
        elif isinstance(node, exp.Dot) and not isinstance(node.parent, exp.DataType):
            _check_dot(node, statement.tongue)


def _check_call(node: exp.Anonymous, allowed: frozenset[str]) -> None:
    name = node.this
    text = name.name if isinstance(name, exp.Identifier) else name
    quoted = isinstance(name, exp.Identifier) and bool(name.args.get("quoted"))
    if not isinstance(text, str) or (text if quoted else text.lower()) not in allowed:
        raise _unknown(str(text), allowed)


def _unknown(name: str, allowed: frozenset[str]) -> Refused:
    near = difflib.get_close_matches(name.lower(), allowed, n=3, cutoff=0.75)
    instead = f"; there is {', '.join(near)}" if near else ""
    return Refused(f"The function {name} is not among those that may be called{instead}.", rule="functions")


def _check_dot(node: exp.Dot, tongue: Tongue) -> None:
    """A dot may read a field of a value, where the dialect never takes it for a call."""
    if not isinstance(node.expression, exp.Identifier):
        raise Refused("A function must be called by its bare name.", rule="functions")
    if tongue.name == "postgres" and _is_known_field(node):
        return
    base: exp.Expr = node.this
    while isinstance(base, (exp.Dot, exp.Bracket)):
        base = base.this
    if not tongue.paths or (tongue.name == "redshift" and not isinstance(base, exp.Column)):
        raise Refused(
            f"{node.expression.name} is not a column; a dot may only stand before a column.", rule="functions"
        )


def _is_known_field(node: exp.Dot) -> bool:
    """True for (jsonb_each(x)).key: the function's rows have that column, so the dot calls nothing."""
    base: exp.Expr = node.this
    while isinstance(base, exp.Paren):
        base = base.this
    if not isinstance(base, exp.Anonymous) or not isinstance(base.this, str):
        return False
    columns = pairs("functions/row_sources.txt").get(base.name.lower(), "").split()
    return len(columns) > 1 and node.expression.name.lower() in columns


def only_known_calls(tokens: list[Token], statement: Statement) -> None:
    """The same on the text that will run: what stands before a bracket is a known function or grammar."""
    allowed = names(f"functions/{statement.tongue.name}.txt") | names("called.txt") | names("types.txt")
    with_columns = _names_with_columns(statement.tree)
    for before, name, bracket in zip([None, *tokens], tokens, tokens[1:], strict=False):
        if bracket.token_type is not TokenType.L_PAREN or not _is_word(name):
            continue
        if before is not None and before.token_type is TokenType.ALIAS:
            continue
        if name.token_type is TokenType.IDENTIFIER:
            known = name.text in allowed
        else:
            known = all(word in allowed for word in name.text.lower().split())
        if not known and name.text not in with_columns:
            raise _unknown(name.text, allowed)


def _is_word(token: Token) -> bool:
    return token.token_type is TokenType.IDENTIFIER or token.text[:1].isalpha() or token.text[:1] == "_"


def _names_with_columns(tree: exp.Expr) -> set[str]:
    aliases = (
        a
        for a in tree.find_all(exp.TableAlias)
        if a.args.get("columns") and isinstance(a.this, exp.Identifier)
    )
    return {a.name for a in aliases if isinstance(a.parent, exp.CTE)}
