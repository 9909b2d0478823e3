"""Who sends this request, and what serves it."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analyst.errors import WrongUsage

if TYPE_CHECKING:
    from analyst.wiring import House

LONGEST_PERSON = 100


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request: the house that serves it and the person who sent it."""

    house: House
    person: str
    """An opaque token of the sender's browser; sessions belong to it."""
    request_id: str
    now: str
    """ISO instant."""
    api_key_id: str = ""
    """Which of API Gateway's keys was sent; empty on one machine."""

    @property
    def operator(self) -> str:
        """Who approves: on one machine the operating system's user, behind API Gateway the holder of its key."""
        return f"API key {self.api_key_id}" if self.api_key_id else pwd.getpwuid(os.getuid()).pw_name


def visit(house: House, event: Mapping[str, Any]) -> Visit:
    """The request of an API Gateway event; raises WrongUsage for an impossible person."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    person = headers.get("x-analyst-person") or ""
    if len(person) > LONGEST_PERSON:
        raise WrongUsage(f"The header x-analyst-person may have {LONGEST_PERSON} characters.")
    context = event["requestContext"]
    return Visit(
        house=house,
        person=person,
        request_id=str(context.get("requestId") or ""),
        now=house.clock.now().isoformat(),
        api_key_id=str((context.get("identity") or {}).get("apiKeyId") or ""),
    )
