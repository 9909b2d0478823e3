"""Who may come in, what they are then, and what tokens let programs do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from houses import execute
from load_balancers import CLIENT, ISSUER, SIGNER, Words
from sts_stand_in import presigned, ticket_of

from analyst.api.app import Api
from analyst.identifying import Entrances, os_user, shown_name
from analyst.identity import Entrance, Principal, Scope
from analyst.local.gateway import proxy_event
from analyst.settings import Settings
from analyst.wiring import House

ACCOUNT = "111122223333"
ROLES = """
version = "7"
[[people]]
os = "anna"
role = "sales"
[[people]]
aws = "arn:aws:iam::444455556666:role/Partners"
role = "sales"
[[people]]
oidc = { groups = "bi" }
role = "sales"
[roles.sales]
approves = true
[roles.sales.sources.flights]
tables = ["public.*"]
"""


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 1, 31, 12, 30, 15, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


class Caller:
    """Sends requests to one house."""

    def __init__(self, house: House, clock: Clock) -> None:
        self.house, self.clock, self.api = house, clock, Api(house)
        self.answers: dict[str, bytes] = {}

    def __call__(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, account: str = ACCOUNT
    ) -> tuple[int, Any]:
        headers = {"content-type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        data = json.dumps(body).encode() if body is not None else b""
        event = proxy_event(method, path, headers=headers, body=data, request_id="r-1")
        event["requestContext"]["accountId"] = account
        response = self.api(event, None)
        return response["statusCode"], json.loads(response["body"])

    def token(self, name: str, *scopes: Scope, entrance: Entrance = Entrance.OS) -> str:
        """A token of somebody's own."""
        maker = Principal(entrance=entrance, name=name)
        given = frozenset(scopes or (Scope.ASK,))
        return self.house.entrances.make(maker, name="t", scopes=given, days=1).text


Open = Callable[..., Caller]


@pytest.fixture
def opened(state_url: str, tmp_path: Path) -> Iterator[Open]:
    """Houses that differ in their settings; none of these requests needs a source."""
    houses: list[House] = []

    def make(**changes: Any) -> Caller:
        given = {"state_url": state_url, "data": tmp_path, "sources": "flights=postgresql://x@127.0.0.1/x"}
        house = House(Settings.read({}, **{**given, **changes}))
        houses.append(house)
        clock = Clock()
        house.clock = clock  # type: ignore[assignment]
        return Caller(house, clock)

    yield make
    for house in houses:
        house.close()


