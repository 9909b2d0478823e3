"""Draws a chosen plot as a plotly figure, in plain JSON values and without plotly."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from analyst import labels
from analyst.chart import Chart, ChartType
from analyst.errors import WrongUsage
from analyst.plain_text import visible
from analyst.result import Cell, Kind, ResultColumn

TEAL, NAVY = "#00afaf", "#0c0e2d"
PALETTE = (
    *(TEAL, NAVY, "#f2a541", "#7a5cc0", "#d1495b", "#5b8e3e"),
    *("#3f7fbf", "#9c6b4e", "#b0357e", "#7f8798", "#c9b400", "#00665f"),
)
_LONGEST_LABEL = 60
_MOST_TICKS = 31
_NOTHING = "(no value)"

Figure = dict[str, Any]
Row = Sequence[Cell]


def draw(chart: Chart, columns: Sequence[ResultColumn], rows: Sequence[Row]) -> Figure:
    """The plot as `{"data": […], "layout": {…}}`; raises WrongUsage where a column is not there.

    Every text is escaped, since plotly renders some HTML in labels. Categories keep the order of the rows,
    time is sorted, instants are drawn in UTC, and what is no finite number is left out.
    """
    used = [chart.x, *chart.y, *([] if chart.series is None else [chart.series])]
    if any(not 0 <= position < len(columns) for position in used):
        raise WrongUsage("The chart names a column that the result does not have.")
    if chart.type is ChartType.HISTOGRAM:
        return _histogram(chart, columns, rows)
    if not chart.y:
        raise WrongUsage("The chart needs a column with numbers.")
    if chart.type is ChartType.PIE:
        return _pie(chart, columns, rows)
    return _along_x(chart, columns, rows)


def _histogram(chart: Chart, columns: Sequence[ResultColumn], rows: Sequence[Row]) -> Figure:
    values = [v for v in (number(row[chart.x]) for row in rows) if v is not None]
    trace = {"type": "histogram", "x": values, "marker": {"color": TEAL}, "name": "rows"}
    x = {"type": "linear", "title": {"text": _title(columns[chart.x])}}
    return _figure(chart, [trace], x=x, y=_value_axis("rows", []))


def _pie(chart: Chart, columns: Sequence[ResultColumn], rows: Sequence[Row]) -> Figure:
    texts = _texts(row[chart.x] for row in rows)
    pairs = [(texts[_key(row[chart.x])], number(row[chart.y[0]])) for row in rows]
    kept = [(text, value) for text, value in pairs if value is not None and value > 0]
    trace = {
        "type": "pie",
        "labels": [text for text, _ in kept],
        "values": [value for _, value in kept],
        "sort": False,
        "direction": "clockwise",
        "textinfo": "percent",
        "hoverinfo": "label+value+percent",
        "marker": {"colors": [_colour(i) for i in range(len(kept))]},
    }
    figure = _figure(chart, [trace], x=None, y=None)
    figure["layout"]["showlegend"] = True
    return figure


def _along_x(chart: Chart, columns: Sequence[ResultColumn], rows: Sequence[Row]) -> Figure:
    axis, points = _axis(chart, columns, rows)
    groups = _groups(chart, columns, rows)
    traces = []
    for index, (name, measure, members) in enumerate(groups):
        pairs = [(points[i], number(rows[i][measure])) for i in members if points[i] is not None]
        if chart.type is not ChartType.SCATTER:
            pairs.sort(key=lambda pair: _place(axis, pair[0]))
        traces.append(_trace(chart.type, name, pairs, colour=_colour(index)))
    y_title = _title(columns[chart.y[0]]) if len(chart.y) == 1 else "value"
    values = [v for trace in traces for v in trace["y"] if v is not None]
    figure = _figure(chart, traces, x=axis, y=_value_axis(y_title, values))
    figure["layout"]["showlegend"] = len(traces) > 1
    if chart.type is ChartType.BAR:
        figure["layout"]["barmode"] = "group"
    if chart.series is not None:
        figure["layout"]["legend"] = {"title": {"text": _title(columns[chart.series])}}
    return figure


def _place(axis: Figure, point: Any) -> Any:
    """What sorts points along an axis: their own order, or that of the categories."""
    return axis["categoryarray"].index(point) if axis["type"] == "category" else point


def _groups(
    chart: Chart, columns: Sequence[ResultColumn], rows: Sequence[Row]
) -> list[tuple[str, int, list[int]]]:
    """Name, measure and row positions of each trace: one a measure, or one a value of the series."""
    if chart.series is None:
        names = _unique([_title(columns[position]) for position in chart.y])
        return [(name, y, list(range(len(rows)))) for name, y in zip(names, chart.y, strict=True)]
    texts = _texts(row[chart.series] for row in rows)
    members: dict[str, list[int]] = {text: [] for text in texts.values()}
    for position, row in enumerate(rows):
        members[texts[_key(row[chart.series])]].append(position)
    return [(text, chart.y[0], positions) for text, positions in members.items()]


def _trace(kind: ChartType, name: str, pairs: list[tuple[Any, float | None]], *, colour: str) -> Figure:
    trace: Figure = {"name": name, "x": [x for x, _ in pairs], "y": [y for _, y in pairs]}
    if kind is ChartType.BAR:
        return {**trace, "type": "bar", "marker": {"color": colour}}
    if kind is ChartType.SCATTER:
        return {**trace, "type": "scatter", "mode": "markers", "marker": {"color": colour}}
    # A gap in the data stays a gap: no line is drawn across what is not known.
    trace |= {
        "type": "scatter",
        "mode": "lines+markers" if len(pairs) <= 60 else "lines",
        "connectgaps": False,
    }
    trace |= {"line": {"color": colour, "width": 2}, "marker": {"color": colour}}
    return {**trace, "fill": "tozeroy"} if kind is ChartType.AREA else trace


def _axis(chart: Chart, columns: Sequence[ResultColumn], rows: Sequence[Row]) -> tuple[Figure, list[Any]]:
    """The x axis with its type said outright, and each row's place on it (None where it has none)."""
    column = columns[chart.x]
    cells = [row[chart.x] for row in rows]
    title = {"title": {"text": _title(column)}}
    if column.kind.temporal:
        points = [_point(cell) for cell in cells]
        if any(points):
            suffix = " (UTC)" if column.kind is Kind.INSTANT else ""
            return {"type": "date", "title": {"text": _title(column) + suffix}}, points
    if column.kind.numeric and (not labels.is_id(column) or chart.type is ChartType.SCATTER):
        numbers = [number(cell) for cell in cells]
        return {"type": "linear", **title, **_ticks(column, numbers)}, numbers
    texts = _texts(cells)
    ordered = list(texts.values())
    if _reads_as_time(chart, column):
        ordered.sort()
    axis = {"type": "category", **title, "categoryorder": "array", "categoryarray": ordered}
    return {**axis, "automargin": True}, [texts[_key(cell)] for cell in cells]


