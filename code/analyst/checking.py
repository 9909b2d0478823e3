"""What a careful reader should know about a result, found from the query, the rows and the catalog."""

from __future__ import annotations

from analyst.catalog import Catalog, Column, Table
from analyst.draft import Query
from analyst.result import ResultSet

MOST_FILTERS = 4


def warnings(query: Query, result: ResultSet, *, catalog: Catalog, can_write: bool) -> tuple[str, ...]:
    """Plain sentences about what could mislead."""
    found = []
    if result.truncated:
        found.append(f"There are more rows; only the first {result.row_count:,} were fetched.")
    if result.row_count == 0:
        found.append(_why_empty(query, catalog))
    elif _all_null(result):
        found.append("Every value is empty (null): nothing that matches holds a value here.")
    if can_write:
        found.append("The database role used here could also write. A role that can only read is safer.")
    return tuple(found)


def assumptions(query: Query, *, notes: tuple[str, ...] = ()) -> tuple[str, ...]:
    """How the question was understood: which rows were counted in, and whatever else was noted."""
    if not query.filters:
        return (
            (*notes, f"All rows of {_listed(query.tables)} count; nothing was filtered out.")
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
