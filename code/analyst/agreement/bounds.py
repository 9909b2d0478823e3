"""Numbers that a question compares something to, and the comparisons of a statement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlglot import exp

from analyst.agreement.case import Case, text_in
from analyst.agreement.saying import Unmet
from analyst.numerals import Numeral, stated

_BEFORE = {
    ">": r"((more|greater|higher|larger|longer|bigger|older) than|above|over|exceed(s|ing)?|>)",
    "<": r"((fewer|less|lower|smaller|shorter|younger) than|below|under|<)",
    ">=": r"(at least|at the least|no fewer than|no less than|not less than|not fewer than|minimum of|>=)",
    "<=": r"(at most|no more than|not more than|up to|maximum of|<=)",
}
_AFTER = {
    ">=": r"(or more|or above|or higher|or greater|and above|and higher)",
    "<=": r"(or less|or fewer|or below|or lower|or under|and below|and lower)",
}
FLIPPED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}
_OTHERS = {">": "<=", "<": ">=", ">=": "<", "<=": ">"}
_SIGNS: dict[type[exp.Expr], str] = {exp.GT: ">", exp.LT: "<", exp.GTE: ">=", exp.LTE: "<="}
NODES = {sign: node for node, sign in _SIGNS.items()}


@dataclass(frozen=True, kw_only=True)
class Bound:
    """A number with the sign by which something is compared to it."""

    sign: str
    value: Decimal
    phrase: str = ""
    node: exp.Expr | None = None


def bounds_asked(plain: str) -> list[Bound]:
    """The bounds that a question states, as "more than 4"."""
    found = []
    for numeral in stated(plain):
        if not isinstance(numeral, Numeral) or numeral.percent or numeral.ordinal:
            continue
        sign, phrase = _sign(plain, numeral)
        if sign:
            found.append(Bound(sign=sign, value=numeral.value, phrase=phrase))
    return found


def _sign(plain: str, numeral: Numeral) -> tuple[str, str]:
    before, after = plain[: numeral.start].rstrip(" $€£"), plain[numeral.end :]
    shown = plain[numeral.start : numeral.end]
    for sign, pattern in _AFTER.items():
        match = re.match(rf"\W*{pattern}\b", after)
        if match:
            return sign, f"{shown} {match[1]}"
    for sign in (">=", "<=", ">", "<"):
        match = re.search(rf"(?<![\w<>]){_BEFORE[sign]}( a| an| the)?$", before)
        if match and not re.search(r"(\bnot|\bnever|n't)( \w+)? $", before[: match.start()]):
            return sign, f"{match[1]} {shown}"
    return "", ""


def bounds_used(case: Case) -> list[Bound]:
    """The comparisons with a plain number on one side."""
    found = []
    for node in case.reading.tree.find_all(*_SIGNS):
        sign = _SIGNS[type(node)]
        for value, kept in ((node.args["expression"], sign), (node.this, FLIPPED[sign])):
            number = _number(value)
            if number is not None:
                found.append(Bound(sign=kept, value=number, node=node))
    return found


def bounds(case: Case) -> Iterator[Unmet]:
    """ "more than 4" is > 4, and not >= 4."""
    for asked, _ in wrong_bounds(case):
        yield Unmet(
            kind="bound", said=f'The question says "{asked.phrase}", but the SQL compares in another way.'
        )


def wrong_bounds(case: Case) -> Iterator[tuple[Bound, list[Bound]]]:
    """The bounds whose number is compared to, and never in the way that is asked; with those comparisons."""
    used, asked = bounds_used(case), bounds_asked(case.said.plain)
    if case.reading.tree.find(exp.Between) or case.said.says(r"\b(in|ex)clusive"):
        return
    for bound in asked:
        same = [u for u in used if u.value == bound.value]
        if same and not any(_fits(bound, u) for u in used):
            yield bound, same


def numbers_not_used(case: Case) -> Iterator[Unmet]:
    """A number is compared to in the question, and nothing is compared to any number in the SQL."""
    asked = [b for b in bounds_asked(case.said.plain) if b.value > 1 and not _is_written(b, case)]
    if asked and not _compares_numbers(case) and not case.reading.tree.find(exp.NEQ):
        said = f'The question says "{asked[0].phrase}", but the SQL compares nothing to that number.'
        yield Unmet(kind="number", said=said)


def _is_written(bound: Bound, case: Case) -> bool:
    """True where the number stands anywhere, be it in a text, or in the words of an interval."""
    literals = [n.name for n in case.reading.tree.find_all(exp.Literal)]
    return any(re.search(rf"(?<![\d.]){re.escape(str(bound.value))}(?![\d.])", text) for text in literals)


def _compares_numbers(case: Case) -> bool:
    """True where anything is compared to a number, to a pattern of signs, or to what another query finds."""
    tree = case.reading.tree
    parts = [
        p for n in tree.find_all(*_SIGNS, exp.EQ, exp.NEQ, exp.Between, exp.In) for p in n.iter_expressions()
    ]
    patterns = [
        text
        for n in tree.find_all(exp.Like, exp.ILike)
        if (text := text_in(n.args["expression"])) is not None
    ]
    by_signs = any(not any(map(str.isalpha, text)) for text in patterns)
    return by_signs or any(_number(part) is not None or isinstance(part, exp.Subquery) for part in parts)


def _fits(asked: Bound, used: Bound) -> bool:
    step = {">": (">=", 1), "<": ("<=", -1), ">=": (">", -1), "<=": ("<", 1)}[asked.sign]
    rest = used.node is not None and used.node.find_ancestor(exp.Case, exp.Not) is not None
    if rest and (used.sign, used.value) == (_OTHERS[asked.sign], asked.value):
        return True  # the others are put aside
    return (used.sign, used.value) in ((asked.sign, asked.value), (step[0], asked.value + step[1]))


def _number(node: exp.Expr) -> Decimal | None:
    if isinstance(node, exp.Neg):
        inner = _number(node.this)
        return -inner if inner is not None else None
    if isinstance(node, exp.Literal) and not node.is_string:
        try:
            return Decimal(node.name)
        except ArithmeticError:
            return None
    return None
