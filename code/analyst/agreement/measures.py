"""Averages and counts that are asked for and not taken."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from analyst.agreement.case import Case
from analyst.agreement.saying import Unmet
from analyst.linking.plain_forms import root
from analyst.repairing.kinds import NUMBERS
from analyst.values.folding import plain_words

_NUMBERS = frozenset(map(root, ("num", "number", "count", "nr", "total", "quantity", "qty")))
_AVERAGES = frozenset({"average", "avg", "mean", "averag"})


def averages(case: Case) -> Iterator[Unmet]:
    """An average is asked for; nothing is averaged, divided, or named so."""
    if not case.said.says(r"\baverages?\b|\bthe mean\b|\bmean (of|value)\b") or case.calls(
        "avg", "percentile_cont", "median", "mode"
    ):
        return
    columns = case.reading.tree.find_all(exp.Column)
    if case.reading.tree.find(exp.Div) or any(_AVERAGES & case.roots_of(c.name) for c in columns):
        return
    yield Unmet(kind="average", said="The question asks for an average, but the SQL takes none.")


_COUNTED = re.compile(r"\b(?:how many|(?<!average )numbers? of|counts? of|most|fewest) ((?:[a-z_]+ ?){1,3})")


def counts_missing(case: Case) -> Iterator[Unmet]:
    """ "The most flights", where flights is a table, and nothing is counted."""
    if case.calls("count", "sum", "row_number", "rank", "count_if") or case.reading.tree.find(exp.Window):
        return
    stored = [
        m.stored for c in case.reading.tree.find_all(exp.Column) if (m := case.reading.meaning(c)) is not None
    ]
    named = {part for name in stored for part in case.roots_of(name)}
    for match in _COUNTED.finditer(case.said.plain):
        said = [root(w) for w in plain_words(match[1])]
        for table in case.tables().values():
            words = case.roots_of(table.name)
            if (
                words
                and words <= set(said)
                and said[0] in words
                and not words & named
                and not _NUMBERS & named
            ):
                yield Unmet(
                    kind="count", said=f"The question counts {table.name}, but the SQL counts nothing."
                )
                return


def counts(case: Case) -> Iterator[Unmet]:
    """A number of things is asked for, and no column of the output is a number."""
    if not case.said.says(
        r"^\W*how many\b|^(what is|what's|give me|show|return) the (total )?(number|count) of\b"
    ):
        return
    if case.has_aggregate() or case.root is None:
        return
    kinds = [case.reading.kind(p.unalias()) for p in case.root.expressions]
    if any(k in NUMBERS or not k for k in kinds) or case.root.find(exp.Star):
        return
    yield Unmet(kind="count", said="The question asks how many, but the SQL counts nothing.")
