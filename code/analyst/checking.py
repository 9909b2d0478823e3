"""What a careful reader should know about a result, found from the query, the rows and the catalog."""

from __future__ import annotations

import re

from analyst.catalog import Catalog, Column, Table
from analyst.draft import Query
from analyst.hearing import Heard
from analyst.result import ResultSet
from analyst.values import Tie
from analyst.work import Found

MOST_FILTERS = 4
MOST_CHOICES = 4
LONGEST_CHOICE = 80
"""Characters of a value that is offered to choose."""


def warnings(found: Found, *, catalog: Catalog, reasons: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Plain sentences about what could mislead; `reasons` say why nothing was found, where that is known."""
    return tuple(_warnings(found.query, found.result, catalog, reasons, can_write=found.can_write))


def _warnings(
    query: Query, result: ResultSet, catalog: Catalog, reasons: tuple[str, ...], *, can_write: bool
) -> list[str]:
    found = []
    if not query.tables:
        found.append("No table was read: this answer does not come from the data.")
    if result.truncated:
        found.append(f"There are more rows; only the first {result.row_count:,} were fetched.")
    if result.row_count == 0:
        found += ["The query ran and found nothing.", *reasons] if reasons else [_why_empty(query, catalog)]
    elif _all_null(result):
        found.append("Every value is empty (null): nothing that matches holds a value here.")
        found += reasons
    else:
        found += reasons
    if can_write:
        found.append("The database role used here could also write. A role that can only read is safer.")
    return found


def disagreement(*, votes: int, of: int) -> tuple[str, ...]:
    """A warning where fewer than half of the drafts came to the result that is shown."""
    if 2 * votes > of:
        return ()
    return (f"Only {votes} of {of} drafts came to this result; read the SQL before you rely on it.",)


def not_sure(query: Query) -> str:
    """Why an answer is held back, and what to do."""
    return (
        f"I am not sure enough of an answer from {_listed(query.tables)} to show it."
        " Please ask more precisely: name the table, the columns or the values you mean."
    )


def which(tie: Tie) -> str:
    """The question back, where one name fits several values."""
    shown = [f'"{value}"' for value in tie.values[:MOST_CHOICES]]
    more = " or another one" if len(tie.values) > MOST_CHOICES else ""
    listed = ", ".join(shown[:-1]) + f" or {shown[-1]}" if not more else ", ".join(shown)
    return f'Which one does "{tie.phrase}" mean: {listed}{more}? {tie.table[1]}.{tie.column} has all of them.'


def choices(question: str, tie: Tie) -> tuple[str, ...]:
    """The question once for each value that its name may mean, to be asked instead; none where it reads badly."""
    named = re.search(rf"(?<!\w){re.escape(tie.phrase)}(?!\w)", question, re.IGNORECASE)
    if named is None or _is_part_of_a_name(question, named):
        return ()
    before, after = question[: named.start()], question[named.end() :]
    shown = [v for v in tie.values[:MOST_CHOICES] if v.isprintable() and len(v) <= LONGEST_CHOICE]
    return tuple(before + value + after for value in shown)


def _is_part_of_a_name(question: str, named: re.Match[str]) -> bool:
    """True for the "San" of "San Juan": with one value put in its place, the rest would be left over."""
    goes_on = re.match(r"[ -][A-Z]\w", question[named.end() :])
    has_begun = re.search(r"(?<=\W)[A-Z]\w*[ -]\Z", question[: named.start()])
    return bool(goes_on or has_begun)


def nothing_about(heard: Heard, catalog: Catalog) -> str:
    """Why a question cannot be answered, and what there is instead."""
    things = [f'"{thing}"' for thing in heard.grounds.unknown[:MOST_CHOICES]]
    listed = things[0] if len(things) == 1 else ", ".join(things[:-1]) + f" or {things[-1]}"
    tables = ", ".join(t.name for t in catalog.tables[:8])
    return (
        f"This cannot be answered from the data: nothing in it is about {listed}. There is data on {tables}."
    )


def assumptions(
    query: Query, *, notes: tuple[str, ...] = (), limited: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """How the question was understood: which rows were counted in, and whatever else was noted.

    `limited` are the tables of which the asker's role sees some rows only.
    """
    if limited:
        notes = (*notes, f"Of {_listed(limited)} only the rows that your role may see were looked at.")
    if not query.filters:
        seen = " that you may see" if limited else ""
        return (
            (*notes, f"All rows{seen} of {_listed(query.tables)} count; nothing was filtered out.")
            if query.tables
            else notes
        )
    shown = [f"Only rows where {condition}." for condition in query.filters[:MOST_FILTERS]]
    more = len(query.filters) - MOST_FILTERS
    return (*notes, *shown, *([f"And {more} more conditions."] if more > 0 else []))


def span(table: Table) -> str:
    """From when to when a table's first date column reaches, as words; empty where that is not known."""
    column = _dated(table)
    return f"{table.name}.{column.name} runs from {column.lowest} to {column.highest}" if column else ""


def _why_empty(query: Query, catalog: Catalog) -> str:
    tables = [t for name in query.tables if (t := _table(name, catalog))]
    if any(t.rows == 0 for t in tables):
        return f"The table {next(t.name for t in tables if t.rows == 0)} holds no rows."
    spans = [s for t in tables if (s := span(t))]
    hint = f" For orientation: {spans[0]}." if spans else ""
    conditions = f" No row meets: {' and '.join(query.filters[:MOST_FILTERS])}." if query.filters else ""
    return f"The query ran and found nothing.{conditions}{hint}"


def _table(name: str, catalog: Catalog) -> Table | None:
    schema, _, table = name.rpartition(".")
    return catalog.table(table, schema)


def _dated(table: Table) -> Column | None:
    dated = (c for c in table.columns if c.type.startswith(("date", "timestamp")) and c.lowest and c.highest)
    return next(dated, None)


def _all_null(result: ResultSet) -> bool:
    return result.complete and all(cell is None for row in result.rows for cell in row)


def _listed(names: tuple[str, ...]) -> str:
    shown = [name.removeprefix("public.") for name in names]
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]
