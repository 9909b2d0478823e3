"""How the page reaches the API: the one place here that reads the environment."""

from __future__ import annotations

import os
from pathlib import Path

from analyst.client import ApiError, Client
from parts.person import person

DEFAULT_API_URL = "http://127.0.0.1:8081"


def client(*, timeout_seconds: float = 10.0) -> Client:
    """The API as this browser's person; raises ApiError when the key cannot be read."""
    address = os.environ.get("ANALYST_API_URL", "") or DEFAULT_API_URL
    return Client(address, key=_key(), person=person(), timeout_seconds=timeout_seconds)


def _key() -> str:
    """The key from its file, else from the environment, where a container is given its secrets.

    A file is read each time, so that a new key needs no restart of the page.
    """
    path = os.environ.get("ANALYST_API_KEY_FILE", "")
    try:
        key = Path(path).read_text(encoding="ascii") if path else os.environ.get("ANALYST_API_KEY", "")
    except (OSError, ValueError) as error:
        raise _no_key() from error
    key = key.strip()
    if not key or not key.isascii():
        raise _no_key()
    return key


def _no_key() -> ApiError:
    message = (
        "The page has no key for the service. Set ANALYST_API_KEY_FILE to the file that holds it, "
        "or ANALYST_API_KEY to the key itself."
    )
    return ApiError(message, code="no_key", status=403)
