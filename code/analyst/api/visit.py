"""Who sends this request, and what serves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analyst.errors import Forbidden, Unauthorized
from analyst.identifying import shown_name
from analyst.identity import Principal, Scope

if TYPE_CHECKING:
    from analyst.wiring import House

OPEN_PATHS = frozenset({"/health", "/openapi.json", "/entry"})
"""Served before anybody has said who they are."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request: the house that serves it and the person who sent it."""

    house: House
    request_id: str
    now: str
    """ISO instant."""
    account: str = ""
    """The AWS account that serves the request; empty on one machine."""
    known: Principal | None = None
    """Who sent it; None where nobody has to say so."""

    @property
    def principal(self) -> Principal:
        """Who sent it, verified; raises Unauthorized."""
        if self.known is None:
            raise Unauthorized("Nobody is signed in.")
        return self.known

    @property
    def person(self) -> str:
        """Whom sessions, questions and entries of the audit belong to."""
        return self.principal.key

    @property
    def operator(self) -> str:
        """The name that others see, as of whoever has approved an example."""
        return shown_name(self.principal)

    def require(self, scope: Scope) -> None:
        """Raise Forbidden unless the sender's token reaches so far."""
        if scope not in self.principal.scopes:
            raise Forbidden(f"This token was not made to {_ACTS[scope]}.")

    @property
    def approves(self) -> bool:
        """True where the sender may decide on examples."""
        return self.house.access.may_approve(self.principal)

    def check_approves(self) -> None:
        """Raise Forbidden where the sender may not decide on examples."""
        self.require(Scope.APPROVE)
        if not self.approves:
            raise Forbidden("Your role may propose examples; approving and revoking them is for others.")

    def count(self) -> None:
        """Count this request as one that costs a model or a database its time; raises TooMany."""
        self.house.entrances.count(self.principal)


_ACTS = {Scope.ASK: "ask", Scope.APPROVE: "approve", Scope.TOKENS: "make or revoke tokens"}


def visit(house: House, event: Mapping[str, Any]) -> Visit:
    """The request of an API Gateway event; raises Unauthorized where nobody has verified who sends it."""
    context = event["requestContext"]
    return Visit(
        house=house,
        request_id=str(context.get("requestId") or ""),
        now=house.clock.now().isoformat(),
        account=str(context.get("accountId") or ""),
        known=None if event["path"] in OPEN_PATHS else house.entrances.principal(_authorization(event)),
    )


def _authorization(event: Mapping[str, Any]) -> str:
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return str(headers.get("authorization") or "").strip()
