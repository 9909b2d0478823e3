"""How far an answer can be trusted, from what was seen while it was made."""

from __future__ import annotations

from dataclasses import dataclass

APPROVED = 0.98
"""A person approved the SQL."""
BOUND = 0.95
"""A person approved the SQL, and code put other literals into it."""
GIVEN = 1.0
"""The asker wrote the SQL."""

_ONE_DRAFT = 0.75
_ALL_AGREE, _NONE_AGREE = 0.95, 0.35
_REPAIR, _UNKNOWN, _CORRECTION, _UNMET, _WARNING, _EMPTY, _DISTANT = 0.7, 0.75, 0.93, 0.4, 0.7, 0.6, 0.9
_NO_TABLE = 0.4
_MOST_COUNTED = 3


@dataclass(frozen=True, kw_only=True)
class Signs:
    """What speaks for and against an answer of a model."""

    share: float | None = None
    """How many of several drafts agree; None where there was only one."""
    repairs: int = 0
    """Drafts that did not run before this one."""
    unknown: int = 0
    """Things in the question that the data has no word for."""
    corrections: int = 0
    """What code had to put right in the SQL."""
    unmet: int = 0
    """What the question says and the SQL does not do."""
    warnings: int = 0
    empty: bool = False
    tables: int = 1
    """Those that it reads; an answer that reads none does not come from the data."""


def trust(signs: Signs) -> float:
    """The trust in an answer, 0 to 1: the larger, the more often such answers were right when it was measured."""
    sure = _ONE_DRAFT if signs.share is None else _NONE_AGREE + (_ALL_AGREE - _NONE_AGREE) * signs.share
    for factor, count in (
        (_REPAIR, signs.repairs),
        (_UNKNOWN, signs.unknown),
        (_CORRECTION, signs.corrections),
        (_UNMET, signs.unmet),
        (_WARNING, signs.warnings),
        (_EMPTY, int(signs.empty)),
        (_DISTANT, max(0, signs.tables - 2)),
        (_NO_TABLE, int(signs.tables == 0)),
    ):
        sure *= factor ** min(count, _MOST_COUNTED)
    return round(sure, 3)
