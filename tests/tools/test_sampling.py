"""A fixed part of a suite, spread over its databases and categories."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from analyst.cli.suite import read_suite
from sampling import sampled


def line(id: int, database: str = "", category: str = "", **more: Any) -> str:
    return json.dumps(
        {"id": id, "question": "?", "database": database, "category": category, "gold": "SELECT 1", **more}
    )


def suite_of(folder: Path, *lines: str) -> Path:
    file = folder / "suite.jsonl"
    file.write_text("\n".join(lines) + "\n")
    return file


def ids(file: Path) -> list[str | int]:
    return [case.id for case in read_suite(file)[0]]


def test_each_database_and_category_has_its_share(tmp_path: Path) -> None:
    kinds = [(database, category) for database in "ab" for category in ("x", "y", "z")]
    # Mixed up, as many suites are.
    lines = [line(n, *kinds[(n * 5) % 6]) for n in range(60)]
    file = sampled(suite_of(tmp_path, *lines), count=12, folder=tmp_path / "made")
    taken = [json.loads(text) for text in file.read_text().splitlines() if text]
    assert set(Counter((t["database"], t["category"]) for t in taken).values()) == {2}
    assert file.name == "suite-12-of-60.jsonl"


def test_the_same_questions_every_time_in_their_order(tmp_path: Path) -> None:
    suite = suite_of(tmp_path, *(line(n, "ab"[n % 2], "xyz"[n % 3]) for n in range(31)))
    first, second = (ids(sampled(suite, count=7, folder=tmp_path / name)) for name in ("one", "two"))
    assert first == second == sorted(first, key=int) and len(first) == 7


def test_no_more_than_there_are(tmp_path: Path) -> None:
    suite = suite_of(tmp_path, line(1), line(2))
    assert sampled(suite, count=2, folder=tmp_path / "made") == suite
    assert ids(sampled(suite, count=1, folder=tmp_path / "made")) == [2]


def test_what_cannot_be_judged_is_left_out_and_what_is_broken_keeps_its_number(tmp_path: Path) -> None:
    without_gold = json.dumps({"id": 90, "question": "?"})
    lines = [without_gold, line(1), "{broken", *(line(n) for n in range(2, 9)), line(1), ""]
    suite = suite_of(tmp_path, *lines)
    file = sampled(suite, count=4, folder=tmp_path / "made")
    cases, problems = read_suite(file)
    assert len(cases) == 4 and 90 not in ids(file)
    assert [p.split(":")[0] for p in problems if "used before" not in p] == ["line 3"]
    assert all(case.line == 2 or case.line == int(case.id) + 2 for case in cases)