def code(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["code"]


def test_on_one_machine_its_user_is_who_asks(opened: Open) -> None:
    call = opened()
    status, me = call("GET", "/me")
    assert status == 200
    user = os_user()
    assert me == {
        "person": user.key,
        "name": user.name,
        "role": "analyst",
        "policy": "",
        "entrance": "os",
        "approves": True,
        "sources": ["flights"],
    }


def test_what_somebody_is_here_is_for_the_policies_to_say(opened: Open) -> None:
    call = opened(policies_text=ROLES)
    anna = call("GET", "/me", token=call.token("anna"))[1]
    assert (anna["role"], anna["policy"], anna["approves"], anna["sources"]) == (
        "sales",
        "7",
        False,
        ["flights"],
    )
    assert call("GET", "/me", token=call.token("anna", Scope.ASK, Scope.APPROVE))[1]["approves"] is True
    bert = call("GET", "/me", token=call.token("bert"))[1]
    assert (bert["role"], bert["approves"], bert["sources"]) == ("", False, [])
    assert code(call("POST", "/query", {"question": "how many?"}, token=call.token("bert"))) == (
        403,
        "forbidden",
    )


@pytest.mark.parametrize("entrance", ["aws", "oidc"])
def test_elsewhere_nothing_is_served_to_who_shows_no_token(opened: Open, entrance: str) -> None:
    call = opened(entrance=entrance)
    described = call("GET", "/openapi.json")[1]
    for path, methods in described["paths"].items():
        for method in methods:
            answer = call(method.upper(), path.replace("{", "").replace("}", ""), {})
            if path in ("/health", "/entry"):
                assert answer[0] != 401
            else:
                assert code(answer) == (401, "unauthorized"), path
    assert code(call("GET", "/nowhere")) == (401, "unauthorized")
    assert code(call("GET", "/health/")) == (401, "unauthorized")
    assert code(call("GET", "/health/../me")) == (401, "unauthorized")


def test_in_aws_nobody_is_the_user_of_the_operating_system(opened: Open) -> None:
    call = opened(state_secret="arn:aws:secretsmanager:::secret:x")
    call.house.__dict__["state"] = opened().house.state
    assert code(call("GET", "/me")) == (401, "unauthorized")


@pytest.mark.parametrize("text", ["", "x", "Bearer", "dab_" + "0" * 16 + "_" + "x" * 43, "anna", "é" * 300])
def test_what_is_no_token_of_ours_is_nobodys(opened: Open, text: str) -> None:
    assert code(opened()("GET", "/me", token=text)) == (401, "unauthorized")


def test_the_secret_counts_not_the_id(opened: Open) -> None:
    call = opened()
    first, second = call.token("anna"), call.token("bert")
    assert call("GET", "/me", token=first)[1]["person"] == "os:anna"
    mixed = first[:21] + second[21:]
    assert code(call("GET", "/me", token=mixed)) == (401, "unauthorized")
    headers = {"authorization": f"Basic {first}"}
    event = proxy_event("GET", "/me", headers=headers, body=b"", request_id="r")
    assert call.api(event, None)["statusCode"] == 401


def test_tokens_are_made_listed_used_and_revoked(opened: Open) -> None:
    call = opened()
    status, made = call("POST", "/tokens", {"name": "report", "days": 2})
    assert status == 201 and made["scopes"] == ["ask"]
    mine = call("GET", "/tokens")[1]["tokens"]
    assert [t["id"] for t in mine] == [made["id"]] and "token" not in mine[0] and mine[0]["used_at"] is None
    assert call("GET", "/me", token=made["token"])[1]["person"] == os_user().key
    assert call("GET", "/tokens")[1]["tokens"][0]["used_at"]
    status, revoked = call("DELETE", f"/tokens/{made['id']}")
    assert status == 200 and revoked["revoked_at"]
    assert code(call("GET", "/me", token=made["token"])) == (401, "unauthorized")
    assert code(call("DELETE", f"/tokens/{made['id']}")) == (404, "not_found")
    said = [
        json.loads(str(e))["detail"]
        for (e,) in execute(call.house.settings.state_url, "SELECT entry FROM audit ORDER BY number")
    ]
    assert [text.split(" ")[2].rstrip(":") for text in said] == ["made", "revoked"]
    assert made["token"] not in str(said)


def test_a_token_is_over_in_time(opened: Open) -> None:
    call = opened()
    made = call("POST", "/tokens", {"name": "report", "days": 2})[1]["token"]
    call.clock.at += timedelta(days=2, seconds=-1)
    assert call("GET", "/me", token=made)[0] == 200
    call.clock.at += timedelta(seconds=1)
    assert code(call("GET", "/me", token=made)) == (401, "unauthorized")


def test_no_token_makes_or_revokes_tokens_or_reaches_further_than_its_maker(opened: Open) -> None:
    call = opened()
    asks = call.token("anna", Scope.ASK, Scope.APPROVE)
    assert code(call("POST", "/tokens", {"name": "more"}, token=asks)) == (403, "forbidden")
    assert code(call("GET", "/tokens", token=asks)) == (403, "forbidden")
    assert code(call("DELETE", "/tokens/" + asks[4:20], token=asks)) == (403, "forbidden")
    assert code(call("POST", "/tokens", {"name": "x", "scopes": ["tokens"]})) == (403, "forbidden")
    assert code(call("POST", "/tokens", {"name": "x", "scopes": []})) == (403, "forbidden")
    limited = Principal(entrance=Entrance.OS, name="a", scopes=frozenset({Scope.ASK, Scope.TOKENS}))
    with pytest.raises(Exception, match="as far as you have them"):
        call.house.entrances.make(limited, name="x", scopes=frozenset({Scope.APPROVE}), days=1)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "  "},
        {"name": "a\nb"},
        {"name": "x" * 101},
        {"name": "x", "days": 0},
        {"name": "x", "days": 366},
        {"name": "x", "scopes": ["all"]},
        {"name": "x", "person": "os:bert"},
    ],
)
def test_tokens_are_asked_for_rightly(opened: Open, body: Any) -> None:
    assert code(opened()("POST", "/tokens", body)) == (400, "wrong_usage")


