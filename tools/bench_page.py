"""Clicks on the real page in a real browser, timed inside the browser."""

from __future__ import annotations

import importlib.util
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import bench_questions
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
    """Milliseconds of the clicks during which a question was running from beginning to end, by kind."""
    times: defaultdict[str, list[float]] = defaultdict(list)
    with _tab(running.page_url) as tab:
        _answer_one(tab)
        for number in range(MOST_ROUNDS):
            if len(times) == len(ROUND) and min(map(len, times.values())) >= ROUNDS:
                break
            if not _is_busy(running):
                _ask(tab, bench_questions.WITH_THE_MODEL[number % len(bench_questions.WITH_THE_MODEL)])
            for kind, click, wanted in ROUND:
                tab.locator(click).first.wait_for(timeout=PATIENCE_MS)
                busy = _is_busy(running)
                ms = tab.evaluate(CLICK, [click, wanted])
                if ms >= 0 and busy and _is_busy(running):
                    times[kind].append(ms)
                tab.wait_for_timeout(150)
    return times


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


def _answer_one(tab: Page) -> None:
    """Have one answer with chart and table, from an approved pair, so that there is something to unfold."""
    _ask(tab, bench_questions.APPROVED[-1])
    tab.get_by_role("button", name="Approve").wait_for()


def _ask(tab: Page, text: str) -> None:
    box = tab.get_by_placeholder("Ask a question about your data")
    box.fill(text)
    box.press("Enter")
    # Either it runs, or it has been answered already.
    tab.locator(SHORT).or_(tab.get_by_role("button", name="Approve")).first.wait_for()


def _is_busy(running: Running) -> bool:
    return bool(running.house.state.rows("SELECT 1 FROM questions WHERE status = 'running' LIMIT 1"))
