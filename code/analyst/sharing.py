"""Which approved examples somebody may be shown: those that they could run, and that quote no hidden row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sqlglot import exp

from analyst import guard
from analyst.draft import Query
from analyst.errors import Refused
from analyst.example import Example
from analyst.guard.dialects import tongue
from analyst.policies import View
from analyst.repairing.statement import UNREADABLE, parsed

_HARMLESS = (exp.Interval, exp.Cast, exp.DateTrunc, exp.TimestampTrunc, exp.TimeToStr, exp.Extract)
"""What takes units, days and formats as text."""
_NO_NAME = re.compile(r"[^\W\d_]?[\W\d_]*", re.UNICODE)
"""Numbers, days and single letters tell nothing of anybody."""


def runs(sql: str, seen: View) -> bool:
    """True where the guard lets SQL through under somebody's policy."""
    return _query(sql, seen) is not None


def as_run(sql: str, seen: View) -> str:
    """The statement that would run for somebody now; empty where none would."""
    query = _query(sql, seen)
    return query.sql if query else ""


def shareable(examples: Iterable[Example], seen: View) -> Iterator[Example]:
    """Those that may be shown, to a person as well as to the model that answers them, one after another.

    Where rows are filtered, an approved question may name a customer whom only others see: an example that reads a
    filtered table and quotes text is left out, unless it is the value of a column that is open. So is one that looks at
    a column by which rows are filtered: it was made for other eyes.
    """
    for example in examples:
        if not seen.policy.restricts or (
            example.dialect == seen.whole.dialect and _may_be_shown(example.sql, seen)
        ):
            yield example


def _may_be_shown(sql: str, seen: View) -> bool:
    query = _query(sql, seen)
    if query is None:
        return False
    return not (seen.limited(query.tables) and (_quotes(query, seen) or _chooses_rows(query, seen)))


def _chooses_rows(query: Query, seen: View) -> bool:
    """True where the SQL looks at a column by which the policy says whose rows are seen."""
    looked_at = {column.rpartition(".")[2].lower() for column in query.columns}
    filters = " ".join(row_filter.sql.lower() for row_filter in seen.policy.filters)
    return bool(looked_at & set(re.findall(r"\w+", filters)))


def _query(sql: str, seen: View) -> Query | None:
    try:
        return guard.check(sql, dialect=seen.whole.dialect, catalog=seen.whole, policy=seen.policy)
    except Refused:
        return None


def _quotes(query: Query, seen: View) -> bool:
    """True where a text stands in the SQL that may be somebody's."""
    try:
        tree = parsed(query.readable, tongue(seen.whole.dialect))
    except UNREADABLE:
        return True
    opened = {column.lower() for _, _, column in seen.policy.open_values}
    texts = (literal for literal in tree.find_all(exp.Literal) if literal.is_string)
    return any(
        not _NO_NAME.fullmatch(text.name)
        and not isinstance(text.parent, _HARMLESS)
        and _column(text) not in opened
        for text in texts
    )


def _column(text: exp.Expr) -> str:
    """The column that a text is compared with; empty for none, or several."""
    columns = {c.name.lower() for c in text.parent.find_all(exp.Column)} if text.parent else set()
    return columns.pop() if len(columns) == 1 else ""