def test_nobody_hoards_tokens(opened: Open) -> None:
    call = opened(person_per_minute=0)
    for _ in range(50):
        call.token("anna")
    with pytest.raises(Exception, match="revoke one of them"):
        call.token("anna")
    call.token("bert")


def test_a_person_may_ask_so_often_a_minute_and_no_more(opened: Open) -> None:
    call = opened(person_per_minute=2)
    anna, bert = call.token("anna"), call.token("bert")
    asked = [call("POST", "/query", {"question": "?"}, token=anna)[0] for _ in range(3)]
    assert 429 not in asked[:2] and asked[2] == 429
    body = call("POST", "/query", {"question": "?"}, token=anna)[1]
    assert body["error"]["code"] == "too_many" and "Try again in 45 s." in body["error"]["message"]
    assert call("POST", "/query", {"question": "?"}, token=bert)[0] != 429
    assert call("GET", "/me", token=anna)[0] == 200, "looking costs nobody anything"
    call.clock.at += timedelta(seconds=45)
    assert call("POST", "/query", {"question": "?"}, token=anna)[0] != 429


def test_a_token_of_another_entrance_does_not_count(opened: Open) -> None:
    token = opened().token("anna")
    assert code(opened(entrance="oidc")("GET", "/me", token=token)) == (401, "unauthorized")


class Tunnel:
    """An entrance `aws` whose STS is the test's own."""

    def __init__(self, call: Caller, arn: str, account: str = ACCOUNT) -> None:
        self.call, self.asked = call, 0
        body = {"GetCallerIdentityResponse": {"GetCallerIdentityResult": {"Account": account, "Arn": arn}}}

        def fetch(url: str, headers: Any) -> bytes:
            self.asked += 1
            assert headers["x-k8s-aws-id"] == "bi.prod"
            return json.dumps(body).encode()

        house = call.house
        house.__dict__["entrances"] = Entrances(
            house.settings,
            tokens=house.tokens,
            access=lambda: house.access,
            audit=lambda: house.audit,
            together=house.state.transaction,
            clock=call.clock,
            fetch=fetch,
        )
        call.clock.at = datetime.now(UTC)
        self.ticket = ticket_of(presigned("https://sts.eu-central-1.amazonaws.com", name="bi.prod"))

    def enter(self, **given: Any) -> tuple[int, Any]:
        return self.call("POST", "/entry", {"ticket": self.ticket}, **given)


OURS = f"arn:aws:sts::{ACCOUNT}:assumed-role/Analysts/anna@example.com"
PARTNER = "arn:aws:sts::444455556666:assumed-role/Partners/paul"
STRANGER = "arn:aws:sts::999999999999:assumed-role/Analysts/anna@example.com"


def test_a_ticket_is_exchanged_once_for_a_token(opened: Open) -> None:
    call = opened(entrance="aws", ticket_name="bi.prod", token_hours=1)
    tunnel = Tunnel(call, OURS)
    status, entry = tunnel.enter()
    assert status == 201 and entry["person"] == f"aws:{OURS}" and entry["name"] == "anna@example.com"
    me = call("GET", "/me", token=entry["token"])[1]
    assert (me["entrance"], me["role"], me["approves"]) == ("aws", "analyst", True)
    assert code(tunnel.enter()) == (401, "unauthorized")
    assert call("POST", "/tokens", {"name": "x"}, token=entry["token"])[0] == 201
    call.clock.at += timedelta(hours=1)
    assert code(call("GET", "/me", token=entry["token"])) == (401, "unauthorized")


