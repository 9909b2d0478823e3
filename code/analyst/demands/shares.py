"""A ratio is a fraction; a percentage is a hundred times that."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from analyst.demands.asked import Demands
from analyst.repairing.kinds import INTEGERS, NUMBERS, family
from analyst.repairing.reading import Reading

_PLAIN = (exp.Paren, exp.Alias, exp.Div, exp.Mul, exp.Sub, exp.Add, exp.Neg, exp.Window)
"""What leaves a number one that can be shown."""


def percentages_not_asked_for(reading: Reading, asked: Demands) -> tuple[str, ...]:
    """A ratio or proportion is not multiplied by 100 where nobody speaks of percent."""
    if not asked.ratio or not isinstance(reading.tree, exp.Select):
        return ()
    notes: dict[str, None] = {}
    for product in [p for shown in reading.tree.expressions for p in shown.find_all(exp.Mul)]:
        other = _other(product)
        if other is None or not _is_share(product, other) or not _is_shown(product, reading.tree):
            continue
        _with_more_digits(product)
        notes["The ratio is shown as a fraction, not in percent."] = None
        product.replace(_kept(other))
    return tuple(notes)


def _other(product: exp.Mul) -> exp.Expr | None:
    """What is multiplied by 100; None where nothing is."""
    sides: tuple[exp.Expr, exp.Expr] = (product.this, product.expression)
    if _is_hundred(sides[0]):
        return sides[1]
    return sides[0] if _is_hundred(sides[1]) else None


def _is_share(product: exp.Expr, other: exp.Expr) -> bool:
    """True for a part divided by the whole, or the average of what holds or does not."""
    if other.find(exp.Div) is not None or any(c.name.lower() == "avg" for c in other.find_all(exp.Anonymous)):
        return True
    return any(isinstance(above, exp.Div) for above in _above(product))


def _is_shown(product: exp.Expr, select: exp.Select) -> bool:
    """True where the number itself is shown, not a text made of it, nor a whole number, nor what it is compared to."""
    if product.parent_select is not select:
        return False
    return all(isinstance(above, _PLAIN) or _is_plain_call(above) for above in _above(product))


def _is_plain_call(node: exp.Expr) -> bool:
    if isinstance(node, exp.Cast):
        return family(node.to.sql("postgres")) in NUMBERS - INTEGERS
    name = node.name.lower() if isinstance(node, exp.Anonymous) else ""
    return name in ("sum", "avg", "coalesce") or (name == "round" and _digits(node) is not None)


def _digits(call: exp.Expr) -> exp.Literal | None:
    """How many digits ROUND is told to keep."""
    digits = call.expressions[1] if len(call.expressions) == 2 else None
    plain = isinstance(digits, exp.Literal) and not digits.is_string and digits.this.isdigit()
    return digits if plain and isinstance(digits, exp.Literal) else None


def _with_more_digits(product: exp.Expr) -> None:
    """As a fraction, a number rounded to whole percents needs two digits more."""
    for above in _above(product):
        digits = (
            _digits(above) if isinstance(above, exp.Anonymous) and above.name.lower() == "round" else None
        )
        if digits is not None:
            digits.replace(exp.Literal.number(int(digits.this) + 2))


def _above(node: exp.Expr) -> Iterator[exp.Expr]:
    """What holds a part of a SELECT's list, from the inside out."""
    above = node.parent
    while above is not None and not isinstance(above, exp.Select):
        yield above
        above = above.parent


def _kept(other: exp.Expr) -> exp.Expr:
    """What is left without the factor; 100.0 may have made the division one of fractions."""
    if other.find(exp.Div) is not None:
        return other.copy()
    return exp.Mul(this=exp.Literal.number("1.0"), expression=other.copy())


def _is_hundred(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string and node.this in ("100", "100.0", "100.00")
