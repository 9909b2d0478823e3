"""The HTTP interface, event by event."""

from __future__ import annotations

import base64
import csv
import io
import json
import uuid
from typing import Any

import pytest
from houses import MakeHouse
from scripted_model import Fails, Says, Silent, always, in_turn

from analyst.api import knowledge
from analyst.api.app import Api
from analyst.errors import Cancelled
from analyst.identity import Entrance, Principal, Scope
from analyst.local.gateway import proxy_event
from analyst.wiring import House

COUNT = Says(text="```sql\nSELECT origin, count(*) AS flights FROM flights GROUP BY origin\n```")
WORDS = Says(text="EWR had 120,835 flights.")


def token_of(house: House, person: str, *scopes: Scope) -> str:
    """A token of somebody's own."""
    maker = Principal(entrance=Entrance.OS, name=person)
    given = frozenset(scopes or (Scope.ASK, Scope.APPROVE))
    return house.entrances.make(maker, name="test", scopes=given, days=1).text


class Caller:
    """Sends events and reads documents."""

    def __init__(self, house: House, person: str = "") -> None:
        """`person` in place of the operating system's user."""
        self.house, self.api = house, Api(house)
        self.sent = {"authorization": f"Bearer {token_of(house, person)}"} if person else {}

    def __call__(
        self, method: str, target: str, body: Any = None, *, raw: bytes | None = None
    ) -> tuple[int, Any]:
        headers = {"content-type": "application/json", **self.sent}
        data = raw if raw is not None else json.dumps(body).encode() if body is not None else b""
        event = proxy_event(method, target, headers=headers, body=data, request_id="r-1")
        response = self.api(event, None)
        self.headers = dict(response.get("headers") or {})
        self.headers |= {k: v[-1] for k, v in (response.get("multiValueHeaders") or {}).items()}
        self.raw = response
        try:
            return response["statusCode"], json.loads(response["body"])
        except (ValueError, TypeError):
            return response["statusCode"], response["body"]

    def answered(self, question: str = "How many flights a airport?", **fields: Any) -> dict[str, Any]:
        """Ask, have a worker answer, and look."""
        status, asked = self("POST", "/query", {"question": question, **fields})
        assert status == 202, asked
        assert self.house.worker("w").take_up(asked["query_id"])
        status, document = self("GET", f"/query/{asked['query_id']}")
        assert status == 200
        return document  # type: ignore[no-any-return]


def test_ask_look_fetch_and_approve(make_house: MakeHouse) -> None:
    call = Caller(make_house(in_turn(COUNT, WORDS)))
    document = call.answered()
    assert document["status"] == "answered" and document["error"] is None
    answer = document["answer"]
    assert [c["name"] for c in answer["table"]["columns"]] == ["origin", "flights"]
    assert ["EWR", 120835] in answer["table"]["rows"]
    assert answer["chart"]["type"] == "bar"
    assert answer["receipt"]["id"] == document["request_id"] == "r-1"
    status, body = call("GET", f"/query/{document['query_id']}/rows?format=csv")
    assert status == 200
    assert ["EWR", "120835"] in list(csv.reader(io.StringIO(body)))
    status, body = call("GET", f"/query/{document['query_id']}/rows?format=xlsx")
    assert status == 200 and base64.b64decode(body).startswith(b"PK")
    status, given = call("POST", f"/query/{document['query_id']}/feedback", {"verdict": "approve"})
    assert status == 200 and given["example_id"] > 0
    again = call.answered("how many flights a airport")
    assert again["answer"]["receipt"]["cached"] == "same"
    status, listed = call("GET", "/examples")
    assert [e["id"] for e in listed["examples"]] == [given["example_id"]]
    status, _ = call("POST", f"/query/{again['query_id']}/feedback", {"verdict": "reject"})
    assert status == 200
    assert call("GET", "/examples?status=approved")[1] == {"examples": []}
    assert call("DELETE", f"/examples/{given['example_id']}")[1]["status"] == "revoked"


