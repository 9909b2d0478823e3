"""Which approved questions come near, what each comes to, and that nobody is shown what is not for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from houses import ANNA, MakeHouse
from ruled_shop import CLEO, TOTAL, Shop
from scripted_model import Fails, ScriptedServer, always

from analyst import matching
from analyst.errors import WrongUsage
from analyst.example import Example, ExampleStatus
from analyst.explaining import Candidate, chosen, decided
from analyst.hearing import TimeReading
from analyst.identity import Principal
from analyst.matching import BOUND, MISS, SAME, Swap, Verdict
from analyst.wiring import House

QUESTION = "How many flights left from JFK?"
COUNT = "SELECT count(*) FROM flights WHERE origin = 'JFK'"
DAY = date(2026, 11, 2)
TIME = TimeReading()


def taught(house: House, question: str, sql: str, *, by: Principal = CLEO) -> Example:
    return house.teach(house.sources.get("").key, question, sql, approve_as=by.name, principal=by)


def asked(house: House, question: str, *, by: Principal = ANNA) -> dict[str, object]:
    return house.explain(house.sources.get("").key, question, principal=by)


def candidate(number: int, kind: str) -> Candidate:
    example = Example(id=number, source="s", dialect="postgres", question="q", sql="SELECT 1")
    return Candidate(example=example, similarity=1 - number / 10, verdict=Verdict(kind=kind, reason="."))


def test_the_same_question_is_a_hit_and_no_model_is_asked(make_house: MakeHouse) -> None:
    house = make_house(always(Fails(status=500)))
    example = taught(house, QUESTION, COUNT)
    other = taught(house, "How many airlines are there?", "SELECT count(*) FROM airlines")
    document = asked(house, "how many flights left from JFK")
    assert (document["verdict"], document["example_id"]) == ("same", example.id)
    assert (document["source"], document["question"]) == ("flights", "how many flights left from JFK")
    first, second = document["candidates"]  # type: ignore[misc,attr-defined]
    assert first["example_id"] == example.id and first["similarity"] > second["similarity"]
    assert first["sql"] == example.sql and first["approved_by"] == "cleo"
    assert (second["example_id"], second["verdict"]) == (other.id, "miss") and second["reason"]
    server: ScriptedServer = house.scripted  # type: ignore[attr-defined]
    assert server.prompts == []


def test_nothing_near_and_no_question_are_said_so(make_house: MakeHouse) -> None:
    house = make_house(always(Fails(status=500)))
    document = asked(house, QUESTION)
    assert (document["verdict"], document["example_id"], document["candidates"]) == ("miss", None, [])
    assert document["reason"] == "There is no approved question near to this one."
    assert str(asked(house, "hello there")["reason"]).startswith("Only questions are compared")
    with pytest.raises(WrongUsage, match="type a question"):
        asked(house, "   ")


def test_revoked_and_proposed_ones_are_no_candidates(make_house: MakeHouse) -> None:
    house = make_house(always(Fails(status=500)))
    example = taught(house, QUESTION, COUNT)
    house.library.decide(example.id, ExampleStatus.REVOKED, by="cleo")
    house.teach(house.sources.get("").key, QUESTION, "SELECT count(*) FROM flights", principal=CLEO)
    assert asked(house, QUESTION)["candidates"] == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"dialect": "athena"}, "written for athena"),
        ({"fingerprint": "of then", "reads": ()}, "Tables have changed"),
        ({"fingerprint": "of then", "reads": (("public.gone", "", ""),)}, "The table public.gone is gone."),
        ({"sql": "SELECT count(*) FROM nowhere"}, "may not run for you"),
        ({"sql": "DELETE FROM flights"}, "."),
        ({"sql": "SELECT FROM WHERE ("}, "."),
    ],
)
def test_what_must_not_serve_is_a_miss_with_its_reason(
    make_house: MakeHouse, changes: dict[str, Any], reason: str
) -> None:
    house = make_house(always(Fails(status=500)))
    example = taught(house, QUESTION, COUNT)
    seen = house.view(example.source, ANNA)
    for fits in (example, replace(example, fingerprint="of then")):
        assert decided(QUESTION, fits, seen=seen, today=DAY, time=TIME).kind == SAME
    found = decided(QUESTION, replace(example, **changes), seen=seen, today=DAY, time=TIME)
    assert found.kind == MISS and reason in found.reason and not found.sql


def test_a_bind_is_guarded_with_its_new_literals_in(
    make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_house(always(Fails(status=500)))
    example = taught(house, QUESTION, COUNT)
    bound = Verdict(
        kind=BOUND,
        reason="Only a value differs.",
        sql=COUNT.replace("JFK", "EWR"),
        swaps=(Swap(old="JFK", new="EWR", column="flights.origin"),),
    )
    monkeypatch.setattr(matching, "compare", lambda *_, **__: bound)
    document = asked(house, "How many flights left from EWR?")
    assert (document["verdict"], document["example_id"]) == ("bound", example.id)
    (found,) = document["candidates"]  # type: ignore[misc,attr-defined]
    assert found["sql"] == bound.sql
    assert found["swaps"] == [{"old": "JFK", "new": "EWR", "column": "flights.origin"}]
    refused = replace(bound, sql="SELECT count(*) FROM nowhere")
    monkeypatch.setattr(matching, "compare", lambda *_, **__: refused)
    assert asked(house, "How many flights left from EWR?")["verdict"] == "miss"


def test_the_first_that_answers_is_taken() -> None:
    bind, hit, miss = candidate(1, BOUND), candidate(2, SAME), candidate(3, MISS)
    assert chosen((bind, hit, miss)) is bind and chosen((miss, hit, bind)) is hit
    assert chosen((miss, bind, candidate(4, BOUND))) is bind
    assert chosen((miss,)) is None and chosen(()) is None


def test_candidates_are_those_that_the_person_may_see(shop: Shop) -> None:
    house = shop(TOTAL)
    open_one = taught(house, "What is the total amount of orders?", TOTAL)
    salaries = taught(house, "What does each one earn?", "SELECT name, amount FROM salaries")
    named = taught(
        house, "How many customers are called Zeta Canary?",
        "SELECT count(*) FROM customers WHERE name = 'Zeta Canary'",
    )  # fmt: skip
    for question in (salaries.question, named.question, open_one.question):
        document = asked(house, question)
        shown = [c["example_id"] for c in document["candidates"]]  # type: ignore[attr-defined]
        assert shown == [open_one.id] and "Canary" not in str(document["candidates"])
        hit = question == open_one.question
        assert (document["verdict"], document["example_id"]) == (
            ("same", open_one.id) if hit else ("miss", None)
        )
    seen_by_cleo = asked(house, named.question, by=CLEO)
    assert seen_by_cleo["example_id"] == named.id and len(seen_by_cleo["candidates"]) == 3  # type: ignore[arg-type]


def test_the_vector_is_of_the_question_with_its_literals_masked(
    make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_house(always(Fails(status=500)))
    monkeypatch.setattr(matching, "masked", lambda question, _: f"about {question[-8:]}")
    taught(house, QUESTION, COUNT)
    (found,) = asked(house, "Which one is nothing like from JFK?")["candidates"]  # type: ignore[attr-defined]
    assert found["similarity"] > 0.99
