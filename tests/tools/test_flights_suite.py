"""The suite of questions on the sample: its gold runs on the real data and says something."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from analyst import guard
from analyst.cli.suite import read_golds, read_suite
from analyst.judging import golds

ROOT = Path(__file__).parents[2]
SUITE = ROOT / "tools" / "suites" / "flights.jsonl"
LINES: list[dict[str, Any]] = [json.loads(line) for line in SUITE.read_text().splitlines()]
ANSWERABLE = [line for line in LINES if line["gold"]]
CATEGORIES = {
    "aggregate",
    "group_by",
    "order_limit",
    "join",
    "date",
    "ratio",
    "having",
    "subquery",
    "lookup",
    "negation",
    "empty",
    "unanswerable",
}


def test_the_suite_is_read_without_a_problem() -> None:
    assert read_suite(SUITE)[1] == [] and read_golds(SUITE)[1] == []


def test_there_is_enough_of_each_kind() -> None:
    counts = Counter(line["category"] for line in LINES)
    assert set(counts) == CATEGORIES and min(counts.values()) >= 4
    assert len(ANSWERABLE) >= 60 and len(LINES) - len(ANSWERABLE) >= 12
    assert {line["category"] for line in LINES if not line["gold"]} == {"unanswerable"}


def test_no_question_is_asked_twice_or_was_taught() -> None:
    examples = (ROOT / "tools" / "nycflights13" / "examples.jsonl").read_text().splitlines()
    taught = [json.loads(line)["question"] for line in examples]
    assert max(Counter([*taught, *(line["question"] for line in LINES)]).values()) == 1


@pytest.mark.parametrize("line", ANSWERABLE, ids=lambda line: line["id"])
def test_every_gold_runs_and_finds_rows(line: dict[str, Any], flights: str) -> None:
    with closing(psycopg2.connect(flights)) as connection, connection.cursor() as cursor:
        for sql in golds(line["gold"]):
            query = guard.check(sql, dialect="postgres")
            cursor.execute(query.sql)
            rows = cursor.fetchall()
            assert bool(rows) is (line["category"] != "empty"), sql
            assert not rows or any(value is not None for row in rows for value in row), sql
