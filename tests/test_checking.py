"""What a careful reader is told of a result."""

from __future__ import annotations

import pytest

from analyst import checking, guard
from analyst.catalog import Catalog, Column, Table
from analyst.result import Kind, ResultColumn, ResultSet
from analyst.values import Tie
from analyst.work import Found

ORDERS = Table(
    schema="public",
    name="orders",
    rows=100,
    columns=(
        Column(name="placed", type="date", lowest="2020-01-01", highest="2020-12-31"),
        Column(name="state", type="text"),
    ),
)
CATALOG = Catalog(source="s", dialect="postgres", tables=(ORDERS,))
QUERY = guard.check("SELECT state FROM orders WHERE state = 'x'", dialect="postgres", catalog=CATALOG)


def result(*cells: object, count: int | None = None, truncated: bool = False) -> ResultSet:
    return ResultSet(
        columns=(ResultColumn(name="state", kind=Kind.TEXT),),
        rows=tuple((c,) for c in cells),
        row_count=len(cells) if count is None else count,
        truncated=truncated,
    )


def warned(found: ResultSet, *, can_write: bool = False) -> str:
    return " ".join(checking.warnings(Found(query=QUERY, result=found, can_write=can_write), catalog=CATALOG))


def test_an_ordinary_result_has_no_warnings() -> None:
    assert warned(result("a", "b")) == ""


def test_nothing_found_says_which_condition_and_from_when_to_when() -> None:
    said = warned(result())
    assert "state = 'x'" in said and "orders.placed runs from 2020-01-01 to 2020-12-31" in said


def test_nulls_limits_and_roles_are_said() -> None:
    assert "null" in warned(result(None))
    assert "first 1,000" in warned(result("a", count=1000, truncated=True))
    assert "could also write" in warned(result("a"), can_write=True)


def test_an_answer_from_no_table_is_said_so() -> None:
    query = guard.check("SELECT 1 AS state", dialect="postgres", catalog=CATALOG)
    found = Found(query=query, result=result("1"), can_write=False)
    assert checking.warnings(found, catalog=CATALOG) == (
        "No table was read: this answer does not come from the data.",
    )


def test_assumptions_name_what_was_filtered() -> None:
    assert checking.assumptions(QUERY) == ("Only rows where state = 'x'.",)
    everything = guard.check("SELECT count(*) FROM orders", dialect="postgres", catalog=CATALOG)
    assert checking.assumptions(everything, notes=("A note.",)) == (
        "A note.",
        "All rows of orders count; nothing was filtered out.",
    )


def tie(phrase: str, *values: str) -> Tie:
    return Tie(phrase=phrase, table=("public", "airports"), column="name", values=values)


@pytest.mark.parametrize("phrase", ["Chicago", "chicago"])
def test_a_tie_is_offered_as_the_question_with_each_value(phrase: str) -> None:
    found = checking.choices("How many flights went to Chicago in May?", tie(phrase, "Midway", "O'Hare"))
    assert found == ("How many flights went to Midway in May?", "How many flights went to O'Hare in May?")


@pytest.mark.parametrize(
    ("question", "phrase"),
    [
        ("Flights to San Juan?", "San"),
        ("Flights to Saint-Denis?", "Saint"),
        ("Flights to Los Santos?", "Santos"),
        ("Flights to Chicagoland?", "Chicago"),
        ("Flights to nowhere?", "Chicago"),
    ],
)
def test_a_part_of_a_longer_name_is_not_replaced(question: str, phrase: str) -> None:
    assert checking.choices(question, tie(phrase, "A", "B")) == ()


def test_a_name_at_the_beginning_and_backslashes_are_just_text() -> None:
    assert checking.choices("Chicago flights", tie("Chicago", "a\\1", "B")) == ("a\\1 flights", "B flights")


def test_values_that_fit_no_button_are_left_out() -> None:
    assert checking.choices("In x?", tie("x", "a\nb", "v" * 81, "fine")) == ("In fine?",)
    assert len(checking.choices("In x?", tie("x", *"abcdef"))) == checking.MOST_CHOICES
