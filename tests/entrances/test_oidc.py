"""The load balancer's word: signed by it, for our client, by our issuer, and not over."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from load_balancers import CLIENT, ISSUER, KEYS_URL, SIGNER, Words, encoded

from analyst.entrances.oidc import LONGEST_VALUE, MOST_VALUES, LoadBalancer
from analyst.errors import ConfigurationError, Unauthorized

CLAIMS = frozenset({"name", "groups", "tenant", "email_verified"})


def listening(words: Words, **changes: Any) -> LoadBalancer:
    given = {"signer": SIGNER, "client_id": CLIENT, "issuer": ISSUER, "fetch": words.fetch, "claims": CLAIMS}
    return LoadBalancer(**{**given, **changes})


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize("pad", [True, False])
def test_whom_it_speaks_of(pad: bool) -> None:
    words = Words()
    load_balancer = listening(words)
    for name in ("Anna", "Anna B", "Änne"):  # of which some need padding
        claims = {"name": name, "groups": ["bi", "all"], "tenant": "7", "phone": "1", "email_verified": True}
        found = load_balancer.principal(words.say(claims, pad=pad), now=now())
        assert found.key == "oidc:u-1"
        assert dict(found.claims) == {
            "name": (name,),
            "groups": ("bi", "all"),
            "tenant": ("7",),
            "email_verified": ("true",),
        }
    assert words.fetched == [KEYS_URL], "a key is fetched once"


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "ES384"},
        {"signer": SIGNER.replace("page", "other")},
        {"signer": None},
        {"client": "client-2"},
        {"client": [CLIENT]},
        {"iss": "https://idp.example.org"},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"exp": "soon"},
        {"exp": [1]},
        {"exp": 10**400},
        {"kid": "../../keys"},
        {"kid": None},
        {"crit": ["x"]},
    ],
)
def test_what_was_not_said_to_us_by_it_or_is_over_counts_for_nothing(header: dict[str, Any]) -> None:
    words = Words()
    with pytest.raises(Unauthorized):
        listening(words).principal(words.say(**header), now=now())
    assert words.fetched == []


def test_the_signature_must_be_its_own() -> None:
    words, others = Words(), Words()
    load_balancer = listening(words)
    head, body, signature = words.say().split(".")
    forged = encoded(json.dumps({"sub": "root"}).encode())
    wrong = [
        others.say(),
        f"{head}.{forged}.{signature}",
        f"{head}.{body}.{encoded(bytes(64))}",
        f"{head}.{body}.{encoded(b'short')}",
        f"{head}.{body}.",
        f"{head}.{body}",
        f"{head.rstrip('=')}.{body.rstrip('=')}=.{signature}",
        f"{head}.{body}.{signature}.x",
        f"{head}.{body}!.{signature}",
        "",
        "a.b.c",
        f"{encoded(b'[]')}.{body}.{signature}",
        words.say({"name": "x" * 20_000}),
    ]
    for text in wrong:
        with pytest.raises(Unauthorized):
            load_balancer.principal(text, now=now())
    assert load_balancer.principal(f"{head}.{body}.{signature}", now=now()).name == "u-1"


@pytest.mark.parametrize("sub", [None, "", 7, "a b", "x" * 256, ["u"]])
def test_somebody_has_to_be_named(sub: object) -> None:
    words = Words()
    with pytest.raises(Unauthorized):
        listening(words).principal(words.say({"sub": sub}), now=now())


def test_it_is_over_in_time() -> None:
    words = Words()
    text = words.say()
    assert listening(words).principal(text, now=now() + timedelta(seconds=110)).name == "u-1"
    with pytest.raises(Unauthorized):
        listening(words).principal(text, now=now() + timedelta(seconds=121))
    with pytest.raises(Unauthorized):
        listening(words).principal(words.say({"exp": 1_700_000_000}), now=now())


def test_another_kind_of_key_and_no_key_at_all() -> None:
    words = Words(ec.SECP384R1())
    with pytest.raises(Unauthorized):
        listening(words).principal(words.say(), now=now())
    words = Words()
    words.served = b"no key"
    with pytest.raises(Unauthorized):
        listening(words).principal(words.say(), now=now())
    with pytest.raises(Unauthorized, match="right now"):
        listening(words).principal(words.say(kid="00000000-0000"), now=now())


def test_long_and_nested_claims_are_left_out() -> None:
    words = Words()
    claims = {"groups": [str(n) for n in range(500)], "tenant": "x" * (LONGEST_VALUE + 1), "name": {"a": "b"}}
    found = dict(listening(words).principal(words.say(claims), now=now()).claims)
    assert found == {"groups": tuple(str(n) for n in range(MOST_VALUES))}


@pytest.mark.parametrize("missing", ["signer", "client_id", "issuer"])
def test_without_its_settings_nobody_is_let_in(missing: str) -> None:
    words = Words()
    said = {"signer": "signer", "client_id": "client", "issuer": "iss"}[missing]
    with pytest.raises(ConfigurationError):
        listening(words, **{missing: ""}).principal(words.say(**{said: ""}), now=now())


def test_where_keys_are() -> None:
    words = Words()
    for signer, url in (
        (SIGNER, "https://public-keys.auth.elb.eu-central-1.amazonaws.com/"),
        (
            SIGNER.replace("arn:aws:", "arn:aws-us-gov:").replace("eu-central-1", "us-gov-west-1"),
            "https://s3-us-gov-west-1.amazonaws.com/aws-elb-public-keys-prod-us-gov-west-1/",
        ),
    ):
        words.fetched.clear()
        with pytest.raises(Unauthorized):
            listening(words, signer=signer).principal(words.say(signer=signer, kid="0" * 9), now=now())
        assert words.fetched == [f"{url}{'0' * 9}"]
    other = SIGNER.replace("eu-central-1", "example.org/")
    with pytest.raises(ConfigurationError):
        listening(words, signer=other).principal(words.say(signer=other), now=now())
