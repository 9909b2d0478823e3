from __future__ import annotations

import json
from typing import Any

import plotly.graph_objects as go
import pytest

from analyst.chart import Chart, ChartType
from analyst.charting import choose, draw
from analyst.errors import WrongUsage
from analyst.result import Kind, ResultColumn

Columns = list[tuple[str, Kind]]
Rows = list[tuple[Any, ...]]
I, N, D, T = Kind.INTEGER, Kind.NUMBER, Kind.DECIMAL, Kind.TEXT  # noqa: E741
BAR, LINE, AREA = ChartType.BAR, ChartType.LINE, ChartType.AREA
SCATTER, PIE, HISTOGRAM = ChartType.SCATTER, ChartType.PIE, ChartType.HISTOGRAM


def columns_of(names: Columns) -> list[ResultColumn]:
    return [ResultColumn(name=name, kind=kind) for name, kind in names]


def chosen(question: str, names: Columns, rows: Rows) -> Chart | None:
    return choose(question, columns_of(names), rows)


def drawn(chart: Chart, names: Columns, rows: Rows) -> dict[str, Any]:
    """The figure, which must be plain JSON and one that plotly accepts as a whole."""
    figure = draw(chart, columns_of(names), rows)
    assert json.loads(json.dumps(figure, allow_nan=False)) == figure
    go.Figure(figure)
    for kind in chart.alternatives:
        go.Figure(draw(Chart(type=kind, x=chart.x, y=chart.y, series=chart.series), columns_of(names), rows))
    return figure


CARRIERS = [("UA", 58665), ("B6", 54635), ("EV", 54173)]
MONTHS = [(m, 1000 + m) for m in range(12, 0, -1)]
DAYS = [(f"2013-01-{d:02d}", d * 1.5) for d in range(1, 31)]

OFFERED = [
    ("flights per carrier", [("carrier", T), ("flights", I)], CARRIERS, BAR, 0, (1,), None, (BAR,)),
    ("flights per month", [("month", I), ("flights", I)], MONTHS, LINE, 0, (1,), None, (LINE, BAR, AREA)),
    ("delay per day", [("day", Kind.DATE), ("delay", N)], DAYS, LINE, 0, (1,), None, (LINE, BAR, AREA)),
    (
        "delay per day",
        [("day", Kind.DATE), ("delay", N)],
        [(d, v - 20) for d, v in DAYS],
        LINE,
        0,
        (1,),
        None,
        (LINE, BAR),
    ),
    (
        "flights per hour",
        [("time_hour", Kind.INSTANT), ("n", I)],
        [(f"2013-01-{d:02d}T{h:02d}:00:00+00:00", h) for d in range(1, 8) for h in range(24)],
        LINE,
        0,
        (1,),
        None,
        (LINE, AREA),
    ),
    (
        "per month",
        [("to_char", T), ("n", I)],
        [("2013-02", 1), ("2013-01", 2)],
        LINE,
        0,
        (1,),
        None,
        (LINE, BAR, AREA),
    ),
    (
        "flights per month and origin",
        [("month", I), ("origin", T), ("flights", I)],
        [(m, o, m) for m in range(1, 13) for o in ("EWR", "JFK", "LGA")],
        LINE,
        0,
        (2,),
        1,
        (LINE, BAR),
    ),
    (
        "flights per year and month",
        [("year", I), ("month", I), ("flights", I)],
        [(y, m, m) for y in (2012, 2013) for m in range(1, 13)],
        LINE,
        1,
        (2,),
        0,
        (LINE, BAR),
    ),
    (
        "flights per month in 2013",
        [("year", I), ("month", I), ("flights", I)],
        [(2013, m, m) for m in range(1, 13)],
        LINE,
        1,
        (2,),
        None,
        (LINE, BAR, AREA),
    ),
    (
        "flights by origin and carrier",
        [("origin", T), ("carrier", T), ("flights", I)],
        [(o, c, 5) for o in ("EWR", "JFK") for c in ("UA", "B6", "AA")],
        BAR,
        1,
        (2,),
        0,
        (BAR,),
    ),
    (
        "flights per airline",
        [("carrier", T), ("name", T), ("flights", I)],
        [("UA", "United Air Lines", 5), ("B6", "JetBlue Airways", 4)],
        BAR,
        1,
        (2,),
        None,
        (BAR,),
    ),
    (
        "total per customer",
        [("customer_id", I), ("total", D)],
        [(17, "12.50"), (4, "9.00")],
        BAR,
        0,
        (1,),
        None,
        (BAR,),
    ),
    (
        "departures and arrivals per origin",
        [("origin", T), ("departures", I), ("arrivals", I)],
        [("EWR", 10, 9), ("JFK", 8, 8)],
        BAR,
        0,
        (1, 2),
        None,
        (BAR,),
    ),
    (
        "average delay per carrier",
        [("carrier", T), ("flights", I), ("avg_delay", N)],
        [("UA", 58665, 12.1), ("B6", 54635, 13.0)],
        BAR,
        0,
        (2,),
        None,
        (BAR,),
    ),
    (
        "how does distance relate to delay",
        [("distance", I), ("delay", N)],
        [(i, i / 2) for i in range(10)],
        SCATTER,
        0,
        (1,),
        None,
        (SCATTER,),
    ),
    (
        "distance and delay",
        [("distance", I), ("delay", N)],
        [(i, i / 2) for i in range(10)],
        SCATTER,
        0,
        (1,),
        None,
        (SCATTER,),
    ),
    (
        "does distance correlate with delay by carrier",
        [("carrier", T), ("delay", N), ("distance", I)],
        [(str(i), i / 2, i) for i in range(10)],
        SCATTER,
        1,
        (2,),
        None,
        (SCATTER,),
    ),
    (
        "distribution of delays",
        [("delay", N)],
        [(float(i),) for i in range(100)],
        HISTOGRAM,
        0,
        (),
        None,
        (HISTOGRAM,),
    ),
    ("share of flights per origin", [("origin", T), ("n", I)], CARRIERS, BAR, 0, (1,), None, (BAR, PIE)),
    ("pie of flights per origin", [("origin", T), ("n", I)], CARRIERS, PIE, 0, (1,), None, (PIE, BAR)),
    (
        "percentage of flights per origin",
        [("origin", T), ("pct", D)],
        [("EWR", "35.9"), ("JFK", "33.0"), ("LGA", "31.1")],
        BAR,
        0,
        (1,),
        None,
        (BAR, PIE),
    ),
    (
        "bar chart of flights per month",
        [("month", I), ("n", I)],
        MONTHS,
        BAR,
        0,
        (1,),
        None,
        (BAR, LINE, AREA),
    ),
    (
        "distribution of delays in buckets",
        [("bucket", I), ("n", I)],
        [(i, i * i) for i in range(10)],
        BAR,
        0,
        (1,),
        None,
        (BAR, LINE),
    ),
]

