"""A stand-in API and the page, wired together as they are in real life: by two environment variables."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "streamlit"), str(Path(__file__).parent)]

import streamlit as st  # noqa: E402
from stand_in_api import StandIn  # noqa: E402
from streamlit.testing.v1 import AppTest  # noqa: E402


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """The stand-in, going so fast that a question takes some hundredths of a second."""
    stand_in = StandIn(speed=40).start()
    key_file = tmp_path / "api_key"
    key_file.write_text(f"{stand_in.key}\n", encoding="ascii")
    monkeypatch.setenv("ANALYST_API_URL", stand_in.url)
    monkeypatch.setenv("ANALYST_API_KEY_FILE", str(key_file))
    yield stand_in
    stand_in.stop()


@pytest.fixture(autouse=True)
def cookies(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The cookies of the browser that opens the page; none at first."""
    brought: dict[str, str] = {}
    monkeypatch.setattr(type(st.context), "cookies", brought)
    monkeypatch.setattr(type(st.context), "timezone", "Europe/Berlin")
    return brought


@pytest.fixture
def page(api: StandIn) -> AppTest:
    """The page as a new browser tab sees it."""
    return AppTest.from_file(str(ROOT / "streamlit" / "page.py"), default_timeout=20).run()
