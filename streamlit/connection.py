"""How the page reaches the API, and as whom: the one place here that reads the environment."""

from __future__ import annotations

import os
import re
from pathlib import Path

import streamlit as st

from analyst.client import ApiError, Client, Entrance

DEFAULT_API_URL = "http://127.0.0.1:8081"
COOKIE = "analyst_token"
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{16,4000}")


class WrongSetting(ValueError):
    """The page's environment says what the page does not know."""


def entrance() -> Entrance:
    """How people come in; raises WrongSetting for a word that is none."""
    named = os.environ.get("ANALYST_ENTRANCE", "") or Entrance.OS.value
    try:
        return Entrance(named)
    except ValueError:
        raise WrongSetting("ANALYST_ENTRANCE must be os, aws or oidc.") from None


def believes_proxies() -> bool:
    """True when the web server takes a caller's address from a header that every neighbour can write."""
    return bool(os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1").strip())


def client(*, timeout_seconds: float = 10.0) -> Client:
    """The API as whoever is signed in with this browser; raises ApiError when the key cannot be read."""
    return Client(_address(), key=_key(), token=token(), timeout_seconds=timeout_seconds)


def nobody() -> Client:
    """The API as nobody in particular, for letting somebody in; raises ApiError when the key cannot be read."""
    return Client(_address(), key=_key(), timeout_seconds=20.0)


def token() -> str:
    """What this browser's person is known by; empty on one machine, and where nobody is signed in."""
    if entrance() is Entrance.OS:
        return ""
    brought = st.context.cookies.get(COOKIE, "")
    return brought if is_token(brought) else ""


def is_token(text: str) -> bool:
    """True for what can be a token, and can stand in a header and in a cookie as it is."""
    return bool(_TOKEN.fullmatch(text))


def _address() -> str:
    return os.environ.get("ANALYST_API_URL", "") or DEFAULT_API_URL


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
