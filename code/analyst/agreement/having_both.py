"""Those that have both of two values: rows with either, in groups that hold two."""

from __future__ import annotations

from sqlglot import exp

from analyst.agreement.both import Both, either, neither, shown
from analyst.agreement.case import Case, Compared
from analyst.catalog import Table
from analyst.repairing.conjunctions import all_of, conjuncts
from analyst.repairing.reading import Place


def having_both(case: Case) -> tuple[str, ...]:
    """ "name = 'A' AND name = 'B'" of another table than the one that is shown: groups that hold both."""
    found = neither(case) or either(case)
    if found is None or not _sorts_by_output(found.place, case):
        return ()
    one, other = found.texts
    _regroup(found, case)
    return (f"Those with both '{one}' and '{other}' are shown, found by counting the two.",)


def _regroup(found: Both, case: Case) -> None:
    select, column = found.place.select, found.compared[0].column
    kept = [c for c in conjuncts(select.args["where"].this) if not any(_holds(c, p) for p in found.compared)]
    either_of = exp.In(this=column.copy(), expressions=[exp.Literal.string(t) for t in found.texts])
    count = exp.Count(this=exp.Distinct(expressions=[column.copy()]))
    keys = _keys(found.place, case)
    select.set("where", exp.Where(this=all_of([*kept, either_of])))
    select.set("group", exp.Group(expressions=keys))
    select.set("having", exp.Having(this=exp.EQ(this=count, expression=exp.Literal.number(2))))


def _sorts_by_output(place: Place, case: Case) -> bool:
    order = place.select.args.get("order")
    meanings = [case.reading.meaning(p.unalias()) for p in place.select.expressions]
    columns = {(id(m.relation), m.stored) for m in meanings if m is not None}
    sorted_by = [case.reading.meaning(c) for c in order.find_all(exp.Column)] if order is not None else []
    return all(m is not None and (not m.stored or (id(m.relation), m.stored) in columns) for m in sorted_by)


def _keys(place: Place, case: Case) -> list[exp.Expr]:
    """What is shown, and the keys of the rows that it is about."""
    outputs = [p.unalias() for p in place.select.expressions]
    keys: list[exp.Expr] = [output.copy() for output in outputs]
    known = {(id(m.relation), m.stored) for o in outputs if (m := case.reading.meaning(o)) is not None}
    for relation in {id(r): r for r in shown(place, case)}.values():
        names = _identifying(case.reading.table(relation), case)
        keys += [case.reading.column(relation, n) for n in names if (id(relation), n) not in known]
    return keys


def _identifying(table: Table | None, case: Case) -> tuple[str, ...]:
    """The columns that say which row of a table is meant: its key, else what other tables link to."""
    if table is None or table.primary_key:
        return table.primary_key if table is not None else ()
    return next((k.to_columns for k in case.reading.catalog.links if k.to_table == table.key), ())


def _holds(condition: exp.Expr, part: Compared) -> bool:
    return any(node is part.node for node in condition.walk())
