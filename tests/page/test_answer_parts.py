from __future__ import annotations

from typing import Any, cast

import pytest
from stand_in_api import CARRIERS, Asked, StandIn, chart, table

from analyst.client import ChartDocument, Document, ReceiptDocument, TableDocument
from parts.chart import in_words
from parts.progress import milliseconds, step_line
from parts.receipt import facts


def answered(question: str) -> Document:
    stand_in = StandIn()
    asked: Asked = stand_in.ask({"question": question}, "p")
    asked.started -= 100
    return cast(Document, stand_in.document(asked))


def facts_of(question: str, **changes: Any) -> dict[str, list[str]]:
    document = answered(question)
    assert document["answer"] is not None
    receipt = cast(ReceiptDocument, {**cast(dict[str, Any], document["answer"]["receipt"]), **changes})
    return dict(facts(document, receipt))


def test_the_receipt_names_where_an_answer_comes_from() -> None:
    told = facts_of("each airline")
    assert told["Where it comes from"] == [
        "The model wrote the SQL at the first attempt, having seen approved questions #4, #9. "
        "The SQL was checked before it ran."
    ]
    assert told["Tables read"] == ["public.airlines, public.flights"]
    assert told["Model"] == ["qwen2.5-coder-1.5b, 1,480 tokens read, 62 tokens written"]
    assert told["Request id"] == ["r-q00000001"]
    assert "Warnings" not in told


def test_the_receipt_of_a_cached_answer_says_that_no_model_was_asked() -> None:
    told = facts_of("by month")
    assert told["Where it comes from"][0].startswith("Answered from approved question #12")
    assert "Model" not in told


def test_the_receipt_counts_repairs_and_puts_warnings_first() -> None:
    told = facts_of("each airline", attempts=3, warnings=["The role could write."])
    assert "in 3 attempts" in told["Where it comes from"][0]
    assert next(iter(told)) == "Warnings"


def test_a_chart_is_told_in_words() -> None:
    rows = cast(
        TableDocument, table([("airline", "text"), ("flights", "integer")], [list(c) for c in CARRIERS])
    )
    told = in_words(cast(ChartDocument, chart("bar")), rows, chart_type="bar")
    assert told == (
        "Bars: flights by airline, 16 points. Highest: United Air Lines Inc. with 58,665. "
        "Lowest: SkyWest Airlines Inc. with 32."
    )


@pytest.mark.parametrize(
    "cells", [[], [["a", None]], [["a", "NaN"], ["b", "Infinity"]], [["a", True], ["b", "x"]]]
)
def test_a_chart_without_numbers_is_told_without_extremes(cells: list[list[Any]]) -> None:
    rows = cast(TableDocument, table([("k", "text"), ("n", "number")], cells))
    assert "Highest" not in in_words(cast(ChartDocument, chart("line")), rows, chart_type="line")


@pytest.mark.parametrize(
    ("ms", "text"), [(0.0, "0 ms"), (0.44, "0.4 ms"), (12.2, "12 ms"), (3400.0, "3,400 ms")]
)
def test_durations(ms: float, text: str) -> None:
    assert milliseconds(ms).replace("\u00a0", " ") == text


def test_a_step_line_is_harmless() -> None:
    line = step_line(
        {"name": "x", "label": "<b>", "done": True, "ms": 3.0, "detail": "[a](http://evil.example)"}
    )
    assert "](http" not in line
    assert "\\<b\\>" in line
