from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from parts.person import COOKIE, PersonCookie

TOKEN = "A" * 43


async def _page(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": b"page"})


def cookies(headers: dict[str, str], **scope: Any) -> list[str]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    raw = [(k.encode(), v.encode()) for k, v in headers.items()]
    asyncio.run(PersonCookie(_page)({"type": "http", "headers": raw, **scope}, receive, send))
    return [v.decode() for k, v in sent[0]["headers"] if k == b"set-cookie"]


def test_a_new_browser_gets_a_token_that_no_script_can_read() -> None:
    (cookie,) = cookies({"accept": "text/html"})
    token, _, rest = cookie.partition("; ")
    assert len(token) == len(f"{COOKIE}=") + 43
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"} == set(rest.split("; "))
    assert cookies({"accept": "text/html"}) != [cookie]


def test_a_known_browser_keeps_its_token() -> None:
    (cookie,) = cookies({"accept": "text/html", "cookie": f"other=1; {COOKIE}={TOKEN}"})
    assert cookie.startswith(f"{COOKIE}={TOKEN};")


def test_a_forged_token_is_replaced() -> None:
    for forged in ("short", TOKEN + "x", "B" * 42 + "!", '"; Path=/x'):
        (cookie,) = cookies({"accept": "text/html", "cookie": f"{COOKIE}={forged}"})
        assert forged not in cookie.partition("; ")[0]


def test_only_the_page_itself_carries_the_cookie() -> None:
    assert cookies({"accept": "*/*"}) == []
    assert cookies({}) == []


def test_behind_https_the_cookie_is_secure() -> None:
    assert cookies({"accept": "text/html"}, scheme="https")[0].endswith("; Secure")
    assert cookies({"accept": "text/html", "x-forwarded-proto": "https"})[0].endswith("; Secure")
