"""What is counted has to be read: "how many restaurants in each region" counts no regions."""

from __future__ import annotations

from sqlglot import exp

from analyst.agreement.case import Case
from analyst.agreement.things import uncounted
from analyst.catalog import Table
from analyst.guard.scopes import Relation
from analyst.guard.tables import written
from analyst.repairing.aggregates import aggregates
from analyst.repairing.missing_joins import equality
from analyst.repairing.reading import Place
from analyst.repairing.ties import Tie


def counted_tables(case: Case) -> tuple[str, ...]:
    """A COUNT(*) over one table becomes one of the table that the question counts, where one tie joins the two."""
    missing = list(uncounted(case))
    place = case.reading.places[0] if len(case.reading.places) == 1 else None
    if len(missing) != 1 or place is None or len(place.relations) != 1 or not _counts_rows(place):
        return ()
    own = case.reading.table(place.relations[0])
    ties = case.reading.ties.between(own, missing[0]) if own is not None else []
    if own is None or len(ties) != 1:
        return ()
    _join(place, place.relations[0], own, missing[0], ties[0], case)
    return (f"{missing[0].name} was joined, since the question counts it.",)


def _counts_rows(place: Place) -> bool:
    """True where nothing is summed up but all rows, by groups."""
    calls = [c for p in place.select.expressions for c in aggregates(p)]
    stars = [c for c in calls if isinstance(c, exp.Count) and isinstance(c.this, exp.Star)]
    return bool(stars) and len(stars) == len(calls) and place.select.args.get("group") is not None


def _join(place: Place, relation: Relation, own: Table, wanted: Table, tie: Tie, case: Case) -> None:
    reading = case.reading
    here = written(wanted.name, reading.tongue)
    for column in place.columns:
        if column.args.get("table") is None:
            column.set("table", reading.caller(relation))
    node = exp.Table(this=here.copy())
    if wanted.schema != reading.catalog.default_schema:
        node.set("db", written(wanted.schema, reading.tongue))
    on = equality(tie, {own.key: reading.caller(relation), wanted.key: here}, reading)
    place.select.append("joins", exp.Join(this=node, on=on))
