"""What code alone makes of a question."""

from __future__ import annotations

from datetime import date

import pytest

from analyst.catalog import Catalog, Column, Table
from analyst.hearing import Heard, TimeReading, hear
from analyst.techniques import Techniques

TOWNS = tuple(f"Town {n}" for n in range(1, 90))
PRODUCTS = Table(
    schema="public",
    name="products",
    columns=(
        Column(name="label", type="text", values=("Lamp",), more_values=("Shovel", *TOWNS), values_all=True),
        Column(name="made_on", type="date", lowest="2023-01-01", highest="2023-10-27"),
    ),
    rows=91,
)
SHOP = Catalog(source="shop", dialect="postgres", tables=(PRODUCTS,))


def heard(question: str, *, follows: str = "today", without: frozenset[str] = frozenset()) -> Heard:
    return hear(
        question,
        SHOP,
        today=date(2024, 5, 5),
        reading=TimeReading(follows=follows),
        techniques=Techniques(without),
    )


@pytest.mark.parametrize(
    ("question", "foreign"),
    [
        ("What is the average rating of the poets?", True),
        ("What is the average rating of the products?", False),
        ("What is the average rating of 'Shovel'?", False),
        ("What is the average rating of the shovel?", False),
    ],
)
def test_what_names_a_value_is_not_about_other_things(question: str, foreign: bool) -> None:
    found = heard(question)
    assert found.grounds.missing and found.is_foreign(SHOP) is foreign


def test_quarters_are_times_and_no_things() -> None:
    found = heard("Gadgets in Q3 2023 and Q4 2023?", follows="data")
    assert [p.phrase for p in found.periods] == ["Q3 2023", "Q4 2023"] and not found.grounds.missing
    plain = heard("Gadgets in Q3 2023 and Q4 2023?", without=frozenset({"periods"}))
    assert plain.periods == () and plain.grounds == found.grounds
