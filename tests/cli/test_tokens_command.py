"""`analyst tokens`: made for a program, printed once, listed and revoked."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest
from houses import execute

from analyst.cli import tokens
from analyst.errors import NotFound, Unauthorized, WrongUsage
from analyst.identifying import os_user
from analyst.identity import Scope
from analyst.settings import Settings
from analyst.wiring import House

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def installation(state_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The installation that the command finds."""
    monkeypatch.setenv("ANALYST_STATE_URL", state_url)
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    tokens.add_to(parser.add_subparsers())
    options = parser.parse_args(["tokens", *arguments])
    code: int = options.run(options)
    return code


def test_a_token_is_made_listed_and_revoked(capsys: Captured, state_url: str) -> None:
    house = House(Settings.read({}, state_url=state_url))
    assert run("create", "night report", "--scope", "ask", "--scope", "approve", "--days", "7") == 0
    text = capsys.readouterr().out
    assert re.fullmatch(r"dab_[\w-]+\n", text), "nothing but the token"
    principal = house.entrances.principal(f"Bearer {text.strip()}")
    assert (principal.key, principal.scopes) == (os_user().key, {Scope.ASK, Scope.APPROVE})
    assert run("list") == 0
    listed = capsys.readouterr().out.rstrip("\n").split("\t")
    assert listed[1] == "approve,ask" and listed[3].startswith("used 2") and listed[4] == "night report"
    assert text.strip() not in listed
    assert run("revoke", listed[0]) == 0
    with pytest.raises(Unauthorized):
        house.entrances.principal(f"Bearer {text.strip()}")
    assert run("list") == 0
    assert capsys.readouterr().out == f"{listed[0]} is revoked.\n"
    with pytest.raises(NotFound):
        run("revoke", listed[0])
    assert len(execute(state_url, "SELECT 1 FROM audit")) == 2
    house.close()


def test_a_token_asks_and_holds_for_a_month_unless_told_otherwise(capsys: Captured) -> None:
    run("create", "x")
    run("list")
    assert "\task\tuntil 2" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["create", "x", "--days", "0"], ["create", ""], ["create", "a\x1b[2J"]])
def test_what_cannot_be_made_is_said(wrong: list[str]) -> None:
    with pytest.raises(WrongUsage):
        run(*wrong)


@pytest.mark.parametrize(
    "wrong", [["create", "x", "--scope", "tokens"], ["create", "x", "--days", "soon"], []]
)
def test_wrong_usage(wrong: list[str]) -> None:
    with pytest.raises(SystemExit):
        run(*wrong)
