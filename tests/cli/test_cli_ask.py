"""What `analyst ask` prints."""

from __future__ import annotations

import json
import os
import signal
import threading
from typing import Any

import pytest
from houses import MakeHouse
from scripted_model import Says, ScriptedServer, Silent, always, in_turn

from analyst.cli import ask, main
from analyst.journal import Journal

COUNT = Says(text="```sql\nSELECT count(*) AS flights FROM flights WHERE origin = 'JFK'\n```")
OTHER = Says(text="```sql\nSELECT count(*) AS flights FROM flights WHERE origin = 'EWR'\n```")
BROKEN = Says(text="```sql\nSELECT nothing_like_it FROM flights\n```")
QUESTION = "How many flights left from JFK?"


def installed(make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch, script: Any) -> ScriptedServer:
    """An installation that the command finds by its environment; its model's server."""
    house = make_house(script, words="template")
    for name, value in house.settings.environment().items():
        monkeypatch.setenv(name, value)
    return house.scripted  # type: ignore[attr-defined,no-any-return]


def test_an_answer_says_how_sure_it_is_in_words_first(
    make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installed(make_house, monkeypatch, always(COUNT))
    assert main(["ask", QUESTION]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "111,279" in lines[0] and lines[2] == "Trust: Fairly sure (0.75)."


def test_drafts_that_agree_are_surer_than_one(
    make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installed(make_house, monkeypatch, always(COUNT))
    assert main(["ask", QUESTION, "--mode", "thorough"]) == 0
    assert "Trust: Quite sure (0.95).\n" in capsys.readouterr().out


def test_drafts_that_disagree_are_unsure_and_say_what_to_do(
    make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installed(make_house, monkeypatch, in_turn(COUNT, OTHER, BROKEN, BROKEN, BROKEN))
    assert main(["ask", QUESTION, "--mode", "thorough"]) == 0
    trust = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("Trust:"))
    assert trust.startswith("Trust: Unsure (0.") and "Read the SQL" in trust and "approve" in trust


def test_an_approved_answer_says_so_in_place_of_a_number(
    make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    house = make_house(always(COUNT))
    house.teach(house.sources.get("").key, QUESTION, "SELECT count(*) FROM flights", approve_as="me")
    for name, value in house.settings.environment().items():
        monkeypatch.setenv(name, value)
    assert main(["ask", QUESTION]) == 0
    assert "Trust: Approved: a person has confirmed this SQL.\n" in capsys.readouterr().out


def test_sql_of_ones_own_and_no_answer(
    make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installed(make_house, monkeypatch, always(Says(text="CANNOT: there is nothing about that")))
    assert main(["ask", "SELECT count(*) FROM flights"]) == 0
    assert "Trust: Your own SQL: no model wrote it.\n" in capsys.readouterr().out
    assert main(["ask", QUESTION]) == 4
    assert "Trust" not in capsys.readouterr().out


def test_json_carries_the_number(
    make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installed(make_house, monkeypatch, always(COUNT))
    assert main(["ask", QUESTION, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["answer"]["receipt"]["confidence"] == 0.75


def test_a_thorough_question_is_stopped_between_its_drafts(
    make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server = installed(make_house, monkeypatch, in_turn(COUNT, Silent()))

    def interrupt() -> None:
        if server.wait_asked(2):
            os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    assert main(["ask", QUESTION, "--mode", "thorough"]) not in (0, 3, 4)
    shown = capsys.readouterr()
    assert "111" not in shown.out and "Trust" not in shown.out, "the first draft had run"
    assert shown.err == "analyst: The question was cancelled.\n"


def test_drafts_are_numbered_while_they_are_made(capsys: pytest.CaptureFixture[str]) -> None:
    journal = Journal(ask._show_step)
    for name in ("link", "draft", "guard", "draft", "guard", "vote"):
        with journal.step(name):
            pass
    shown = [line.strip() for line in capsys.readouterr().err.splitlines()]
    assert shown == [
        "Choosing tables and columns …",
        "Writing SQL …",
        "Checking that the SQL is safe …",
        "Writing SQL, draft 2 …",
        "Checking that the SQL is safe …",
        "Comparing the results of the drafts …",
    ]
