"""Clicks on the real page in a real browser, timed inside the browser."""

from __future__ import annotations

import importlib.util
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import bench_questions
from analyst.errors import StartupError
from bench_installation import Running

if TYPE_CHECKING:
    from playwright.sync_api import Page

BROWSERS = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
)
ROUNDS = 6
MOST_ROUNDS = 4 * ROUNDS
PATIENCE_MS = 60_000
PAUSE_MS = 150

CLICK = """
async ([click, wanted]) => {
    const there = () => document.querySelector(wanted);
    const button = document.querySelector(click);
    if (!button || there()) return -1;
    const began = performance.now();
    return await new Promise((resolve) => {
        const done = () => { observer.disconnect(); clearTimeout(late); resolve(performance.now() - began); };
        const observer = new MutationObserver(() => there() && done());
        const late = setTimeout(() => { observer.disconnect(); resolve(-1); }, 10000);
        observer.observe(document.body, { subtree: true, childList: true, attributes: true });
        button.click();
    });
}
"""
"""Clicks, and resolves with the milliseconds until something is there that was not; -1 when that fails."""

FULL, SHORT = "[class*='st-key-less-'] button", "[class*='st-key-show-'] button"
NEW, WELCOME = ".st-key-new-session button", ".st-key-welcome"
ASKED = "[class*='st-key-turn-'], [class*='st-key-earlier-']"
ENTRY, TURN = "[class*='st-key-session-'] button", "[class*='st-key-turn-']"
ROUND = (
    ("unfold an earlier answer, chart and table", SHORT, FULL),
    ("fold it again", FULL, SHORT),
    ("new session", NEW, WELCOME),
    ("back to the session from the history", ENTRY, TURN),
)


def missing() -> str:
    """Why there can be no clicks; empty when there can."""
    if importlib.util.find_spec("playwright") is None:
        return "playwright is not installed"
    return "" if _browser() else "no Chromium here (apt-get install chromium)"


def clicks(running: Running) -> Mapping[str, list[float]]:
    """Milliseconds of the clicks during which a question was running from beginning to end, by kind.

    Raises StartupError when the page does not do what it should.
    """
    from playwright.sync_api import Error

    times: defaultdict[str, list[float]] = defaultdict(list)
    try:
        with _tab(running.page_url) as tab:
            _ask(tab, bench_questions.APPROVED[-1])
            tab.get_by_role("button", name="Approve").wait_for()
            for number in range(MOST_ROUNDS):
                if min(len(times[kind]) for kind, *_ in ROUND) >= ROUNDS:
                    break
                if not _is_busy(running):
                    _ask(tab, bench_questions.ON_THE_PAGE[number % len(bench_questions.ON_THE_PAGE)])
                _round(tab, running, times)
    except Error as error:
        raise StartupError(f"The page could not be measured: {error.message.splitlines()[0]}") from error
    return times


def _round(tab: Page, running: Running, times: Mapping[str, list[float]]) -> None:
    """Each kind of click once, kept where it came to something and a question ran all the while."""
    for kind, click, wanted in ROUND:
        tab.locator(click).first.wait_for()
        busy = _is_busy(running)
        ms = tab.evaluate(CLICK, [click, wanted])
        if ms >= 0 and busy and _is_busy(running):
            times[kind].append(ms)
        tab.wait_for_timeout(PAUSE_MS)


@contextmanager
def _tab(url: str) -> Iterator[Page]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_browser(), headless=True, args=list(FLAGS))
        try:
            tab = browser.new_page(viewport={"width": 1280, "height": 900})
            tab.set_default_timeout(PATIENCE_MS)
            tab.goto(url)
            tab.locator(WELCOME).wait_for()
            yield tab
        finally:
            browser.close()


def _browser() -> str:
    return next((found for name in BROWSERS if (found := shutil.which(name))), "")


def _ask(tab: Page, text: str) -> None:
    """Ask, and see the question appear; typed anew where the page was just changing."""
    from playwright.sync_api import TimeoutError as TooLate

    before = tab.locator(ASKED).count()
    box = tab.get_by_placeholder("Ask a question about your data")
    for patience in (PATIENCE_MS // 10, PATIENCE_MS // 10, PATIENCE_MS):
        box.fill(text)
        box.press("Enter")
        with suppress(TooLate):
            return tab.locator(ASKED).nth(before).wait_for(timeout=patience)
    raise TooLate("a question that was typed did not appear")


def _is_busy(running: Running) -> bool:
    return bool(running.house.state.rows("SELECT 1 FROM questions WHERE status = 'running' LIMIT 1"))
