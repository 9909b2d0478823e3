"""What a role may see of a source, and within which limits."""

from __future__ import annotations

from dataclasses import dataclass

MOST_ROWS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The limits of one question; row filters and column rules come with the roles."""

    role: str = "analyst"
    version: str = "default"
    hidden: frozenset[tuple[str, str]] = frozenset()
    """Tables, as schema and name, that this role does not see."""
    row_limit: int = MOST_ROWS
    timeout_seconds: float = 60.0
