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
    """The key is read each time, so that a new one needs no restart of the page."""
    path = os.environ.get("ANALYST_API_KEY_FILE", "")
    try:
        key = Path(path).read_text(encoding="ascii").strip() if path else ""
    except (OSError, ValueError) as error:
        raise _no_key() from error
    if not key:
        raise _no_key()
    return key


def _no_key() -> ApiError:
    message = "The page has no key for the service. Set ANALYST_API_KEY_FILE to the file that holds it."
    return ApiError(message, code="no_key", status=403)
