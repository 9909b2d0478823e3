"""Ratios: of two rows that are named, and of those above something to those below it."""

from __future__ import annotations

import re

from sqlglot import exp

from analyst.agreement.case import Case, Compared
from analyst.repairing.aggregates import aggregates
from analyst.repairing.reading import Place

_RATIO = re.compile(r"\bratio of\b")
_ABOVE = r"(?:above|over|greater than|higher than|more than|exceeding)"
_BELOW = r"(?:below|under|less than|lower than|fewer than|smaller than)"
_NUMBER = r"(\d+(?:\.\d+)?)"
_SIDE = rf".*?\b(?:{_ABOVE}|{_BELOW}) {_NUMBER}"
_SPLIT = re.compile(rf"\bratio of {_SIDE}.*? to {_SIDE}")


def ratios_of_two_rows(case: Case) -> tuple[str, ...]:
    """`x / x` of one row is 1: the ratio of two named rows divides the one's value by the other's."""
    place = case.reading.places[0] if len(case.reading.places) == 1 else None
    if place is None or not _RATIO.search(case.said.plain) or len(place.relations) != 1:
        return ()
    named = _two_names(case)
    division = _own_ratio(place, case)
    if named is None or division is None or place.select.args.get("group") is not None:
        return ()
    column, texts = named
    first, last = sorted(texts, key=lambda t: case.said.plain.find(t.lower()))
    if case.said.plain.find(first.lower()) < 0:
        return ()
    dividend, divisor = (
        _row(place, side, column, text)
        for side, text in ((division.this, first), (division.expression, last))
    )
    division.set("this", dividend)
    division.set("expression", divisor)
    for clause in ("from_", "where", "order", "limit"):
        place.select.set(clause, None)
    return (f"The value of '{first}' was divided by that of '{last}', each from its own row.",)


def _two_names(case: Case) -> tuple[Compared, tuple[str, str]] | None:
    """The column that is compared to two texts and to nothing else."""
    made = list(case.texts())
    texts = tuple(dict.fromkeys(t for c in made for t in c.texts))
    columns = {c.meaning.stored for c in made}
    return (made[0], (texts[0], texts[1])) if len(texts) == 2 and len(columns) == 1 else None


def _own_ratio(place: Place, case: Case) -> exp.Div | None:
    """The only thing that is shown, where it is a column divided by itself."""
    shown = place.select.expressions[0].unalias() if len(place.select.expressions) == 1 else None
    if not isinstance(shown, exp.Div) or aggregates(shown):
        return None
    sides = [case.column(_value(side)) for side in (shown.this, shown.expression)]
    if sides[0] is None or sides[1] is None:
        return None
    return shown if sides[0][1].stored == sides[1][1].stored else None


def _value(side: exp.Expr) -> exp.Expr:
    """A side without the factor that makes it a fraction."""
    return side.expression if isinstance(side, exp.Mul) and isinstance(side.this, exp.Literal) else side


def _row(place: Place, value: exp.Expr, column: Compared, text: str) -> exp.Subquery:
    condition = exp.EQ(this=column.column.copy(), expression=exp.Literal.string(text))
    query = exp.Select(
        expressions=[value.copy()], from_=place.select.args["from_"].copy(), where=exp.Where(this=condition)
    )
    return exp.Subquery(this=query)


def ratios_of_two_parts(case: Case) -> tuple[str, ...]:
    """ "The ratio of those above 4 to those below 4" divides by those below, not by all."""
    split = _SPLIT.search(case.said.plain)
    if split is None or split[1] != split[2]:
        return ()
    notes: dict[str, None] = {}
    for division in list(case.reading.tree.find_all(exp.Div)):
        part, whole = _counted_part(division.this), division.expression
        if part is None or not _is_count_of_all(whole) or float(part.expression.name) != float(split[1]):
            continue
        opposite = exp.LT if isinstance(part, exp.GT) else exp.GT
        other = part.find_ancestor(exp.Case)
        if other is None:
            continue
        mirrored = other.copy()
        found = next(mirrored.find_all(exp.GT, exp.LT))
        found.replace(opposite(this=found.this.copy(), expression=found.expression.copy()))
        zero = exp.Literal.number(0)
        whole.replace(exp.Nullif(this=exp.Anonymous(this="SUM", expressions=[mirrored]), expression=zero))
        notes["The ratio divides by those on the other side, not by all."] = None
    return tuple(notes)


def _counted_part(side: exp.Expr) -> exp.Expr | None:
    """The comparison `c > 4` in SUM(CASE WHEN c > 4 THEN 1 ELSE 0 END)."""
    cases = list(side.find_all(exp.Case))
    if len(cases) != 1 or len(cases[0].args["ifs"]) != 1:
        return None
    test = cases[0].args["ifs"][0].this
    plain = isinstance(test, (exp.GT, exp.LT)) and isinstance(test.expression, exp.Literal)
    return test if plain else None


def _is_count_of_all(node: exp.Expr) -> bool:
    return isinstance(node, exp.Count) and isinstance(node.this, exp.Star)
