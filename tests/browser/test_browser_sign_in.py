"""Signing in with a ticket, from the address to the page, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from stand_in_api import QUESTIONS, StandIn

pytestmark = pytest.mark.browser

ANSWER = "United Air Lines had the most flights"
FIRST = "What would you like to know?"


@pytest.fixture
def fresh(browser: Browser, cloud_api: StandIn) -> Iterator[Page]:
    """A tab of a browser that has never been here, before anything was asked."""
    cloud_api.asked.clear()
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def sign_in(tab: Page, api: StandIn, url: str, name: str) -> None:
    """As the tunnel's script has it: a ticket in the address, good once."""
    api.tickets[f"ticket-of-{name}"] = name
    tab.goto(f"{url}/?ticket=ticket-of-{name}")
    expect(tab.get_by_role("heading", name=FIRST)).to_be_visible()


def token(tab: Page) -> str:
    return next(c["value"] for c in tab.context.cookies() if c["name"] == "analyst_token")


def test_a_ticket_opens_the_page_and_is_gone_from_the_address(
    fresh: Page, cloud_api: StandIn, tunnel_url: str
) -> None:
    addresses: list[str] = []
    fresh.on("request", lambda request: addresses.append(request.url))
    sign_in(fresh, cloud_api, tunnel_url, "anna")
    assert fresh.url == f"{tunnel_url}/"
    assert [a for a in addresses if "ticket" in a] == [f"{tunnel_url}/?ticket=ticket-of-anna"]
    expect(fresh.get_by_text("Signed in as anna, role sales")).to_be_visible()
    cookie = next(c for c in fresh.context.cookies() if c["name"] == "analyst_token")
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["secure"]) == (True, "Lax", False)
    assert cloud_api.tokens[cookie["value"]] == "anna"
    assert "analyst_token" not in str(fresh.evaluate("document.cookie"))


def test_who_is_signed_in_stays_so_when_reloading_and_coming_back(
    fresh: Page, cloud_api: StandIn, tunnel_url: str
) -> None:
    sign_in(fresh, cloud_api, tunnel_url, "anna")
    fresh.get_by_role("button", name=QUESTIONS[0]).click()
    expect(fresh.get_by_text(ANSWER)).to_be_visible()
    fresh.wait_for_url(re.compile("session="))
    fresh.reload()
    expect(fresh.get_by_text(ANSWER)).to_be_visible()
    expect(fresh.get_by_role("button", name="Approve", exact=True)).to_be_visible()
    fresh.goto(tunnel_url)
    expect(fresh.get_by_role("heading", name=FIRST)).to_be_visible()
    expect(fresh.get_by_test_id("stSidebar").get_by_role("button", name=QUESTIONS[0]).first).to_be_visible()


def test_a_used_ticket_says_what_to_do_and_leads_on_who_is_in(
    fresh: Page, browser: Browser, cloud_api: StandIn, tunnel_url: str
) -> None:
    sign_in(fresh, cloud_api, tunnel_url, "anna")
    for tab in (fresh, browser.new_context().new_page()):
        answer = tab.goto(f"{tunnel_url}/?ticket=ticket-of-anna")
        assert answer is not None and answer.status == 401
        expect(tab.get_by_role("heading", name="This ticket does not open the page")).to_be_visible()
        expect(tab.get_by_text("This ticket was used already, or has expired.")).to_be_visible()
        expect(tab.get_by_text("./ssh_tunnel.sh --ticket")).to_be_visible()
        tab.get_by_role("link").click()
        signed_in = tab is fresh
        expect(tab.get_by_role("heading", name=FIRST if signed_in else "Sign in")).to_be_visible()
        if not signed_in:
            tab.context.close()


def test_a_token_that_has_ended_shows_how_to_sign_in_again(
    fresh: Page, cloud_api: StandIn, tunnel_url: str
) -> None:
    sign_in(fresh, cloud_api, tunnel_url, "anna")
    del cloud_api.tokens[token(fresh)]
    box = fresh.get_by_placeholder("Ask a question about your data")
    box.fill(QUESTIONS[0])
    box.press("Enter")
    expect(fresh.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(fresh.get_by_text("./ssh_tunnel.sh --ticket")).to_be_visible()
    expect(box).to_have_count(0)
    fresh.reload()
    expect(fresh.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(fresh, cloud_api, tunnel_url, "anna")


def test_without_a_ticket_there_is_nothing_to_ask_with(fresh: Page, tunnel_url: str) -> None:
    fresh.goto(tunnel_url)
    expect(fresh.get_by_role("heading", name="Sign in")).to_be_visible()
    assert fresh.get_by_test_id("stChatInput").count() == 0
    assert fresh.locator(".st-key-new-session").count() == 0


def test_two_people_never_see_each_others_sessions(
    fresh: Page, browser: Browser, cloud_api: StandIn, tunnel_url: str
) -> None:
    sign_in(fresh, cloud_api, tunnel_url, "anna")
    fresh.get_by_role("button", name=QUESTIONS[0]).click()
    expect(fresh.get_by_text(ANSWER)).to_be_visible()
    fresh.wait_for_url(re.compile("session="))
    other = browser.new_context().new_page()
    sign_in(other, cloud_api, tunnel_url, "ben")
    other.goto(fresh.url)
    expect(other.get_by_text("That session is not one of yours")).to_be_visible()
    expect(other.get_by_text("Your questions will be listed here.")).to_be_visible()
    expect(other.get_by_text("Signed in as ben")).to_be_visible()
    assert ANSWER not in other.inner_text("body")
    other.get_by_role("button", name=QUESTIONS[0]).click()
    expect(other.get_by_role("button", name="Reject")).to_be_visible()
    assert other.get_by_role("button", name="Approve", exact=True).count() == 0
    other.context.close()


def test_the_next_person_in_a_browser_is_the_next_person(
    fresh: Page, cloud_api: StandIn, tunnel_url: str
) -> None:
    sign_in(fresh, cloud_api, tunnel_url, "anna")
    anna = token(fresh)
    sign_in(fresh, cloud_api, tunnel_url, "ben")
    expect(fresh.get_by_text("Signed in as ben")).to_be_visible()
    assert token(fresh) != anna


@pytest.mark.parametrize("path", ["/", "/?ticket=none"])
@pytest.mark.parametrize("width", [320, 1280])
def test_what_is_said_fits_and_can_be_read(browser: Browser, tunnel_url: str, path: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 700}, color_scheme="dark")
    tab = context.new_page()
    tab.goto(tunnel_url + path)
    expect(tab.get_by_role("heading", level=1)).to_be_visible()
    expect(tab.get_by_text("./ssh_tunnel.sh --ticket")).to_be_visible()
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate("document.documentElement.lang") == "en"
    context.close()
