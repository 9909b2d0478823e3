"""The sign of a comparison, where the question says it in so many words."""

from __future__ import annotations

from sqlglot import exp

from analyst.agreement.bounds import FLIPPED, NODES, Bound, bounds_asked, wrong_bounds
from analyst.agreement.case import Case


def signs_as_said(case: Case) -> tuple[str, ...]:
    """ "More than 4" becomes > 4 where it was >= 4; a comparison in the other direction is left alone."""
    notes = []
    asked = bounds_asked(case.said.plain)
    for bound, used in list(wrong_bounds(case)):
        alone = len(used) == 1 and sum(a.value == bound.value for a in asked) == 1
        if not alone or used[0].sign[0] != bound.sign[0] or used[0].node is None:
            continue
        node, shown = used[0].node, case.reading.text(used[0].node)
        new = _with_sign(node, bound)
        notes.append(f'{shown} became {case.reading.text(new)}: the question says "{bound.phrase}".')
        node.replace(new)
    return tuple(notes)


def _with_sign(node: exp.Expr, bound: Bound) -> exp.Expr:
    number_first = isinstance(node.this, (exp.Literal, exp.Neg))
    sign = FLIPPED[bound.sign] if number_first else bound.sign
    return NODES[sign](this=node.this.copy(), expression=node.args["expression"].copy())
