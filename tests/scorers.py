"""What the yardsticks call: functions of plain arguments that raise to refuse."""

from __future__ import annotations

from analyst.guard import check


def guard(sql: str, dialect: str) -> str:
    """The SQL that would run; raises Refused."""
    return check(sql, dialect=dialect).sql
