"""Tokens, tickets and counts in the product's own database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from analyst.entrances import minting
from analyst.identity import Entrance, Principal, Scope
from analyst.stores.state import State
from analyst.stores.tokens import Token, TokenKind, Tokens

NOW = datetime(2026, 1, 31, 12, 30, 15, tzinfo=UTC)
ANNA = Principal(entrance=Entrance.OIDC, name="anna", claims=(("groups", ("bi", "all")),))
BERT = Principal(entrance=Entrance.OIDC, name="bert")


@pytest.fixture
def tokens(state_url: str) -> Iterator[Tokens]:
    with closing(State(state_url)) as state:
        yield Tokens(state)


def kept(tokens: Tokens, principal: Principal = ANNA, *, days: float = 1, session: bool = False) -> Token:
    minted = minting.mint()
    kind = TokenKind.SESSION if session else TokenKind.PERSONAL
    scopes = frozenset({Scope.ASK})
    token = Token(
        id=minted.id,
        hash=minted.hash,
        kind=kind,
        principal=replace(principal, scopes=scopes),
        name="report",
        made_at=NOW,
        expires_at=NOW + timedelta(days=days),
    )
    tokens.add(token)
    return token


def test_a_token_is_found_by_its_id_as_it_was_kept(tokens: Tokens) -> None:
    token = kept(tokens)
    assert tokens.find(token.id) == token
    assert token.holds(NOW) and not token.holds(NOW + timedelta(days=1))
    assert tokens.find("0" * 16) is None


def test_only_the_hash_is_kept(state_url: str) -> None:
    with closing(State(state_url)) as state:
        minted = minting.mint()
        Tokens(state).add(
            Token(
                id=minted.id,
                hash=minted.hash,
                kind=TokenKind.SESSION,
                principal=ANNA,
                made_at=NOW,
                expires_at=NOW,
            )
        )
        row = state.row("SELECT t::text AS all FROM tokens t")
    assert row and minted.hash in row["all"] and minted.text[20:] not in row["all"]


def test_its_use_is_noted_by_the_minute(tokens: Tokens) -> None:
    token = kept(tokens)
    for seconds, noted in ((0, 0), (59, 0), (60, 60)):
        found = tokens.find(token.id)
        assert found
        tokens.used(found, now=NOW + timedelta(seconds=seconds))
        found = tokens.find(token.id)
        assert found and found.used_at == NOW + timedelta(seconds=noted)


def test_a_person_sees_and_revokes_their_own_alone(tokens: Tokens) -> None:
    token, session = kept(tokens), kept(tokens, session=True)
    assert [t.id for t in tokens.personal(ANNA.key, now=NOW)] == [token.id]
    assert tokens.personal(BERT.key, now=NOW) == []
    assert tokens.revoke(token.id, person=BERT.key, now=NOW) is None
    revoked = tokens.revoke(token.id, person=ANNA.key, now=NOW)
    assert revoked and not revoked.holds(NOW)
    assert tokens.revoke(token.id, person=ANNA.key, now=NOW) is None
    assert tokens.personal(ANNA.key, now=NOW) == []
    assert tokens.revoke(session.id, person=ANNA.key, now=NOW), "a session can be taken back, too"


def test_what_the_issuer_says_today_holds_for_tokens_made_before(tokens: Tokens) -> None:
    anna, bert, session = kept(tokens), kept(tokens, BERT), kept(tokens, session=True)
    tokens.renew(replace(ANNA, claims=(("groups", ("all",)),)))
    found = tokens.find(anna.id)
    assert found and found.principal.claim("groups") == ("all",)
    assert found.principal.scopes == {Scope.ASK}
    assert tokens.find(bert.id) == bert and tokens.find(session.id) == session


def test_a_ticket_is_taken_once_however_many_try(state_url: str, tokens: Tokens) -> None:
    taken: list[bool] = []
    start = threading.Barrier(4)

    def take() -> None:
        with closing(State(state_url)) as state:
            state.rows("SELECT 1")
            start.wait()
            taken.append(Tokens(state).take_ticket("h", until=NOW))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False, False, False, True]
    assert tokens.take_ticket("other", until=NOW)


def test_requests_are_counted_by_person_and_minute(tokens: Tokens) -> None:
    assert [tokens.count("a", now=NOW + timedelta(seconds=s)) for s in (0, 1, 44)] == [1, 2, 3]
    assert tokens.count("b", now=NOW) == 1
    assert tokens.count("a", now=NOW + timedelta(seconds=45)) == 1
    assert tokens.count("a", now=NOW) == 2, "a clock that is behind opens no new minute"


def test_what_is_over_is_forgotten(tokens: Tokens) -> None:
    old, session, fresh = kept(tokens, days=1), kept(tokens, session=True), kept(tokens, days=90)
    revoked = kept(tokens, days=90)
    tokens.revoke(revoked.id, person=ANNA.key, now=NOW)
    tokens.take_ticket("h", until=NOW)
    tokens.count("a", now=NOW)
    tokens.forget(now=NOW + timedelta(days=2))
    assert tokens.find(session.id) is None and tokens.find(old.id) and tokens.find(revoked.id)
    assert tokens.take_ticket("h", until=NOW), "it was forgotten"
    tokens.forget(now=NOW + timedelta(days=32))
    assert tokens.find(old.id) is None and tokens.find(revoked.id) is None and tokens.find(fresh.id)
