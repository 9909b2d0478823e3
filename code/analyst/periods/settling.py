"""Makes a statement's days those that the question means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import SqlglotError

from analyst.catalog import Catalog
from analyst.errors import Refused
from analyst.guard.dialects import Tongue, tongue
from analyst.guard.parsing import text_of, tree_of
from analyst.guard.text import checked_text, tokens_of
from analyst.periods.day_ends import whole_days
from analyst.periods.period import Anchor, Period
from analyst.periods.sql_days import is_now, is_today
from analyst.periods.upper_bounds import missing_ends
from analyst.repairing.reading import Reading
from analyst.repairing.ties import Ties

_LONGEST = 20_000
"""Characters; longer SQL goes to the guard as it is, which has caps of its own."""


@dataclass(frozen=True, kw_only=True)
class Settled:
    """SQL whose days are those of the question, and what was changed, in plain sentences."""

    sql: str
    notes: tuple[str, ...] = ()


def settle(
    sql: str,
    *,
    dialect: str,
    catalog: Catalog,
    anchor: Anchor,
    periods: Sequence[Period] = (),
    zone: str = "",
) -> Settled:
    """The SQL with "now" as the anchor means it, whole last days, and an end for each period that begins.

    Days of times with a time zone are those of the database's session; `zone` is its name, to be told.
    The SQL stays as it is, to the letter, where nothing is to be done or where it cannot be read.
    """
    if len(sql) > _LONGEST:
        return Settled(sql=sql)
    try:
        speech = tongue(dialect)
        tree = _tree(sql, speech)
        notes = _now(tree, anchor) if anchor.follow == "data" else ()
        notes += whole_days(_read(tree, speech, catalog), periods, zone=zone)
        notes += missing_ends(_read(tree, speech, catalog), periods, anchor=anchor)
        if not notes:
            return Settled(sql=sql)
        after = text_of(tree, speech)
        _tree(after, speech)
    except (SqlglotError, Refused, RecursionError):
        return Settled(sql=sql)
    return Settled(sql=after, notes=tuple(dict.fromkeys(notes)))


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


def _read(tree: exp.Expr, speech: Tongue, catalog: Catalog) -> Reading:
    return Reading(tree, tongue=speech, catalog=catalog, ties=Ties(catalog))


def _tree(sql: str, speech: Tongue) -> exp.Expr:
    text = checked_text(sql)
    return tree_of(tokens_of(text, speech), text, speech)
