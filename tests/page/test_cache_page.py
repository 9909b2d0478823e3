"""The part of the page that shows why a question is answered from an approved one, or why not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from stand_in_api import HOSTILE, QUESTIONS, StandIn
from streamlit.testing.v1 import AppTest

from analyst.client import Client

OPEN, BACK, LOOK_UP = "Look up approved questions", "Back to the conversation", "Look it up"
TITLE = "Would an approved question answer this?"
WELCOME = "What would you like to know?"
PAGE = str(Path(__file__).parents[2] / "streamlit" / "page.py")


def button(page: AppTest, label: str) -> Any:
    return next(b for b in page.button if b.label == label)


def texts(page: AppTest) -> str:
    """All that a person can read of the main part and the bar, roughly."""
    kinds = ("title", "header", "subheader", "text", "markdown", "caption", "error", "info")
    found = [str(e.value) for kind in kinds for e in page.get(kind)]
    found += [e.label for e in page.get("expander")]
    return "\n".join(found).replace("\\", "").replace("\u2060", "")


def opened(page: AppTest) -> AppTest:
    button(page, OPEN).click().run()
    assert not page.exception and page.title[0].value == TITLE
    return page


def looked_up(page: AppTest, question: str) -> AppTest:
    page.text_input[0].set_value(question)
    button(page, LOOK_UP).click().run()
    assert not page.exception
    return page


def test_a_bind_shows_what_was_put_in_and_a_miss_its_reason(page: AppTest, api: StandIn) -> None:
    shown = texts(looked_up(opened(page), "How many flights were there in April?"))
    assert "Bind: approved question #12 would answer it, with your values in" in shown
    assert "2 approved questions near to it" in shown
    assert "March becomes April in flights.month" in shown
    assert "Miss**: It asks for late flights alone." in shown
    assert "Approved by ben on 2026-11-02. Nearness 0.93 of 1." in shown
    assert "SQL of approved question #12 with your values" in shown
    assert page.code[0].value.endswith("month = 4")
    asked = [path for _, path, _ in api.seen if path.startswith("/cache")]
    assert asked == ["/cache?question=How+many+flights+were+there+in+April%3F&source=flights"]


def test_a_hit_and_nothing_at_all(page: AppTest) -> None:
    assert "Hit: approved question #12 would answer it" in texts(looked_up(opened(page), "the same"))
    shown = texts(looked_up(page, "weather of tomorrow"))
    assert "Miss: no approved question answers it, so a model would be asked" in shown
    assert "There is no approved question near to this one." in shown and "the nearest first" not in shown
    assert not page.code


def test_it_begins_with_the_question_that_was_asked_last(page: AppTest) -> None:
    page.chat_input[0].set_value(QUESTIONS[0]).run()
    assert opened(page).text_input[0].value == QUESTIONS[0]


def test_ways_back_are_the_button_a_session_and_a_question(page: AppTest) -> None:
    assert page.title[0].value == WELCOME
    button(opened(page), BACK).click().run()
    assert page.title[0].value == WELCOME and "page" not in page.query_params
    button(opened(page), "New session").click().run()
    assert page.title[0].value == WELCOME
    opened(page).chat_input[0].set_value("anything").run()
    assert not page.title and "session" in page.query_params


def test_a_reload_stays_where_it_was(api: StandIn) -> None:
    page = AppTest.from_file(PAGE, default_timeout=20)
    page.query_params["page"] = "cache"
    assert page.run().title[0].value == TITLE


def test_an_empty_question_is_not_looked_up(page: AppTest, api: StandIn) -> None:
    looked_up(opened(page), "   ")
    assert not [path for _, path, _ in api.seen if path.startswith("/cache")]


def test_a_failure_is_one_sentence_and_leaves_no_old_verdict(page: AppTest, api: StandIn) -> None:
    looked_up(opened(page), "the same")
    api.failing["/cache"] = (503, {"code": "store_unavailable", "message": "The database is away."})
    shown = texts(looked_up(page, "the same again"))
    assert "The database is away." in shown and "Hit" not in shown


def test_what_people_and_databases_wrote_is_never_read_as_markup(page: AppTest) -> None:
    looked_up(opened(page), "hostile")
    for element in [*page.markdown, *page.caption, *page.header]:
        assert not getattr(element, "allow_html", False)
        assert "](http" not in str(element.value)
        assert "<img" not in str(element.value).replace("\\<img", "")
    assert page.code[0].value == HOSTILE


@pytest.mark.parametrize("source", [None, "shop"])
def test_the_client_asks_for_the_source_only_where_one_is_named(api: StandIn, source: str | None) -> None:
    found = Client(api.url, key=api.key).explain("same & more?", source=source)
    assert (found["question"], found["source"]) == ("same & more?", source or "flights")
    assert (found["verdict"], found["example_id"]) == ("same", 12)