NOT_OFFERED = [
    ("one value", "how many flights", [("n", I)], [(5,)]),
    ("one row", "flights of UA", [("carrier", T), ("n", I)], [("UA", 5)]),
    ("no rows", "flights", [("carrier", T), ("n", I)], []),
    ("text only", "names", [("name", T), ("city", T)], [("a", "b"), ("c", "d")]),
    ("ids only", "ids", [("flight_id", I), ("tail_num", I)], [(i, i) for i in range(9)]),
    (
        "numbers without a question for their distribution",
        "delays",
        [("delay", N)],
        [(i,) for i in range(99)],
    ),
    ("few numbers", "distribution of delays", [("delay", N)], [(1,), (2,)]),
    ("too many rows", "delay vs distance", [("a", N), ("b", N)], [(i, i) for i in range(5001)]),
    ("too many categories", "flights per dest", [("dest", T), ("n", I)], [(f"D{i}", i) for i in range(51)]),
    (
        "too many series",
        "flights per month and dest",
        [("month", I), ("dest", T), ("n", I)],
        [(m, f"D{i}", i) for m in (1, 2) for i in range(13)],
    ),
    ("categories that repeat", "delays", [("carrier", T), ("delay", N)], [("UA", 1), ("UA", 2), ("B6", 3)]),
    (
        "times that repeat",
        "delays",
        [("day", Kind.DATE), ("delay", N)],
        [("2013-01-01", 1), ("2013-01-01", 2), ("2013-01-02", 1)],
    ),
    (
        "a listing",
        "the ten most delayed flights",
        [("day", Kind.DATE), ("carrier", T), ("dest", T), ("delay", N)],
        [(f"2013-01-{i:02d}", "UA", f"D{i % 3}", i) for i in range(1, 10)] + [("2013-02-01", "B6", "D1", 4)],
    ),
    ("json and bytes", "docs", [("doc", Kind.JSON), ("b", Kind.BYTES)], [({}, "\\x00"), ({}, "\\x01")]),
    ("no number is one", "x", [("carrier", T), ("n", N)], [("UA", "NaN"), ("B6", None)]),
    ("dates that are none", "x", [("day", Kind.DATE), ("n", I)], [("infinity", 1), ("2013-01-01", 2)]),
    ("two points", "a vs b", [("a", N), ("b", N)], [(1, 2), (2, 3)]),
    ("the same columns thrice", "x", [("a", N), ("b", N), ("c", N)], [(i, i, i) for i in range(9)]),
]

