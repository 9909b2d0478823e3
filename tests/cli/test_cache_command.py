"""What `analyst cache explain` prints."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from houses import MakeHouse, NewDatabase
from ruled_shop import RULES, SHOP, TOTAL
from scripted_model import Fails, always

from analyst import matching
from analyst.cli import main
from analyst.matching import BOUND, Swap, Verdict
from analyst.wiring import House

QUESTION = "How many flights left from JFK?"
COUNT = "SELECT count(*) FROM flights WHERE origin = 'JFK'"
EARN = "What does each one earn?"


def installed(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """An installation that the command finds by its environment."""
    for name, value in house.settings.environment().items():
        monkeypatch.setenv(name, value)
    return house


@pytest.fixture
def house(make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch) -> House:
    made = installed(make_house(always(Fails(status=500))), monkeypatch)
    key = made.sources.get("").key
    made.teach(key, QUESTION, COUNT, approve_as="me")
    made.teach(key, "How many airlines are there?", "SELECT count(*) FROM airlines", approve_as="me")
    return made


def test_a_hit_and_a_miss_each_with_its_reason(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cache", "explain", QUESTION]) == 0
    shown = capsys.readouterr().out
    first = shown.index(f"  hit  near by 1.00  {QUESTION}")
    assert shown.startswith("Answered from approved question #1, which means the same. No model is asked.\n")
    assert shown.index("  miss  near by 0.") > first
    assert main(["cache", "explain", "Which plane is the oldest?"]) == 0
    assert capsys.readouterr().out.startswith(
        "No approved question answers this, so a model would be asked.\n"
    )


def test_a_bind_names_what_was_put_in(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    swap = Swap(old="JFK", new="EWR", column="flights.origin")
    bound = Verdict(kind=BOUND, reason="Only a value\x1b[31m\ndiffers.", sql=COUNT, swaps=(swap,))
    monkeypatch.setattr(matching, "compare", lambda *_, **__: bound)
    monkeypatch.setattr("sys.stdin", io.StringIO("How many flights left from EWR?"))
    assert main(["cache", "explain", "-"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Answered from approved question #1, with your values put in.")
    assert "  bind  near by " in shown and "    Only a value" in shown and "\x1b" not in shown
    assert "    JFK -> EWR in flights.origin\n" in shown


def test_json_is_the_document_of_the_route(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cache", "explain", QUESTION, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["verdict"], document["example_id"], document["source"]) == ("same", 1, "flights")
    assert [c["verdict"] for c in document["candidates"]] == ["same", "miss"]


def test_in_a_role_that_role_s_candidates_are_shown(
    make_house: MakeHouse,
    new_database: NewDatabase,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(RULES)
    house = make_house(always(Fails(status=500)), sources=f"shop={new_database(SHOP)}")
    installed(house, monkeypatch)
    key = house.sources.get("").key
    house.teach(key, EARN, "SELECT name, amount FROM salaries", approve_as="me")
    house.teach(key, "What is the total?", TOTAL, approve_as="me")
    command = ["cache", "explain", EARN, "--json", "--policy", str(rules)]
    assert main([*command, "--role", "sales", "--user", "tenant=1"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [c["question"] for c in document["candidates"]] == ["What is the total?"]
    assert document["verdict"] == "miss"
    assert main([*command, "--role", "boss"]) == 0
    assert json.loads(capsys.readouterr().out)["example_id"] == 1
    assert main(command) == 2 and "need --role" in capsys.readouterr().err


def test_what_cannot_be_looked_up_is_one_sentence(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cache", "explain", "  "]) == 2
    assert capsys.readouterr().err == "analyst: Please type a question.\n"
    monkeypatch.setenv("ANALYST_STATE_URL", "postgresql://nobody@127.0.0.1:1/gone")
    assert main(["cache", "explain", QUESTION, "--json"]) != 0
    shown = capsys.readouterr()
    assert shown.out == "" and json.loads(shown.err.splitlines()[-1])["error"]["code"].startswith("store")
