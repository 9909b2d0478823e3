"""The page in a real browser; where it runs is a fixture, so that the tests also run on the real thing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests" / "page")]

from stand_in_api import StandIn  # noqa: E402


@pytest.fixture(scope="session")
def stand_in() -> Iterator[StandIn]:
    """The stand-in API, going at the pace of a fast model."""
    api = StandIn(speed=4).start()
    yield api
    api.stop()


@pytest.fixture(scope="session")
def base_url(stand_in: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the page is served."""
    with _served(stand_in, tmp_path_factory.mktemp("page")) as address:
        yield address


@pytest.fixture(scope="session")
def cloud_api() -> Iterator[StandIn]:
    """The stand-in API as in AWS, where everybody needs a token."""
    api = StandIn(speed=40, entrance="aws").start()
    yield api
    api.stop()


@pytest.fixture(scope="session")
def tunnel_url(cloud_api: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the page is served to those who have a ticket."""
    with _served(cloud_api, tmp_path_factory.mktemp("page"), ANALYST_ENTRANCE="aws") as address:
        yield address


@contextmanager
def _served(stand_in: StandIn, folder: Path, **more: str) -> Iterator[str]:
    key_file = folder / "api_key"
    key_file.write_text(stand_in.key, encoding="ascii")
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "streamlit" / "app.py")]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "code"),
        "ANALYST_API_URL": stand_in.url,
        "ANALYST_API_KEY_FILE": str(key_file),
        "ANALYST_ENTRANCE": "os",
        **more,
    }
    server = subprocess.Popen(
        [*command, "--server.address", "127.0.0.1", "--server.port", str(port)],
        env=environment,
        cwd=key_file.parent,
    )
    try:
        _wait_until_up(f"http://127.0.0.1:{port}/_stcore/health", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=15)


@pytest.fixture
def tab(browser: Browser, base_url: str, stand_in: StandIn) -> Iterator[Page]:
    """A tab of a browser that has never been here, before anything was asked."""
    stand_in.asked.clear()
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.goto(base_url)
    page.get_by_role("heading", name="What would you like to know?").wait_for()
    yield page
    context.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if server.poll() is not None:
            pytest.fail("the page's server ended before it was up")
        try:
            with urllib.request.urlopen(url, timeout=1) as reply:
                if reply.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the page's server did not come up in 30 s")
