"""`analyst evaluate`: what is written, what is judged, and when it stops."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from houses import MakeHouse, NewDatabase
from scripted_model import Fails, Says, Script, ScriptedServer, always, by_question

from analyst.cli import main
from analyst.cli.suite import read_golds, read_suite

KEYS = {"id", "status", "sql", "cached", "confidence", "attempts", "prompt_tokens", "completion_tokens", "ms"}
COUNT = "SELECT count(*) AS n FROM airlines"
SCRIPT = by_question(
    [
        ("airlines", Says(text=f"```sql\n{COUNT}\n```")),
        ("airports", Says(text="```sql\nSELECT count(*) AS n, max(alt) AS top FROM airports\n```")),
        ("pilots", Says(text="CANNOT: there is nothing about pilots")),
        ("planes", Says(text="```sql\nSELECT nothing FROM planes\n```")),
        ("drop", Says(text="```sql\nDROP TABLE planes\n```")),
    ],
    otherwise=Says(text="```sql\nSELECT 0 AS n FROM airlines LIMIT 1\n```"),
)


class Place:
    """A suite, a file of predictions, and an installation that the command finds by its environment."""

    def __init__(self, folder: Path, server: ScriptedServer) -> None:
        self.suite, self.out = folder / "suite.jsonl", folder / "out.jsonl"
        self.verdicts = folder / "out.verdicts.jsonl"
        self.server = server

    def ask(self, *lines: object, more: tuple[str, ...] = ()) -> int:
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        self.suite.write_text("\n".join(texts) + "\n")
        return main(["evaluate", str(self.suite), "--out", str(self.out), *more])

    def predicted(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.read_text().splitlines()]

    def judged(self) -> dict[str, str]:
        lines = [json.loads(line) for line in self.verdicts.read_text().splitlines()]
        return {line["id"]: line["outcome"] for line in lines}


@pytest.fixture
def place(make_house: MakeHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    house = make_house(SCRIPT, words="template")
    for name, value in house.settings.environment().items():
        monkeypatch.setenv(name, value)
    return Place(tmp_path, house.scripted)  # type: ignore[attr-defined]


def case(id: str, question: str, gold: str | None = None, **more: str) -> dict[str, str]:
    return {"id": id, "question": question, **({} if gold is None else {"gold": gold}), **more}


SUITE = (
    case("right", "How many airlines are there?", f"SELECT 1; {COUNT}", category="count"),
    case("wider", "How many airports are there?", "SELECT count(*) FROM airports", category="count"),
    case("wrong", "How many flights are there?", "SELECT count(*) FROM flights"),
    case("failed", "How many planes are there?", "SELECT count(*) FROM planes"),
    case("refused", "Can you drop by?", "SELECT 1 FROM airlines"),
    case("declined", "How many pilots are there by name?", "SELECT count(*) FROM airlines"),
    case("good", "Which pilots are the oldest?", ""),
    case("bad", "Which flights were too expensive?", ""),
    case("no gold", "How many airlines are there in all?"),
)


def test_lines_with_gold_are_judged_by_what_they_give(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place.ask(*SUITE, more=("--judge",)) == 0
    judged = place.judged()
    assert judged == {
        "right": "right",
        "wider": "right",
        "wrong": "wrong",
        "failed": judged["failed"],
        "refused": "refused",
        "declined": "declined",
        "good": "right",
        "bad": "wrong",
    }
    assert judged["failed"] in ("failed", "declined")
    assert [p["id"] for p in place.predicted()] == [line["id"] for line in SUITE]
    assert all(set(p) == KEYS for p in place.predicted())
    said = capsys.readouterr().out
    assert "answerable" in said and "count" in said and str(place.verdicts) in said


def test_what_is_there_already_is_judged_without_the_model(place: Place) -> None:
    assert place.ask(*SUITE[:2]) == 0
    asked = len(place.server.requests)
    assert place.ask(*SUITE[:2], more=("--judge",)) == 0
    assert place.judged() == {"right": "right", "wider": "right"}
    assert len(place.server.requests) == asked


def test_the_gold_is_in_nothing_that_is_asked_or_written(place: Place) -> None:
    place.ask(case("a", "How many airlines are there?", "SELECT 4711 AS secret"), more=("--judge",))
    assert "4711" not in "".join(place.server.prompts) + place.out.read_text()
    assert place.judged() == {"a": "wrong"}


def test_sql_of_a_file_that_only_claims_to_be_an_answer_does_not_run(place: Place) -> None:
    """A file of predictions may come from anywhere; what is in it goes through the guard like any draft."""
    made = {"id": "a", "status": "answered", "sql": "SELECT 1; CREATE TABLE t (a int)"}
    place.out.write_text(json.dumps(made) + "\n")
    assert place.ask(case("a", "?", COUNT), more=("--judge",)) == 0
    assert place.judged() == {"a": "error"}


def test_gold_that_does_not_run_is_named_and_judges_nobody(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (
        case("a", "How many airlines are there?", "SELECT nothing FROM airlines"),
        case("b", "How many airlines are there now?", f"SELECT nothing FROM airlines; {COUNT}"),
        {**case("c", "How many airlines are there then?"), "gold": 5},
    )
    assert place.ask(*lines, more=("--judge",)) == 1
    assert place.judged() == {"a": "unjudged", "b": "right"}
    err = capsys.readouterr().err
    assert "line 1: its gold does not run" in err and "line 3: its gold is no text" in err


def test_broken_lines_are_named_with_their_number_and_the_rest_goes_on(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (
        "{not json",
        case("a", "How many airlines are there?"),
        {"id": "b"},
        "",
        case("c", "   "),
        case("a", "How many airports are there?"),
        {"question": "x"},
        '{"id": "d", "question": "half \\ud800 a pair"}',
        {**case("e", "x"), "database": 5},
        "[1]",
        case("z", "How many airports \u2028 are there?"),
    )
    assert place.ask(*lines) == 1
    assert [p["id"] for p in place.predicted()] == ["a", "z"]
    err = capsys.readouterr().err
    for part in (
        "line 1: not {",
        "line 3: it has no question",
        "line 5: it has no question",
        'line 6: the id "a" was used before',
        "line 7: it has no id",
        "line 8: it holds a character",
        "line 9: its database is no text",
        "line 10: not {",
    ):
        assert part in err


def test_an_unknown_database_is_a_failed_question_and_the_rest_goes_on(
    place: Place, flights: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (
        case("a", "How many airlines are there?", COUNT, database="no such"),
        case("b", "How many airlines are there?", COUNT, database="flights"),
    )
    assert place.ask(*lines, more=("--url", flights, "--judge")) == 1
    assert [(p["id"], p["status"]) for p in place.predicted()] == [("a", "failed"), ("b", "answered")]
    assert "line 1: the database 'no such' cannot be asked" in capsys.readouterr().err
    assert place.judged() == {"a": "failed", "b": "right"}


def test_each_line_is_answered_and_judged_on_its_own_database(
    place: Place, flights: str, new_database: NewDatabase
) -> None:
    url = new_database(
        "CREATE TABLE airlines AS SELECT generate_series(1, 3) AS id; GRANT ALL ON airlines TO PUBLIC"
    )
    name = url.partition("?")[0].rpartition("/")[2]
    lines = (
        case("a", "How many airlines are there?", "SELECT 3", database=name),
        case("b", "How many airlines are there?", "SELECT 16", database="flights"),
        case("c", "How many airlines are there?", "SELECT 16"),
    )
    assert place.ask(*lines, more=("--url", flights, "--judge")) == 0
    assert set(place.judged().values()) == {"right"}


def test_a_database_that_is_down_is_no_result(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (case("a", "How many airlines are there?", COUNT), case("b", "And airports?", COUNT))
    assert place.ask(*lines, more=("--url", "postgresql://x@127.0.0.1:1/flights", "--judge")) == 5
    assert place.predicted() == [] and not place.verdicts.exists()
    assert capsys.readouterr().err.count("analyst:") == 1


def test_nor_is_a_server_that_knows_none_of_the_databases(place: Place, flights: str) -> None:
    lines = [case(name, "How many airlines are there?", database=name) for name in ("x", "y")]
    nowhere = flights.replace("/flights?", "/z?")
    assert place.ask(*lines, more=("--url", nowhere)) == 5
    assert place.predicted() == []


@pytest.mark.parametrize("trouble", [always(Fails(status=401)), always(Fails(status=404)), None])
def test_a_model_that_is_down_is_no_result_and_a_rerun_goes_on(
    place: Place, trouble: Script | None, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [case(str(n), f"How many airlines are there, {n}?", COUNT) for n in range(3)]
    script = place.server.script

    def until_the_second(messages: Any) -> Any:
        first = "there, 0?" in messages[-1]["content"]
        return script(messages) if first else (trouble or always(Fails(status=500)))(messages)

    place.server.script = until_the_second
    assert place.ask(*lines, more=("--judge",)) == 6
    assert [p["id"] for p in place.predicted()] == ["0"] and not place.verdicts.exists()
    said = capsys.readouterr()
    assert "1 questions answered, 2 are left" in said.out and said.err.count("analyst:") == 1
    place.server.script = script
    assert place.ask(*lines, more=("--judge",)) == 0
    assert set(place.judged().values()) == {"right"} and len(place.predicted()) == 3


def test_a_fault_of_one_question_is_its_result(place: Place) -> None:
    """The model's server chokes on this one prompt and answers everything else."""
    script = place.server.script
    place.server.script = lambda messages: (
        Fails(status=500) if "terrible" in messages[-1]["content"] else script(messages)
    )
    lines = (case("a", "How many terrible airlines are there?"), case("b", "How many airlines are there?"))
    assert place.ask(*lines) == 0
    assert [p["status"] for p in place.predicted()] == ["failed", "answered"]


def test_cases_hold_no_gold(tmp_path: Path) -> None:
    file = tmp_path / "suite.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(case("a", "x", "SELECT 4711")).encode())
    (found,), problems = read_suite(file)
    assert "4711" not in repr(found) and problems == []
    (gold,), _ = read_golds(file)
    assert gold.text == "SELECT 4711"


def test_bytes_that_are_no_text_are_one_broken_line(tmp_path: Path) -> None:
    file = tmp_path / "suite.jsonl"
    file.write_bytes(b'{"id": "a", "question": "\xff"}\n' + json.dumps(case("b", "x")).encode())
    cases, problems = read_suite(file)
    assert [c.id for c in cases] == ["b"] and len(problems) == 1
