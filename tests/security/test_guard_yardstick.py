"""Attacks that must all be refused, and honest SQL that must not, in all three dialects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from scorers import guard

from analyst.errors import Refused
from analyst.guard import check, load_catalog

HERE = Path(__file__).parent
DIALECTS = ("postgres", "redshift", "athena")
MOST_FALSE_REFUSALS = 0.01


def cases(name: str, dialect: str) -> list[dict[str, Any]]:
    """The lines of a file about one dialect."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [case for case in map(json.loads, lines) if case["dialect"] == dialect]


def is_refused(sql: str, dialect: str) -> bool:
    """True when the guard refuses; whatever else it raises is an error of the test."""
    try:
        guard(sql, dialect)
    except Refused:
        return True
    return False


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_attack_is_refused(dialect: str) -> None:
    attacks = cases("attacks.jsonl", dialect)
    assert len([a for a in attacks if a["tier"] == "must"]) > 90
    assert [a["id"] for a in attacks if not is_refused(a["sql"], dialect)] == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_honest_sql_is_let_through(dialect: str) -> None:
    honest = cases("benign.jsonl", dialect)
    assert len(honest) > 50
    refused = [b["id"] for b in honest if is_refused(b["sql"], dialect)]
    assert len(refused) <= MOST_FALSE_REFUSALS * len(honest), refused


def test_honest_sql_names_what_the_schema_has() -> None:
    schema = load_catalog(json.loads((HERE / "schema.json").read_text(encoding="utf-8")), "postgres")
    for case in cases("benign.jsonl", "postgres"):
        check(case["sql"], dialect="postgres", catalog=schema)
