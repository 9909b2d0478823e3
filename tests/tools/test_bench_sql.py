"""`make bench-sql`: what it prints, compares and records."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from houses import MakeHouse
from scripted_model import Says, by_question

import bench_sql
from analyst import prompts
from documenting import accuracy_page

COUNT = "SELECT count(*) AS n FROM airlines"
LINES = (
    {"id": "a", "category": "count", "question": "How many airlines are there?", "gold": COUNT},
    {"id": "b", "category": "count", "question": "How many airports are there?", "gold": "SELECT 1458"},
    {"id": "c", "category": "nothing", "question": "How many pilots are there?", "gold": ""},
)


@pytest.fixture
def suite(make_house: MakeHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    replies = [("airlines", Says(text=f"```sql\n{COUNT}\n```")), ("pilots", Says(text="CANNOT: no pilots"))]
    otherwise = Says(text="```sql\nSELECT 7 AS n FROM airports\n```")
    settings = make_house(by_question(replies, otherwise=otherwise), words="template").settings
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    file = tmp_path / "mine.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in LINES))
    return file


def test_the_figures_are_printed_with_what_they_were_taken_with(
    suite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench_sql.main([str(suite), "--out", str(tmp_path / "runs" / "one.jsonl")]) == 0
    said = capsys.readouterr().out
    for part in (
        "model: scripted",
        f"prompts: {prompts.digest()}",
        "mode: fast",
        "few_shot: True",
        "prompt tokens a question: p50 11",
        "seconds a question: p50",
    ):
        assert part in said
    rows = {line.split()[0]: line.split()[1:4] for line in said.splitlines() if line.startswith("  ")}
    assert rows["count"] == ["2", "50.0", "1"] and rows["nothing"] == ["1", "100.0", "1"]


def test_changes_since_an_earlier_run_are_named_and_a_loss_is_exit_1(
    suite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = tmp_path / "one.jsonl"
    assert bench_sql.main([str(suite), "--out", str(first)]) == 0
    earlier = tmp_path / "one.verdicts.jsonl"
    assert bench_sql.main([str(suite), "--out", str(tmp_path / "two.jsonl"), "--against", str(earlier)]) == 0
    assert "Right before 2, now 2; 0 changed." in capsys.readouterr().out
    better = earlier.read_text().replace('"wrong"', '"right"')
    earlier.write_text(better)
    assert bench_sql.main([str(suite), "--out", str(first), "--against", str(earlier)]) == 1
    said = capsys.readouterr().out
    assert "Right before 3, now 2; 1 changed." in said
    assert "- b: right -> wrong  How many airports are there?" in said


@pytest.mark.parametrize("text", ["{}\n", "a letter", '{"outcome": "splendid"}\n'])
def test_a_file_that_holds_no_verdicts_is_one_sentence(
    suite: Path, tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "letter.txt"
    file.write_text(text)
    assert bench_sql.main([str(suite), "--against", str(file)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_suite_that_is_not_there_is_wrong_usage(suite: Path, tmp_path: Path) -> None:
    assert bench_sql.main([str(tmp_path / "none.jsonl"), "--out", str(tmp_path / "o.jsonl")]) == 2


def test_a_run_is_recorded_once_under_its_name(
    suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    monkeypatch.setattr(accuracy_page, "record", lambda run, real=accuracy_page.record: real(run, docs=docs))
    for number, step in enumerate(["start", "start", "values | found"]):
        out = tmp_path / f"{number}.jsonl"
        assert bench_sql.main([str(suite), "--out", str(out), "--record", step]) == 0
    runs = accuracy_page.read_runs(docs)
    assert [run["step"] for run in runs] == ["start", "values | found"]
    page = (docs / accuracy_page.PAGE).read_text()
    assert page == accuracy_page.text(runs)
    assert "| start | mine.jsonl | fast | 50.0 % (1/2) | 0.0 % (0/2) | 100.0 % (1/1) |" in page
    assert "values \\| found" in page and prompts.digest() in page


def test_the_page_is_what_the_recorded_runs_say() -> None:
    page = (accuracy_page.DOCS / accuracy_page.PAGE).read_text(encoding="utf-8")
    assert page == accuracy_page.text()


def test_nothing_recorded_is_said() -> None:
    assert "No run has been recorded yet." in accuracy_page.text([])