NO_PIE = [
    ("negatives", "share of profit", [("region", T), ("profit", I)], [("a", 5), ("b", -1)]),
    ("nulls", "share of profit", [("region", T), ("profit", I)], [("a", 5), ("b", None)]),
    ("zeros", "share of profit", [("region", T), ("profit", I)], [("a", 5), ("b", 0)]),
    ("many", "share of profit", [("region", T), ("profit", I)], [(str(i), 5) for i in range(9)]),
    ("averages", "percentage of delay", [("region", T), ("avg_delay", N)], [("a", 5), ("b", 6)]),
    ("no whole", "percentage delayed", [("region", T), ("pct_delayed", N)], [("a", 20.5), ("b", 31.0)]),
    ("a part of many", "share of the top 3 carriers", [("carrier", T), ("n", I)], CARRIERS),
    ("not asked", "flights per carrier", [("carrier", T), ("n", I)], CARRIERS),
]


@pytest.mark.parametrize(("question", "names", "rows", "kind", "x", "y", "series", "alternatives"), OFFERED)
def test_a_plot_that_suits_is_offered(
    question: str,
    names: Columns,
    rows: Rows,
    kind: ChartType,
    x: int,
    y: tuple[int, ...],
    series: int | None,
    alternatives: tuple[ChartType, ...],
) -> None:
    chart = chosen(question, names, rows)
    assert chart is not None
    assert (chart.type, chart.x, chart.y, chart.series) == (kind, x, y, series)
    assert chart.alternatives == alternatives
    assert chart.title
    drawn(chart, names, rows)


@pytest.mark.parametrize(
    ("question", "names", "rows"), [n[1:] for n in NOT_OFFERED], ids=[n[0] for n in NOT_OFFERED]
)
def test_no_plot_is_better_than_one_that_misleads(question: str, names: Columns, rows: Rows) -> None:
    assert chosen(question, names, rows) is None


@pytest.mark.parametrize(("question", "names", "rows"), [n[1:] for n in NO_PIE], ids=[n[0] for n in NO_PIE])
def test_a_pie_is_for_parts_of_a_whole(question: str, names: Columns, rows: Rows) -> None:
    chart = chosen(question, names, rows)
    assert chart is not None
    assert chart.alternatives == (BAR,)


def test_a_part_of_the_rows_is_not_drawn_as_the_whole() -> None:
    assert choose("flights", columns_of([("carrier", T), ("n", I)]), CARRIERS, complete=False) is None


def test_time_is_sorted_and_categories_keep_their_order() -> None:
    names: Columns = [("month", I), ("flights", I)]
    chart = chosen("per month", names, MONTHS)
    assert chart is not None
    trace = drawn(chart, names, MONTHS)["data"][0]
    assert trace["x"] == list(range(1, 13))
    assert trace["y"] == [1000 + m for m in range(1, 13)]
    names = [("dest", T), ("flights", I)]
    rows: Rows = [("b", 1), ("c", 3), ("a", 2)]
    chart = chosen("per dest", names, rows)
    assert chart is not None
    figure = drawn(chart, names, rows)
    assert figure["data"][0]["x"] == ["b", "c", "a"]
    assert figure["layout"]["xaxis"]["categoryarray"] == ["b", "c", "a"]


def test_a_line_over_periods_written_as_text_runs_forward() -> None:
    names: Columns = [("month", T), ("n", I)]
    rows: Rows = [("2013-03", 3), ("2013-01", 1), ("2013-02", 2)]
    chart = chosen("per month", names, rows)
    assert chart is not None
    figure = drawn(chart, names, rows)
    assert figure["data"][0]["x"] == ["2013-01", "2013-02", "2013-03"]
    assert figure["layout"]["xaxis"]["categoryarray"] == ["2013-01", "2013-02", "2013-03"]


@pytest.mark.parametrize(
    ("kind", "cells", "axis"),
    [
        (T, ["007", "1e3"], "category"),
        (T, ["2013-01-01x", "2013-01-02"], "category"),
        (Kind.BOOLEAN, [True, False], "category"),
        (Kind.DATE, ["2013-01-01", "2013-01-02"], "date"),
        (Kind.DATE, ["0900-01-01", "2013-01-02"], "date"),
        (Kind.TIMESTAMP, ["2013-01-01T00:00:00", "2013-01-02T00:00:00"], "date"),
    ],
)
def test_the_kind_of_an_axis_is_said_outright(kind: Kind, cells: list[Any], axis: str) -> None:
    names: Columns = [("x", kind), ("n", I)]
    rows: Rows = [(cell, i) for i, cell in enumerate(cells)]
    chart = chosen("x", names, rows)
    assert chart is not None
    assert drawn(chart, names, rows)["layout"]["xaxis"]["type"] == axis


