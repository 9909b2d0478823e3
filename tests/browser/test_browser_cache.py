"""The page of the answer cache in a real browser: reached by the sidebar, filled in by its labels, left again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_a_question_is_looked_up_and_each_candidate_says_why(tab: Page) -> None:
    tab.get_by_role("button", name="Look up approved questions").click()
    expect(
        tab.get_by_role("heading", name="Would an approved question answer this?", level=1)
    ).to_be_visible()
    tab.wait_for_url(re.compile("page=cache"))
    box = tab.get_by_label("Question to look up")
    box.fill("How many flights were there in April?")
    box.press("Enter")
    expect(tab.get_by_role("heading", name="2 approved questions near to it", level=3)).to_be_visible()
    expect(tab.get_by_text("March becomes April in flights.month")).to_be_visible()
    expect(tab.get_by_text("It asks for late flights alone.")).to_be_visible()
    tab.locator("summary", has_text="SQL of approved question #12").click()
    expect(tab.get_by_text("month = 4")).to_be_visible()
    tab.reload()
    expect(box).to_be_visible()
    tab.get_by_role("button", name="Back to the conversation").click()
    expect(tab.get_by_role("heading", name="What would you like to know?")).to_be_visible()
    assert "page=" not in tab.url
