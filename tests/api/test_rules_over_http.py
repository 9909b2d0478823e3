"""Policies over HTTP: each route gives a person what their role leaves, and lets them decide what it lets them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from houses import ANNA, BERT, asked
from ruled_shop import CLEO, TOTAL, Shop

from analyst.api.app import Api
from analyst.errors import TooMany
from analyst.identity import Principal, Scope
from analyst.local.gateway import proxy_event
from analyst.wiring import House

SALARIES = {"question": "What does each one earn?", "sql": "SELECT name, amount FROM salaries"}


class Caller:
    """Sends requests to one house as one person."""

    def __init__(self, house: House, person: Principal) -> None:
        scopes = frozenset({Scope.ASK, Scope.APPROVE})
        self._token = house.entrances.make(person, name="t", scopes=scopes, days=1).text
        self._api = Api(house)

    def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        headers = {"content-type": "application/json", "authorization": f"Bearer {self._token}"}
        data = json.dumps(body).encode() if body is not None else b""
        response = self._api(proxy_event(method, path, headers=headers, body=data, request_id="r"), None)
        text = response["body"]
        return response["statusCode"], json.loads(text) if text[:1] in "{[" else text


def answered(house: House, caller: Caller, question: str) -> str:
    """The id of a question that was asked over HTTP and answered."""
    status, reply = caller("POST", "/query", {"question": question})
    assert status == 202, reply
    assert house.worker("w").take_up(reply["query_id"])
    return str(reply["query_id"])


def test_sources_and_examples_are_those_of_the_role(shop: Shop) -> None:
    house = shop(TOTAL)
    anna, cleo = Caller(house, ANNA), Caller(house, CLEO)
    assert cleo("POST", "/examples", {**SALARIES, "approve": True})[0] == 201
    assert [s["name"] for s in anna("GET", "/sources")[1]["sources"]] == ["shop"]
    assert anna("GET", "/sources")[1]["sources"][0]["questions"] == []
    assert anna("GET", "/examples?source=shop")[1] == {"examples": []}
    shown = cleo("GET", "/examples?source=shop")[1]["examples"]
    assert [(e["status"], e["decided_by"]) for e in shown] == [("approved", "cleo")]
    assert anna("DELETE", f"/examples/{shown[0]['id']}")[0] == 403
    assert cleo("DELETE", f"/examples/{shown[0]['id']}")[1]["status"] == "revoked"
    assert anna("GET", "/examples?source=other")[0] == 404
    status, refusal = Caller(house, BERT)("GET", "/sources")
    assert (status, refusal["error"]["code"]) == (403, "forbidden")


def test_nobody_teaches_what_they_may_not_see_nor_approves_without_the_right(shop: Shop) -> None:
    house = shop(TOTAL)
    anna = Caller(house, ANNA)
    status, refusal = anna("POST", "/examples", SALARIES)
    assert (status, refusal["error"]["code"]) == (403, "refused") and "CANARY" not in str(refusal)
    fine = {"question": "What is the total?", "sql": TOTAL}
    assert anna("POST", "/examples", {**fine, "approve": True})[0] == 403
    status, kept = anna("POST", "/examples", fine)
    assert (status, kept["status"], kept["decided_by"]) == (201, "proposed", "")


def test_an_answer_is_ones_own_and_its_approval_waits_for_who_may(shop: Shop) -> None:
    house = shop(TOTAL)
    anna, cleo = Caller(house, ANNA), Caller(house, CLEO)
    query = answered(house, anna, "What is the total amount of orders?")
    document = anna("GET", f"/query/{query}")[1]
    assert document["answer"]["table"]["rows"] == [["60"]]
    assert document["answer"]["receipt"]["policy"] == "sales (version 7)"
    assert anna("GET", f"/query/{query}/rows?format=json")[0] == 200
    for way in ("", "/rows"):
        assert cleo("GET", f"/query/{query}{way}")[0] == 404
    assert anna("POST", f"/query/{query}/feedback", {"verdict": "approve"})[0] == 200
    assert [e["status"] for e in cleo("GET", "/examples?source=shop")[1]["examples"]] == ["proposed"]
    other = answered(house, cleo, "How many orders are there in total?")
    assert cleo("POST", f"/query/{other}/feedback", {"verdict": "approve"})[0] == 200
    assert next(iter(cleo("GET", "/examples?source=shop")[1]["examples"]))["status"] == "approved"


def test_a_rejection_takes_an_example_back_only_from_who_may(shop: Shop) -> None:
    house = shop(TOTAL)
    question = "What is the total amount of orders?"
    example = house.teach(house.sources.get("").key, question, TOTAL, approve_as="cleo", principal=CLEO)
    for person, status in ((ANNA, "approved"), (CLEO, "revoked")):
        caller = Caller(house, person)
        query = answered(house, caller, question)
        assert caller("GET", f"/query/{query}")[1]["answer"]["receipt"]["example_id"] == example.id
        assert caller("POST", f"/query/{query}/feedback", {"verdict": "reject"})[0] == 200
        assert house.examples.get(example.id).status == status


def test_what_has_sql_written_is_told_of_the_open_tables_alone(shop: Shop) -> None:
    house = shop("SELECT tax_code FROM customers")
    status, reply = Caller(house, ANNA)("POST", "/sql", {"question": "Which orders are paid?"})
    assert status == 200 and reply["sql"]
    told = house.scripted.prompts[-1]  # type: ignore[attr-defined]
    assert "orders" in told and "tax_code" not in told and "salaries" not in told


def test_one_person_has_so_many_questions_at_once_and_another_one_theirs(shop: Shop) -> None:
    house = shop(TOTAL)
    for _ in range(2):
        house.questions.add(asked(house, "How many?").question, most_at_once=2)
    with pytest.raises(TooMany, match="2 of your questions"):
        house.questions.add(asked(house, "How many?").question, most_at_once=2)
    house.questions.add(asked(house, "How many?", by=BERT).question, most_at_once=2)
    assert house.worker("w").take_up()
    house.questions.add(asked(house, "How many?").question, most_at_once=2)
