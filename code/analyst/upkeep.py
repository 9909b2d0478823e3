"""Whether an example still fits its source: what its SQL reads is noted, and compared with the tables as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from analyst import guard
from analyst.catalog import Catalog
from analyst.draft import Query
from analyst.errors import Refused
from analyst.example import Example, ExampleStatus, Read

MOST_TOLD = 3
"""Changes that are named one by one."""


def reads(query: Query, whole: Catalog) -> tuple[Read, ...]:
    """The tables, with their keys, and the columns, with their types, that a query reads; in order of their names."""
    found: list[Read] = []
    for table in whole.tables:
        name = f"{table.schema}.{table.name}"
        if name not in query.tables:
            continue
        found.append((name, "", ", ".join(table.primary_key)))
        found += [(name, c.name, c.type) for c in table.columns if f"{table.name}.{c.name}" in query.columns]
    return tuple(sorted(found))


def changes(example: Example, whole: Catalog) -> str:
    """Why an example can no longer be trusted with the tables as they are, in a sentence or two; empty where it can."""
    if example.dialect != whole.dialect:
        return f"Its SQL was written for {example.dialect}, and this source speaks {whole.dialect}."
    if example.reads and (gone := _gone(example.reads, whole)):
        return _told(gone)
    try:
        now = reads(guard.check(example.sql, dialect=whole.dialect, catalog=whole), whole)
    except Refused as refusal:
        return f"It would be refused now: {refusal}"
    if not example.reads:
        return (
            "" if example.fingerprint == whole.fingerprint() else "Tables have changed since it was approved."
        )
    return _told(
        [f"{_named(read)} is read now and was not before." for read in now if read not in example.reads]
    )


def serving(examples: Iterable[Example], whole: Catalog) -> Iterator[Example]:
    """Those that may answer and teach: approved, in the source's dialect, and true to the tables as they are."""
    fingerprint = whole.fingerprint()
    for example in examples:
        fits = example.fingerprint == fingerprint and example.dialect == whole.dialect
        if example.status is ExampleStatus.APPROVED and (fits or not changes(example, whole)):
            yield example


def _gone(before: Sequence[Read], whole: Catalog) -> list[str]:
    """What is no longer as it was, a sentence each."""
    tables = {f"{table.schema}.{table.name}": table for table in whole.tables}
    found = []
    for read in before:
        name, column, was = read
        table = tables.get(name)
        if table is None:
            if not column:
                found.append(f"{_named(read)} is gone.")
        elif not column:
            if ", ".join(table.primary_key) != was:
                found.append(f"{_named(read)} has another primary key.")
        elif (known := table.column(column)) is None:
            found.append(f"{_named(read)} is gone.")
        elif known.type != was:
            found.append(f"{_named(read)} is {known.type} now and was {was}.")
    return found


def _named(read: Read) -> str:
    name, column, _ = read
    return f"The column {name}.{column}" if column else f"The table {name}"


def _told(sentences: Sequence[str]) -> str:
    more = len(sentences) - MOST_TOLD
    return " ".join([*sentences[:MOST_TOLD], *([f"{more} more things have changed."] if more > 0 else [])])
