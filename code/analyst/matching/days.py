"""Moves the days of a statement from one stretch of time to another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from sqlglot import exp

from analyst.matching.marking import Mark
from analyst.matching.places import Place
from analyst.periods import Period

_DAY = re.compile(r"(\d{4})(-\d\d)?(-\d\d)?(?![\d-])")
_FINER = {"day": ("year", "quarter", "month", "day"), "month": ("year", "month"),
          "quarter": ("year", "quarter", "month"),
          "year": ("year",), "range": ("year", "month")}  # fmt: skip
_EQUAL = ("EQ", "In", "EQ turned")


class Unbound(Exception):
    """A literal cannot be put in another's place for certain; its text is one plain sentence."""


def day_changes(pairs: Sequence[tuple[Mark, Mark]], found: Sequence[Place], tree: exp.Expr) -> dict[int, str]:
    """New texts of the literals that say days, by their number; raises Unbound."""
    moves = [(n.period, o.period) for n, o in pairs if n.period is not None and o.period is not None]
    if any(p.relative and not p.assumed for pair in moves for p in pair):
        return _window(pairs, found)
    moves = [_in_year(new, old, found) for new, old in moves]
    for new, old in moves:
        _check(new, old)
    dated = {n for n, p in enumerate(found) if p.kind == "date" and _DAY.match(p.text)}
    parts = {n for n, p in enumerate(found) if p.kind == "compared" and p.unit}
    _check_strays(moves, found, dated | parts)
    made = {n: _moved(found[n].text, moves) for n in dated} | {n: _moved_part(found[n], moves) for n in parts}
    for new, old in moves:
        _check_told(new, old, [found[n] for n in dated], [found[n] for n in parts], tree)
    return {n: text for n, text in made.items() if text != found[n].text}


def _in_year(new: Period, old: Period, found: Sequence[Place]) -> tuple[Period, Period]:
    """Where nobody named the year, the one that the statement has."""
    if new.assumed != old.assumed:
        raise Unbound("Only one of the questions names the year.")
    if not old.assumed:
        return new, old
    if (new.start.year, new.last.year) != (old.start.year, old.last.year):
        raise Unbound("Nobody named the year, and it may be another one.")
    years = {int(p.text[:4]) for p in found if p.kind == "date" and _DAY.match(p.text)}
    years |= {int(float(p.text)) for p in found if p.kind == "compared" and p.unit == "year"}
    first = min(years) if years else old.start.year
    by = first - old.start.year
    return _later(new, by), _later(old, by)


def _later(period: Period, years: int) -> Period:
    try:
        return Period(
            phrase=period.phrase,
            start=period.start.replace(year=period.start.year + years),
            end=period.end.replace(year=period.end.year + years),
            grain=period.grain,
        )
    except ValueError:
        raise Unbound("The days do not exist in that year.") from None


def _check(new: Period, old: Period) -> None:
    if new.grain != old.grain or (new.start == date.min) != (old.start == date.min):
        raise Unbound("They ask for stretches of time of another kind.")
    if (new.end == date.max) != (old.end == date.max) or new.compared_to or old.compared_to:
        raise Unbound("They ask for stretches of time of another kind.")


def _check_strays(moves: Sequence[tuple[Period, Period]], found: Sequence[Place], known: set[int]) -> None:
    """A year or day where it is not compared could be one of those that change."""
    texts = {str(old.start.year) for _, old in moves} | {str(old.last.year) for _, old in moves}
    for n, place in enumerate(found):
        if n not in known and any(text in place.text for text in texts):
            raise Unbound("It is not plain where the days stand in the stored SQL.")


def _moved(text: str, moves: Sequence[tuple[Period, Period]]) -> str:
    match = _DAY.match(text)
    assert match is not None
    said = match[0]
    found = {
        _like(new_day, said)
        for new, old in moves
        for old_day, new_day in _ends(new, old)
        if _like(old_day, said) == said
    }
    if len(found) != 1:
        raise Unbound("The stored SQL holds other days than the stored question.")
    return found.pop() + text[len(said) :]


def _ends(new: Period, old: Period) -> list[tuple[date, date]]:
    days = [(old.start, new.start), (old.end, new.end), (old.last, new.last)]
    return [(o, n) for o, n in days if date.min < o < date.max and date.min < n < date.max]


def _like(day: date, said: str) -> str:
    return day.isoformat()[: len(said)]


def _moved_part(place: Place, moves: Sequence[tuple[Period, Period]]) -> str:
    value = int(float(place.text)) if re.fullmatch(r"\d+(\.0)?", place.text) else -1
    if place.unit == "year" and not any(old.bounded for _, old in moves):
        return _moved_edge(place, value, moves)
    found = {
        new_value
        for new, old in moves
        if place.unit in _FINER.get(old.grain, ())
        for old_value, new_value in _steps(_values(old, place.unit), _values(new, place.unit))
        if old_value == value
    }
    if len(found) != 1:
        raise Unbound("The stored SQL holds other days than the stored question.")
    return str(found.pop())


