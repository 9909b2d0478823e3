"""A question with its SQL that a person approved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Read = tuple[str, str, str]
"""One thing that SQL reads: its table ("public.flights"), the column, and the column's type.

With an empty column it is the table itself, and the third the names of its primary key.
"""


class ExampleStatus(StrEnum):
    """Where an example stands; only approved ones serve."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    QUARANTINED = "quarantined"
    """Approved, but what it reads has changed since; it serves again once it was re-checked."""
    REVOKED = "revoked"


@dataclass(frozen=True, kw_only=True)
class Example:
    """Serves as answer cache and as few-shot example; its SQL is the Draft before any policy."""

    id: int
    source: str
    dialect: str
    question: str
    sql: str
    status: ExampleStatus = ExampleStatus.PROPOSED
    decided_by: str = ""
    decided_at: datetime | None = None
    note: str = ""
    fingerprint: str = ""
    """The catalog's fingerprint when the SQL was last known to be right."""
    reads: tuple[Read, ...] = ()
    """The tables and columns that the SQL read then; empty where it was not noted."""
    quarantine: str = ""
    """Why it is in quarantine, as one plain sentence."""
    version: int = 1
    """Counts what was decided on it, so that nobody decides on what they have not seen."""
    hits: int = 0
    """How many questions it has answered."""
    rejections: int = 0
    """How many of those answers people called wrong."""
    last_used_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """An example near to a question."""

    example: Example
    similarity: float
    """Cosine, 1.0 for the same direction."""
