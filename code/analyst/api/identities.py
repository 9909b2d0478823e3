"""Routes of who asks: coming in, one's own tokens, and what one is here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from pydantic import Field

from analyst.api.bodies import Strict
from analyst.api.visit import Visit
from analyst.errors import Forbidden, WrongUsage
from analyst.identifying import LONGEST_NAME, MOST_DAYS, shown_name
from analyst.identity import Principal, Scope
from analyst.stores.tokens import Token

_LONGEST_PROOF = 20_000


class EntryBody(Strict):
    """`POST /entry`: one of the two."""

    ticket: str = Field(default="", max_length=_LONGEST_PROOF, description="What the tunnel's script made.")
    oidc: str = Field(
        default="", max_length=_LONGEST_PROOF, description="The load balancer's header x-amzn-oidc-data."
    )


class TokenBody(Strict):
    """`POST /tokens`."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME, description="What the token is for.")
    scopes: list[Scope] = Field(default=[Scope.ASK], max_length=3, description="ask, approve, or both.")
    days: int = Field(default=30, ge=1, le=MOST_DAYS, description="How long it holds.")


class Identities:
    """Routes of who asks; each knows its visitor through `visit`."""

    def __init__(self, visit: Callable[[], Visit]) -> None:
        self._visit = visit

    def register(self, app: APIGatewayRestResolver) -> None:
        """Put the routes into the application."""
        app.post("/entry", summary="Prove who you are, for a token", tags=["People"])(self.enter)
        app.get("/me", summary="What you are here", tags=["People"])(self.me)
        app.get("/tokens", summary="Your tokens", tags=["People"])(self.tokens)
        app.post("/tokens", summary="Make a token for a program", tags=["People"])(self.make)
        app.delete("/tokens/<token_id>", summary="Revoke a token", tags=["People"])(self.revoke)

    def enter(self, body: EntryBody) -> tuple[dict[str, Any], int]:
        """A ticket is taken once; the token stands for the person until it is over."""
        here = self._visit()
        if bool(body.ticket) == bool(body.oidc):
            raise WrongUsage("Send either a ticket or what the load balancer says.")
        entrances = here.house.entrances
        if body.ticket:
            made = entrances.by_ticket(body.ticket, account=here.account)
        else:
            made = entrances.by_load_balancer(body.oidc)
        principal = made.token.principal
        expires_at = made.token.expires_at.isoformat()
        return {"token": made.text, "expires_at": expires_at, **_who(principal)}, 201

    def me(self) -> dict[str, Any]:
        """The role is empty for who has none."""
        here = self._visit()
        access = here.house.access
        try:
            role = access.person(here.principal).role
        except Forbidden:
            role = ""
        open_ones = (s.name for s in here.house.sources.all if access.may_ask(here.principal, source=s.name))
        return {
            **_who(here.principal),
            "role": role,
            "policy": access.policies.version if access.policies else "",
            "entrance": here.principal.entrance.value,
            "approves": bool(role) and access.may_approve(here.principal),
            "sources": list(open_ones),
        }

    def tokens(self) -> dict[str, Any]:
        """Those that still hold, newest first; never the tokens themselves."""
        here = self._visit()
        here.require(Scope.TOKENS)
        return {"tokens": [_shown(token) for token in here.house.entrances.tokens(here.principal)]}

    def make(self, body: TokenBody) -> tuple[dict[str, Any], int]:
        """This is the only time that the token can be read."""
        here = self._visit()
        here.require(Scope.TOKENS)
        here.count()
        made = here.house.entrances.make(
            here.principal, name=body.name, scopes=frozenset(body.scopes), days=body.days
        )
        return {**_shown(made.token), "token": made.text}, 201

    def revoke(self, token_id: str) -> dict[str, Any]:
        """It is worth nothing from now on."""
        here = self._visit()
        here.require(Scope.TOKENS)
        return _shown(here.house.entrances.revoke(here.principal, token_id))


def _who(principal: Principal) -> dict[str, str]:
    return {"person": principal.key, "name": shown_name(principal)}


def _shown(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": sorted(token.principal.scopes),
        "made_at": _iso(token.made_at),
        "expires_at": _iso(token.expires_at),
        "used_at": _iso(token.used_at),
        "revoked_at": _iso(token.revoked_at),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
