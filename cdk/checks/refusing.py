"""Refusing a value with one sentence that names its key."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from deployment import OptionsError


def refuse(key: str, sentence: str) -> None:
    """Raise OptionsError with the key and why it will not do."""
    raise OptionsError(f"{key}: {sentence}")


def one_of(key: str, value: str, allowed: Sequence[str]) -> None:
    """Refuse a value that is none of these."""
    if value not in allowed:
        refuse(key, f'must be one of {", ".join(allowed)}, not "{value}".')


def between(key: str, value: int, *, low: int, high: int) -> None:
    """Refuse a number outside of these bounds, which belong to it."""
    if not low <= value <= high:
        refuse(key, f"must be between {low} and {high}, not {value}.")


def like(key: str, value: str, pattern: str, what: str) -> None:
    """Refuse text that does not match the pattern wholly; `what` says what it should be."""
    if not re.fullmatch(pattern, value):
        refuse(key, f'must be {what}, not "{value}".')


def like_all(key: str, values: Collection[str], pattern: str, what: str) -> None:
    """Refuse a list of which one does not match, or that names one twice."""
    for at, value in enumerate(values):
        like(f"{key}[{at}]", value, pattern, what)
    if len(set(values)) != len(values):
        refuse(key, "names the same thing twice.")
