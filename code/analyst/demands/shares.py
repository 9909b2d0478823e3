"""A ratio is a fraction; a percentage is a hundred times that."""

from __future__ import annotations

from sqlglot import exp

from analyst.demands.asked import Demands
from analyst.repairing.reading import Reading


def percentages_not_asked_for(reading: Reading, asked: Demands) -> tuple[str, ...]:
    """A ratio or proportion is not multiplied by 100 where nobody speaks of percent."""
    if not asked.ratio:
        return ()
    notes: dict[str, None] = {}
    for product in list(reading.tree.find_all(exp.Mul)):
        for side, other in (("this", product.expression), ("expression", product.this)):
            if _is_hundred(product.args[side]):
                notes["The ratio is shown as a fraction, not in percent."] = None
                product.replace(_kept(product, other))
                break
    return tuple(notes)


def _kept(product: exp.Expr, other: exp.Expr) -> exp.Expr:
    """What is left without the factor; 100.0 may have made the division one of fractions."""
    if isinstance(product.parent, exp.Div) and product.parent.this is product:
        return exp.Mul(this=exp.Literal.number("1.0"), expression=other.copy())
    return other.copy()


def _is_hundred(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string and node.this in ("100", "100.0", "100.00")
