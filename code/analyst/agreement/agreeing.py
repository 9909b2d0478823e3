"""All that a question asks for and its SQL does not do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sqlglot import exp
from sqlglot.errors import SqlglotError

from analyst.agreement import (
    both,
    bounds,
    contradictions,
    denials,
    extremes,
    groups,
    made_up,
    measures,
    named,
    strangers,
    things,
)
from analyst.agreement.case import Case
from analyst.agreement.saying import Unmet, said
from analyst.catalog import Catalog
from analyst.errors import Refused
from analyst.guard.dialects import Tongue, tongue
from analyst.guard.parsing import tree_of
from analyst.guard.text import checked_text, tokens_of
from analyst.repairing.reading import Reading
from analyst.repairing.ties import Ties
from analyst.values import Mention

LONGEST = 20_000
"""Characters; longer SQL goes unread."""

Check = Callable[[Case], Iterator[Unmet]]

CHECKS: tuple[Check, ...] = (
    contradictions.contradictions,
    both.both,
    groups.no_groups,
    groups.best_of_each,
    groups.hidden_groups,
    groups.no_times,
    strangers.strangers,
    made_up.texts_from_nowhere,
    named.values_not_used,
    bounds.bounds,
    bounds.numbers_not_used,
    extremes.extremes,
    extremes.latest,
    extremes.ends,
    extremes.dates_for_amounts,
    denials.denials,
    measures.averages,
    measures.counts,
    measures.counts_missing,
    things.counted_things,
)


def unmet(
    sql: str,
    *,
    question: str,
    context: str = "",
    taught: str = "",
    mentions: Sequence[Mention] = (),
    catalog: Catalog,
    dialect: str,
) -> tuple[Unmet, ...]:
    """What the question asks for and the SQL does not do, a plain sentence each; nothing where it cannot be read.

    `mentions` are the stored values that the question names; `context` is what its author wrote beside it;
    `taught` is all else that the model was given to go by, approved examples with their SQL above all.
    """
    if len(sql) > LONGEST:
        return ()
    try:
        speech = tongue(dialect)
        reading = read(parsed(sql, speech), speech, catalog)
        case = Case(reading=reading, said=said(question, context=context, taught=taught, mentions=mentions))
        found = [u for check in CHECKS for u in check(case)]
    except (SqlglotError, Refused, RecursionError):
        return ()
    return tuple(dict.fromkeys(found))


def parsed(sql: str, speech: Tongue) -> exp.Expr:
    """The tree of one statement; raises sqlglot's errors, or Refused."""
    text = checked_text(sql)
    return tree_of(tokens_of(text, speech), text, speech)


def read(tree: exp.Expr, speech: Tongue, catalog: Catalog) -> Reading:
    """What every part of the tree means."""
    return Reading(tree, tongue=speech, catalog=catalog, ties=Ties(catalog))
