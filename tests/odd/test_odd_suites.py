"""Suites as people and their editors leave them: what is wrong is named by its line, and the rest is answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from houses import MakeHouse
from scripted_model import Says, always

from analyst.cli import main
from analyst.cli.suite import read_golds, read_suite
from analyst.errors import WrongUsage
from analyst.question import LONGEST_QUESTION

GOOD = (
    '{"id": "a", "question": "How many airlines?", "gold": "SELECT 16"}',
    '{"id": 2, "question": "И 東京?"}',
)
BOM = b"\xef\xbb\xbf"


def written(folder: Path, data: bytes) -> Path:
    path = folder / "suite.jsonl"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "data",
    [
        "\n".join(GOOD).encode(),
        ("\r\n".join(GOOD) + "\r\n").encode(),
        BOM + "\n".join(GOOD).encode(),
        BOM + ("\r\n\r\n" + "\r\n \t\r\n".join(GOOD)).encode(),
        "\n".join(GOOD).encode("utf-16"),
        b"\xfe\xff" + "\r\n".join(GOOD).encode("utf-16-be"),
    ],
)
def test_whatever_an_editor_makes_of_the_file_the_questions_are_the_same(tmp_path: Path, data: bytes) -> None:
    path = written(tmp_path, data)
    cases, problems = read_suite(path)
    assert ([(c.id, c.question) for c in cases], problems) == (
        [("a", "How many airlines?"), (2, "И 東京?")],
        [],
    )
    golds, _ = read_golds(path)
    assert [g.text for g in golds] == ["SELECT 16"]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    data = BOM + b'broken\r\n\r\n{"id": "a", "question": "x"}\r\n{"id": "b"}\r\n\n[]\n'
    cases, problems = read_suite(written(tmp_path, data))
    assert [(c.id, c.line) for c in cases] == [("a", 3)]
    assert [p.partition(":")[0] for p in problems] == ["line 1", "line 4", "line 6"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"id": "a", "question": "x"', "not {"),
        ("{'id': 'a', 'question': 'x'}", "not {"),
        ('{"id": "a", "question": "x"} {"id": "b", "question": "y"}', "not {"),
        ("null", "not {"),
        ('"a"', "not {"),
        ("[" * 100_000, "not {"),
        ('{"id": ' + "9" * 5000 + ', "question": "x"}', "not {"),
        ('{"question": "x"}', "it has no id"),
        ('{"id": null, "question": "x"}', "it has no id"),
        ('{"id": 1.5, "question": "x"}', "it has no id"),
        ('{"id": true, "question": "x"}', "it has no id"),
        ('{"id": ["a"], "question": "x"}', "it has no id"),
        ('{"id": "a"}', "it has no question"),
        ('{"id": "a", "question": null}', "it has no question"),
        ('{"id": "a", "question": ""}', "it has no question"),
        ('{"id": "a", "question": " \\t\\n"}', "it has no question"),
        ('{"id": "a", "question": 5}', "it has no question"),
        ('{"id": "a", "question": ["x"]}', "it has no question"),
        ('{"id": "a", "question": "x", "database": 5}', "its database is no text"),
        ('{"id": "a", "question": "x", "context": {"k": 1}}', "its context is no text"),
        ('{"id": "a", "question": "x\\u0000"}', "it holds a character"),
        ('{"id": "\\ud800", "question": "x"}', "it holds a character"),
        (json.dumps({"id": "a", "question": "x" * (LONGEST_QUESTION + 1)}), "A question may have"),
        (json.dumps({"id": "a", "question": "\x01\x02\x03 x"}), "This does not look like text"),
        ('{"id": "z", "question": "again"}', 'the id "z" was used before'),
    ],
)
def test_a_broken_line_is_named_and_the_others_stay(tmp_path: Path, line: str, why: str) -> None:
    around = '{"id": "z", "question": "x"}\n%s\n{"id": "y", "question": "x"}\n'
    cases, problems = read_suite(written(tmp_path, (around % line).encode()))
    assert [c.id for c in cases] == ["z", "y"]
    (problem,) = problems
    assert problem.startswith(f"line 2: {why}") and "\n" not in problem and len(problem) < 200


@pytest.mark.parametrize("data", [b"", BOM, b"\n\r\n  \n"])
def test_a_suite_without_a_line_is_named(tmp_path: Path, data: bytes) -> None:
    cases, problems = read_suite(written(tmp_path, data))
    assert cases == [] and len(problems) == 1 and "holds no question" in problems[0]


def test_a_file_that_cannot_be_read_is_wrong_usage(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere.jsonl", written(tmp_path, b"\xff\xfe\x00")):
        with pytest.raises(WrongUsage, match="cannot be read"):
            read_suite(path)


def test_a_long_suite_is_read_at_once(tmp_path: Path) -> None:
    lines = "".join(json.dumps({"id": n, "question": "x"}) + "\n" for n in range(30_000))
    cases, problems = read_suite(written(tmp_path, lines.encode()))
    assert len(cases) == 30_000 and problems == []


def test_the_whole_command_answers_what_can_be_asked(
    make_house: MakeHouse,
    tmp_path: Path,
    flights: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    house = make_house(always(Says(text="```sql\nSELECT count(*) FROM airlines\n```")), words="template")
    for name, value in house.settings.environment().items():
        monkeypatch.setenv(name, value)
    lines = (
        '{"id": "a", "question": "How many airlines?", "gold": "SELECT 16"}',
        "",
        "{broken",
        '{"id": "b", "question": "How many airlines?", "database": "no \\"such\\" 東京", "gold": "SELECT 16"}',
        '{"id": "a", "question": "Again?"}',
        '{"id": "c", "question": "How many 航空会社?", "database": "flights", "gold": "SELECT 16"}',
        '{"id": "d", "question": 7}',
    )
    suite = written(tmp_path, BOM + "\r\n".join(lines).encode())
    out = tmp_path / "out.jsonl"
    command = ["evaluate", str(suite), "--out", str(out), "--url", flights, "--judge"]
    assert main(command) == 1
    predicted = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(p["id"], p["status"]) for p in predicted] == [
        ("a", "answered"),
        ("b", "failed"),
        ("c", "answered"),
    ]
    err = capsys.readouterr().err
    for number in (3, 4, 5, 7):
        assert err.count(f"line {number}:") == 1
    assert "Traceback" not in err
    assert main(["evaluate", str(written(tmp_path, b"")), "--out", str(out)]) == 1
    assert "holds no question" in capsys.readouterr().err
