"""The same over a trading firm: what is said in another way than before."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from firm_catalog import firm_catalog

from analyst.example import Example, ExampleStatus
from analyst.matching import compare

CATALOG = firm_catalog()


def _cases() -> list[tuple[str, str, str, str, str]]:
    made, stored, sql = [], "", ""
    for line in Path(__file__).with_name("firm_cases.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("?"):
            stored, sql = (part.strip() for part in line[2:].split(" | "))
        elif line.startswith(("=", ">", "!")):
            question, _, bound = (part.strip() for part in line[2:].partition(" => "))
            made.append((line[0], stored, sql, question, bound))
    return made


@pytest.mark.parametrize(("mark", "stored", "sql", "question", "bound"), _cases())
def test_over_a_firm(mark: str, stored: str, sql: str, question: str, bound: str) -> None:
    example = Example(
        id=1, source="firm", dialect="postgres", question=stored, sql=sql, status=ExampleStatus.APPROVED
    )
    verdict = compare(question, example, catalog=CATALOG, today=date(2025, 1, 10))
    assert verdict.kind == {"=": "same", ">": "bound", "!": "miss"}[mark], verdict.reason
    assert verdict.sql == {"=": sql, ">": bound, "!": ""}[mark]
