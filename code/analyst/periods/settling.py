"""Makes a statement's days those that the question means."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from analyst.catalog import Catalog
from analyst.periods.day_ends import whole_days
from analyst.periods.period import Anchor, Period
from analyst.periods.sql_days import is_now, is_today
from analyst.periods.upper_bounds import missing_ends
from analyst.repairing.statement import UNREADABLE, Rewritten, Statement


def settle(
    sql: str,
    *,
    dialect: str,
    catalog: Catalog,
    anchor: Anchor,
    periods: Sequence[Period] = (),
    zone: str = "",
) -> Rewritten:
    """The SQL with "now" as the anchor means it, whole last days, and an end for each period that begins.

    Days of times with a time zone are those of the database's session; `zone` is its name, to be told.
    The SQL stays as it is, to the letter, where nothing is to be done or where it cannot be read.
    """
    try:
        statement = Statement(sql, dialect=dialect, catalog=catalog)
        notes = _now(statement.tree, anchor) if anchor.follow == "data" else ()
        notes += whole_days(statement.read(), periods, zone=zone)
        notes += missing_ends(statement.read(), periods, anchor=anchor)
        return statement.rewritten(notes)
    except UNREADABLE:
        return Rewritten(sql=sql)


def _now(tree: exp.Expr, anchor: Anchor) -> tuple[str, ...]:
    """CURRENT_DATE and NOW() as the anchor's day and its last moment."""
    nodes = [node for node in tree.walk() if is_today(node) or is_now(node)]
    for node in nodes:
        if is_today(node):
            node.replace(_cast(anchor.day.isoformat(), exp.DType.DATE))
        else:
            node.replace(_cast(f"{anchor.day} 23:59:59", exp.DType.TIMESTAMP))
    return (f"Now means {anchor.day} in the SQL, the data's last day.",) if nodes else ()


def _cast(text: str, to: exp.DType) -> exp.Cast:
    return exp.Cast(this=exp.Literal.string(text), to=exp.DataType(this=to, nested=False))
