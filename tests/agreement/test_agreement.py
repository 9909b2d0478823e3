"""What a statement does not do of what its question says, and what of that is put right."""

from __future__ import annotations

import pytest
from bookshop import Asked, asked, catalog

from analyst import agreement, values

_SHOP = catalog()


def _unmet(case: Asked, **given: str) -> tuple[agreement.Unmet, ...]:
    mentions = values.find(case.question, _SHOP)
    return agreement.unmet(
        case.sql,
        question=case.question,
        context=case.context,
        mentions=mentions,
        catalog=_SHOP,
        dialect="postgres",
        **given,
    )


def _fixed(case: Asked, *, dialect: str = "postgres") -> agreement.Heeded:
    mentions = values.find(case.question, _SHOP)
    return agreement.fix(
        case.sql,
        question=case.question,
        context=case.context,
        mentions=mentions,
        catalog=_SHOP,
        dialect=dialect,
    )


@pytest.mark.parametrize("case", asked("unmet.txt"), ids=lambda c: f"{c.expected}: {c.question}")
def test_what_is_not_done_is_said(case: Asked) -> None:
    found = _unmet(case)
    assert ", ".join(sorted({u.kind for u in found})) == case.expected.strip("-> ")
    assert not case.notes or case.notes == tuple(u.said for u in found)


@pytest.mark.parametrize("case", asked("agreed.txt"), ids=lambda c: c.question)
def test_nothing_is_said_of_what_agrees(case: Asked) -> None:
    assert _unmet(case) == ()
    assert _fixed(case) == agreement.Heeded(sql=case.sql)


@pytest.mark.parametrize("case", asked("fixed.txt"), ids=lambda c: c.question)
def test_what_is_proved_is_put_right(case: Asked) -> None:
    fixed = _fixed(case)
    assert fixed == agreement.Heeded(sql=case.expected, notes=case.notes)
    assert agreement.fix(
        fixed.sql,
        question=case.question,
        mentions=values.find(case.question, _SHOP),
        catalog=_SHOP,
        dialect="postgres",
    ) == agreement.Heeded(sql=fixed.sql)


@pytest.mark.parametrize("case", asked("left_alone.txt"), ids=lambda c: c.question)
def test_what_is_not_proved_is_left_alone(case: Asked) -> None:
    assert _fixed(case) == agreement.Heeded(sql=case.sql)


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
    assert agreement.unmet(_ACTIVE.sql, question=_ACTIVE.question, catalog=told, dialect="postgres") == ()


def test_a_remark_on_another_abbreviation_proves_nothing() -> None:
    remark = Asked(_ACTIVE.question, "TAC = total active customers", _ACTIVE.sql, "", ())
    assert [u.kind for u in _unmet(remark)] == ["made up"]


@pytest.mark.parametrize("dialect", ["postgres", "redshift", "athena"])
def test_every_dialect_is_read(dialect: str) -> None:
    case = asked("fixed.txt")[6]
    assert _fixed(case, dialect=dialect).sql == case.expected


def test_very_long_sql_is_left_alone() -> None:
    case = asked("fixed.txt")[6]
    long = Asked(case.question, "", case.sql + " AND 1 = 1" * 3000, "", ())
    assert _unmet(long) == ()
    assert _fixed(long).sql == long.sql
