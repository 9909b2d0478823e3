"""A stored value that a question names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Mention:
    """One value that a phrase of a question may mean; a phrase that may mean several has as many."""

    phrase: str
    """As the question has it."""
    table: tuple[str, str]
    """Schema and name."""
    column: str
    value: str
    """As it is stored."""
    exact: bool
    """True where phrase and value differ in case, accents, punctuation and a plural's ending at most."""
    score: float
    """How sure it is, up to 1; what fits a phrase equally well has the same."""
    read_as: str = ""
    """What a mistyped phrase was taken for."""
