"""The same over other tables and other words: a shop, a trading firm, an office."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from firm_catalog import firm_catalog
from office_catalog import office_catalog
from shop_catalog import shop_catalog

from analyst.example import Example, ExampleStatus
from analyst.matching import compare

CATALOGS = {"shop": shop_catalog(), "firm": firm_catalog(), "office": office_catalog()}


def _cases(place: str) -> list[tuple[str, str, str, str, str, str]]:
    made, stored, sql = [], "", ""
    for line in Path(__file__).with_name(f"{place}_cases.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("?"):
            stored, sql = (part.strip() for part in line[2:].split(" | "))
        elif line.startswith(("=", ">", "!")):
            question, _, bound = (part.strip() for part in line[2:].partition(" => "))
            made.append((place, line[0], stored, sql, question, bound))
    return made


@pytest.mark.parametrize(
    ("place", "mark", "stored", "sql", "question", "bound"),
    [case for place in CATALOGS for case in _cases(place)],
)
def test_elsewhere(place: str, mark: str, stored: str, sql: str, question: str, bound: str) -> None:
    example = Example(
        id=1, source=place, dialect="postgres", question=stored, sql=sql, status=ExampleStatus.APPROVED
    )
    verdict = compare(question, example, catalog=CATALOGS[place], today=date(2025, 1, 10))
    assert verdict.kind == {"=": "same", ">": "bound", "!": "miss"}[mark], verdict.reason
    assert verdict.sql == {"=": sql, ">": bound, "!": ""}[mark]
