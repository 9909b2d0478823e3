"""A load balancer's signed words, made with a key of the test's own."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SIGNER = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/page/50dc6c495c0c9188"
ISSUER = "https://idp.example.com"
CLIENT = "client-1"
KEY_ID = "12345678-1234-1234-1234-123456789012"
KEYS_URL = f"https://public-keys.auth.elb.eu-central-1.amazonaws.com/{KEY_ID}"


class Words:
    """Signs, and serves the key to whoever fetches it."""

    def __init__(self, curve: ec.EllipticCurve | None = None) -> None:
        self._key = ec.generate_private_key(curve or ec.SECP256R1())
        self.fetched: list[str] = []
        self.served: bytes | None = None

    def fetch(self, url: str, headers: Mapping[str, str]) -> bytes:
        """The public key as AWS serves it."""
        self.fetched.append(url)
        if url != KEYS_URL:
            raise OSError("not here")
        if self.served is not None:
            return self.served
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def say(self, claims: Mapping[str, Any] | None = None, *, pad: bool = True, **header: Any) -> str:
        """What stands in the header x-amzn-oidc-data."""
        until = int(time.time()) + 120
        given = {
            "alg": "ES256",
            "kid": KEY_ID,
            "signer": SIGNER,
            "iss": ISSUER,
            "client": CLIENT,
            "exp": until,
        }
        given = {name: value for name, value in {**given, **header}.items() if value is not None}
        told = {"sub": "u-1", "name": "Anna", "exp": until, "iss": ISSUER, **(claims or {})}
        signed = f"{encoded(json.dumps(given).encode(), pad)}.{encoded(json.dumps(told).encode(), pad)}"
        return f"{signed}.{encoded(self.signature(signed), pad)}"

    def signature(self, signed: str) -> bytes:
        """Two numbers of 32 bytes."""
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(SHA256())))
        size = (self._key.curve.key_size + 7) // 8
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def encoded(data: bytes, pad: bool = True) -> str:
    """As AWS does, with padding."""
    text = base64.urlsafe_b64encode(data).decode()
    return text if pad else text.rstrip("=")