def test_ids_are_names_along_an_axis_and_years_have_no_halves() -> None:
    names: Columns = [("customer_id", I), ("total", I)]
    rows: Rows = [(900, 1), (17, 2)]
    chart = chosen("total", names, rows)
    assert chart is not None
    assert drawn(chart, names, rows)["layout"]["xaxis"]["categoryarray"] == ["900", "17"]
    names, rows = [("year", I), ("n", I)], [(2012, 1), (2013, 2)]
    chart = chosen("n", names, rows)
    assert chart is not None
    assert drawn(chart, names, rows)["layout"]["xaxis"]["ticktext"] == ["2012", "2013"]


def test_instants_are_drawn_in_utc() -> None:
    names: Columns = [("t", Kind.INSTANT), ("n", I)]
    rows: Rows = [("2013-01-01T01:00:00+02:00", 1), ("2013-01-01T00:00:00+00:00", 2)]
    chart = chosen("n", names, rows)
    assert chart is not None
    figure = drawn(chart, names, rows)
    assert figure["data"][0]["x"] == ["2012-12-31T23:00:00", "2013-01-01T00:00:00"]
    assert figure["layout"]["xaxis"]["title"]["text"] == "t (UTC)"


def test_no_markup_gets_into_a_figure() -> None:
    evil = '<a href="https://evil.test">x</a>'
    names: Columns = [(evil, T), (f"{evil} %{{x}}", I), ("<b>s</b>", T)]
    rows: Rows = [
        (evil, 1, "<i>1</i>"),
        (f"{evil}2", 2, "<i>1</i>"),
        (evil, 3, "&lt;"),
        (f"{evil}2", 4, "&lt;"),
    ]
    chart = chosen("share", names, rows)
    assert chart is not None
    assert chart.series is not None
    figure = drawn(chart, names, rows)
    assert "<" not in json.dumps(figure)
    assert {trace["name"] for trace in figure["data"]} | {x for t in figure["data"] for x in t["x"]} >= {
        "&amp;lt;"
    }
    pie = draw(Chart(type=PIE, x=0, y=(1,), title=evil), columns_of(names), rows)
    assert "<" not in json.dumps(pie)


def test_labels_that_look_alike_stay_apart() -> None:
    names: Columns = [("x", T), ("n", I)]
    rows: Rows = [("a" * 100 + "1", 1), ("a" * 100 + "2", 2), (None, 3), ("(no value)", 4), ("", 5)]
    chart = chosen("n", names, rows)
    assert chart is not None
    x = drawn(chart, names, rows)["data"][0]["x"]
    assert len(set(x)) == 5
    assert all(len(label) <= 64 for label in x)


def test_what_is_no_finite_number_is_a_gap() -> None:
    names: Columns = [("day", Kind.DATE), ("n", N)]
    rows: Rows = [
        ("2013-01-01", 1.5),
        ("2013-01-02", "NaN"),
        (None, 3),
        ("2013-01-03", None),
        ("2013-01-04", 10**400),
    ]
    chart = chosen("n", names, rows)
    assert chart is not None
    trace = drawn(chart, names, rows)["data"][0]
    assert trace["x"] == ["2013-01-01", "2013-01-02", "2013-01-03", "2013-01-04"]
    assert trace["y"] == [1.5, None, None, None]
    assert trace["connectgaps"] is False


def test_each_series_has_its_own_rows_and_colour() -> None:
    names: Columns = [("month", I), ("origin", T), ("n", I)]
    rows: Rows = [(2, "JFK", 4), (1, "EWR", 1), (1, "JFK", 3), (2, "EWR", 2)]
    chart = chosen("n", names, rows)
    assert chart is not None
    figure = drawn(chart, names, rows)
    assert [(t["name"], t["x"], t["y"]) for t in figure["data"]] == [
        ("JFK", [1, 2], [3, 4]),
        ("EWR", [1, 2], [1, 2]),
    ]
    assert [t["line"]["color"] for t in figure["data"]] == ["#00afaf", "#0c0e2d"]
    assert figure["layout"]["showlegend"] is True
    assert figure["layout"]["yaxis"]["title"]["text"] == "n"


def test_columns_of_one_name_are_told_apart() -> None:
    names: Columns = [("x", T), ("n", I), ("n", I)]
    rows: Rows = [("a", 1, 2), ("b", 3, 4)]
    chart = chosen("n", names, rows)
    assert chart is not None
    assert [t["name"] for t in drawn(chart, names, rows)["data"]] == ["n", "n (2)"]


def test_a_chart_of_columns_that_are_not_there_is_refused() -> None:
    for chart in (Chart(type=BAR, x=0, y=(5,)), Chart(type=BAR, x=-1, y=(0,)), Chart(type=LINE, x=0)):
        with pytest.raises(WrongUsage):
            draw(chart, columns_of([("a", T), ("b", I)]), [("x", 1)])
