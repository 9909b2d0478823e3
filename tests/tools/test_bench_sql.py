"""`make bench-sql`: what it prints, compares and records."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from houses import MakeHouse
from scripted_model import Says, by_question

import ablating
import bench_sql
from analyst import prompts
from analyst.cli import main as analyst
from analyst.judging import Outcome, Verdict
from analyst.techniques import TECHNIQUES
from documenting import accuracy_page
from documenting.ablation_table import ablation_of, ablation_section, cells

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


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which runs are recorded in place of the project's own."""
    folder = tmp_path / "docs"
    folder.mkdir()
    monkeypatch.setattr(
        accuracy_page, "record", lambda run, real=accuracy_page.record: real(run, docs=folder)
    )
    return folder


def test_a_run_is_recorded_once_under_its_name(suite: Path, tmp_path: Path, docs: Path) -> None:
    for number, step in enumerate(["start", "start", "values | found"]):
        out = tmp_path / f"{number}.jsonl"
        assert bench_sql.main([str(suite), "--out", str(out), "--record", step]) == 0
    runs = accuracy_page.read_runs(docs)
    assert [run["step"] for run in runs] == ["start", "values | found"]
    page = (docs / accuracy_page.PAGE).read_text()
    assert page == accuracy_page.text(docs=docs)
    assert "| start | mine.jsonl | fast | 50.0 % (1/2) | 0.0 % (0/2) | 100.0 % (1/1) |" in page
    assert "values \\| found" in page and prompts.digest() in page
    assert "| right % of them | 50.0 | 100.0 |" in page


def test_the_page_is_what_the_recorded_runs_say() -> None:
    page = (accuracy_page.DOCS / accuracy_page.PAGE).read_text(encoding="utf-8")
    assert page == accuracy_page.text()


def test_nothing_recorded_is_said(tmp_path: Path) -> None:
    assert "No run has been recorded yet." in accuracy_page.text(docs=tmp_path)


def verdict(id: str, found: Outcome, *, answerable: bool = True, confidence: float = 1.0) -> Verdict:
    return Verdict(
        id=id,
        database="d",
        category=f"category {id}",
        answerable=answerable,
        outcome=found,
        status="answered",
        prompt_tokens=100,
        attempts=1,
        confidence=confidence,
    )


ABOUT = {"mode": "fast", "model": "scripted"}


def test_the_page_stays_short_and_keeps_the_latest(tmp_path: Path) -> None:
    verdicts = [verdict(str(n), Outcome.RIGHT, confidence=n / 20) for n in range(20)]
    for step in range(12):
        run = accuracy_page.run_of(verdicts, step=f"step {step}", suite="s", taken_on="today", about=ABOUT)
        accuracy_page.record(run, docs=tmp_path)
    page = (tmp_path / accuracy_page.PAGE).read_text(encoding="utf-8")
    assert len(page.splitlines()) <= accuracy_page.MOST_LINES
    assert page.count("\n| step ") == 13 and "## step 11" in page and "## step 0" not in page
    assert "other runs are in `accuracy.jsonl` alone." in page


def test_the_page_shows_how_right_the_surest_answers_are(tmp_path: Path) -> None:
    found = [verdict(str(n), Outcome.RIGHT if n > 4 else Outcome.WRONG, confidence=n / 10) for n in range(10)]
    accuracy_page.record(
        accuracy_page.run_of(found, step="a", suite="s", taken_on="today", about=ABOUT), docs=tmp_path
    )
    page = (tmp_path / accuracy_page.PAGE).read_text(encoding="utf-8")
    assert "| the surest answers | 100 % | 90 % | 80 % | 70 % | 50 % |" in page
    assert "| right % of them | 50.0 | 55.6 | 62.5 | 71.4 | 100.0 |" in page
    assert "| confidence from | 0.00 | 0.10 | 0.20 | 0.30 | 0.50 |" in page


def test_a_sample_is_fixed_and_named(
    suite: Path, tmp_path: Path, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_sql, "RUNS", tmp_path / "runs")
    out = tmp_path / "one.jsonl"
    arguments = [str(suite), "--sample", "2", "--out", str(out), "--record", "part"]
    assert bench_sql.main(arguments) == 0
    assert len(out.read_text().splitlines()) == 2
    assert accuracy_page.read_runs(docs)[0]["suite"] == "mine-2-of-3.jsonl"


