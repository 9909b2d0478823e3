"""Who comes in: what a browser brings is exchanged for a token before the page itself is served."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qs, parse_qsl, quote, urlencode

from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

import connection
from analyst.client import ApiError, Client, Entrance, Entry
from connection import COOKIE
from parts import refusal
from parts.neighbours import is_stranger

log = logging.getLogger(__name__)

_OIDC = b"x-amzn-oidc-data"
_FORWARDED = frozenset({b"x-forwarded-for", b"forwarded"})
_PAGE_HEADERS = [
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"SAMEORIGIN"),
]
_NOBODY = f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"


class Gate:
    """Lets people in as the entrance has it, and keeps their token out of reach of any script."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        entrance: Entrance,
        api: Callable[[], Client] = connection.nobody,
        believes_proxies: bool = False,
    ) -> None:
        self._app, self._entrance, self._api = app, entrance, api
        self._believes_proxies = believes_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it here."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif self._entrance is Entrance.OS and (refused := await self._neighbour(scope)):
            await _refuse(refused, scope, receive, send)
        elif scope["type"] == "websocket" or not _wants_html(scope):
            await self._app(scope, receive, send)
        else:
            await self._navigation(scope, receive, send)

    async def _neighbour(self, scope: Scope) -> refusal.Refusal | None:
        """Why a caller of this machine is not let in; None for who is."""
        if self._believes_proxies and _FORWARDED & {name for name, _ in scope["headers"]}:
            return refusal.BEHIND_A_PROXY
        if await asyncio.to_thread(is_stranger, scope.get("client"), scope.get("server")):
            return refusal.NEIGHBOUR
        return None

    async def _navigation(self, scope: Scope, receive: Receive, send: Send) -> None:
        cookies: list[str] = []
        if scope["method"] == "GET" and self._entrance is not Entrance.OS:
            try:
                answer, cookies = await self._entering(scope)
            except ApiError as error:
                log.warning("nobody was let in: %s, request %s", error.code, error.request_id or "none")
                refused = refusal.of_exchange(error, self._entrance, way_on=_without_ticket(scope))
                answer = refused.response()
            if answer is not None:
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, _with_headers(send, cookies))

    async def _entering(self, scope: Scope) -> tuple[Response | None, list[str]]:
        """An answer in place of the page's, and cookies for the page's; raises ApiError."""
        if self._entrance is Entrance.OIDC:
            said = dict(scope["headers"]).get(_OIDC, b"").decode("latin-1")
            # Each time anew, and nothing is left of whoever used this browser before.
            return None, [_cookie(await self._exchanged(oidc=said), scope) if said else _NOBODY]
        ticket = parse_qs(scope["query_string"].decode("latin-1")).get("ticket", [""])[-1]
        if not ticket:
            return None, []
        cookie = _cookie(await self._exchanged(ticket=ticket), scope)
        headers = {"set-cookie": cookie, "cache-control": "no-store", "referrer-policy": "no-referrer"}
        return RedirectResponse(_without_ticket(scope), status_code=303, headers=headers), []

    async def _exchanged(self, *, ticket: str = "", oidc: str = "") -> Entry:
        entry = await asyncio.to_thread(lambda: self._api().enter(ticket=ticket, oidc=oidc))
        if not connection.is_token(entry.token):
            message = "The service answered in a way that is not understood. Try again in a moment."
            raise ApiError(message, code="not_understood", status=502)
        return entry


def _wants_html(scope: Scope) -> bool:
    return b"text/html" in dict(scope["headers"]).get(b"accept", b"")


def _without_ticket(scope: Scope) -> str:
    """The same address on this host; an address that begins with two slashes would be another's."""
    query = scope["query_string"].decode("latin-1")
    rest = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] != "ticket"]
    path = "/" + quote(scope["path"].lstrip("/\\"))
    return f"{path}?{urlencode(rest)}" if rest else path


def _cookie(entry: Entry, scope: Scope) -> str:
    seconds = max(0, int((entry.expires_at - datetime.now(UTC)).total_seconds()))
    # Lax, not Strict: with Strict a link from a mail would arrive without the cookie.
    ending = "; Secure" if _is_https(scope) else ""
    return f"{COOKIE}={entry.token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{ending}"


def _is_https(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    return scope.get("scheme") == "https" or headers.get(b"x-forwarded-proto", b"") == b"https"


def _with_headers(send: Send, cookies: list[str]) -> Send:
    more = [*_PAGE_HEADERS, *((b"set-cookie", cookie.encode("latin-1")) for cookie in cookies)]

    async def send_more(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *more]}
        await send(message)

    return send_more


async def _refuse(refused: refusal.Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the page; a socket that is not opened yet is closed, which the browser sees as 403 too."""
    log.warning("a caller on this machine was not let in: %s", refused.title)
    await (WebSocketClose() if scope["type"] == "websocket" else refused.response())(scope, receive, send)