@pytest.mark.parametrize(
    ("arn", "account", "policies", "status"),
    [
        (OURS, ACCOUNT, "", 201),
        (STRANGER, ACCOUNT, "", 403),
        (STRANGER, "", "", 403),
        (STRANGER, ACCOUNT, ROLES, 403),
        (PARTNER, ACCOUNT, "", 403),
        (PARTNER, ACCOUNT, ROLES, 201),
    ],
)
def test_of_other_accounts_only_those_come_in_whom_the_policies_name(
    opened: Open, arn: str, account: str, policies: str, status: int
) -> None:
    call = opened(entrance="aws", ticket_name="bi.prod", policies_text=policies)
    assert Tunnel(call, arn, arn.split(":")[4]).enter(account=account)[0] == status


def test_one_way_in_and_one_proof_at_a_time(opened: Open) -> None:
    call = opened()
    assert code(call("POST", "/entry", {"ticket": "x"})) == (400, "wrong_usage")
    assert code(call("POST", "/entry", {})) == (400, "wrong_usage")
    call = opened(entrance="aws")
    assert code(call("POST", "/entry", {"ticket": "x", "oidc": "y"})) == (400, "wrong_usage")
    assert code(call("POST", "/entry", {"oidc": "y"})) == (400, "wrong_usage")
    assert code(call("POST", "/entry", {"ticket": "x"})) == (401, "unauthorized")
    assert code(call("POST", "/entry", {"ticket": "x" * 20_001})) == (400, "wrong_usage")


def test_whom_the_load_balancer_speaks_of_comes_in_with_what_the_policies_look_at(opened: Open) -> None:
    words = Words()
    call = opened(
        entrance="oidc",
        oidc_signer=SIGNER,
        oidc_client_id=CLIENT,
        oidc_issuer=ISSUER,
        policies_text=ROLES,
    )
    house = call.house
    call.clock.at = datetime.now(UTC)
    house.__dict__["entrances"] = Entrances(
        house.settings,
        tokens=house.tokens,
        access=lambda: house.access,
        audit=lambda: house.audit,
        together=house.state.transaction,
        clock=call.clock,
        fetch=words.fetch,
    )

    def enter(**claims: Any) -> tuple[int, Any]:
        return call("POST", "/entry", {"oidc": words.say(claims)})

    status, entry = enter(groups=["bi", "x"], phone="123", name="Anna")
    assert status == 201 and (entry["person"], entry["name"]) == ("oidc:u-1", "Anna")
    assert call("GET", "/me", token=entry["token"])[1]["role"] == "sales"
    own = call("POST", "/tokens", {"name": "x"}, token=entry["token"])[1]["token"]
    assert call("GET", "/me", token=own)[1]["role"] == "sales"
    assert code(call("POST", "/entry", {"oidc": words.say(client="other")})) == (401, "unauthorized")
    status, later = enter(groups=["x"])
    assert status == 201 and call("GET", "/me", token=later["token"])[1]["role"] == ""
    assert call("GET", "/me", token=own)[1]["role"] == "", "who has left a group has left it with every token"
    found = house.tokens.find(entry["token"][4:20])
    assert found and dict(found.principal.claims) == {"groups": ("bi", "x"), "name": ("Anna",)}


def test_what_people_are_called() -> None:
    anna = Principal(entrance=Entrance.OIDC, name="u-1", claims=(("email", ("a@example.com",)),))
    assert shown_name(anna) == "a@example.com"
    assert shown_name(replace(anna, claims=())) == "u-1"
    assert shown_name(Principal(entrance=Entrance.AWS, name="arn:aws:iam::1:user/bob")) == "bob"
