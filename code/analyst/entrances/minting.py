"""Tokens: `dab_<id>_<secret>`, of which only the hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

PREFIX = "dab_"
"""What a scanner for secrets that were left lying about looks for: `dab_[0-9a-f]{16}_[A-Za-z0-9_-]{43}`."""
SECRET_BYTES = 32
_FORM = re.compile(rf"{PREFIX}([0-9a-f]{{16}})_[\w-]{{43}}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Minted:
    """A new token, before it is handed over and forgotten."""

    id: str
    text: str = field(repr=False)

    @property
    def hash(self) -> str:
        """What is kept of it."""
        return hashed(self.text)


def mint() -> Minted:
    """A new one of 256 random bits."""
    token_id = secrets.token_hex(8)
    return Minted(id=token_id, text=f"{PREFIX}{token_id}_{secrets.token_urlsafe(SECRET_BYTES)}")


def id_of(text: str) -> str:
    """The id within a token; empty for what is none."""
    found = _FORM.fullmatch(text)
    return found[1] if found else ""


def hashed(text: str) -> str:
    """SHA-256 as hexadecimal digits: nobody can guess what has 256 random bits, so nothing slower is needed."""
    return hashlib.sha256(text.encode()).hexdigest()


def matches(text: str, hash: str) -> bool:
    """True for the token of that hash; takes as long for a nearly right one as for a wrong one."""
    return hmac.compare_digest(hashed(text), hash)
