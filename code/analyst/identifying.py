"""Who asks: people are let in by what they can prove, and known from then on by a token of ours."""

from __future__ import annotations

import logging
import os
import pwd
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from analyst.audit import Kind
from analyst.entrances import minting, ticket
from analyst.entrances.fetching import Fetch, fetch
from analyst.errors import Conflict, Forbidden, NotFound, TooMany, Unauthorized, WrongUsage
from analyst.identity import Entrance, Principal, Scope
from analyst.policies.people import claims_named
from analyst.stores.tokens import Token, TokenKind, Tokens

if TYPE_CHECKING:
    from analyst.access import Access
    from analyst.auditing import Audit
    from analyst.entrances.oidc import LoadBalancer
    from analyst.ports import Clock
    from analyst.settings import Settings

logger = logging.getLogger(__name__)

MOST_DAYS = 365
MOST_TOKENS = 50
"""Of one person at a time."""
LONGEST_NAME = 100
NAMES = ("name", "preferred_username", "email")
"""Claims that people are shown by, the first that there is."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A new token, which nobody sees a second time."""

    text: str = field(repr=False)
    token: Token


class Entrances:
    """The ways into one deployment; every method raises StoreError where tokens cannot be looked up."""

    def __init__(
        self,
        settings: Settings,
        *,
        tokens: Tokens,
        access: Callable[[], Access],
        audit: Callable[[], Audit],
        together: Callable[[], AbstractContextManager[None]],
        clock: Clock,
        fetch: Fetch = fetch,
        endpoint: Callable[[], str] = str,
    ) -> None:
        """`endpoint` is the URL of an STS that is not AWS's own."""
        self._settings = settings
        self._entrance = Entrance(settings.entrance)
        self._tokens = tokens
        self._access = access
        self._audit = audit
        self._together = together
        self._clock = clock
        self._fetch = fetch
        self._endpoint = endpoint
        self._load_balancer: LoadBalancer | None = None

    def principal(self, authorization: str) -> Principal:
        """Who sends a request with that header; raises Unauthorized.

        On one machine a request without one comes from whoever could read the API's key, its user.
        """
        if not authorization:
            if self._entrance is Entrance.OS and not self._settings.state_secret:
                return os_user()
            raise Unauthorized("Nobody is signed in. Sign in, or send a token as Authorization: Bearer …")
        scheme, _, text = authorization.partition(" ")
        token_id = minting.id_of(text) if scheme.lower() == "bearer" else ""
        token = self._tokens.find(token_id) if token_id else None
        if token is None or not minting.matches(text, token.hash) or not self._holds(token):
            raise Unauthorized("The token is not valid, or not any more. Sign in again.")
        self._tokens.used(token, now=self._clock.now())
        return token.principal

    def by_ticket(self, text: str, *, account: str) -> Made:
        """Let in who holds a ticket of the tunnel, once.

        People of `account`, the deployment's own, are let in, and of others those whom the policies name. Raises
        Unauthorized, and Forbidden for whom neither is true.
        """
        self._check_entrance(Entrance.AWS)
        now = self._clock.now()
        found = ticket.read(text, now=now, endpoint=self._endpoint)
        caller = ticket.caller(found, name=self._settings.ticket_name, fetch=self._fetch)
        if not self._tokens.take_ticket(found.hash, until=found.until):
            raise Unauthorized("The ticket has been used. Open the tunnel again for a new one.")
        if not account or caller.account != account:
            policies = self._access().policies
            if policies is None:
                raise Forbidden("You have no role here.")
            policies.placed(caller.principal)
        return self._session(caller.principal)

    def by_load_balancer(self, text: str) -> Made:
        """Let in whom the load balancer speaks of; raises Unauthorized, or ConfigurationError."""
        self._check_entrance(Entrance.OIDC)
        principal = self._oidc().principal(text, now=self._clock.now())
        self._tokens.renew(principal)
        return self._session(principal)

    def make(self, maker: Principal, *, name: str, scopes: frozenset[Scope], days: int) -> Made:
        """A token of somebody's own for a program; raises Forbidden, WrongUsage, or Conflict for too many."""
        if Scope.TOKENS not in maker.scopes:
            raise Forbidden("This token may not make tokens.")
        if not scopes or not scopes <= maker.scopes - {Scope.TOKENS}:
            raise Forbidden("A token can be given the scopes ask and approve, as far as you have them.")
        if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable() or not name.strip():
            raise WrongUsage(f"A token needs a name of at most {LONGEST_NAME} characters.")
        if not 1 <= days <= MOST_DAYS:
            raise WrongUsage(f"A token can hold for 1 to {MOST_DAYS} days.")
        if len(self.tokens(maker)) >= MOST_TOKENS:
            raise Conflict(f"You have {MOST_TOKENS} tokens; revoke one of them first.")
        with self._together():
            made = self._add(
                replace(maker, scopes=scopes), TokenKind.PERSONAL, name=name, lasts=timedelta(days=days)
            )
            detail = f"token {made.token.id} made: {', '.join(sorted(scopes))}, {days} days"
            self._audit().record(Kind.ADMIN, person=maker.key, detail=detail)
        return made

    def tokens(self, principal: Principal) -> list[Token]:
        """Somebody's own that still hold, newest first."""
        return self._tokens.personal(principal.key, now=self._clock.now())

    def revoke(self, principal: Principal, token_id: str) -> Token:
        """Take one of somebody's own back, at once; raises Forbidden, or NotFound."""
        if Scope.TOKENS not in principal.scopes:
            raise Forbidden("This token may not revoke tokens.")
        with self._together():
            token = self._tokens.revoke(token_id, person=principal.key, now=self._clock.now())
            if token is None:
                raise NotFound("You have no token of this id.")
            detail = f"token {token.id} revoked"
            self._audit().record(Kind.ADMIN, person=principal.key, detail=detail)
        return token

    def count(self, principal: Principal) -> None:
        """Count one request; raises TooMany where somebody has made too many within this minute."""
        most = self._settings.person_per_minute
        if most <= 0:
            return
        now = self._clock.now()
        if self._tokens.count(principal.key, now=now) > most:
            raise TooMany(f"That is more than {most:,} requests a minute. Try again in {60 - now.second} s.")

    def _holds(self, token: Token) -> bool:
        return token.holds(self._clock.now()) and token.principal.entrance is self._entrance

    def _check_entrance(self, wanted: Entrance) -> None:
        if self._entrance is not wanted:
            raise WrongUsage("People are not let in that way here.")

    def _session(self, principal: Principal) -> Made:
        lasts = timedelta(hours=self._settings.token_hours)
        return self._add(principal, TokenKind.SESSION, name="", lasts=lasts)

    def _add(self, principal: Principal, kind: TokenKind, *, name: str, lasts: timedelta) -> Made:
        minted = minting.mint()
        now = self._clock.now()
        token = Token(
            id=minted.id,
            hash=minted.hash,
            kind=kind,
            principal=principal,
            name=name,
            made_at=now,
            expires_at=now + lasts,
        )
        self._tokens.add(token)
        logger.info("a %s token was made for somebody who came in by %s", kind, principal.entrance)
        return Made(text=minted.text, token=token)

    def _oidc(self) -> LoadBalancer:
        if self._load_balancer is None:
            from analyst.entrances.oidc import LoadBalancer

            policies = self._access().policies
            self._load_balancer = LoadBalancer(
                signer=self._settings.oidc_signer,
                client_id=self._settings.oidc_client_id,
                issuer=self._settings.oidc_issuer,
                fetch=self._fetch,
                claims=frozenset(NAMES) | (claims_named(policies.people) if policies else frozenset()),
            )
        return self._load_balancer


def os_user() -> Principal:
    """The operating system's user whose process this is."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user may have none
        name = str(os.getuid())
    return Principal(entrance=Entrance.OS, name=name)


def shown_name(principal: Principal) -> str:
    """What somebody is called on a page: an IAM principal by the end of its name, others as the issuer says."""
    if principal.entrance is Entrance.AWS:
        return principal.name.rsplit("/", 1)[-1]
    named = (value for claim in NAMES for value in principal.claim(claim))
    return next(named, principal.name)
