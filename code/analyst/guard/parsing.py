"""Text to tree and back, in the words of one dialect."""

from __future__ import annotations

from sqlglot import ErrorLevel, exp
from sqlglot.tokenizer_core import Token, TokenType

from analyst.errors import Refused
from analyst.guard.dialects import Tongue
from analyst.guard.words import pairs


def tree_of(tokens: list[Token], sql: str, tongue: Tongue) -> exp.Expr:
    """The one statement's tree; raises sqlglot's errors, or Refused for anything but one statement."""
    parser = tongue.parser(error_level=ErrorLevel.IMMEDIATE, dialect=tongue.sqlglot)
    trees = parser.parse(tokens, sql)
    if len(trees) != 1 or not isinstance(trees[0], exp.Expr):
        raise Refused("There must be exactly one statement.", rule="statements")
    _check_tables(trees[0], tokens)
    return _with_units(_mended(trees[0]), tongue)


def _check_tables(tree: exp.Expr, tokens: list[Token]) -> None:
    """A text in place of a table ('file.csv') would be written back as a name."""
    named = {t.text for t in tokens if t.token_type is TokenType.IDENTIFIER}
    for table in tree.find_all(exp.Table):
        for part in (table.this, table.args.get("db"), table.args.get("catalog")):
            if isinstance(part, exp.Identifier) and part.args.get("quoted") and part.name not in named:
                raise Refused("A table must be given by its name.", rule="tables")


def text_of(tree: exp.Expr, tongue: Tongue, *, pretty: bool = False) -> str:
    """The tree as SQL without comments, on one line or `pretty`; raises UnsupportedError."""
    generator = tongue.generator(
        dialect=tongue.sqlglot,
        comments=False,
        pretty=pretty,
        unsupported_level=ErrorLevel.RAISE,
        max_unsupported=1,
    )
    return generator.generate(tree)


def _with_units(tree: exp.Expr, tongue: Tongue) -> exp.Expr:
    """Redshift's DATEADD(day, ...): the bare unit is a word of the grammar, not a column."""
    if tongue.name != "redshift":
        return tree
    listed = pairs("units.txt")
    functions, units = listed["functions"].split(), listed["units"].split()
    for call in tree.find_all(exp.Anonymous):
        unit = call.expressions[0] if call.expressions and call.name.lower() in functions else None
        if isinstance(unit, exp.Column) and not unit.table and unit.name.lower() in units:
            unit.replace(exp.Var(this=unit.name.upper()))
    return tree


def _mended(tree: exp.Expr) -> exp.Expr:
    """What sqlglot would write back as something else: the operator @, CURRENT_TIME, and SOME (SELECT ...)."""
    for node in list(tree.find_all(exp.Parameter, exp.CurrentTime, exp.Any)):
        if isinstance(node, exp.Any):
            if isinstance(node.this, exp.Query) and not isinstance(node.this, exp.Subquery):
                node.set("this", exp.Subquery(this=node.this))
        elif isinstance(node, exp.CurrentTime) and node.this is None:
            node.replace(exp.Var(this="CURRENT_TIME"))
        elif isinstance(node.this, exp.Paren):
            node.replace(exp.Anonymous(this="ABS", expressions=[node.this.this]))
    return tree
