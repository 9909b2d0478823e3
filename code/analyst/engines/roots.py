"""By which authorities a database's certificate is verified, where nobody says it."""

from __future__ import annotations

import os
import re
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

import analyst

BUNDLE = "rds/global-bundle.pem"
"""AWS's file with the authorities of RDS and Aurora, in the cache folder and where the layers are built."""
_RDS = re.compile(r".+\.rds(?:\.[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?")
_PROXY = re.compile(r".+\.proxy-[a-z0-9]+\..+")
_POSTGRES = ("postgresql", "postgres")


def rds_bundle(given: str, *, cache: Path) -> str:
    """The file with the authorities of RDS: the given one, or the one found on this machine; empty for none."""
    if given:
        return given
    built = Path(analyst.__file__).parents[2] / "layers" / "build" / BUNDLE
    return next((str(path) for path in (cache / BUNDLE, built) if path.is_file()), "")


def public_roots() -> str:
    """The file with the public roots that botocore carries, Amazon's among them; empty where it is not there.

    Redshift and RDS Proxy have certificates of AWS's Certificate Manager, which those roots sign. The driver's own
    "system" is of no use: its OpenSSL looks for the system's roots where it was built, and finds none.
    """
    found = find_spec("botocore")
    path = os.path.join(os.path.dirname(found.origin), "cacert.pem") if found and found.origin else ""
    return path if os.path.isfile(path) else ""


def verified(url: str, *, rds: str) -> str:
    """The URL of a Postgres with what verifies its host; as it is where it names authorities, or has no use for any.

    A host of RDS is verified by the file `rds`, one of RDS Proxy by the public roots, unless the URL says how far it
    is to be verified and that is not at all. Without those files and elsewhere, the driver looks for its own.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return url
    asked = dict(parse_qsl(parts.query))
    mode = asked.get("sslmode", "verify-full")
    if parts.scheme not in _POSTGRES or "sslrootcert" in asked or not mode.startswith("verify-"):
        return url
    roots = _roots(host, rds=rds)
    if not roots:
        return url
    more = f"sslmode={mode}&" if "sslmode" not in asked else ""
    return f"{url}{'&' if '?' in url else '?'}{more}sslrootcert={quote(roots, safe='')}"


def is_rds(host: str) -> bool:
    """True for a name that AWS gives to databases of RDS and Aurora, and to proxies before them."""
    return bool(_RDS.fullmatch(host.lower()))


def _roots(host: str, *, rds: str) -> str:
    if not is_rds(host):
        return ""
    return public_roots() if _PROXY.fullmatch(host) else rds
