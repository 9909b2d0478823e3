from __future__ import annotations

from typing import Any, cast

import pytest
from stand_in_api import CARRIERS, Asked, StandIn, chart, table

from analyst.client import ChartDocument, Document, ReceiptDocument, TableDocument
from parts import drafts
from parts.chart import in_words
from parts.progress import milliseconds, step_line
from parts.receipt import facts


def answered(question: str, mode: str = "fast") -> Document:
    stand_in = StandIn()
    asked: Asked = stand_in.ask({"question": question, "mode": mode}, "p")
    asked.started -= 100
    return cast(Document, stand_in.document(asked))


def facts_of(question: str, **changes: Any) -> dict[str, list[str]]:
    document = answered(question)
    assert document["answer"] is not None
    receipt = cast(ReceiptDocument, {**cast(dict[str, Any], document["answer"]["receipt"]), **changes})
    document["answer"]["receipt"] = receipt
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


def test_the_receipt_says_how_old_reused_rows_are_and_nothing_of_others() -> None:
    told = facts_of("each airline", reused_seconds=750)
    assert told["How old the rows are"] == ["Rows reused from 12 minutes ago (result reuse of this source)."]
    assert "How old the rows are" not in facts_of("each airline", reused_seconds=None)
    assert "How old the rows are" not in facts_of("each airline"), "as of an API that does not know of it"


def test_the_receipt_says_what_the_queries_cost_where_they_do() -> None:
    told = facts_of("each airline", cost="1.2 GB read, about $0.0060", cost_usd=0.006)
    assert told["Cost"] == ["1.2 GB read, about $0.0060"]
    assert "Cost" not in facts_of("each airline", cost="", cost_usd=None)
    assert "Cost" not in facts_of("each airline"), "as of an API that does not know of it"


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


def test_the_receipt_says_how_far_to_trust_an_answer_in_words_first() -> None:
    assert facts_of("each airline")["How far to trust it"] == [
        "Fairly sure (0.75). This is a rule of thumb from how the answer was made, and no proof."
    ]
    assert facts_of("by month")["How far to trust it"] == ["Approved: a person has confirmed this SQL."]
    unsure = facts_of("each airline", confidence=0.2)["How far to trust it"][0]
    assert unsure.startswith("Unsure (0.20).") and unsure.endswith("or reject it.")


def test_the_receipt_of_sql_that_was_given_names_no_model() -> None:
    told = facts_of("each airline", attempts=0, model="")
    assert told["Where it comes from"] == [
        "The SQL was given, and no model was asked. It was checked before it ran."
    ]
    assert told["How far to trust it"] == ["Your own SQL: no model wrote it."]


@pytest.mark.parametrize(("attempts", "says"), [(0, "No model was asked"), (2, "The model was asked")])
def test_the_receipt_of_no_answer_claims_no_sql(attempts: int, says: str) -> None:
    document = answered("each airline")
    document["status"] = "unanswerable"
    assert document["answer"] is not None and document["answer"]["receipt"] is not None
    document["answer"]["receipt"]["attempts"] = attempts
    told = dict(facts(document, document["answer"]["receipt"]))
    assert told["Where it comes from"][0].startswith(says)
    assert "How far to trust it" not in told


def test_a_receipt_without_a_measure_says_nothing_of_trust() -> None:
    assert "How far to trust it" not in facts_of("each airline", confidence=1.0)


def test_thorough_drafts_are_numbered_each_on_one_line() -> None:
    document = answered("each airline", mode="thorough")
    shown = [(s["label"], s["detail"], s["done"]) for s in drafts.lines(document)]
    assert shown[2:] == [
        ("Draft 1", "16 rows", True),
        ("Draft 2", "did not run", True),
        ("Draft 3", "16 rows", True),
        ("Draft 4", "16 rows", True),
        ("Comparing the results of the drafts", "3 of 4 drafts agree", True),
        ("Putting it into words", "numbers checked", True),
    ]
    total = sum(step["ms"] for step in document["steps"])
    assert sum(line["ms"] for line in drafts.lines(document)) == pytest.approx(total)


@pytest.mark.parametrize(
    ("count", "label", "done"),
    [
        (3, "Draft 1: Writing SQL", False),
        (6, "Draft 1: Running the query", False),
        (7, "Draft 2: Writing SQL", False),
        (13, "Draft 4: Writing SQL", False),
        (17, "Comparing the results of the drafts", False),
    ],
)
def test_the_draft_that_is_being_made_says_what_happens_to_it(count: int, label: str, done: bool) -> None:
    document = answered("each airline", mode="thorough")
    document["steps"] = document["steps"][:count]
    document["steps"][-1]["done"] = done
    newest = drafts.lines(document)[-1]
    assert (newest["label"], newest["done"]) == (label, done)


def test_a_draft_that_was_stopped_in_the_middle_is_over() -> None:
    document = answered("each airline", mode="thorough")
    document["steps"] = document["steps"][:6]
    document["steps"][-1]["detail"] = ""
    assert drafts.lines(document)[-1] == {
        **document["steps"][2],
        "label": "Draft 1",
        "detail": "did not run",
        "ms": pytest.approx(996.5),
    }


def test_a_draft_without_sql_is_said_so_and_repairs_belong_to_their_draft() -> None:
    document = answered("each airline", mode="thorough")
    made = document["steps"]
    repair = {**made[2], "name": "repair", "label": "Correcting the SQL"}
    document["steps"] = [*made[:2], made[2], made[2], made[3], repair, *made[3:6]]
    assert [line["detail"] for line in drafts.lines(document)[2:]] == ["wrote no SQL", "16 rows"]


def test_fast_steps_stay_as_they_are() -> None:
    document = answered("each airline")
    assert drafts.lines(document) == document["steps"]


def test_the_vote_is_told_only_where_it_decided() -> None:
    document = answered("each airline", mode="thorough")
    assert document["answer"] and document["answer"]["receipt"]
    told = dict(facts(document, document["answer"]["receipt"]))
    assert "several times (3 of 4 drafts agree on this result)" in told["Where it comes from"][0]
    document["steps"] += document["steps"][2:6]
    assert drafts.vote(document) == ""
    assert drafts.vote(answered("each airline")) == ""
