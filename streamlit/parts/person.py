"""Who is asking: an opaque random token in a cookie that tells one browser from another."""

from __future__ import annotations

import re
import secrets
from http.cookies import CookieError, SimpleCookie

import streamlit as st
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "analyst_person"
_ONE_YEAR = 365 * 24 * 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def person() -> str:
    """This browser's token; one that ends with the tab where the browser keeps no cookies."""
    token = st.context.cookies.get(COOKIE, "")
    if _TOKEN.fullmatch(token):
        return token
    return str(st.session_state.setdefault("person", _new_token()))


def remembered() -> bool:
    """True when the browser brought its token along, so that its history outlives the tab."""
    return bool(_TOKEN.fullmatch(st.context.cookies.get(COOKIE, "")))


class PersonCookie:
    """Gives every browser that opens the page its token, out of reach of any script."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; the answer to a navigation carries the cookie."""
        headers = dict(scope.get("headers", ()))
        if scope["type"] != "http" or b"text/html" not in headers.get(b"accept", b""):
            await self._app(scope, receive, send)
            return
        cookie = _set_cookie(_known_token(headers) or _new_token(), secure=_is_https(scope, headers))

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *_page_headers(cookie)]}
            await send(message)

        await self._app(scope, receive, send_with_cookie)


def _page_headers(cookie: str) -> list[tuple[bytes, bytes]]:
    return [
        (b"set-cookie", cookie.encode("ascii")),
        (b"referrer-policy", b"no-referrer"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"SAMEORIGIN"),
    ]


def _known_token(headers: dict[bytes, bytes]) -> str:
    try:
        found = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found is not None and _TOKEN.fullmatch(found.value) else ""


def _is_https(scope: Scope, headers: dict[bytes, bytes]) -> bool:
    return scope.get("scheme") == "https" or headers.get(b"x-forwarded-proto", b"") == b"https"


def _set_cookie(token: str, *, secure: bool) -> str:
    # Lax, not Strict: with Strict a link from a mail would arrive without the cookie and get a new one.
    ending = "; Secure" if secure else ""
    return f"{COOKIE}={token}; Path=/; Max-Age={_ONE_YEAR}; HttpOnly; SameSite=Lax{ending}"


def _new_token() -> str:
    return secrets.token_urlsafe(32)
