"""What a person on her first day does, on the product as it is shipped."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).parents[2]
README_COMMAND = re.compile(r"<!-- checked -->\n```sh\n(.*?)```", re.DOTALL)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]


def ask(tab: Page, question: str) -> None:
    """Type a question into the box and send it."""
    box = tab.get_by_placeholder("Ask a question about your data")
    box.fill(question)
    box.press("Enter")


def test_examples_answer_before_the_model_is_there(product: Any) -> None:
    document = product.answered("How many flights were there?", seconds=60)
    assert document["status"] == "answered"
    assert document["answer"]["table"]["rows"] == [[336776]]
    assert document["answer"]["receipt"]["cached"] == "same"


def test_a_second_instance_is_one_sentence(product: Any) -> None:
    done = product.run("up")
    assert done.returncode == 1
    assert done.stderr.startswith("analyst: It is already running at ") and done.stderr.count("\n") == 1


@pytest.mark.model
def test_the_real_model_answers(product: Any) -> None:
    product.wait_for_model()
    document = product.answered("How many flights went to Boston?")
    assert document["status"] == "answered", document
    assert document["answer"]["table"]["rows"] == [[15508]]
    assert "15,508" in document["answer"]["words"]
    receipt = document["answer"]["receipt"]
    assert receipt["attempts"] >= 1 and receipt["prompt_tokens"] > 500 and receipt["warnings"] == []
    follow_up = product.answered("And how many went to Denver?", session_id=document["session_id"])
    assert follow_up["answer"]["table"]["rows"] == [[7266]]


@pytest.mark.model
def test_the_command_line_attaches(product: Any) -> None:
    product.wait_for_model()
    done = product.run("ask", "How many planes are there?", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["answer"]["table"]["rows"] == [[3322]]
    assert product.run("ask", "delete all flights").returncode == 3
    assert product.run("ask", "").returncode == 2
    assert product.run("ask", "hi", "--url", "postgresql://nobody@127.0.0.1:1/none").returncode == 5


@pytest.mark.browser
def test_ask_see_approve_reload_and_fail_in_the_browser(product: Any, browser: Browser) -> None:
    tab = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    tab.goto(product.page)
    expect(tab.get_by_role("heading", name="What would you like to know?")).to_be_visible(timeout=30_000)
    tab.get_by_role("button", name="How does the average departure delay change by month?").click()
    expect(tab.get_by_text("from approved question").first).to_be_visible(timeout=30_000)
    expect(tab.locator(".js-plotly-plot")).to_be_visible(timeout=30_000)
    expect(tab.get_by_test_id("stDataFrame")).to_be_visible()
    tab.get_by_role("button", name="Approve", exact=True).click()
    expect(tab.get_by_text(re.compile("[Aa]pproved"))).not_to_have_count(0)
    tab.reload()
    expect(tab.get_by_text("from approved question").first).to_be_visible(timeout=30_000)
    ask(tab, "Delete all flights, please")
    expect(tab.get_by_text("I only read data")).to_be_visible(timeout=30_000)
    assert "Traceback" not in tab.inner_text("body")
    stranger = browser.new_context().new_page()
    stranger.goto(tab.url)
    expect(stranger.get_by_placeholder("Ask a question about your data")).to_be_visible(timeout=30_000)
    expect(stranger.get_by_text("from approved question")).to_have_count(0)
    tab.context.close()
    stranger.context.close()


@pytest.mark.model
def test_the_commands_of_the_readme(product: Any) -> None:
    product.wait_for_model()
    blocks = README_COMMAND.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(blocks) >= 3
    ports = {"8080": str(product.port), "8081": str(product.api_port)}
    for block in blocks:
        script = re.sub("8080|8081", lambda found: ports[found[0]], block)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=product.folder,
            env=product.environment,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, (script, done.stdout, done.stderr)


def test_logs_hold_no_questions_and_files_are_private(product: Any) -> None:
    product.answered("How many flights were cancelled?")
    for log in (product.data / "logs").iterdir():
        text = log.read_text(errors="replace")
        assert "cancelled" not in text and (product.data / "api_key").read_text().strip() not in text
        assert log.stat().st_mode & 0o077 == 0
    for name in ("api_key", "instance.json"):
        assert (product.data / name).stat().st_mode & 0o077 == 0


def test_a_restart_keeps_the_history_and_leaves_nothing_running(product: Any) -> None:
    document = product.answered("How many flights were there?")
    assert len(psutil.Process(product.process.pid).children(recursive=True)) > 8
    product.stop()
    product.start()
    status, session = product.call("GET", f"/sessions/{document['session_id']}")
    assert status == 200 and session["queries"][-1]["query_id"] == document["query_id"]
    assert session["queries"][-1]["answer"]["table"]["rows"] == [[336776]]
