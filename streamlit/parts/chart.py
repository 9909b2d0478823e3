"""The chart of an answer, with the choice of other types that suit the same columns."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analyst import client
from analyst.client import ChartDocument, Document, TableDocument
from parts import trouble
from parts.plain import escaped, shortened

_FONT = '"Source Sans", "Source Sans 3", sans-serif'
_LONGEST_SUMMARY = 400
_NAMES = {
    "bar": "Bars",
    "line": "Line",
    "area": "Area",
    "scatter": "Points",
    "pie": "Pie",
    "histogram": "Histogram",
}


@st.fragment
def show(query_id: str, document: Document) -> None:
    """Draws the chart; choosing another type draws only this part of the page again."""
    answer = document["answer"]
    if answer is None or answer["chart"] is None or not answer["table"]:
        return
    with trouble.guarded(), st.container(key=f"chart-{query_id}", gap="xsmall"):
        chosen = _choice(answer["chart"], key=f"chart-type-{query_id}")
        figure = client.figure(document, chart_type=chosen)
        summary = in_words(answer["chart"], answer["table"], chart_type=chosen)
        if figure is None:
            return
        st.plotly_chart(
            _fitted(figure),
            theme=None,
            key=f"plot-{query_id}-{chosen}",
            config={"displaylogo": False, "displayModeBar": False, "responsive": True},
            alt=shortened(summary, _LONGEST_SUMMARY),
        )
        st.caption(escaped(shortened(summary, _LONGEST_SUMMARY)))


def _fitted(figure: dict[str, Any]) -> dict[str, Any]:
    """The figure in the page's own type and size; what the figure says itself wins."""
    layout = figure["layout"]
    font = {"family": _FONT, "size": 13, **layout.get("font", {})}
    title = {"x": 0.005, "xref": "container", **_as_dict(layout.get("title"))}
    return {**figure, "layout": {"height": 400, **layout, "font": font, "title": title}}


def _as_dict(title: Any) -> dict[str, Any]:
    return title if isinstance(title, dict) else {"text": title or ""}


def _choice(chart: ChartDocument, *, key: str) -> str:
    types = list(dict.fromkeys([chart["type"], *chart["alternatives"]]))
    if len(types) < 2:
        return chart["type"]
    chosen = st.segmented_control(
        "Kind of chart",
        types,
        key=key,
        default=chart["type"],
        required=True,
        format_func=lambda kind: _NAMES.get(kind, kind.capitalize()),
        label_visibility="collapsed",
    )
    return str(chosen or chart["type"])


def in_words(chart: ChartDocument, table: TableDocument, *, chart_type: str) -> str:
    """What the chart shows, for those who cannot see it: kind, columns, where it is highest and lowest."""
    names = [c["name"].replace("_", " ") for c in table["columns"]]
    kind = _NAMES.get(chart_type, chart_type.capitalize())
    along = names[chart["x"]]
    if not chart["y"]:
        return f"{kind}: how often each value of {along} occurs, {len(table['rows']):,} values."
    measured = " and ".join(names[i] for i in chart["y"])
    return f"{kind}: {measured} by {along}, {len(table['rows']):,} points.{_extremes(chart, table)}"


def _extremes(chart: ChartDocument, table: TableDocument) -> str:
    if len(chart["y"]) != 1:
        return ""
    points = [(n, row) for row in table["rows"] if (n := _number(row[chart["y"][0]])) is not None]
    if len(points) < 2:
        return ""
    lowest, highest = min(points, key=lambda p: p[0]), max(points, key=lambda p: p[0])
    return f" Highest: {_point(chart, highest)}. Lowest: {_point(chart, lowest)}."


def _point(chart: ChartDocument, point: tuple[float, list[Any]]) -> str:
    value, row = point
    number = f"{value:,.2f}".rstrip("0").rstrip(".")
    series = f", {row[chart['series']]}" if chart["series"] is not None else ""
    return f"{row[chart['x']]}{series} with {number}"


def _number(cell: Any) -> float | None:
    if cell is None or isinstance(cell, bool):
        return None
    try:
        number = float(cell)
    except (TypeError, ValueError):
        return None
    return number if abs(number) != float("inf") and number == number else None
