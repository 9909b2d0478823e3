"""Groups that are shown, and made where the question names one column to make them by."""

from __future__ import annotations

from sqlglot import exp

from analyst.agreement.case import Case
from analyst.agreement.groups import are_rows_asked, hidden, hidden_outside, roots_of_phrase, ungrouped
from analyst.guard.scopes import Relation
from analyst.guard.tables import written
from analyst.linking.plain_forms import root

_NAMES = frozenset({root("name")})


def groups_hidden(case: Case) -> tuple[str, ...]:
    """What a row is about is shown beside its figures."""
    if not are_rows_asked(case) or case.root is None:
        return ()
    keys = [key.copy() for key in hidden(case)]
    keys = keys or [exp.Column(this=written(name, case.reading.tongue)) for name in hidden_outside(case)]
    if not keys:
        return ()
    case.root.set("expressions", [*keys, *case.root.expressions])
    listed = ", ".join(case.reading.text(key) for key in keys)
    return (f"{listed} is shown, so that each row says what it is about.",)


def groups_missing(case: Case) -> tuple[str, ...]:
    """Figures for each X, where X is the name of exactly one column of the tables that are read."""
    phrase = ungrouped(case)
    column = _column_named(phrase, case) if phrase else None
    if column is None or case.root is None or case.root.args.get("having") or case.root.args.get("limit"):
        return ()
    case.root.set("group", exp.Group(expressions=[column.copy()]))
    case.root.set("expressions", [column, *case.root.expressions])
    return (f"The figures are told for each {phrase}: {case.reading.text(column)}.",)


def _column_named(phrase: str, case: Case) -> exp.Column | None:
    """The one column that is called so, its table's own words and "name" put aside."""
    wanted = set(roots_of_phrase(phrase))
    found = [
        (relation, name)
        for relation in (case.reading.places[0].relations if case.reading.places else [])
        for name in relation.columns
        if _is_called(wanted, relation, name, case)
    ]
    return case.reading.column(*found[0]) if len(found) == 1 else None


def _is_called(wanted: set[str], relation: Relation, name: str, case: Case) -> bool:
    words = case.roots_of(name)
    return wanted in (words, words - _NAMES, words - _NAMES - case.roots_of(relation.table))
