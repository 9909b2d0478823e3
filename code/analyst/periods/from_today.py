"""Days in SQL that is as true tomorrow: counted from CURRENT_DATE, in words that all three dialects know."""

from __future__ import annotations

_PARTS = {
    "day": (1, "DAY"),
    "week": (7, "DAY"),
    "month": (1, "MONTH"),
    "quarter": (3, "MONTH"),
    "year": (1, "YEAR"),
}


def today(count: int = 0, unit: str = "day") -> str:
    """The day so many days, weeks … after today."""
    return _moved("CURRENT_DATE", count, unit)


def this(unit: str, count: int = 0, *, week_start: int = 1, fiscal_start: int = 1) -> str:
    """The first day of this week, month …, or of one so many later; empty where DATE_TRUNC begins elsewhere."""
    if (unit == "week" and week_start != 1) or fiscal_start != 1:
        return ""
    base = today() if unit == "day" else f"DATE_TRUNC('{unit}', CURRENT_DATE)"
    return _moved(base, count, unit)


def _moved(base: str, count: int, unit: str) -> str:
    length, name = _PARTS[unit]
    sign = "+" if count > 0 else "-"
    return f"{base} {sign} INTERVAL '{abs(count) * length}' {name}" if count else base
