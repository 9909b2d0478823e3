"""Chooses a plot that shows a result honestly, or none, from types, names, row count and the question.

Drawing the choice is `analyst.figures`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from analyst import labels
from analyst.chart import Chart, ChartType
from analyst.figures import draw, number
from analyst.result import Cell, Kind, ResultColumn

__all__ = ["choose", "draw"]

MOST_ROWS = 5000
MOST_CATEGORIES = 50
MOST_SERIES = 12
MOST_SLICES = 8
MOST_MEASURES = 4
FEWEST_FOR_HISTOGRAM = 20
FEWEST_FOR_SCATTER = 3

_DISTRIBUTION = re.compile(r"\b(distribut\w*|histogram|spread|frequenc(y|ies))\b", re.IGNORECASE)
_SHARE = re.compile(
    r"\b(shares?|percent(age)?s?|proportions?|fractions?|pie|break ?down|part of)\b"
    r"|\bof (the |all )?(total|whole)\b|%",
    re.IGNORECASE,
)
_RELATION = re.compile(
    r"\b(correlat\w*|relation\w*|relate[sd]?|versus|vs|against|scatter|depend\w*|affect\w*|influence\w*)\b",
    re.IGNORECASE,
)
_FEW_OF_MANY = re.compile(
    r"\b(top|bottom|first|last|most|least|highest|lowest|largest|smallest|best|worst|busiest|longest|shortest)\b",
    re.IGNORECASE,
)
_ASKED_TYPES = (
    (re.compile(r"\bpie\b", re.IGNORECASE), ChartType.PIE),
    (re.compile(r"\bbars?( chart| graph| plot)s?\b", re.IGNORECASE), ChartType.BAR),
    (re.compile(r"\barea (chart|graph|plot)s?\b", re.IGNORECASE), ChartType.AREA),
    (re.compile(r"\bline (chart|graph|plot)s?\b", re.IGNORECASE), ChartType.LINE),
    (re.compile(r"\bscatter\b", re.IGNORECASE), ChartType.SCATTER),
    (re.compile(r"\bhistogram\b", re.IGNORECASE), ChartType.HISTOGRAM),
)
_ISO_PERIOD = re.compile(r"\d{4}-(\d{2}(-\d{2})?|Q[1-4]|W\d{2})")


@dataclass(frozen=True, kw_only=True)
class _Field:
    """One column with what its values turned out to be."""

    position: int
    column: ResultColumn
    values: tuple[Cell, ...]

    @property
    def distinct(self) -> int:
        return len({str(v) for v in self.values})

    @property
    def numbers(self) -> list[float]:
        return [n for n in (number(v) for v in self.values) if n is not None]


@dataclass(frozen=True, kw_only=True)
class _Fields:
    """The columns by what they can be used for; a column is in one list at most."""

    times: list[_Field]
    """Points in time, or whole numbers and texts that stand for them."""
    steps: list[_Field]
    """Numbered steps of a scale (a bucket, a decile)."""
    categories: list[_Field]
    ids: list[_Field]
    """Numbers that name things."""
    measures: list[_Field]


def choose(
    question: str, columns: Sequence[ResultColumn], rows: Sequence[Sequence[Cell]], *, complete: bool = True
) -> Chart | None:
    """The plot that suits the rows, with the other types that do, or None where none would be honest.

    `rows` are all rows of the result; with `complete=False` (a head, a truncated result) there is no plot,
    for a part drawn as the whole misleads.
    """
    if not complete or not 2 <= len(rows) <= MOST_ROWS:
        return None
    fields = _sort(columns, rows)
    if not fields.measures:
        return None
    chart = (
        _histogram(question, fields)
        or _over_time(question, fields)
        or _over_steps(question, fields)
        or _over_categories(question, fields)
        or _scatter(question, fields)
    )
    return None if chart is None else _as_asked(question, chart)


def _sort(columns: Sequence[ResultColumn], rows: Sequence[Sequence[Cell]]) -> _Fields:
    fields = _Fields(times=[], steps=[], categories=[], ids=[], measures=[])
    for position, column in enumerate(columns):
        field = _Field(position=position, column=column, values=tuple(row[position] for row in rows))
        place = _place(field, fields)
        # A dimension that is the same in every row tells nothing apart.
        if place is fields.measures or (place is not None and field.distinct > 1):
            place.append(field)
    return fields


def _place(field: _Field, fields: _Fields) -> list[_Field] | None:
    column = field.column
    if labels.is_time_part(column):
        return fields.times if _whole(field) else None
    if column.kind.temporal:
        return fields.times if all(v is None or _is_point(v) for v in field.values) else None
    if column.kind.numeric:
        return _place_number(field, fields)
    if column.kind is Kind.TEXT and all(v is None or _ISO_PERIOD.fullmatch(v) for v in field.values):
        return fields.times
    return fields.categories if column.kind in (Kind.TEXT, Kind.BOOLEAN, Kind.TIME) else None


def _place_number(field: _Field, fields: _Fields) -> list[_Field] | None:
    if not field.numbers:
        return None
    if labels.is_id(field.column):
        return fields.ids
    if labels.is_bucket(field.column):
        return fields.steps
    return fields.measures


def _whole(field: _Field) -> bool:
    return bool(field.numbers) and all(float(n).is_integer() for n in field.numbers)


def _is_point(value: Cell) -> bool:
    try:
        datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def _histogram(question: str, fields: _Fields) -> Chart | None:
    alone = len(fields.measures) == 1 and not (fields.times or fields.steps or fields.categories)
    if not alone or not _DISTRIBUTION.search(question):
        return None
    measure = fields.measures[0]
    if len(measure.numbers) < FEWEST_FOR_HISTOGRAM:
        return None
    title = f"Distribution of {_label(measure)}"
    return Chart(
        type=ChartType.HISTOGRAM, x=measure.position, title=title, alternatives=(ChartType.HISTOGRAM,)
    )


def _over_time(question: str, fields: _Fields) -> Chart | None:
    if not fields.times or fields.steps or len(fields.times) > 2 or len(fields.categories) > 1:
        return None
    axis, *others = _finest_first(fields.times)
    splits = [*others, *fields.categories]
    if len(splits) > 1:
        return None
    series = splits[0] if splits else None
    if _repeats(axis, series) or (series is not None and series.distinct > MOST_SERIES):
        return None
    y = _measures(question, fields.measures, most=1 if series else MOST_MEASURES)
    types = [ChartType.LINE]
    if axis.distinct <= MOST_CATEGORIES:
        types.append(ChartType.BAR)
    if series is None and len(y) == 1 and min(y[0].numbers) >= 0:
        types.append(ChartType.AREA)
    return _chart(types, axis, y, series=series)


_FINENESS = ("minute", "hour", "day", "dow", "weekday", "doy", "week", "month", "quarter", "qtr", "year")


def _finest_first(times: list[_Field]) -> list[_Field]:
    def rank(field: _Field) -> int:
        last = (labels.words(field.column.name) or ("",))[-1]
        return _FINENESS.index(last) if last in _FINENESS else -1

    return sorted(times, key=rank)


def _over_steps(question: str, fields: _Fields) -> Chart | None:
    if len(fields.steps) != 1 or fields.times or fields.categories:
        return None
    axis = fields.steps[0]
    if _repeats(axis, None) or axis.distinct > MOST_CATEGORIES:
        return None
    y = _measures(question, fields.measures, most=MOST_MEASURES)
    return _chart([ChartType.BAR, ChartType.LINE], axis, y)


def _over_categories(question: str, fields: _Fields) -> Chart | None:
    if fields.times or fields.steps:
        return None
    if len(fields.measures) >= 2 and _RELATION.search(question):
        return None
    axis, series = _axis_and_series(fields)
    if axis is None:
        return None
    y = _measures(question, fields.measures, most=1 if series else MOST_MEASURES)
    types = [ChartType.BAR]
    if series is None and _are_parts_of_a_whole(question, axis, fields.measures):
        types.append(ChartType.PIE)
    return _chart(types, axis, y, series=series)


def _axis_and_series(fields: _Fields) -> tuple[_Field | None, _Field | None]:
    """The category along the axis and the one that splits it, both None where no plot is honest."""
    candidates = fields.categories or fields.ids[:1]
    if not candidates or len(candidates) > 3:
        return None, None
    naming = [c for c in candidates if not _repeats(c, None)]
    if naming:
        # Code and name of the same thing: the longer text is the one a person reads.
        best = max(naming, key=lambda field: sum(len(str(v)) for v in field.values))
        return (best, None) if best.distinct <= MOST_CATEGORIES else (None, None)
    if len(candidates) != 2 or _repeats(*candidates):
        return None, None
    series, axis = sorted(candidates, key=lambda field: field.distinct)
    fits = series.distinct <= MOST_SERIES and axis.distinct <= MOST_CATEGORIES
    return (axis, series) if fits else (None, None)


def _are_parts_of_a_whole(question: str, axis: _Field, measures: list[_Field]) -> bool:
    if len(measures) != 1 or axis.distinct > MOST_SLICES or not _SHARE.search(question):
        return False
    measure = measures[0]
    values = measure.numbers
    if len(values) < len(measure.values) or min(values) <= 0 or not labels.adds_up(measure.column):
        return False
    if labels.is_percent(measure.column) or labels.is_fraction(measure.column):
        total = sum(values)
        return math.isclose(total, 1, abs_tol=0.02) or math.isclose(total, 100, abs_tol=1)
    return not _FEW_OF_MANY.search(question)


def _scatter(question: str, fields: _Fields) -> Chart | None:
    if fields.times or fields.steps or len(fields.measures) < 2:
        return None
    asked = bool(_RELATION.search(question))
    if not asked and (len(fields.measures) > 2 or fields.categories or fields.ids):
        return None
    x, y = _mentioned_first(question, fields.measures)[:2] if asked else fields.measures[:2]
    pairs = [p for p in zip(x.values, y.values, strict=True) if None not in (number(p[0]), number(p[1]))]
    if len(pairs) < FEWEST_FOR_SCATTER:
        return None
    return _chart(
        [ChartType.SCATTER], min(x, y, key=lambda f: f.position), [max(x, y, key=lambda f: f.position)]
    )


def _repeats(axis: _Field, series: _Field | None) -> bool:
    """True where two rows would be drawn at the same place."""
    keys = zip(axis.values, series.values, strict=True) if series else axis.values
    return len(set(map(str, keys))) < len(axis.values)


def _measures(question: str, measures: list[_Field], *, most: int) -> list[_Field]:
    """The measure that is asked for, and others that can share its scale, in the order of the columns."""
    first, *others = _mentioned_first(question, measures)
    top = max(map(abs, first.numbers))
    alike = [f for f in others if _share_a_scale(top, max(map(abs, f.numbers))) and _same_sort(first, f)]
    return sorted([first, *alike[: most - 1]], key=lambda field: field.position)


def _share_a_scale(one: float, other: float) -> bool:
    return max(one, other) <= 10 * min(one, other)


def _same_sort(one: _Field, other: _Field) -> bool:
    a, b = one.column, other.column
    return (labels.adds_up(a), labels.is_percent(a)) == (labels.adds_up(b), labels.is_percent(b))


def _mentioned_first(question: str, measures: list[_Field]) -> list[_Field]:
    asked = {_stem(word) for word in re.findall(r"[a-z]+", question.lower())}

    def hits(field: _Field) -> int:
        return len(asked & {_stem(word) for word in labels.words(field.column.name)})

    return sorted(measures, key=hits, reverse=True)


def _stem(word: str) -> str:
    return {"average": "avg", "mean": "avg", "maximum": "max", "minimum": "min"}.get(word, word.rstrip("s"))


def _chart(types: list[ChartType], x: _Field, y: list[_Field], *, series: _Field | None = None) -> Chart:
    title = f"{', '.join(_label(f) for f in y)} by {_label(x)}"
    if types[0] is ChartType.SCATTER:
        title = f"{_label(y[0])} against {_label(x)}"
    if series is not None:
        title += f" and {_label(series)}"
    return Chart(
        type=types[0],
        x=x.position,
        y=tuple(f.position for f in y),
        series=None if series is None else series.position,
        title=title[:1].upper() + title[1:],
        alternatives=tuple(types),
    )


def _label(field: _Field) -> str:
    return labels.readable(field.column.name) or "value"


def _as_asked(question: str, chart: Chart) -> Chart:
    """The type that the question names, where it is one of those that suit."""
    for pattern, kind in _ASKED_TYPES:
        if kind in chart.alternatives and pattern.search(question):
            others = tuple(t for t in chart.alternatives if t is not kind)
            return Chart(
                type=kind,
                x=chart.x,
                y=chart.y,
                series=chart.series,
                title=chart.title,
                alternatives=(kind, *others),
            )
    return chart
