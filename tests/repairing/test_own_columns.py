"""Keys of other things, columns of the query around, and any draft at all: repairs settle at once."""

from __future__ import annotations

import re

import pytest
from houses import NewDatabase, execute
from hypothesis import given, settings
from hypothesis import strategies as st
from repair_cases import Case, cases, catalogs, create

from analyst import guard
from analyst.errors import Refused
from analyst.policy import Policy
from analyst.repairing import Rewritten, repair

MENDED, LOOKALIKES = cases("own_columns.sql"), cases("lookalikes.sql")
EVERY = MENDED + LOOKALIKES + [c for f in ("names", "joins", "groups", "types") for c in cases(f"{f}.sql")]
WORDS = ("id", "name", "total", "oid", "person_id", "date")
DIALECTS = ("postgres", "redshift", "athena")


def said(case: Case) -> str:
    return case.before[:70]


def repaired(sql: str, case: Case, dialect: str = "") -> Rewritten:
    dialect = dialect or case.dialect
    return repair(sql, dialect=dialect, catalog=catalogs(dialect)[case.catalog])


@pytest.mark.parametrize("case", MENDED, ids=said)
def test_what_another_column_was_meant_for(case: Case) -> None:
    assert repaired(case.before, case) == Rewritten(sql=case.after, notes=case.notes)
    assert repaired(case.after, case) == Rewritten(sql=case.after)


@pytest.mark.parametrize("case", LOOKALIKES, ids=said)
def test_a_right_draft_keeps_its_text(case: Case) -> None:
    assert repaired(case.before, case) == Rewritten(sql=case.before)


def test_postgres_plans_them(new_database: NewDatabase) -> None:
    known = catalogs()
    for name in ("firm", "library"):
        url = new_database(create(known[name]))
        for case in (c for c in MENDED + LOOKALIKES if c.catalog == name and c.dialect == "postgres"):
            query = guard.check(case.after, dialect="postgres", catalog=known[name], policy=Policy())
            execute(url, f"EXPLAIN {query.sql}")


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[Case, str]:
    """A case whose draft has one or two of its words exchanged for others, as a small model might."""
    case = draw(st.sampled_from(EVERY))
    columns = [c.name for t in catalogs()[case.catalog].tables for c in t.columns]
    sql = case.after
    for _ in range(draw(st.integers(0, 2))):
        found = list(re.finditer(r"(?<=[ .(])[a-z_]{2,}\b(?!\()", sql))
        if not found:
            break
        place = draw(st.sampled_from(found))
        sql = sql[: place.start()] + draw(st.sampled_from((*columns, *WORDS))) + sql[place.end() :]
    return case, sql


@settings(max_examples=400, deadline=None)
@given(spoiled=spoiled(), dialect=st.sampled_from(DIALECTS))
def test_any_draft_is_settled_at_once(spoiled: tuple[Case, str], dialect: str) -> None:
    case, sql = spoiled
    found = repaired(sql, case, dialect)
    assert (found.sql == sql) == (found.notes == ())
    assert repaired(found.sql, case, dialect) == Rewritten(sql=found.sql)
    if passes(sql, case, dialect):
        assert passes(found.sql, case, dialect), found


def passes(sql: str, case: Case, dialect: str) -> bool:
    try:
        guard.check(sql, dialect=dialect, catalog=catalogs(dialect)[case.catalog], policy=Policy())
    except Refused:
        return False
    return True
