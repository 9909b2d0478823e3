"""Partitions that Athena works out by itself (`projection.enabled`): those that a query's conditions leave."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, product
from math import prod

from sqlglot import exp

from analyst.engines.athena_filters import may_hold, named_values

MOST_PLACES = 200
"""Beyond so many, the whole table is the better bound: it is listed at once."""
_MOST_VALUES = 50_000
"""Of one key, before its conditions are looked at."""
_MARK = re.compile(r"\$\{\s*([^}]+?)\s*\}")
_NOW = re.compile(r"\s*NOW\s*(?:([+-])\s*(\d{1,6})\s*([A-Z]+?)S?)?\s*", re.IGNORECASE)
_LETTERS = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
_UNITS = ("SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "YEAR")
_FINEST = {"ss": "SECOND", "mm": "MINUTE", "HH": "HOUR", "dd": "DAY", "MM": "MONTH", "yyyy": "YEAR"}
_SLACK = timedelta(hours=1)
"""Athena's own NOW comes a little later than ours."""


class _Unknown(Exception):
    """A key's values cannot be told."""


@dataclass(frozen=True, kw_only=True)
class Projection:
    """What a table says of its partitions."""

    template: str
    """Where each lies, with "${key}" for the value of a key."""
    properties: Mapping[str, str]
    """By their names without "projection.", in lower case."""

    def places(
        self, keys: Sequence[tuple[str, str]], conditions: Sequence[exp.Expr], *, now: datetime
    ) -> list[str] | None:
        """Where the partitions lie that the conditions leave, and perhaps some that are not there.

        `keys` are names and types. None where there are too many of them, or where that cannot be told for sure.
        """
        try:
            values = {name: self._values(name, type_, conditions, now) for name, type_ in keys}
        except (_Unknown, ValueError, OverflowError):
            return None
        named = {mark.lower() for mark in _MARK.findall(self.template)}
        if not named <= values.keys() or prod(len(values[name]) for name in named) > MOST_PLACES:
            return None
        if not all(values.values()):
            return []
        order = sorted(named)
        found = product(*(values[name] for name in order))
        return list(dict.fromkeys(self._place(dict(zip(order, texts, strict=True))) for texts in found))

    def _place(self, values: Mapping[str, str]) -> str:
        return _MARK.sub(lambda mark: values[mark[1].lower()], self.template)

    def _values(self, key: str, type_: str, conditions: Sequence[exp.Expr], now: datetime) -> list[str]:
        """A key's values that the conditions leave; raises _Unknown and ValueError."""
        kind = self._said(key, "type").lower()
        if kind == "injected":
            named = named_values(conditions, key, type_)
            if named is None:
                raise _Unknown
            return sorted({str(value) for value in named})
        every = {"enum": self._enum, "integer": self._integers, "date": self._dates}.get(kind)
        if every is None:
            raise _Unknown
        listed = list(islice(every(key, now), _MOST_VALUES + 1))
        if len(listed) > _MOST_VALUES:
            raise _Unknown
        return [
            value
            for value in dict.fromkeys(listed)
            if all(may_hold(condition, key, type_, value) for condition in conditions)
        ]

    def _enum(self, key: str, now: datetime) -> Iterator[str]:
        values = self.properties.get(f"{key}.values", "")
        return iter(values.split(",")) if values else iter(())

    def _integers(self, key: str, now: datetime) -> Iterator[str]:
        low, high = (int(end) for end in self._said(key, "range").split(","))
        digits = int(self._said(key, "digits", "0"))
        if digits and low < 0:
            raise _Unknown
        return (str(n).zfill(digits) for n in range(low, high + 1, int(self._said(key, "interval", "1"))))

    def _dates(self, key: str, now: datetime) -> Iterator[str]:
        format_, finest = _format(self.properties.get(f"{key}.format", ""))
        low, high = (
            self.properties[f"{key}.range"].split(",") if f"{key}.range" in self.properties else ("", "")
        )
        default = finest if finest in ("DAY", "MONTH") else ""
        step = int(self._said(key, "interval", "1" if default else ""))
        unit = self._said(key, "interval.unit", default).upper().removesuffix("S")
        relative = _NOW.fullmatch(low) is not None
        if step < 1 or unit not in _UNITS or (relative and (step > 1 or unit != finest)):
            raise _Unknown
        start, end = _moment(low, format_, now), _moment(high, format_, now)
        if relative:
            start = datetime.strptime(start.strftime(format_), format_)
        if _NOW.fullmatch(high):
            end += _SLACK
        return _stepped(start, end, format_, step=step, unit=unit)

    def _said(self, key: str, what: str, default: str = "") -> str:
        return self.properties.get(f"{key}.{what}", default).strip()


def _format(java: str) -> tuple[str, str]:
    """Java's pattern of a moment as Python's, and the finest unit in it; raises _Unknown."""
    found, finest = "", "YEAR"
    for quoted, letters, other in re.findall(r"'([^']*)'|([A-Za-z]+)|([^A-Za-z']+)", java):
        for run in re.findall(r"((.)\2*)", letters):
            if run[0] not in _LETTERS:
                raise _Unknown
            found += _LETTERS[run[0]]
            finest = min(finest, _FINEST[run[0]], key=_UNITS.index)
        found += (quoted + other).replace("%", "%%")
    if "%Y" not in found:
        raise _Unknown
    return found, finest


def _moment(text: str, format_: str, now: datetime) -> datetime:
    """A moment in the format, or one that is said as NOW-3YEARS; raises ValueError and _Unknown."""
    relative = _NOW.fullmatch(text)
    if relative is None:
        return datetime.strptime(text.strip(), format_)
    sign, count, unit = relative.groups()
    if not count:
        return now
    if unit.upper() not in _UNITS:
        raise _Unknown
    return _plus(now, unit.upper(), int(count) * (-1 if sign == "-" else 1), clamp=True)


def _stepped(start: datetime, end: datetime, format_: str, *, step: int, unit: str) -> Iterator[str]:
    number, moment = 0, start
    while moment <= end:
        yield moment.strftime(format_)
        number += step
        moment = _plus(start, unit, number)


def _plus(moment: datetime, unit: str, count: int, *, clamp: bool = False) -> datetime:
    """So many units later; `clamp` takes the last day of a month that is too short, where else it is unknown."""
    if unit not in ("MONTH", "YEAR"):
        return moment + timedelta(**{f"{unit.lower()}s": count})
    months = moment.year * 12 + moment.month - 1 + count * (12 if unit == "YEAR" else 1)
    year, month = months // 12, months % 12 + 1
    last = monthrange(year, month)[1]
    if moment.day > last and not clamp:
        raise _Unknown
    return moment.replace(year=year, month=month, day=min(moment.day, last))
