"""Conditions that are left out: those that nobody asked for, and one that two names cannot meet."""

from __future__ import annotations

from sqlglot import exp

from analyst.agreement.case import Case, Compared
from analyst.agreement.contradictions import Contradiction, found_in
from analyst.agreement.made_up import from_nowhere
from analyst.repairing.aggregates import has_aggregates
from analyst.repairing.conjunctions import all_of, conjuncts


def texts_from_nowhere(case: Case) -> tuple[str, ...]:
    """A condition on a text that nobody named is left out, and so is such a text in a list."""
    made_up = {id(c.node): (c, unknown) for c in case.texts() if (unknown := from_nowhere(c, case))}
    notes = []
    for place in case.reading.places:
        where = place.select.args.get("where")
        conditions = list(conjuncts(where.this)) if where is not None else []
        dropped = []
        for condition in conditions:
            compared, unknown = made_up.get(id(condition), (None, ()))
            if compared is None:
                continue
            if len(unknown) == len(compared.texts):
                dropped.append(condition)
                shown = case.reading.text(condition)
                notes.append(f"The condition {shown} was left out: the question does not ask for it.")
            else:
                notes.append(_shortened(compared, unknown))
        if dropped:
            kept = [c for c in conditions if not any(c is d for d in dropped)]
            place.select.set("where", exp.Where(this=all_of(kept)) if kept else None)
    return tuple(notes)


def _shortened(compared: Compared, unknown: tuple[str, ...]) -> str:
    kept = [e for e in compared.node.expressions if e.name not in unknown]
    compared.node.set("expressions", kept)
    listed = ", ".join(f"'{text}'" for text in unknown)
    return f"{listed} was left out of the list: the question does not ask for it."


def rows_of_two_names(case: Case) -> tuple[str, ...]:
    """Two rows of a table that are each named stand side by side: no join by that name can find them."""
    notes = []
    for found in found_in(case):
        join = next((j for tie in found.ties if (j := _only_condition_of(tie)) is not None), None)
        if join is None or len(found.ties) != 1 or not _is_two_rows(found):
            continue
        one, other = found.texts
        notes.append(f"'{one}' and '{other}' were taken from rows of their own: {case.reading.text(found.ties[0])} "
                     "can hold for no row.")  # fmt: skip
        join.set("on", None)
        join.set("kind", "CROSS")
    return tuple(notes)


def _is_two_rows(found: Contradiction) -> bool:
    """True for two rows of one table, with nothing summed up over the pairs that they make."""
    relations = found.place.relations
    return (
        len(relations) == 2
        and bool(relations[0].table)
        and (relations[0].schema, relations[0].table) == (relations[1].schema, relations[1].table)
        and not has_aggregates(found.place.select)
    )


def _only_condition_of(tie: exp.EQ) -> exp.Join | None:
    """The plain join whose whole condition it is."""
    join = tie.parent
    plain = isinstance(join, exp.Join) and not join.args.get("side")
    return join if plain and isinstance(join, exp.Join) and join.args.get("on") is tie else None
