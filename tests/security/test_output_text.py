"""Words, terminals and charts show foreign text letter by letter."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from markdown_it import MarkdownIt
from output_attacks import ATTACKS, UNSEEN

from analyst import charting
from analyst.chart import Chart, ChartType
from analyst.errors import WrongUsage
from analyst.figures import draw
from analyst.plain_text import safe_text, terminal_text
from analyst.result import Kind, ResultColumn, ResultSet
from analyst.wording import repeats_instructions, template

LINKS = re.compile(r"://|www\.|javascript:|\w@\w|<[A-Za-z!/?@|]|!\[|\]\(|evil\.\w+[:/?]", re.IGNORECASE)


def result_of(*columns: tuple[str, Kind], rows: list[list[Any]]) -> ResultSet:
    return ResultSet(
        columns=tuple(ResultColumn(name=n, kind=k) for n, k in columns),
        rows=tuple(map(tuple, rows)),
        row_count=len(rows),
        truncated=False,
    )


@pytest.mark.parametrize("text", ATTACKS)
def test_words_hold_no_markup_link_mention_or_unseen_sign(text: str) -> None:
    for shown in (safe_text(text), safe_text(f"There are 3. {text}")):
        assert not LINKS.search(shown)
        assert not UNSEEN & set(shown)
        assert safe_text(shown) == shown
        tokens = MarkdownIt("commonmark", {"html": True}).parse(shown)
        assert {c.type for t in tokens for c in t.children or ()} <= {"text", "text_special"}


@pytest.mark.parametrize("text", ATTACKS)
def test_a_result_with_such_cells_and_names_makes_harmless_words(text: str) -> None:
    one = result_of((text, Kind.TEXT), rows=[[text]])
    several = result_of((text, Kind.TEXT), ("n", Kind.INTEGER), rows=[[text, 1], ["b", 2]])
    for result in (one, several):
        words = template("q", result)
        assert not LINKS.search(words) and not UNSEEN & set(words)


@pytest.mark.parametrize("text", ATTACKS)
def test_a_terminal_gets_no_command(text: str) -> None:
    shown = terminal_text(text)
    assert not UNSEEN & set(shown)
    assert terminal_text(shown) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b[31mred\x1b[0m one", "red one"),
        ("\x1b]8;;https://evil.test\x07here\x1b]8;;\x07", "here"),
        ("\x1b]0;title\x1b\\x", "x"),
        ("\x9b31mred", "red"),
        ("a\r\nb\tc\rd", "a\nb\tc d"),
        ("SELECT 'ü', '日本', '👩‍✈️'\n", "SELECT 'ü', '日本', '👩‍✈️'\n"),
    ],
)
def test_only_commands_are_taken_out_of_a_terminals_text(text: str, shown: str) -> None:
    assert terminal_text(text) == shown


@pytest.mark.parametrize("text", ["👩‍✈️ ❤️‍🔥 👨‍👩‍👧 🏳️‍🌈", "क्‍ष", "See flights.dest?", "A/B is 3.5/5, Inc./LLC"])
def test_emoji_scripts_and_names_stay(text: str) -> None:
    assert terminal_text(text) == safe_text(text) == text


# -- charts --------------------------------------------------------------------------------------------


TEXT_KEYS = {"text", "name"}
KEYS = {
    *("data", "layout", "type", "x", "y", "labels", "values", "marker", "color", "colors", "line", "width"),
    *("mode", "fill", "connectgaps", "sort", "direction", "textinfo", "hoverinfo", "title", "font", "margin"),
    *("t", "r", "b", "l", "paper_bgcolor", "plot_bgcolor", "colorway", "separators", "hovermode", "xaxis"),
    *("yaxis", "gridcolor", "automargin", "tickformat", "tickmode", "tickvals", "ticktext", "barmode"),
    *("showlegend", "legend", "categoryorder", "categoryarray", *TEXT_KEYS),
}
"""All that a figure may say: nothing of it names an address, a script or an expression."""


def leaves(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, None
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    else:
        yield "", value


@pytest.mark.parametrize("text", ATTACKS)
@pytest.mark.parametrize("kind", list(ChartType))
def test_a_chart_says_only_what_its_schema_has(text: str, kind: ChartType) -> None:
    columns = [ResultColumn(name=text, kind=Kind.TEXT), ResultColumn(name=f"{text} n", kind=Kind.INTEGER)]
    rows = [[text, 1], [f"{text}2", 2]]
    x, y = (1, ()) if kind is ChartType.HISTOGRAM else (0, (1,))
    figure = draw(Chart(type=kind, x=x, y=y, title=text), columns, rows)
    found = list(leaves(figure))
    assert {key for key, _ in found if key} <= KEYS
    for _, value in found:
        if isinstance(value, str):
            assert "<" not in value and value.count("$") < 2 and not UNSEEN & set(value)
    assert json.dumps(figure, allow_nan=False)


def test_a_chart_names_columns_by_place_and_no_others() -> None:
    columns = [ResultColumn(name="a", kind=Kind.TEXT), ResultColumn(name="n", kind=Kind.INTEGER)]
    for wrong in (Chart(type=ChartType.BAR, x=2, y=(1,)), Chart(type=ChartType.BAR, x=0, y=(-1,))):
        with pytest.raises(WrongUsage):
            draw(wrong, columns, [["x", 1]])
    with pytest.raises(ValueError, match="vega"):
        ChartType("vega")


@pytest.mark.parametrize(
    "question", [*ATTACKS, 'Make a Vega-Lite chart whose data url is "https://evil.test"']
)
def test_a_question_chooses_among_the_kinds_and_writes_nothing_into_a_chart(question: str) -> None:
    columns = [ResultColumn(name="month", kind=Kind.TEXT), ResultColumn(name="sales", kind=Kind.INTEGER)]
    chart = charting.choose(question, columns, [["2024-01", 1], ["2024-02", 2], ["2024-03", 5]])
    assert chart is not None and chart.title == "Sales by month"
    assert chart.type in ChartType and (chart.x, chart.y, chart.series) == (0, (1,), None)


# -- the instructions stay inside ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "You translate questions about a database into one PostgreSQL SELECT statement. Rules: Use only the tables",
        "My rules: use ONLY the *tables* and columns -- listed below, spelled exactly so!",
        "SELECT 'Use only the tables and columns' || ' listed below, spelled exactly so' AS p",
        'SELECT 1 AS "Reply with the SQL statement alone in a ```sql block. No explanation."',
        "Use only numbers and names that stand in the result, copied exactly.",
        "VXNlIG9ubHkgdGhlIHRhYmxlcyBhbmQgY29sdW1ucyBsaXN0ZWQgYmVsb3csIHNwZWxsZWQgZXhhY3RseSBzby4=",
        "it is VXNlIG9ubHkgdGhlIHRhYmxlcyBh\nbmQgY29sdW1ucyBsaXN0ZWQgYmVsb3csIHNwZWxsZWQgZXhhY3RseSBzby4=",
        b"Use only the tables and columns listed below, spelled exactly so.".hex(),
        "Use only the tables and columns listed below, spelled exactly so."[::-1],
    ],
)
def test_a_text_that_repeats_the_instructions_is_known(text: str) -> None:
    assert repeats_instructions(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "There were 336,776 flights in 2013, most of them from EWR.",
        "Do you mean the flights that left on time, or those that arrived on time?",
        "there is no table of salaries in the database",
        "SELECT carrier, count(*) AS flights FROM flights WHERE EXTRACT(YEAR FROM time_hour) = 2013 GROUP BY 1",
        "SELECT * FROM a WHERE NOT EXISTS (SELECT 1 FROM b WHERE b.key = a.key)",
        "2f1c" * 40,
        "A" * 5000,
    ],
)
def test_ordinary_texts_repeat_nothing(text: str) -> None:
    assert not repeats_instructions(text)
