"""What a statement does not do of what its question says, and what of that is put right."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from bookshop import Asked, asked, catalog

from analyst import agreement, values
from analyst.repairing import Rewritten

sys.path.insert(0, str(Path(__file__).parents[1] / "guard"))
from guard_blocks import blocks, shop

_SHOP = catalog()


def _said(case: Asked, **given: str) -> agreement.Said:
    mentions = values.find(case.question, _SHOP)
    return agreement.said(case.question, **{"context": case.context, **given}, mentions=mentions)


def _unmet(case: Asked, **given: str) -> tuple[agreement.Unmet, ...]:
    return agreement.unmet(case.sql, asked=_said(case, **given), catalog=_SHOP, dialect="postgres")


def _fixed(case: Asked, *, dialect: str = "postgres") -> Rewritten:
    return agreement.fix(case.sql, asked=_said(case), catalog=_SHOP, dialect=dialect)


@pytest.mark.parametrize("case", asked("unmet.txt"), ids=lambda c: f"{c.expected}: {c.question}")
def test_what_is_not_done_is_said(case: Asked) -> None:
    found = _unmet(case)
    assert ", ".join(sorted({u.kind for u in found})) == case.expected.strip("-> ")
    assert not case.notes or case.notes == tuple(u.said for u in found)


@pytest.mark.parametrize("case", asked("agreed.txt"), ids=lambda c: c.question)
def test_nothing_is_said_of_what_agrees(case: Asked) -> None:
    assert _unmet(case) == ()
    assert _fixed(case) == Rewritten(sql=case.sql)


@pytest.mark.parametrize("case", asked("fixed.txt"), ids=lambda c: c.question)
def test_what_is_proved_is_put_right(case: Asked) -> None:
    fixed = _fixed(case)
    assert fixed == Rewritten(sql=case.expected, notes=case.notes)
    again = agreement.said(case.question, mentions=values.find(case.question, _SHOP))
    assert agreement.fix(fixed.sql, asked=again, catalog=_SHOP, dialect="postgres") == Rewritten(
        sql=fixed.sql
    )


@pytest.mark.parametrize("case", asked("left_alone.txt"), ids=lambda c: c.question)
def test_what_is_not_proved_is_left_alone(case: Asked) -> None:
    assert _fixed(case) == Rewritten(sql=case.sql)


_ACTIVE = Asked(
    question="What is the total amount by country of the customers?",
    context="",
    sql="SELECT c.country, SUM(o.amount) FROM orders AS o JOIN customers AS c ON c.customer_id = o.customer_id "
    "WHERE c.status = 'active' GROUP BY c.country",
    expected="",
    notes=(),
)


def test_what_the_model_was_taught_is_not_made_up() -> None:
    assert _unmet(_ACTIVE) != ()
    assert _unmet(_ACTIVE, taught="SELECT COUNT(*) FROM customers WHERE status = 'active'") == ()


def test_what_the_glossary_says_is_not_made_up() -> None:
    told = catalog(glossary=(("customer", "somebody whose status is active"),))
    asked = agreement.said(_ACTIVE.question)
    assert agreement.unmet(_ACTIVE.sql, asked=asked, catalog=told, dialect="postgres") == ()


def test_a_remark_on_another_abbreviation_proves_nothing() -> None:
    remark = Asked(_ACTIVE.question, "TAC = total active customers", _ACTIVE.sql, "", ())
    assert [u.kind for u in _unmet(remark)] == ["made up"]


@pytest.mark.parametrize("dialect", ["postgres", "redshift", "athena"])
def test_every_dialect_is_read(dialect: str) -> None:
    case = asked("fixed.txt")[6]
    assert _fixed(case, dialect=dialect).sql == case.expected


def test_a_question_on_several_lines_is_read_as_one() -> None:
    case = next(c for c in asked("fixed.txt") if "at most" in c.question)
    lines = replace(case, question=case.question.replace(" ", "\n  "))
    assert _fixed(lines).sql == case.expected


_EVERYTHING = (
    "What is the ratio of those above 4 to those below 4, for each of the last 3 weeks, of the most recent in both "
    "'Ann Lee' and 'Bob Ray', without any with more than 5, on average and at most 7?"
)


@pytest.mark.parametrize(("dialect", "topic", "sql"), blocks("allowed.sql"))
def test_any_statement_can_be_looked_at(dialect: str, topic: str, sql: str) -> None:
    there = shop(dialect)
    said = agreement.said(_EVERYTHING, mentions=values.find(_EVERYTHING, there))
    fixed = agreement.fix(sql, asked=said, catalog=there, dialect=dialect)
    assert (fixed.sql == sql) == (not fixed.notes)
    assert isinstance(agreement.unmet(fixed.sql, asked=said, catalog=there, dialect=dialect), tuple)


@pytest.mark.parametrize("sql", ["VALUES (1)", "(VALUES (1), (2))", "SELECT 1 UNION VALUES (2)", "SELECT"])
def test_what_reads_nothing_is_left_alone(sql: str) -> None:
    said = agreement.said(_EVERYTHING)
    assert agreement.fix(sql, asked=said, catalog=_SHOP, dialect="postgres") == Rewritten(sql=sql)


def test_very_long_sql_is_left_alone() -> None:
    case = asked("fixed.txt")[6]
    long = Asked(case.question, "", case.sql + " AND 1 = 1" * 3000, "", ())
    assert _unmet(long) == ()
    assert _fixed(long).sql == long.sql