# -- leaving techniques out ------------------------------------------------------------------------

TWO = tuple(TECHNIQUES)[:2]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[str, str]]:
    """What each answering of the suite finds in ANALYST_WITHOUT and ANALYST_REPLIES."""
    monkeypatch.delenv("ANALYST_WITHOUT", raising=False)
    monkeypatch.delenv("ANALYST_REPLIES", raising=False)
    monkeypatch.setattr(bench_sql, "REPLIES", tmp_path / "replies")
    found: list[tuple[str, str]] = []

    def noting(command: Sequence[str]) -> int:
        found.append((os.environ.get("ANALYST_WITHOUT", ""), os.environ["ANALYST_REPLIES"]))
        return analyst(command)

    monkeypatch.setattr(bench_sql, "analyst", noting)
    return found


def test_the_suite_is_answered_once_without_each_technique(
    suite: Path, tmp_path: Path, docs: Path, told: list[tuple[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [
        str(suite),
        "--ablate",
        ",".join(TWO),
        "--out",
        str(tmp_path / "o.jsonl"),
        "--record",
        "each",
    ]
    assert bench_sql.main(arguments) == 0
    replies = str(tmp_path / "replies")
    assert told == [("", replies), (TWO[0], replies), (TWO[1], replies)]
    assert "ANALYST_WITHOUT" not in os.environ and "ANALYST_REPLIES" not in os.environ
    assert list((tmp_path / "replies").rglob("*.json"))
    (ablation,) = accuracy_page.read_ablations(docs)
    assert [row["technique"] for row in ablation["rows"]] == ["", *TWO]
    assert ablation["rows"][0]["right"] == [1, 2] and ablation["about"]["replies"] == "remembered"
    page = (docs / accuracy_page.PAGE).read_text()
    assert "## each: mine.jsonl, fast, one technique left out" in page and TECHNIQUES[TWO[0]] in page
    assert "+0 (0 gained, 0 lost)" in capsys.readouterr().out and accuracy_page.read_runs(docs) == []


def test_what_is_off_already_stays_off_and_is_not_measured(
    suite: Path, tmp_path: Path, told: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANALYST_WITHOUT", TWO[0])
    arguments = [str(suite), "--ablate", ",".join(TWO), "--out", str(tmp_path / "o.jsonl")]
    assert bench_sql.main(arguments) == 0
    assert [without for without, _ in told] == [TWO[0], ",".join(TWO)]


def test_all_techniques_are_left_out_one_by_one_by_default() -> None:
    assert ablating.chosen(ablating.ALL, off=()) == list(TECHNIQUES)
    assert ablating.chosen(ablating.ALL, off=TWO) == list(TECHNIQUES)[2:]


def test_an_unknown_technique_is_one_sentence(
    suite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench_sql.main([str(suite), "--ablate", "magic", "--out", str(tmp_path / "o.jsonl")]) == 2
    error = capsys.readouterr().err
    assert "'magic' is no technique" in error and error.count("\n") == 1


def test_gains_are_counted_question_by_question() -> None:
    base = [
        verdict("a", Outcome.RIGHT),
        verdict("b", Outcome.RIGHT),
        verdict("c", Outcome.WRONG),
        verdict("n", Outcome.RIGHT, answerable=False),
        verdict("u", Outcome.UNJUDGED),
    ]
    worse = [
        verdict("a", Outcome.FAILED),
        verdict("b", Outcome.ERROR),
        verdict("c", Outcome.RIGHT),
        verdict("n", Outcome.WRONG, answerable=False),
        verdict("u", Outcome.UNJUDGED),
    ]
    ablation = ablation_of(
        base,
        {"same": base, "worse": worse},
        said={"worse": "One | sentence."},
        step="s",
        suite="s",
        taken_on="today",
        about=ABOUT,
    )
    assert [row["technique"] for row in ablation["rows"]] == ["", "worse", "same"]
    assert cells(ablation["rows"][1]) == [
        "worse",
        "One | sentence.",
        "33.3 % (1/3)",
        "+2 (3 gained, 1 lost)",
        "0.0 % (0/1)",
        "100",
        "66.7 % (2/3)",
    ]
    assert any("One \\| sentence." in line for line in ablation_section(ablation))
