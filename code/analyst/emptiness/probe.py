"""What is asked to find out why a query found nothing."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One condition of a query, with the statements that tell what it does."""

    text: str
    """The condition as SQL, cut where it is long."""
    says: str
    """What a row does that meets it: "has carrier 'XX'", "meets it"."""
    table: str = ""
    """The one table that it is about, as people call it; empty where it is about several, or about groups."""
    place: tuple[str, str] = ("", "")
    """Schema and name of that table."""
    column: str = ""
    """The one column of that table that it is about."""
    asks: str = ""
    """What it asks for beyond the ends of that column; empty where it does not plainly lie outside."""
    is_equal: bool = False
    """True where it asks for one value of that column."""
    without: str = ""
    """The statement that has a row when the query has one without this condition."""
    alone: str = ""
    """The statement that has a row when some row of the table meets this condition."""
    holds: str = ""
    """The statement that has a row when the column holds any value; empty where that need not be asked."""


@dataclass(frozen=True, kw_only=True)
class Holder:
    """A column whose values the query shows or sums up."""

    column: str
    within: str
    """The statement that has a row when one of the query's rows holds a value in it."""
    at_all: str
    """The statement that has a row when any row of its table does."""


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """Everything about one query that its probes are parts of."""

    whole: str
    """The statement that has a row when any row meets all conditions."""
    joined: str = ""
    """The same with no condition but those that join the tables; empty where nothing is joined."""
    tables: tuple[str, ...] = ()
    """What is joined, in the query's order."""
    rows: tuple[tuple[str, str], ...] = ()
    """Joined tables, each with the statement that has a row when the table has one."""
    conditions: tuple[Condition, ...] = ()
    holders: tuple[Holder, ...] = ()
    unsure: bool = False
    """True where the query may have rows that show nothing but nulls or a nought; then `whole` has to be asked."""
    skips: bool = False
    """True where the query passes its first rows over."""


@dataclass(frozen=True, kw_only=True)
class Probe:
    """A cheap statement: what matters is only whether it finds a row."""

    sql: str
    what: str
    """What is tried, for a log: "without carrier = 'XX'"."""
    inquiry: Inquiry = field(repr=False)
