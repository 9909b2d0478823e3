"""What becomes of days in SQL: a file of cases, what is true of all of them, and that databases agree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from houses import NewDatabase, execute
from hypothesis import given, settings
from hypothesis import strategies as st
from period_shop import shop

from analyst import guard
from analyst.periods import Anchor, find, settle
from analyst.policy import Policy
from analyst.repairing import Rewritten


@dataclass(frozen=True)
class Case:
    """A statement, the day and the question that it is for, and what becomes of it."""

    anchor: Anchor
    question: str
    before: str
    after: str
    notes: tuple[str, ...]


def _case(block: str) -> Case:
    head, _, rest = block.partition("\n")
    whose, _, question = head.removeprefix("-- ").partition(" | ")
    follow, day = whose.split()
    anchor = Anchor(
        day=date.fromisoformat(day), why="Because.", follow="data" if follow == "data" else "today"
    )
    notes = tuple(re.findall(r"^-- note: (.*)$", rest, re.MULTILINE))
    before, _, after = re.sub(r"\n-- note: .*", "", rest).partition("\n-- becomes\n")
    return Case(anchor, question, before, after or before, notes)


_TEXT = (Path(__file__).parent / "cases" / "settled.txt").read_text(encoding="utf-8").strip()
_CASES = [_case(block) for block in re.split(r"\n\n+", _TEXT) if not block.startswith("# ")]


def _settled(case: Case, sql: str, dialect: str = "postgres") -> Rewritten:
    periods = find(case.question, anchor=case.anchor.day)
    return settle(sql, dialect=dialect, catalog=shop(dialect), anchor=case.anchor, periods=periods)


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.before[:60])
def test_cases(case: Case) -> None:
    settled = _settled(case, case.before)
    assert (settled.sql, settled.notes) == (case.after, case.notes)
    assert _settled(case, settled.sql) == Rewritten(sql=settled.sql)


@pytest.mark.parametrize("case", [c for c in _CASES if c.notes], ids=lambda case: case.before[:60])
@pytest.mark.parametrize("dialect", ["postgres", "redshift", "athena"])
def test_the_guard_takes_what_was_settled(case: Case, dialect: str) -> None:
    settled = _settled(case, case.before, dialect)
    guard.check(settled.sql, dialect=dialect, catalog=shop(dialect), policy=Policy())
    assert _settled(case, settled.sql, dialect) == Rewritten(sql=settled.sql)


def test_the_database_takes_what_was_settled(new_database: NewDatabase) -> None:
    url = new_database()
    made = (
        "CREATE TABLE {}.{} ({})".format(t.schema, t.name, ", ".join(f"{c.name} {c.type}" for c in t.columns))
        for t in shop().tables
    )
    execute(url, ";\n".join(made))
    for case in _CASES:
        if case.notes:
            execute(url, case.after)


def test_the_time_zone_is_told_for_times_with_one() -> None:
    anchor = Anchor(day=date(2013, 12, 14), why="Because.")

    def said(column: str, zone: str) -> tuple[str, ...]:
        sql = f"SELECT 1 FROM orders WHERE {column} = '2013-12-24'"
        return settle(sql, dialect="postgres", catalog=shop(), anchor=anchor, zone=zone).notes

    plain = "{} holds times of day; the whole of 2013-12-24 is meant."
    assert said("sent_at", "Europe/Berlin") == (plain.format("sent_at"),)
    assert said("paid_at", "") == (plain.format("paid_at"),)
    assert said("paid_at", "Europe/Berlin") == (
        plain.format("paid_at") + " Days are those of the time zone Europe/Berlin.",
    )


def test_very_long_sql_stays() -> None:
    anchor = Anchor(day=date(2013, 12, 14), why="Because.", follow="data")
    sql = "SELECT CURRENT_DATE" + " " * 20_000
    assert settle(sql, dialect="postgres", catalog=shop(), anchor=anchor) == Rewritten(sql=sql)


_SIDES = st.sampled_from(
    ["placed", "sent_at", "paid_at", "remark", "sent_at::date", "date(sent_at)", "nothing"]
)
_DAYS = st.sampled_from(
    [
        *(
            "'2013-01-01'",
            "'2013-03-31'",
            "DATE '2013-04-01'",
            "'2013-12-14'",
            "'9999-12-31'",
            "'2013-02-30'",
        ),
        *(
            "CURRENT_DATE",
            "NOW()",
            "CURRENT_DATE - 7",
            "CURRENT_DATE - INTERVAL '1 month'",
            "'0001-01-01'::date",
        ),
        *(
            "DATE_TRUNC('month', CURRENT_DATE)",
            "DATE_TRUNC('year', NOW())",
            "CURRENT_DATE - INTERVAL '99999 years'",
        ),
    ]
)
_CONDITIONS = st.one_of(
    st.builds("{} {} {}".format, _SIDES, st.sampled_from(["=", "<=", ">=", "<", ">", "<>"]), _DAYS),
    st.builds("{} >= {}".format, _DAYS, _SIDES),
    st.builds("{} BETWEEN {} AND {}".format, _SIDES, _DAYS, _DAYS),
    st.builds("NOT {} BETWEEN {} AND {}".format, _SIDES, _DAYS, _DAYS),
)
_QUESTIONS = st.sampled_from(
    [
        "",
        "sales in Q1 2013",
        "sales last month",
        "sales today",
        "sales in 2013",
        "since March 2013",
        "in January 2013",
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(_CONDITIONS, min_size=1, max_size=3),
    st.sampled_from([" AND ", " OR "]),
    _QUESTIONS,
    st.sampled_from(["today", "data"]),
)
def test_a_second_time_changes_nothing(conditions: list[str], joint: str, question: str, follow: str) -> None:
    anchor = Anchor(day=date(2013, 12, 14), why="Because.", follow="data" if follow == "data" else "today")
    case = Case(anchor, question, "", "", ())
    once = _settled(case, "SELECT count(*) FROM orders WHERE " + joint.join(conditions))
    assert _settled(case, once.sql) == Rewritten(sql=once.sql)
