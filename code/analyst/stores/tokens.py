"""Tokens, used tickets and counts of requests in Postgres; whatever must happen once is one statement."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from analyst.identity import Principal
from analyst.stores.state import Row, State

NOTED_EVERY = timedelta(minutes=1)
"""How exactly it is known when a token was used last."""
KEPT_DAYS = 30
"""Days for which tokens that are over can still be seen."""


class TokenKind(StrEnum):
    """What a token was made for."""

    SESSION = "session"
    """A browser, for as long as somebody stays signed in."""
    PERSONAL = "personal"
    """A program, by whoever lets it act for them."""


@dataclass(frozen=True, kw_only=True)
class Token:
    """What is kept of a token."""

    id: str
    hash: str
    kind: TokenKind
    principal: Principal
    """For whom it stands, with what it lets them do."""
    name: str = ""
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    used_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """False once it is over or taken back."""
        return self.revoked_at is None and now < self.expires_at


class Tokens:
    """Raises StoreError where the product's own database cannot be used."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, token: Token) -> None:
        """Keep a new one."""
        self._state.rows(
            "INSERT INTO tokens (id, hash, kind, person, principal, name, made_at, expires_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (
                *(token.id, token.hash, token.kind.value, token.principal.key),
                *(_json(token.principal), token.name, token.made_at, token.expires_at),
            ),
        )

    def find(self, token_id: str) -> Token | None:
        """The one of that id, whether it still holds or not."""
        row = self._state.row("SELECT * FROM tokens WHERE id = %s", (token_id,))
        return _token(row) if row else None

    def used(self, token: Token, *, now: datetime) -> None:
        """Note that it was used, if that was not just noted."""
        if token.used_at is None or now - token.used_at >= NOTED_EVERY:
            self._state.rows("UPDATE tokens SET used_at = %s WHERE id = %s", (now, token.id))

    def personal(self, person: str, *, now: datetime) -> list[Token]:
        """A person's own that still hold, newest first."""
        rows = self._state.rows(
            "SELECT * FROM tokens WHERE person = %s AND kind = 'personal' AND revoked_at IS NULL"
            " AND expires_at > %s ORDER BY made_at DESC, id",
            (person, now),
        )
        return [_token(row) for row in rows]

    def revoke(self, token_id: str, *, person: str, now: datetime) -> Token | None:
        """Take one of a person's back; None where they have none of that id that holds."""
        row = self._state.row(
            "UPDATE tokens SET revoked_at = %s WHERE id = %s AND person = %s AND revoked_at IS NULL"
            " AND expires_at > %s RETURNING *",
            (now, token_id, person, now),
        )
        return _token(row) if row else None

    def renew(self, principal: Principal) -> None:
        """Have a person's own tokens stand for what is said of them today; their scopes stay."""
        claims = json.dumps(principal.to_dict()["claims"])
        self._state.rows(
            "UPDATE tokens SET principal = jsonb_set(principal, '{claims}', %s::jsonb)"
            " WHERE person = %s AND kind = 'personal' AND principal->'claims' <> %s::jsonb",
            (claims, principal.key, claims),
        )

    def take_ticket(self, hash: str, *, until: datetime) -> bool:
        """True the first time, and never again for the same ticket."""
        row = self._state.row(
            "INSERT INTO used_tickets (hash, until) VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING 1",
            (hash, until),
        )
        return row is not None

    def count(self, person: str, *, now: datetime) -> int:
        """One more request of a person; how many they are within this minute."""
        row = self._state.row(
            "INSERT INTO request_counts AS c (person, minute, requests) VALUES (%s, %s, 1)"
            " ON CONFLICT (person) DO UPDATE SET"
            " requests = CASE WHEN c.minute >= excluded.minute THEN c.requests + 1 ELSE 1 END,"
            " minute = greatest(c.minute, excluded.minute) RETURNING requests",
            (person, now.replace(second=0, microsecond=0)),
        )
        return int(row["requests"]) if row else 0

    def forget(self, *, now: datetime) -> None:
        """Remove tickets, counts and tokens that are long over."""
        over = now - timedelta(days=KEPT_DAYS)
        self._state.rows("DELETE FROM used_tickets WHERE until < %s", (now,))
        self._state.rows("DELETE FROM request_counts WHERE minute < %s", (now - timedelta(hours=1),))
        self._state.rows("DELETE FROM tokens WHERE kind = 'session' AND expires_at < %s", (now,))
        self._state.rows("DELETE FROM tokens WHERE least(expires_at, revoked_at) < %s", (over,))


def _json(principal: Principal) -> str:
    return json.dumps(principal.to_dict())


def _token(row: Row) -> Token:
    return Token(
        id=row["id"],
        hash=row["hash"],
        kind=TokenKind(row["kind"]),
        principal=Principal.from_dict(row["principal"]),
        name=row["name"],
        made_at=row["made_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
        used_at=row["used_at"],
    )
