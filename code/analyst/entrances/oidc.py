"""What the load balancer says of somebody who has signed in there: the header `x-amzn-oidc-data`.

It is a JWT of ES256 whose base64 parts AWS pads, and signs with the padding; libraries for JWTs refuse the one or
lose the other, so that its signature is checked here over the very characters that came.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from analyst.entrances.fetching import Fetch
from analyst.errors import ConfigurationError, Unauthorized
from analyst.identity import Entrance, Principal

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

LONGEST = 16_384
"""Characters."""
LONGEST_VALUE = 200
MOST_VALUES = 200
"""Of one claim; somebody may be in many groups."""
MOST_KEYS = 8
"""Keys that a process keeps; the load balancer changes its own now and then."""

_PART = re.compile(r"([A-Za-z0-9_-]+)={0,2}")
_SIGNER = re.compile(
    r"arn:(aws|aws-us-gov):elasticloadbalancing:([a-z0-9-]+):\d{12}:loadbalancer/app/[\w/-]+"
)
_KEY_ID = re.compile(r"[0-9a-fA-F-]{8,64}")
_SUBJECT = re.compile(r"[!-~]{1,255}")
_NOT_SIGNED_IN = "Your sign-in could not be verified. Load the page again to sign in."


@dataclass(frozen=True, kw_only=True)
class LoadBalancer:
    """Whose word counts: the load balancer, for one client of one issuer."""

    signer: str
    """Its ARN."""
    client_id: str
    issuer: str
    fetch: Fetch
    claims: frozenset[str] = frozenset()
    """The claims that are kept, beside the subject."""
    _keys: dict[str, EllipticCurvePublicKey] = field(default_factory=dict, repr=False, compare=False)

    def principal(self, text: str, *, now: datetime) -> Principal:
        """Whom it speaks of; raises Unauthorized for what it has not said, and ConfigurationError."""
        signed, signature = _parts(text)
        header, claims = (_document(part) for part in signed.split("."))
        self._check(header, now=now)
        key = self._key(str(header.get("kid")))
        if not _is_signed(key, signed.encode(), _decoded(signature)) or _is_over(claims, now):
            raise Unauthorized(_NOT_SIGNED_IN)
        subject = claims.get("sub")
        if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
            raise Unauthorized(_NOT_SIGNED_IN)
        return Principal(entrance=Entrance.OIDC, name=subject, claims=self._kept(claims))

    def _check(self, header: Mapping[str, Any], *, now: datetime) -> None:
        """All of this is signed, too; it is looked at first, so that a key is fetched for nobody else."""
        if not (self.signer and self.client_id and self.issuer):
            names = "ANALYST_OIDC_SIGNER, ANALYST_OIDC_CLIENT_ID and ANALYST_OIDC_ISSUER"
            raise ConfigurationError(f"{names} say who signs people in; one of them is not set.")
        wanted = {"alg": "ES256", "signer": self.signer, "client": self.client_id, "iss": self.issuer}
        if any(header.get(name) != value for name, value in wanted.items()):
            raise Unauthorized(_NOT_SIGNED_IN)
        if "crit" in header or "exp" not in header or _is_over(header, now):
            raise Unauthorized(_NOT_SIGNED_IN)

    def _key(self, key_id: str) -> EllipticCurvePublicKey:
        if not _KEY_ID.fullmatch(key_id):
            raise Unauthorized(_NOT_SIGNED_IN)
        if key_id not in self._keys:
            try:
                key = _public_key(self.fetch(self._keys_url + key_id, {}))
            except OSError:
                raise Unauthorized(
                    "Your sign-in cannot be verified right now. Try again in a moment."
                ) from None
            while len(self._keys) >= MOST_KEYS:
                self._keys.pop(next(iter(self._keys)))
            self._keys[key_id] = key
        return self._keys[key_id]

    @property
    def _keys_url(self) -> str:
        found = _SIGNER.fullmatch(self.signer)
        if found is None:
            raise ConfigurationError("ANALYST_OIDC_SIGNER must be the ARN of an application load balancer.")
        partition, region = found.groups()
        if partition == "aws-us-gov":
            return f"https://s3-{region}.amazonaws.com/aws-elb-public-keys-prod-{region}/"
        return f"https://public-keys.auth.elb.{region}.amazonaws.com/"

    def _kept(self, claims: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        named = ((name, _values(claims[name])) for name in sorted(self.claims & claims.keys()))
        return tuple((name, values) for name, values in named if values)


def _parts(text: str) -> tuple[str, str]:
    parts = text.split(".")
    if len(text) > LONGEST or len(parts) != 3 or not all(map(_PART.fullmatch, parts)):
        raise Unauthorized(_NOT_SIGNED_IN)
    return f"{parts[0]}.{parts[1]}", parts[2]


def _decoded(part: str) -> bytes:
    bare = part.rstrip("=")
    try:
        return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except ValueError:
        raise Unauthorized(_NOT_SIGNED_IN) from None


def _document(part: str) -> Mapping[str, Any]:
    try:
        found = json.loads(_decoded(part))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Unauthorized(_NOT_SIGNED_IN)
    return found


def _is_over(said: Mapping[str, Any], now: datetime) -> bool:
    """AWS writes the moment as a number, issuers now and then as its digits; what is neither is long over."""
    if "exp" not in said:
        return False
    try:
        return not now.timestamp() < float(said["exp"])
    except (TypeError, ValueError, OverflowError):
        return True


def _public_key(pem: bytes) -> EllipticCurvePublicKey:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem)
    except ValueError:
        raise Unauthorized(_NOT_SIGNED_IN) from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise Unauthorized(_NOT_SIGNED_IN)
    return key


def _is_signed(key: EllipticCurvePublicKey, signed: bytes, signature: bytes) -> bool:
    """A JWT's signature is two numbers of 32 bytes, which OpenSSL wants as DER."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    if len(signature) != 64:
        return False
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    try:
        key.verify(encode_dss_signature(r, s), signed, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _values(value: object) -> tuple[str, ...]:
    """A claim as texts: flags and numbers as JSON writes them; what else there is, is left out."""
    listed = value if isinstance(value, list) else [value]
    texts = (v if isinstance(v, str) else json.dumps(v) for v in listed if isinstance(v, str | bool | int))
    return tuple(text for text in texts if 0 < len(text) <= LONGEST_VALUE)[:MOST_VALUES]
