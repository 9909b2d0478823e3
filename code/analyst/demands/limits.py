"""How many rows: small models like to add LIMIT 10 to whatever they write."""

from __future__ import annotations

from sqlglot import exp

from analyst.demands.asked import Demands
from analyst.repairing.aggregates import has_aggregates
from analyst.repairing.reading import Reading


def limits_not_asked_for(reading: Reading, asked: Demands) -> tuple[str, ...]:
    """A LIMIT that no word of the question asks for is taken off; it would hide rows."""
    found = _limit(reading.tree)
    if found is None or reading.tree.args.get("offset") is not None or _is_no_list(reading.tree):
        return ()
    count = int(found.this)
    if asked.one if count == 1 else count in asked.numbers or asked.some:
        return ()
    reading.tree.set("limit", None)
    return (f"All rows are shown, not {count}: the question asks for no number of rows.",)


def limits_forgotten(reading: Reading, asked: Demands) -> tuple[str, ...]:
    """ "The top 5" in order, but without an end or with one that nobody named, ends after five."""
    tree, count = reading.tree, asked.leading
    if not isinstance(tree, exp.Select) or count is None or tree.args.get("order") is None:
        return ()
    if _ends_as_asked(tree, asked) or _holds_number(tree, count) or tree.find(exp.Window) is not None:
        return ()  # perhaps by rank
    given = _limit(tree)
    tree.set("limit", exp.Limit(expression=exp.Literal.number(count)))
    return (f"The first {count} rows are shown, as the question asks{f', not {given}' if given else ''}.",)


def _ends_as_asked(tree: exp.Select, asked: Demands) -> bool:
    """True for an end that may be meant: the first of the top 5, a page, a number of the question's own."""
    given = _limit(tree)
    if given is None:
        return tree.args.get("limit") is not None or tree.args.get("fetch") is not None
    return int(given.this) < 2 or int(given.this) in asked.numbers or tree.args.get("offset") is not None


def _holds_number(tree: exp.Expr, count: int) -> bool:
    return any(not n.is_string and n.this == str(count) for n in tree.find_all(exp.Literal))


def _is_no_list(tree: exp.Expr) -> bool:
    """True for a single row of totals, and for SELECT 1, which only asks whether there is any row."""
    if not isinstance(tree, exp.Select):
        return False
    if all(isinstance(p.unalias(), (exp.Literal, exp.Boolean)) for p in tree.expressions):
        return True
    return has_aggregates(tree) and tree.args.get("group") is None


def _limit(tree: exp.Expr) -> exp.Literal | None:
    """The plain number of the outermost LIMIT."""
    limit = tree.args.get("limit") if isinstance(tree, exp.Query) else None
    number = limit.args.get("expression") if isinstance(limit, exp.Limit) else None
    plain = isinstance(number, exp.Literal) and not number.is_string and number.this.isdigit()
    return number if plain and isinstance(number, exp.Literal) else None