def _reads_as_time(chart: Chart, column: ResultColumn) -> bool:
    """Text along a line is a period such as "2013-01", for nothing else is offered as a line."""
    return chart.type in (ChartType.LINE, ChartType.AREA) and column.kind is Kind.TEXT


def _ticks(column: ResultColumn, numbers: list[float | None]) -> Figure:
    """A tick on every year, month or step where they fit, and never one between two of them."""
    if not (labels.is_time_part(column) or labels.is_bucket(column)):
        return {}
    distinct = sorted({n for n in numbers if n is not None})
    if len(distinct) <= _MOST_TICKS:
        return {"tickmode": "array", "tickvals": distinct, "ticktext": [f"{n:g}" for n in distinct]}
    return {"tickformat": "d"}


def _value_axis(title: str, values: list[float]) -> Figure:
    axis: Figure = {"type": "linear", "title": {"text": title}, "gridcolor": "#e6e9ef", "automargin": True}
    top = max((abs(v) for v in values), default=0.0)
    if 1 <= top < 1e9:
        axis["tickformat"] = ",~r" if top >= 1e6 else ",~f"
    return axis


def _figure(chart: Chart, data: list[Figure], *, x: Figure | None, y: Figure | None) -> Figure:
    layout: Figure = {
        "title": {"text": _text(chart.title)},
        "font": {"color": NAVY},
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
        "colorway": list(PALETTE),
        "separators": ".,",
        "margin": {"t": 56, "r": 16, "b": 56, "l": 64},
        "hovermode": "closest",
    }
    if x is not None and y is not None:
        layout |= {"xaxis": x, "yaxis": y}
    return {"data": data, "layout": layout}


def _title(column: ResultColumn) -> str:
    return _text(labels.readable(column.name) or "value")


def _text(text: str) -> str:
    """Cut to a label's length, without markup and without plotly's own templates."""
    # Two dollar signs would make a formula where MathJax is loaded, and a formula may hold a link.
    shown = visible(text).replace("$", "＄" if text.count("$") > 1 else "$")
    if len(shown) > _LONGEST_LABEL:
        shown = shown[: _LONGEST_LABEL - 1] + "…"
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _key(cell: Cell) -> str:
    return f"{type(cell).__name__}:{cell}"


def _texts(cells: Iterable[Cell]) -> dict[str, str]:
    """For each distinct cell its label, in order of appearance; two cells never share one."""
    distinct = {_key(cell): _shown(cell) for cell in cells}
    return dict(zip(distinct, _unique(list(distinct.values())), strict=True))


def _shown(cell: Cell) -> str:
    if cell is None:
        return _NOTHING
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return _text(str(cell)) or "(empty)"


def _unique(texts: list[str]) -> list[str]:
    taken: set[str] = set()
    result = []
    for text in texts:
        label, again = text, 1
        while label in taken:
            again += 1
            label = f"{text} ({again})"
        taken.add(label)
        result.append(label)
    return result


def _point(cell: Cell) -> str | None:
    """The cell as text of plotly's date axis, which knows no offsets: instants are turned to UTC."""
    try:
        point = datetime.fromisoformat(cell)
    except (TypeError, ValueError):
        return None
    if point.tzinfo is not None:
        try:
            point = point.astimezone(UTC).replace(tzinfo=None)
        except OverflowError:
            return None
    return point.date().isoformat() if len(cell) == 10 else point.isoformat()


def number(cell: Cell) -> float | None:
    """The cell as a finite number, whole ones as int; None for anything else."""
    if cell is None or isinstance(cell, bool):
        return None
    try:
        value = float(cell)
    except (TypeError, ValueError, OverflowError):
        return None
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _colour(index: int) -> str:
    return PALETTE[index % len(PALETTE)]
