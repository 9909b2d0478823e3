"""What the command does with bad files, and that nothing unexpected reaches the terminal as a trace."""

from __future__ import annotations

import io
import json
import os
import signal
import threading
from pathlib import Path

import pytest
from houses import MakeHouse
from scripted_model import Says, ScriptedServer, Silent, always, in_turn

from analyst.cli import ask, main
from analyst.cli.suite import read_suite

PREDICTION = '{"id": "a", "status": "answered"}\n'


@pytest.fixture
def here(make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation that the command finds by its environment; its data folder."""
    settings = make_house(always(Says(text="CANNOT: there is nothing about that"))).settings
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    return settings.data


def suite(folder: Path, *lines: object) -> Path:
    path = folder / "suite.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_a_run_that_was_killed_in_the_middle_of_a_line_goes_on(here: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text(PREDICTION + '{"id": "b", "sta')
    cases = suite(
        tmp_path, {"id": "a", "question": "x"}, {"id": "b", "question": "x"}, {"id": 3, "question": "x"}
    )
    assert main(["evaluate", str(cases), "--out", str(out)]) == 0
    assert [json.loads(line)["id"] for line in out.read_text().splitlines()] == ["a", "b", 3]


@pytest.mark.parametrize("text", ["a letter\n", "a letter", "[1]\n", PREDICTION + "a letter"])
def test_a_file_that_holds_something_else_is_left_as_it_is(
    here: Path, tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "letter.txt"
    out.write_text(text)
    assert main(["evaluate", str(suite(tmp_path)), "--out", str(out)]) == 2
    assert out.read_text() == text
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("out", ["", "nowhere/out.jsonl"])
def test_a_place_that_cannot_be_written_to_is_wrong_usage(
    here: Path, tmp_path: Path, out: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(suite(tmp_path)), "--out", str(tmp_path / out)]) == 2
    assert "cannot be written to" in capsys.readouterr().err


def test_ids_are_given_back_as_they_came_and_others_are_broken_lines(tmp_path: Path) -> None:
    lines = [{"id": id, "question": "x"} for id in (1, "1", None, True, [1])]
    cases, problems = read_suite(suite(tmp_path, *lines))
    assert [case.id for case in cases] == [1, "1"]
    assert len(problems) == 3


def test_what_nobody_foresaw_is_one_sentence_without_its_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(options: object) -> int:
        raise RuntimeError("a row of somebody")

    monkeypatch.setattr(ask, "run", broken)
    assert main(["ask", "x"]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and "RuntimeError" in err and "somebody" not in err


def test_a_refusal_without_sql_says_nothing_on_standard_output(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "please delete all flights"]) == 3
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("kind", [None, 5, []])
def test_a_schema_whose_types_are_no_text_is_wrong_usage(
    tmp_path: Path, kind: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text(json.dumps({"public": {"t": {"a": kind}}}))
    monkeypatch.setattr("sys.stdin", io.StringIO("SELECT a FROM t"))
    assert main(["guard", "--dialect", "postgres", "--schema", str(schema)]) == 2
    assert "no schema file" in capsys.readouterr().err


def test_a_catalog_with_a_type_that_is_no_text_is_not_taken(here: Path, tmp_path: Path) -> None:
    table = {"schema": "public", "name": "t", "columns": [{"name": "a", "type": 7}]}
    file = tmp_path / "catalog.json"
    file.write_text(json.dumps({"source": "x", "dialect": "postgres", "tables": [table]}))
    assert main(["catalog", "import", str(file)]) == 2


def test_a_case_that_was_interrupted_is_not_written_down(
    make_house: MakeHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_house(in_turn(Says(text="CANNOT: there is nothing about that"), Silent()))
    for name, value in house.settings.environment().items():
        monkeypatch.setenv(name, value)
    server: ScriptedServer = house.scripted  # type: ignore[attr-defined]

    def interrupt() -> None:
        if server.wait_asked(2):
            os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    out = tmp_path / "out.jsonl"
    cases = suite(tmp_path, {"id": "a", "question": "x"}, {"id": "b", "question": "x"})
    assert main(["evaluate", str(cases), "--out", str(out)]) != 0
    assert [json.loads(line)["id"] for line in out.read_text().splitlines()] == ["a"]
