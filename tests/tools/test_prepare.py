"""The set-up's judgements; that it sets up is shown by every run of these tests."""

from __future__ import annotations

import pytest

import prepare

LISTED = """:env:.timeout='30'
global.extra-index-url='https://a.example/simple https://b.example/simple'
global.index-url='https://slow.example/simple'
global.timeout='60'
install.index-url='https://mirror.example/simple'
install.find-links='/wheels /more'
"""


def test_pip_settings_are_said_in_uvs_words() -> None:
    assert prepare.translate(prepare.parse_pip_settings(LISTED)) == {
        "UV_HTTP_TIMEOUT": "30",
        "UV_INDEX_URL": "https://mirror.example/simple",
        "UV_EXTRA_INDEX_URL": "https://a.example/simple https://b.example/simple",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


def test_no_settings_change_nothing() -> None:
    assert prepare.translate(prepare.parse_pip_settings("")) == {}


@pytest.mark.parametrize("line", ["global.no-index='true'", ":env:.no-index='1'"])
def test_a_closed_registry_stays_closed(line: str) -> None:
    assert prepare.translate(prepare.parse_pip_settings(line)) == {"UV_NO_INDEX": "1"}


def test_the_locks_hold_hashes_and_no_address_or_folder() -> None:
    for lock in prepare.REQUIREMENTS.glob("*.txt"):
        text = lock.read_text(encoding="utf-8")
        pins = [line for line in text.splitlines() if "==" in line and not line.startswith("#")]
        assert pins and "--hash=sha256:" in text
        assert "://" not in text and "/home" not in text and "/root" not in text and "/tmp" not in text


def test_what_tests_install_holds_all_that_the_product_needs() -> None:
    def pins(name: str) -> set[str]:
        lines = (prepare.REQUIREMENTS / name).read_text(encoding="utf-8").splitlines()
        return {line.rstrip(" \\") for line in lines if line[:1].isalnum()}

    assert pins("bootstrap.txt") <= pins("run.txt") <= pins("dev.txt")


def test_another_lock_or_folder_needs_another_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "venv_version", lambda: "3.11.7")
    state = {"root": str(prepare.ROOT), "python": "3.11.7", "run": prepare.digest("run")}
    assert prepare.venv_works(state)
    assert not prepare.venv_works({**state, "root": "/elsewhere"})
    assert not prepare.venv_works({**state, "python": "3.11.1"})
    assert not prepare.is_current({**state, "run": "other"}, "run")
    assert not prepare.is_current(state, "dev")
