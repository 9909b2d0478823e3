"""What a question that gets no answer gets instead: choices, and questions that can be answered."""

from __future__ import annotations

from houses import MakeHouse, asked
from scripted_model import Says, always

from analyst.question import Status

CANNOT = Says(text="CANNOT: nothing about that")
COUNT = Says(text="```sql\nSELECT count(*) FROM flights\n```")


def test_a_name_with_several_meanings_offers_each(make_house: MakeHouse) -> None:
    house = make_house(always(COUNT))
    answer = house.analyst.ask(asked(house, "How many flights went to Chicago?"))
    assert answer.status is Status.CLARIFY, answer
    assert answer.suggestions == (
        "How many flights went to Chicago Midway Intl?",
        "How many flights went to Chicago Ohare Intl?",
    )
    for s in answer.suggestions:
        assert house.analyst.ask(asked(house, s)).status is Status.ANSWERED


def test_the_nearest_approved_questions_come_first(make_house: MakeHouse) -> None:
    house = make_house(always(CANNOT))
    answer = house.analyst.ask(asked(house, "How many hotels had which stock price?"))
    assert answer.suggestions[0] == "How many flights are there per carrier?"
    key = house.sources.get("").key
    for q in ("How many planes are there?", "What was the coldest day?", "How many carriers are there?"):
        house.teach(key, q, "SELECT count(*) FROM planes", approve_as="me")
    answer = house.analyst.ask(asked(house, "What will be the coldest day next year?"))
    assert answer.suggestions[0] == "What was the coldest day?" and len(answer.suggestions) == 3
    answer = house.analyst.ask(asked(house, "hello"))
    assert len(answer.suggestions) == 3
