"""Things that a question counts by the name of their table, and that a statement never looks at."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from analyst.agreement.case import Case
from analyst.agreement.saying import Unmet
from analyst.catalog import Table
from analyst.linking.plain_forms import root
from analyst.repairing.reading import Meaning
from analyst.values.folding import plain_words

_COUNTED = re.compile(r"\b(?:how many|(?:total |average )?numbers? of|counts? of) ((?:[a-z_]+ ?){1,4})")


def counted_things(case: Case) -> Iterator[Unmet]:
    """ "How many notifications", and no table or column of notifications is read."""
    for table in uncounted(case):
        said = f"The question counts {table.name}, but nothing of {table.name} is read."
        yield Unmet(kind="counted", said=said)


def uncounted(case: Case) -> Iterator[Table]:
    """The tables whose rows the question counts and the statement does not look at."""
    used, read = _used(case), case.tables()
    known = {k.to_table for k in case.reading.catalog.links if k.table in read}
    counted = [{root(w) for w in plain_words(m[1])} for m in _COUNTED.finditer(case.said.plain)]
    for table in case.reading.catalog.tables:
        words = case.roots_of(table.name)
        if table.key not in known and words and not words & used and any(words <= said for said in counted):
            yield table


def _used(case: Case) -> set[str]:
    """The roots in the names of all tables and columns that are read, and of the tables that those columns link to."""
    found: set[str] = set()
    for table in case.tables().values():
        found |= case.roots_of(table.name)
    for column in case.reading.tree.find_all(exp.Column):
        found |= case.roots_of(column.name)
        meaning = case.reading.meaning(column)
        if meaning is not None:
            found |= _linked(meaning, case)
    return found


def _linked(meaning: Meaning, case: Case) -> set[str]:
    """The roots in the names of the tables that a column links to."""
    table = case.reading.table(meaning.relation) if meaning.relation is not None else None
    links = case.reading.catalog.links if table is not None else ()
    found = [
        k.to_table[1]
        for k in links
        if table is not None and k.table == table.key and meaning.stored in k.columns
    ]
    return {part for name in found for part in case.roots_of(name)}
