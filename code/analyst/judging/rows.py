"""Two results compared as a careful person would: by their values, whatever their order, names and extra columns."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from analyst.result import Cell, Kind, ResultColumn

DIGITS = 4
"""Significant digits to which numbers have to agree."""

Rows = Sequence[tuple[str, ...]]
"""Distinct rows, each value in the one way in which it is written for comparing."""

_MIDNIGHT = re.compile(r"(\d{4,}-\d\d-\d\d)T00:00:00(?:[+-]\d\d:\d\d(?::\d\d)?)?")
_PART = re.compile(r"([+-]?\d+) (year|mon|day)s?\b")
_CLOCK = re.compile(r"([+-]?)(\d+):(\d\d):(\d\d(?:\.\d+)?)\Z")
_SECONDS = {"year": 365 * 86_400, "mon": 30 * 86_400, "day": 86_400}


def rows_of(columns: Sequence[ResultColumn], rows: Iterable[Sequence[Cell]]) -> Rows:
    """A result's rows in a form that can be compared; those that say the same count once."""
    kinds = [column.kind for column in columns]
    return list(dict.fromkeys(tuple(_plain(c, k) for c, k in zip(row, kinds, strict=True)) for row in rows))


def same(predicted: Rows, gold: Rows) -> bool:
    """True when some choice of the predicted columns holds the gold rows.

    Rows are distinct by all their columns, so a column too many that splits a gold row in two is a difference.
    """
    if not gold or not predicted:
        return not gold and not predicted
    if len(gold) != len(predicted) or len(gold[0]) > len(predicted[0]):
        return False
    wanted, given = list(zip(*gold, strict=True)), list(zip(*predicted, strict=True))
    values = [Counter(column) for column in given]
    return all(Counter(column) in values for column in wanted) and _fits(wanted, given, chosen=[])


def _fits(
    wanted: Sequence[tuple[str, ...]], given: Sequence[tuple[str, ...]], *, chosen: Sequence[int]
) -> bool:
    """True when the columns chosen so far can be completed; each step compares the rows as far as they go."""
    depth = len(chosen)
    if depth == len(wanted):
        return True
    needed = Counter(zip(*wanted[: depth + 1], strict=True))
    tried: set[tuple[str, ...]] = set()  # columns that are alike all over lead to the same end
    for place, column in enumerate(given):
        if place in chosen or column in tried:
            continue
        tried.add(column)
        picked = [given[p] for p in (*chosen, place)]
        if Counter(zip(*picked, strict=True)) == needed and _fits(wanted, given, chosen=[*chosen, place]):
            return True
    return False


def _plain(value: Cell, kind: Kind) -> str:
    """The one way in which equal values are written, led by a letter that tells their kinds apart."""
    if value is None:
        return "-"
    if kind.numeric:
        return f"n{_number(value)}"
    if kind is Kind.BOOLEAN:
        return f"b{value}"
    if kind is Kind.INTERVAL:
        return f"i{_interval(str(value))}"
    if kind in (Kind.TIMESTAMP, Kind.INSTANT):
        midnight = _MIDNIGHT.fullmatch(str(value))
        return f"t{midnight[1] if midnight else value}"
    return f"t{_text(value)}"


def _number(value: Any) -> str:
    number = float(value)
    # 0 and -0 are the same number, and so are 12.3 and 12.30.
    return f"{number + 0.0:.{DIGITS}g}" if math.isfinite(number) else str(number)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _interval(text: str) -> str:
    """The interval in seconds, as "1 day" and "24:00:00" are the same time; its own text where it is written oddly."""
    seconds = float(sum(int(n) * _SECONDS[unit] for n, unit in _PART.findall(text)))
    rest = _PART.sub("", text).strip()
    clock = _CLOCK.match(rest)
    if rest and not clock:
        return text
    if clock:
        spent = int(clock[2]) * 3600 + int(clock[3]) * 60 + float(clock[4])
        seconds += -spent if clock[1] == "-" else spent
    return _number(seconds)
