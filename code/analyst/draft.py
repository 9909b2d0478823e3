"""What the model wrote (Draft), and what the guard made of it (Query)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from analyst.question import Usage


class Decision(StrEnum):
    """What the model made of a question."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    CANNOT = "cannot"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a model wrote and nobody trusts."""

    decision: Decision
    sql: str = ""
    message: str = ""
    """The clarifying question, or the reason why it cannot be answered."""
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, kw_only=True)
class Repair:
    """Why the last SQL did not work, in words that hold no data."""

    sql: str
    error_class: str
    near: str = ""
    """The place in the SQL, a few characters around the position the database gave."""


_SEAL = object()


class Query:
    """Guarded SQL: the only thing an engine runs, and only `analyst.guard` can build one."""

    __slots__ = ("columns", "dialect", "filters", "readable", "row_limit", "sql", "tables")

    def __init__(
        self,
        seal: object,
        *,
        sql: str,
        readable: str,
        dialect: str,
        tables: tuple[str, ...],
        columns: tuple[str, ...],
        filters: tuple[str, ...],
        row_limit: int,
    ) -> None:
        if seal is not _SEAL:
            raise TypeError("only the guard turns a draft into a query")
        self.sql = sql
        """What is sent to the database: regenerated, limited, one line."""
        self.readable = readable
        """The same statement as a person reads it: regenerated from the draft, several lines, no limit added."""
        self.dialect = dialect
        self.tables = tables
        """Tables read, as "schema.table" ("table" where no schema is known), sorted."""
        self.columns = columns
        """Columns read, as "table.column", sorted."""
        self.filters = filters
        """The conditions of WHERE and HAVING as SQL text, in order of appearance."""
        self.row_limit = row_limit
        """At most this many rows are wanted; `sql` asks for one more, to tell whether there were more."""
