"""Where the page takes the service's key from."""

from __future__ import annotations

from pathlib import Path

import pytest
from stand_in_api import StandIn

from analyst.client import ApiError
from connection import client


@pytest.fixture(autouse=True)
def no_key(api: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is set, whatever this machine has."""
    monkeypatch.delenv("ANALYST_API_KEY_FILE", raising=False)
    monkeypatch.delenv("ANALYST_API_KEY", raising=False)


def test_a_container_is_given_its_key_in_the_environment(
    api: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANALYST_API_KEY", f"{api.key}\n")
    assert client().sources()


def test_the_file_wins_and_is_read_each_time(
    api: StandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "key"
    file.write_text("an old one")
    monkeypatch.setenv("ANALYST_API_KEY_FILE", str(file))
    monkeypatch.setenv("ANALYST_API_KEY", api.key)
    with pytest.raises(ApiError):
        client().sources()
    file.write_text(f"{api.key}\n")
    assert client().sources()


@pytest.mark.parametrize("key", ["", " \n", "schlüssel"])
def test_without_a_key_the_page_says_what_to_set(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("ANALYST_API_KEY", key)
    with pytest.raises(ApiError, match="ANALYST_API_KEY_FILE") as caught:
        client()
    assert caught.value.code == "no_key"