def _steps(old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
    """Each number with the new one in its place; of runs that differ in length only their ends."""
    if len(old) == len(new):
        return list(zip(old, new, strict=True))
    return [(old[0], new[0]), (old[-1], new[-1])] if old and new else []


def _moved_edge(place: Place, value: int, moves: Sequence[tuple[Period, Period]]) -> str:
    """ "after 2000" is > 2000 or >= 2001, "before 2000" < 2000 or <= 1999."""
    found = {
        new_edge
        for new, old in moves
        for old_edge, new_edge in [(_edge(old, place.operator), _edge(new, place.operator))]
        if old_edge == value and new_edge is not None
    }
    if len(found) != 1:
        raise Unbound("The stored SQL holds other days than the stored question.")
    return str(found.pop())


def _edge(period: Period, operator: str) -> int | None:
    """The year that stands in a comparison for a stretch that is open on one side."""
    low, high = period.start, period.end
    if high == date.max and (low.month, low.day) == (1, 1):
        return {"GT": low.year - 1, "GTE": low.year}.get(operator)
    if low == date.min and (high.month, high.day) == (1, 1):
        return {"LT": high.year, "LTE": high.year - 1}.get(operator)
    return None


def _values(period: Period, unit: str) -> list[int]:
    """The numbers that a part of the date runs through."""
    if not period.bounded:
        return []
    first, last = period.start, period.last
    if unit == "year":
        return list(range(first.year, last.year + 1))
    if first.year != last.year or (
        unit == "month" and (first.day != 1 or period.end.day != 1) and period.grain != "day"
    ):
        return []
    parts = {"month": (first.month, last.month), "day": (first.day, last.day),
             "quarter": ((first.month + 2) // 3, (last.month + 2) // 3)}  # fmt: skip
    low, high = parts[unit]
    return list(range(low, high + 1))


def _check_told(
    new: Period, old: Period, dated: Sequence[Place], parts: Sequence[Place], tree: exp.Expr
) -> None:
    """Both ends have to be told by the statement, so that the changes tell the new ones."""
    if (new.start, new.end) == (old.start, old.end):
        return
    if dated:
        _check_dates(new, old, dated, tree)
        return
    units = {p.unit for p in parts}
    if not old.bounded and units == {"year"}:
        return
    for unit in ("year", "quarter", "month", "day"):
        if (
            unit in _FINER.get(old.grain, ())
            and _values(new, unit) != _values(old, unit)
            and unit not in units
        ):
            if (unit == "quarter" and "month" in units) or (
                unit == "month" and "quarter" in units and old.grain == "quarter"
            ):
                continue
            raise Unbound(f"The stored SQL does not say which {unit} it is about.")
    if not parts or not old.bounded:
        raise Unbound("It is not plain where the days stand in the stored SQL.")
    for unit in units:
        held = {int(float(p.text)) for p in parts if p.unit == unit}
        run = _values(old, unit)
        if not {run[0], run[-1]} <= held or (
            len(_values(new, unit)) != len(run) and not _by_ends(parts, unit)
        ):
            raise Unbound("The days of the new question do not fit the stored SQL.")


def _by_ends(parts: Sequence[Place], unit: str) -> bool:
    return all(
        "Between" in p.operator or p.operator.startswith(("GTE", "LTE")) for p in parts if p.unit == unit
    )


def _check_dates(new: Period, old: Period, dated: Sequence[Place], tree: exp.Expr) -> None:
    said = {p.text[:10] for p in dated}
    if old.start > date.min and not any(old.start.isoformat().startswith(day[:10]) for day in said):
        raise Unbound("It is not plain where the days stand in the stored SQL.")
    ends = (old.end.isoformat(), old.last.isoformat())
    if old.end == date.max or any(e.startswith(d) for e in ends for d in said if d != old.start.isoformat()):
        return
    equal = any(p.operator in _EQUAL for p in dated)
    if old.grain == "range" or not (equal or tree.find(exp.Interval)):
        raise Unbound("The stored SQL does not say where the days end.")


def _window(pairs: Sequence[tuple[Mark, Mark]], found: Sequence[Place]) -> dict[int, str]:
    """ "the last 30 days" with another number, where the statement has that number in one interval."""
    made: dict[int, str] = {}
    for new, old in pairs:
        if new.text.lower() == old.text.lower():
            continue
        before, after = re.findall(r"\d+", old.text), re.findall(r"\d+", new.text)
        if (
            len(before) != 1
            or len(after) != 1
            or re.sub(r"\d+", "", old.text) != re.sub(r"\d+", "", new.text)
        ):
            raise Unbound("The days count from today, and differ.")
        unit = re.search(r"(day|week|month|quarter|year)s?\b", old.text.lower())
        at = [n for n, p in enumerate(found) if re.search(rf"(?<!\d){before[0]}(?!\d)", p.text)]
        spans = [n for n in at if found[n].kind == "interval"]
        if unit is None or len(spans) != 1 or at != spans or not _is_of(found[spans[0]], unit[1]):
            raise Unbound("It is not plain where the days stand in the stored SQL.")
        made[spans[0]] = re.sub(r"\d+", after[0], found[spans[0]].text)
    return made


def _is_of(place: Place, unit: str) -> bool:
    return place.unit == unit or re.search(rf"\b{unit}s?\b", place.text.lower()) is not None