def test_rows_never_run_the_query_again(make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    house = make_house(in_turn(COUNT, WORDS))
    call = Caller(house)
    document = call.answered()

    def never(*_: object, **__: object) -> None:
        raise AssertionError("an engine was opened")

    monkeypatch.setattr(house.sources, "engine", never)
    for kind in ("csv", "xlsx", "json"):
        status, body = call("GET", f"/query/{document['query_id']}/rows?format={kind}")
        assert status == 200, body
    assert call("GET", f"/query/{document['query_id']}/rows?format=pdf")[0] == 400


def test_a_large_export_is_a_short_lived_link(make_house: MakeHouse) -> None:
    call = Caller(
        make_house(in_turn(Says(text="SELECT carrier, flight, origin, dest, month, day FROM flights"), WORDS))
    )
    document = call.answered("Show flights")
    rows = f"/query/{document['query_id']}/rows?format=csv"
    assert call("GET", f"{rows}&start=false")[0] == 409, "looking begins nothing"
    status, begun = call("GET", rows)
    assert status == 202 and begun["export"] == {"status": "queued", "rows_done": 0, "row_count": 336_776}
    assert not _exports(call.house), "it is not taken away before it is there"
    assert call.house.make_export()
    for path in (f"{rows}&start=false", rows):
        status, _ = call("GET", path)
        assert status == 303 and "signature=" in call.headers["Location"]
    assert _exports(call.house) == [("csv", 336_776)] * 2


def test_a_large_export_that_is_cancelled_is_never_made(make_house: MakeHouse) -> None:
    call = Caller(
        make_house(in_turn(Says(text="SELECT carrier, flight, origin, dest, month, day FROM flights"), WORDS))
    )
    document = call.answered("Show flights")
    rows = f"/query/{document['query_id']}/rows?format=parquet"
    assert call("GET", rows)[0] == 202
    assert call("DELETE", f"/query/{document['query_id']}")[1]["status"] == "answered"
    assert not call.house.make_export()
    status, refused = call("GET", f"{rows}&start=false")
    assert (status, refused["error"]["code"]) == (Cancelled.status, "cancelled")
    assert call("GET", "/capabilities")[1]["formats"] == ["csv", "xlsx", "json", "parquet"]


def _exports(house: House) -> list[tuple[str, int]]:
    entries = [kept.document["entry"] for kept in house.audit_entries.entries()]
    return [(e["detail"], e["rows"]) for e in entries if e["kind"] == "export"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"question": ""}, "wrong_usage"),
        ({"question": "   "}, "wrong_usage"),
        ({"question": "x" * 10_000}, "too_large"),
        ({"question": "\x00\x01\x02\x7f\x1b\x05"}, "wrong_usage"),
        ({"question": 5}, "wrong_usage"),
        ({"question": "ok?", "unknown": 1}, "wrong_usage"),
        ({"question": "ok?", "mode": "slow"}, "wrong_usage"),
        ({"question": "ok?", "source": "nowhere"}, "not_found"),
        ({"question": "ok?", "session_id": str(uuid.uuid4())}, "not_found"),
        ([], "wrong_usage"),
        ("text", "wrong_usage"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(make_house: MakeHouse, body: Any, code: str) -> None:
    call = Caller(make_house(always(Fails(status=500))))
    status, document = call("POST", "/query", body)
    assert status in (400, 404, 413)
    assert document["error"]["code"] == code
    assert document["error"]["request_id"] == "r-1"
    assert "\n" not in document["error"]["message"]


@pytest.mark.parametrize("raw", [b"{nope", b"\xff\xfe\x00\x80", b""])
def test_a_body_that_is_no_json(make_house: MakeHouse, raw: bytes) -> None:
    call = Caller(make_house(always(Fails(status=500))))
    status, document = call("POST", "/query", raw=raw)
    assert status == 400 and document["error"]["code"] == "wrong_usage"


def test_a_body_over_a_megabyte(make_house: MakeHouse) -> None:
    call = Caller(make_house(always(Fails(status=500))))
    assert call("POST", "/query", {"question": "x" * 1_100_000})[0] == 413


@pytest.mark.parametrize(
    "text", ["😀😀😀", "¿Cuántos vuelos salieron de JFK?", "有多少航班？", "SELECT * FROM"]
)
def test_unusual_questions_are_taken_and_end_well(make_house: MakeHouse, text: str) -> None:
    call = Caller(make_house(in_turn(COUNT, WORDS, WORDS, WORDS)))
    document = call.answered(text)
    assert document["status"] in ("answered", "clarify", "refused")
    assert document["question"] == text


def test_unknown_paths_and_questions(make_house: MakeHouse) -> None:
    call = Caller(make_house(always(Fails(status=500))))
    assert call("GET", "/nothing")[0] == 404
    assert call("GET", f"/query/{uuid.uuid4()}")[0] == 404
    assert call("GET", "/query/1%27%20OR%201=1")[0] == 404
    assert call("DELETE", f"/query/{uuid.uuid4()}")[0] == 404
    assert call("GET", f"/sessions/{uuid.uuid4()}")[0] == 404
    assert call("GET", f"/query/{uuid.uuid4()}?rows=5000")[0] == 400


def test_two_people_never_see_each_other(make_house: MakeHouse) -> None:
    house = make_house(in_turn(COUNT, WORDS))
    anna, bert = Caller(house, "anna"), Caller(house, "bert")
    document = anna.answered()
    path = f"/query/{document['query_id']}"
    for method, target in (("GET", path), ("DELETE", path), ("GET", f"{path}/rows")):
        assert bert(method, target)[0] == 404
    assert bert("POST", f"{path}/feedback", {"verdict": "reject"})[0] == 404
    assert bert("GET", f"/sessions/{document['session_id']}")[0] == 404
    assert bert("GET", "/sessions")[1] == {"sessions": []}
    assert len(anna("GET", "/sessions")[1]["sessions"]) == 1


def test_failures_carry_a_code_and_the_request_id(make_house: MakeHouse) -> None:
    call = Caller(make_house(always(Fails(status=500))))
    document = call.answered("How many flights left from JFK?")
    assert document["status"] == "failed"
    assert document["error"]["code"].startswith("model") and document["error"]["request_id"] == "r-1"


def test_sources_capabilities_sql_and_openapi(make_house: MakeHouse) -> None:
    house = make_house(always(COUNT))
    call = Caller(house)
    house.teach(
        house.sources.get("").key, "How many carriers?", "SELECT count(*) FROM airlines", approve_as="me"
    )
    sources = call("GET", "/sources")[1]["sources"]
    assert sources[0]["name"] == "flights" and sources[0]["questions"] == ["How many carriers?"]
    assert call("GET", "/capabilities")[1]["model"]["state"] == "ready"
    assert call("GET", "/capabilities")[1]["modes"] == ["fast", "thorough"]
    assert call("GET", "/health")[1]["status"] == "ok"
    drafted = call("POST", "/sql", {"question": "How many flights a airport?"})[1]
    assert drafted["decision"] == "answer" and drafted["sql"].startswith("SELECT origin")
    described = call("GET", "/openapi.json")[1]
    mode = described["components"]["schemas"]["AskBody"]["properties"]["mode"]
    assert mode["enum"] == ["fast", "thorough"] and "five drafts" in mode["description"]
    paths = described["paths"]
    for path in (
        "/query",
        "/query/{query_id}",
        "/query/{query_id}/rows",
        "/query/{query_id}/feedback",
        "/sql",
    ):
        assert path in paths


def test_a_thorough_answer_carries_its_confidence_and_its_vote(make_house: MakeHouse) -> None:
    call = Caller(make_house(always(COUNT), words="template"))
    fast = call.answered("How many flights a airport?")
    thorough = call.answered("How many flights had each airport?", mode="thorough")
    confidence = [d["answer"]["receipt"]["confidence"] for d in (fast, thorough)]
    assert 0 < confidence[0] < confidence[1] < 1
    assert [d["mode"] for d in (fast, thorough)] == ["fast", "thorough"]
    assert [s["name"] for s in thorough["steps"]].count("draft") == 3
    vote = next(step for step in thorough["steps"] if step["name"] == "vote")
    assert vote["detail"] == "3 of 3 drafts agree"


def test_an_example_must_pass_the_guard(make_house: MakeHouse) -> None:
    call = Caller(make_house(always(COUNT)))
    status, document = call("POST", "/examples", {"question": "All?", "sql": "DELETE FROM flights"})
    assert status == 403 and document["error"]["code"] == "refused"
    status, document = call("POST", "/examples", {"question": "All?", "sql": "SELECT count(*) FROM flights"})
    assert status == 201 and document["status"] == "proposed"


def test_bodies_and_filters_that_cannot_be_read_are_the_senders_fault(make_house: MakeHouse) -> None:
    call = Caller(make_house(always(COUNT)))
    assert call("POST", "/query", raw=b"[" * 200_000)[0] == 400
    status, body = call("GET", "/examples?status=wild")
    assert (status, body["error"]["code"]) == (400, "wrong_usage")
    assert call("GET", "/examples?status=approved")[0] == 200
    event = proxy_event("POST", "/query", headers={"content-type": "text/plain"}, body=b"{}", request_id="r")
    response = call.api(event, None)
    assert response["statusCode"] == 400 and "application/json" in response["body"]


def test_a_model_that_writes_no_sql_in_time_does_not_hold_the_request(
    make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knowledge, "SQL_SECONDS", 0.3)
    house = make_house(always(Silent()))
    status, body = Caller(house)("POST", "/sql", {"question": "How many flights are there?"})
    assert (status, body["error"]["code"]) == (504, "model_timeout")
    assert house.scripted.wait_closed()  # type: ignore[attr-defined]
