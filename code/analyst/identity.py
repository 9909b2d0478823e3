"""Who asks, as an entrance has verified it; what they may see is for the policies to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Entrance(StrEnum):
    """Where people come in, and with that how they prove who they are."""

    OS = "os"
    """One machine: the operating system's user."""
    AWS = "aws"
    """The tunnel: a presigned `sts:GetCallerIdentity`."""
    OIDC = "oidc"
    """The load balancer, at which people sign in."""


class Scope(StrEnum):
    """What a token lets its holder do, of what the holder's role may."""

    ASK = "ask"
    """Ask, look at one's own answers, take them away, judge them as wrong."""
    APPROVE = "approve"
    """Make answers examples, and revoke examples."""
    TOKENS = "tokens"
    """Make and revoke one's own tokens."""


EVERY_SCOPE = frozenset(Scope)


@dataclass(frozen=True, kw_only=True)
class Principal:
    """One person or program."""

    entrance: Entrance
    name: str
    """The user's name, the ARN of an IAM principal, or the subject of an issuer's token."""
    claims: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What the issuer says of them, as names and values."""
    scopes: frozenset[Scope] = EVERY_SCOPE

    @property
    def key(self) -> str:
        """Whom questions, sessions and entries of the audit belong to."""
        return f"{self.entrance}:{self.name}"

    def claim(self, name: str) -> tuple[str, ...]:
        """The values of a claim; none where the issuer does not make it."""
        return dict(self.claims).get(name, ())

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "entrance": self.entrance.value,
            "name": self.name,
            "claims": {name: list(values) for name, values in self.claims},
            "scopes": sorted(self.scopes),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Principal:
        """The inverse of `to_dict`."""
        return cls(
            entrance=Entrance(data["entrance"]),
            name=data["name"],
            claims=tuple((name, tuple(values)) for name, values in data["claims"].items()),
            scopes=frozenset(Scope(scope) for scope in data["scopes"]),
        )
