"""A question with its SQL that a person approved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ExampleStatus(StrEnum):
    """Where an example stands; only approved ones serve."""

    PROPOSED = "proposed"
    APPROVED = "approved"
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


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """An example near to a question."""

    example: Example
    similarity: float
    """Cosine, 1.0 for the same direction."""
