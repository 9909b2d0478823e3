"""Approved questions about "last month" mean other days a month later."""

from __future__ import annotations

import pytest
from houses import MakeHouse, asked
from scripted_model import Says, always

QUESTION = "How many flights left last month?"
THEN = "SELECT count(*) AS flights FROM flights WHERE time_hour >= '2013-10-01' AND time_hour < '2013-11-01'"
NOW = "SELECT count(*) AS flights FROM flights WHERE time_hour >= CURRENT_DATE - INTERVAL '1 month'"


@pytest.mark.parametrize(("sql", "cached"), [(THEN, None), (NOW, "same")])
def test_one_with_the_days_of_then_is_not_served_again(
    make_house: MakeHouse, sql: str, cached: str | None
) -> None:
    house = make_house(
        always(Says(text="```sql\nSELECT count(*) AS flights FROM flights WHERE month = 11\n```"))
    )
    house.teach(house.sources.get("").key, QUESTION, sql, approve_as="me")
    answer = house.analyst.ask(asked(house, QUESTION))
    assert answer.receipt is not None and answer.receipt.cached == cached
