"""`GET /cache`: for whom, with what, and what it says when it cannot."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from houses import ANNA, BERT, MakeHouse
from ruled_shop import CLEO, TOTAL, Shop
from scripted_model import Fails, always

from analyst.api.app import Api
from analyst.identity import Principal, Scope
from analyst.local.gateway import proxy_event
from analyst.wiring import House

QUESTION = "What is the total amount of orders?"


def look_up(
    house: House, by: Principal, *, scopes: tuple[Scope, ...] = (Scope.ASK,), **wishes: str
) -> tuple[int, Any]:
    token = house.entrances.make(by, name="t", scopes=frozenset(scopes), days=1).text
    headers = {"authorization": f"Bearer {token}"}
    event = proxy_event("GET", f"/cache?{urlencode(wishes)}", headers=headers, body=b"", request_id="r-1")
    response = Api(house)(event, None)
    return response["statusCode"], json.loads(response["body"])


def test_each_person_is_told_of_what_they_may_see(shop: Shop) -> None:
    house = shop(TOTAL)
    key = house.sources.get("").key
    total = house.teach(key, QUESTION, TOTAL, approve_as="cleo", principal=CLEO)
    salaries = "SELECT name, amount FROM salaries"
    earns = house.teach(key, "What does each one earn?", salaries, approve_as="cleo", principal=CLEO)
    status, document = look_up(house, ANNA, question=QUESTION)
    assert status == 200 and (document["source"], document["example_id"]) == ("shop", total.id)
    assert [c["example_id"] for c in document["candidates"]] == [total.id]
    document = look_up(house, CLEO, question=earns.question, source="shop")[1]
    assert document["example_id"] == earns.id and len(document["candidates"]) == 2
    assert look_up(house, BERT, question=QUESTION)[0] == 403
    assert look_up(house, ANNA, question=QUESTION, source="other")[0] == 404


def test_a_token_that_may_not_ask_may_not_look_either(shop: Shop) -> None:
    status, refusal = look_up(shop(TOTAL), CLEO, scopes=(Scope.APPROVE,), question=QUESTION)
    assert (status, refusal["error"]["code"]) == (403, "forbidden")


def test_what_is_no_question_is_refused_in_one_sentence(make_house: MakeHouse) -> None:
    house = make_house(always(Fails(status=500)))
    for wishes in ({}, {"question": " "}, {"question": "x" * 2001}):
        status, refusal = look_up(house, ANNA, **wishes)
        assert status in (400, 413) and "\n" not in refusal["error"]["message"]
        assert refusal["error"]["request_id"] == "r-1"


def test_it_counts_as_a_request_that_costs(make_house: MakeHouse) -> None:
    house = make_house(always(Fails(status=500)), person_per_minute=2)
    found = [look_up(house, ANNA, question="How many flights?")[0] for _ in range(5)]
    assert found[:2] == [200, 200] and 429 in found
