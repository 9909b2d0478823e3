"""Questions that are near a stored one and ask for something else: none of them may be served."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flight_catalog import flight_catalog

from analyst.example import Example, ExampleStatus
from analyst.matching import compare

CATALOG = flight_catalog()


def _pairs() -> list[tuple[str, str, str]]:
    made, stored, sql = [], "", ""
    for line in Path(__file__).with_name("near_misses.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("?"):
            stored, sql = (part.strip() for part in line[2:].split(" | "))
        elif line.startswith(("!", "~")):
            made.append((stored, sql, line[2:].strip()))
            made += [(line[2:].strip(), sql, stored)] if line.startswith("!") else []
    return made


@pytest.mark.parametrize(("stored", "sql", "question"), _pairs())
def test_a_near_miss_is_a_miss(stored: str, sql: str, question: str) -> None:
    example = Example(
        id=1, source="flights", dialect="postgres", question=stored, sql=sql, status=ExampleStatus.APPROVED
    )
    verdict = compare(question, example, catalog=CATALOG, today=date(2013, 12, 31))
    assert verdict.kind == "miss", verdict.reason
