"""What only a real browser shows: cookies, reloads, drawing, scrolling, downloads and width."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from stand_in_api import HOSTILE, QUESTIONS, StandIn

pytestmark = pytest.mark.browser

ANSWER = "United Air Lines had the most flights"


def ask(tab: Page, question: str) -> None:
    box = tab.get_by_placeholder("Ask a question about your data")
    box.fill(question)
    box.press("Enter")


def letters(tab: Page, place: str) -> str:
    """What is shown there, without the signs that take no room."""
    return tab.locator(place).first.inner_text().replace("\u2060", "")


def test_ask_see_chart_and_table_approve_and_reload(tab: Page, stand_in: StandIn) -> None:
    tab.get_by_role("button", name=QUESTIONS[0]).click()
    expect(tab.get_by_text("Looking for approved answers")).to_be_visible()
    expect(tab.get_by_text(ANSWER)).to_be_visible()
    expect(tab.locator(".js-plotly-plot .bars .point")).to_have_count(16)
    expect(tab.get_by_test_id("stDataFrame")).to_be_visible()
    expect(tab.get_by_text("16 rows.")).to_be_visible()
    tab.get_by_role("button", name="Approve", exact=True).click()
    expect(tab.get_by_text("You approved this answer.")).to_be_visible()
    tab.reload()
    expect(tab.get_by_text(ANSWER)).to_be_visible()
    expect(tab.get_by_text("You approved this answer.")).to_be_visible()


def test_the_kind_of_chart_can_be_changed(tab: Page) -> None:
    ask(tab, QUESTIONS[0])
    tab.get_by_role("radio", name="Pie").click()
    expect(tab.locator(".js-plotly-plot .pielayer .slice").first).to_be_visible()


def test_sql_and_receipt_unfold(tab: Page) -> None:
    ask(tab, QUESTIONS[0])
    tab.locator("summary", has_text="SQL").click()
    expect(tab.get_by_text("What the database really ran")).to_be_visible()
    tab.locator("summary", has_text="How this answer was made").click()
    expect(tab.get_by_text("The model wrote the SQL at the first attempt")).to_be_visible()


def test_the_whole_result_is_downloaded(tab: Page, tmp_path: Path) -> None:
    ask(tab, QUESTIONS[0])
    with tab.expect_download() as started:
        tab.get_by_role("button", name="CSV").click()
    assert re.fullmatch(r"answer-\d{4}-\d\d-\d\d-\w{8}\.csv", started.value.suggested_filename)
    started.value.save_as(tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_text().startswith("United Air Lines Inc.,58665")


def test_on_one_machine_every_browser_is_the_same_person(tab: Page, browser: Browser, base_url: str) -> None:
    ask(tab, QUESTIONS[0])
    expect(tab.get_by_text(ANSWER)).to_be_visible()
    tab.wait_for_url(re.compile("session="))
    other = browser.new_context().new_page()
    other.goto(tab.url)
    expect(other.get_by_text(ANSWER)).to_be_visible()
    expect(other.locator(".st-key-signed-in")).to_contain_text("anna")
    assert [c for c in other.context.cookies() if c["name"] == "analyst_token"] == []
    other.context.close()


def test_history_survives_a_new_visit(tab: Page, base_url: str) -> None:
    ask(tab, QUESTIONS[1])
    expect(tab.get_by_text("highest in July")).to_be_visible()
    tab.goto(base_url)
    tab.get_by_test_id("stSidebar").get_by_role("button", name=re.compile("^How did the average")).click()
    expect(tab.get_by_text("highest in July")).to_be_visible()


def test_cancel(tab: Page, stand_in: StandIn) -> None:
    ask(tab, "slow one")
    tab.get_by_role("button", name="Cancel").click()
    expect(tab.get_by_text("You cancelled this question.")).to_be_visible()


def test_thorough_is_explained_numbered_and_cancelled_in_the_middle(tab: Page) -> None:
    tab.get_by_role("radio", name="Thorough").click()
    expect(tab.get_by_text("draws up to five drafts and compares their results")).to_be_visible()
    ask(tab, "slow one")
    expect(tab.get_by_text(re.compile(r"Draft 1 · 16 rows"))).to_be_visible()
    expect(tab.get_by_text(re.compile(r"Draft \d: "))).to_be_visible()
    tab.get_by_role("button", name="Cancel").click()
    expect(tab.get_by_text("You cancelled this question.")).to_be_visible()


def test_an_unsure_answer_offers_to_be_asked_thoroughly(tab: Page) -> None:
    ask(tab, "doubtful")
    expect(tab.get_by_text("Read the SQL before you rely on this answer").first).to_be_visible()
    tab.get_by_role("button", name="Ask again in thorough mode").click()
    expect(tab.get_by_text("or ask more precisely").first).to_be_visible()


def test_the_page_stays_responsive_while_a_question_runs(tab: Page) -> None:
    ask(tab, "slow one")
    expect(tab.get_by_role("button", name="Cancel")).to_be_visible()
    tab.get_by_role("button", name="New session").click()
    expect(tab.get_by_role("heading", name="What would you like to know?")).to_be_visible(timeout=2000)


def test_an_error_is_a_sentence_with_a_number(tab: Page) -> None:
    ask(tab, "please fail")
    expect(tab.get_by_text("The query took longer than 60 s.")).to_be_visible()
    expect(tab.get_by_text("Request id: r-q")).to_be_visible()
    assert "Traceback" not in tab.inner_text("body")


def test_what_a_model_wrote_is_shown_letter_by_letter(tab: Page) -> None:
    strangers: list[str] = []
    tab.on(
        "request", lambda request: strangers.append(request.url) if "evil.example" in request.url else None
    )
    ask(tab, f"hostile {HOSTILE}")
    expect(tab.get_by_text("1 row.")).to_be_visible()
    assert tab.locator("[class*='st-key-words-'] [data-testid='stText']").inner_text() == HOSTILE
    for place in ("[class*='st-key-question-'] h2", "[class*='st-key-suggestion-'] button p"):
        assert HOSTILE in letters(tab, place), f"changed in {place}"
    ask(tab, QUESTIONS[1])
    expect(tab.get_by_role("button", name="Show the full answer")).to_be_visible()
    assert HOSTILE[:150] in letters(tab, "[class*='st-key-earlier-'] p")
    assert tab.locator("main a[href*='evil'], main img[src*='evil'], main img[src='x'], .katex").count() == 0
    assert strangers == []


def test_the_newest_question_comes_into_sight(tab: Page) -> None:
    for number in range(4):
        ask(tab, f"{QUESTIONS[0]} ({number})")
        expect(tab.get_by_text(f"({number})").last).to_be_visible()
        expect(tab.get_by_role("button", name="Cancel")).to_have_count(0)
    expect(tab.locator(".st-key-newest [class*='st-key-question-']")).to_be_in_viewport()


@pytest.mark.parametrize("question", [QUESTIONS[0], "show every kind", "hostile", "doubtful", "x" * 1500])
def test_nothing_is_wider_than_a_phone(browser: Browser, base_url: str, question: str) -> None:
    tab = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    tab.goto(base_url)
    expect(tab.get_by_role("heading", name="What would you like to know?")).to_be_visible()
    ask(tab, question)
    expect(tab.get_by_role("button", name="Approve", exact=True)).to_be_attached()
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert tab.locator("[data-testid='stMain']").evaluate("e => e.scrollWidth <= e.clientWidth")
    expect(tab.get_by_placeholder("Ask a question about your data")).to_be_in_viewport()
    tab.context.close()


def test_the_page_asks_nobody_else_for_anything(browser: Browser, base_url: str) -> None:
    tab = browser.new_context().new_page()
    hosts: set[str] = set()
    tab.on("request", lambda request: hosts.add(request.url.split("/")[2]) if "//" in request.url else None)
    tab.goto(base_url)
    ask(tab, QUESTIONS[0])
    expect(tab.get_by_text(ANSWER)).to_be_visible()
    assert hosts - {""} <= {base_url.split("/")[2]}
    tab.context.close()


def test_the_model_on_its_way_then_there(tab: Page, stand_in: StandIn) -> None:
    stand_in.model.update(state="arriving", done=300_000_000, total=1_117_320_768)
    try:
        fresh = tab.context.new_page()
        fresh.goto(tab.url)
        expect(fresh.get_by_text("The language model is on its way.")).to_be_visible()
        expect(fresh.get_by_text("300 of 1,117 MB")).to_be_visible()
    finally:
        stand_in.model.update(state="ready")
    expect(fresh.get_by_text("The language model is on its way.")).to_have_count(0, timeout=10_000)


def test_the_page_comes_back_by_itself(browser: Browser, base_url: str, stand_in: StandIn) -> None:
    port = int(stand_in.url.rsplit(":", 1)[1])
    stand_in.stop()
    tab = browser.new_context().new_page()
    try:
        tab.goto(base_url)
        expect(tab.get_by_text("The service cannot be reached.")).to_be_visible()
    finally:
        stand_in.start(port)
    expect(tab.get_by_role("heading", name="What would you like to know?")).to_be_visible(timeout=15_000)
    tab.context.close()


def test_a_download_that_fails_is_said_so(tab: Page, stand_in: StandIn) -> None:
    ask(tab, QUESTIONS[0])
    expect(tab.get_by_text("16 rows.")).to_be_visible()
    stand_in.failing["/query"] = (404, {"code": "not_found", "message": "The result has expired."})
    try:
        tab.get_by_role("button", name="CSV").click()
        expect(tab.get_by_text("The result has expired.")).to_be_visible()
        expect(tab.get_by_text("Request id: r-stand-in")).to_be_visible()
    finally:
        stand_in.failing.clear()
    with tab.expect_download():
        tab.get_by_role("button", name="CSV").click()
    expect(tab.get_by_text("The result has expired.")).to_have_count(0)
