"""Each dialect's notes are shown for it alone, name only what its guard lets through, and leave Postgres as it was."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analyst import guard, prompts
from analyst.ports import DraftRequest
from analyst.prompting import sql_prompt

BEFORE = Path(__file__).with_name("postgres_prompt.txt")


def system(dialect: str) -> str:
    return sql_prompt(DraftRequest(question="?", dialect=dialect, schema="SCHEMA")).system


def test_the_prompt_for_postgres_is_the_one_that_was_measured() -> None:
    assert system("postgres") + "\n" == BEFORE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("dialect", "named", "of_others"),
    [
        ("athena", ["Trino (Athena)", "no ILIKE", "approx_percentile", "CAST(part AS double)"], ["DATEADD"]),
        ("redshift", ["Amazon Redshift", "ILIKE '%…%'", "DATEADD", "AVG(x::float)", "LISTAGG"], ["approx_percentile"]),
        ("postgres", ["PostgreSQL", "ILIKE"], ["DATEADD", "approx_percentile", "LISTAGG"]),
    ],
)  # fmt: skip
def test_notes_are_shown_for_their_own_dialect(dialect: str, named: list[str], of_others: list[str]) -> None:
    shown = system(dialect)
    assert all(text in shown for text in named) and not any(text in shown for text in of_others)
    notes = prompts.text(f"dialects/{dialect}")
    assert "LIMIT" in notes and "divide to an integer" in notes and "NOT EXISTS" in notes


ADVISED = {
    "athena": [
        "CAST(x AS double) / y",
        "date_trunc('month', d)",
        "year(d)",
        "date_diff('day', d, e)",
        "date_add('month', -1, d)",
        "d + interval '1' month",
        "date_format(d, '%Y-%m')",
        "array_join(array_agg(x), ', ')",
        "approx_percentile(x, 0.5)",
        "approx_distinct(x)",
    ],
    "redshift": [
        "x::float / y",
        "AVG(x::float)",
        "DATE_TRUNC('month', d)",
        "EXTRACT(YEAR FROM d)",
        "DATEDIFF(day, d, e)",
        "DATEADD(month, -1, d)",
        "TO_CHAR(d, 'YYYY-MM')",
        "COUNT(CASE WHEN x > 1 THEN 1 END)",
        "LISTAGG(x, ', ') WITHIN GROUP (ORDER BY x)",
        "MEDIAN(x)",
        "APPROXIMATE COUNT(DISTINCT x)",
    ],
}


@pytest.mark.parametrize(("dialect", "sql"), [(d, sql) for d, listed in ADVISED.items() for sql in listed])
def test_what_the_notes_advise_passes_the_guard(dialect: str, sql: str) -> None:
    name = re.findall(r"[A-Za-z_]+", sql)[0]
    assert name in prompts.text(f"dialects/{dialect}") or name in "dxy"
    assert guard.check(f"SELECT {sql} AS a FROM t", dialect=dialect).sql
