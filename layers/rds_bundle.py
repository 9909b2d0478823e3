"""Fetches the certificate authorities of RDS and Aurora, and takes none but those that `rds.toml` pins."""

from __future__ import annotations

import hashlib
import http.client
import os
import tempfile
import tomllib
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

SECONDS = 30
MOST_BYTES = 5_000_000
"""Far more than the file has; whatever answers in its place is not read without end."""


class CannotFetch(Exception):
    """The file is not to be had; `str(error)` is one plain sentence for the terminal."""


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """AWS's file, and where it lies."""

    url: str
    sha256: str
    certificates: int
    place: Path

    def is_there(self) -> bool:
        """True when the file that lies there is the pinned one."""
        try:
            return hashlib.sha256(self.place.read_bytes()).hexdigest() == self.sha256
        except OSError:
            return False

    def fetch(self, source: str = "") -> None:
        """Put the file there in one step, from AWS or from `source`, a path or a URL; raises CannotFetch."""
        content = _read(source or self.url)
        found = hashlib.sha256(content).hexdigest()
        if found != self.sha256:
            count = content.count(b"-----BEGIN CERTIFICATE-----")
            raise CannotFetch(
                f"What {source or self.url} holds is not the pinned bundle of RDS (SHA-256 {found}, {count} "
                "certificates); layers/rds.toml says how a newer one is pinned."
            )
        _put(content, self.place)


def read_pin(file: Path, *, place: Path) -> Bundle:
    """The bundle that the file pins; raises CannotFetch."""
    try:
        pin = tomllib.loads(file.read_text(encoding="utf-8"))
        return Bundle(
            url=pin["url"], sha256=pin["sha256"].lower(), certificates=pin["certificates"], place=place
        )
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise CannotFetch(f"{file} cannot be read; it pins the bundle of RDS.") from error


def _read(source: str) -> bytes:
    try:
        if "://" not in source:
            return Path(source).read_bytes()
        with urllib.request.urlopen(source, timeout=SECONDS) as answer:
            content: bytes = answer.read(MOST_BYTES)
            return content
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise CannotFetch(
            f"The certificate authorities of RDS could not be read from {source} ({_why(error)}); name a copy or a "
            "mirror by --rds-bundle FILE-OR-URL (deploy.sh: the option rds_bundle), or build without them by "
            "--without-rds."
        ) from error


def _why(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code}"
    reason = getattr(error, "reason", error)
    return str(getattr(reason, "strerror", None) or reason).strip().rstrip(".") or type(error).__name__


def _put(content: bytes, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=".fetching-")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    # The functions run as another user than the one who builds.
    Path(name).chmod(0o644)
    Path(name).replace(place)
