"""What a role may see of a source, and within which limits."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_ROWS = 1_000_000
"""Rows of one answer, unless a role and the settings allow more."""
LARGEST_ROWS = 10_000_000
"""The most that a role may be given."""
EVERY = "*"
"""In place of a table's name: every table of that schema."""


@dataclass(frozen=True, kw_only=True)
class RowFilter:
    """Which rows of one table may be seen."""

    schema: str
    table: str
    sql: str
    """A condition on the table's own columns; `:user.region` stands for what is known of the person."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The limits of one question: one person, in one role, on one source.

    Tables are pairs of schema and name, columns have the column as third part, all as the database stores them.
    """

    role: str = "analyst"
    version: str = "default"
    sources: frozenset[str] | None = None
    """The names of the sources that the role may ask; None for all."""
    tables: frozenset[tuple[str, str]] | None = None
    """The only tables that this role sees; None for all. A name may be `EVERY`."""
    hidden: frozenset[tuple[str, str]] = frozenset()
    """Tables that this role does not see, whatever `tables` says."""
    columns: frozenset[tuple[str, str, str]] = frozenset()
    """Of tables that occur here, the only columns that this role sees; of others, all."""
    private: frozenset[tuple[str, str, str]] = frozenset()
    """Columns that this role does not see, whatever `columns` says."""
    open_values: frozenset[tuple[str, str, str]] = frozenset()
    """Columns of filtered tables of which the stored values may be known all the same."""
    filters: tuple[RowFilter, ...] = ()
    """Several of one table hold together."""
    user: tuple[tuple[str, tuple[str, ...]], ...] = field(default=(), repr=False)
    """What is known of the person, as names and values, for the filters."""
    row_limit: int = MOST_ROWS
    timeout_seconds: float = 60.0
    cost_limit: float | None = None
    """The most a query may cost by the engine's own estimate (Postgres, Redshift) or in bytes read (Athena)."""
    monthly_budget: float | None = None
    """US dollars that the role's queries may cost in a month, on sources that charge by the query; None for any."""

    @property
    def restricts(self) -> bool:
        """True when it hides or filters anything, beyond mere limits."""
        return self.tables is not None or bool(self.hidden or self.columns or self.private or self.filters)

    def attribute(self, name: str) -> tuple[str, ...] | None:
        """The values of what is known of the person; None when nothing is."""
        return dict(self.user).get(name)
