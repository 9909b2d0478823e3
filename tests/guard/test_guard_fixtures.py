"""The two fixture files that anyone can extend."""

from __future__ import annotations

import pytest
from guard_blocks import blocks, shop

from analyst.errors import Refused
from analyst.guard import check, readable

REFUSED = blocks("refused.sql")
ALLOWED = blocks("allowed.sql")


def test_the_files_hold_something() -> None:
    assert len(REFUSED) > 200
    assert len(ALLOWED) > 200


@pytest.mark.parametrize(("dialect", "topic", "sql"), REFUSED)
def test_refused(dialect: str, topic: str, sql: str) -> None:
    with pytest.raises(Refused) as refusal:
        check(sql, dialect=dialect)
    assert refusal.value.rule not in ("", "unexpected"), topic


@pytest.mark.parametrize(("dialect", "topic", "sql"), [b for b in ALLOWED if b[1] != "with_catalog_only"])
def test_allowed_and_a_fixed_point(dialect: str, topic: str, sql: str) -> None:
    query = check(sql, dialect=dialect)
    assert check(query.sql, dialect=dialect).sql == query.sql, topic
    assert check(readable(sql, dialect=dialect), dialect=dialect).sql == query.sql


@pytest.mark.parametrize("sql", [sql for dialect, _, sql in ALLOWED if dialect == "postgres"])
def test_allowed_with_the_catalog(sql: str) -> None:
    query = check(sql, dialect="postgres", catalog=shop())
    assert check(query.sql, dialect="postgres", catalog=shop()).sql == query.sql
