"""What a browser is shown that is not let in: one small page, with what happened and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from starlette.responses import HTMLResponse

from analyst.client import ApiError, Entrance

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · Data Analyst BI</title>
<style>
:root {{ --ground: #ffffff; --text: #0c0e2d; --soft: #565c75; --line: #dbe4e8; --code: #f3f7f8; --teal: #007a7a; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ground: #0c0e2d; --text: #f3f7f8; --soft: #b4bccb; --line: #3b4160; --code: #1b1f44; --teal: #5fd6d4; }}
}}
body {{ margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.6 system-ui, sans-serif; }}
main {{ max-width: 38rem; margin: 0 auto; padding: 12vh 1.25rem 2rem; overflow-wrap: anywhere; }}
.brand {{ margin: 0 0 1.6rem; padding-bottom: 0.7rem; border-bottom: 1px solid var(--line); font-weight: 600; }}
.brand b {{ color: var(--teal); }}
h1 {{ margin: 0 0 0.6rem; font-size: 1.6rem; line-height: 1.25; letter-spacing: -0.02em; }}
p {{ margin: 0 0 0.8rem; }}
code {{ padding: 0.1rem 0.35rem; border-radius: 6px; background: var(--code); font-size: 0.95em; }}
a {{ color: var(--teal); }}
a:focus-visible {{ outline: 2px solid var(--teal); outline-offset: 2px; }}
small {{ color: var(--soft); }}
</style>
</head>
<body>
<main>
<p class="brand">Data Analyst <b>BI</b></p>
<h1>{title}</h1>
{paragraphs}
</main>
</body>
</html>
"""

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_SHOWN_AS_IT_IS = frozenset({400, 401, 403, 413, 429, 503})
"""Statuses of the API that are the browser's, too; others mean that page and API do not fit."""

NEW_TICKET = (
    "Run `./ssh_tunnel.sh --ticket` (or `./ssh_tunnel.sh` when the tunnel is closed) and open its address."
)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why somebody is not let in; `advice` may name commands between backquotes."""

    status: int
    title: str
    message: str
    advice: str
    request_id: str = ""
    way_on: str = ""
    """Where who is signed in already can go on."""

    def response(self) -> HTMLResponse:
        """The page as it is sent."""
        paragraphs = [f"<p>{escape(self.message)}</p>", f"<p>{_with_code(self.advice)}</p>"]
        if self.way_on:
            paragraphs.append(
                f'<p><a href="{escape(self.way_on)}">Go on if you are signed in already</a></p>'
            )
        if self.request_id:
            paragraphs.append(f"<p><small>Request id: {escape(self.request_id)}</small></p>")
        text = _PAGE.format(title=escape(self.title), paragraphs="\n".join(paragraphs))
        headers = HEADERS | ({"www-authenticate": "Bearer"} if self.status == 401 else {})
        return HTMLResponse(text, status_code=self.status, headers=headers)


NEIGHBOUR = Refusal(
    status=403,
    title="This page is somebody else's",
    message="It belongs to another user of this computer.",
    advice="Start one of your own with `make run`.",
)
BEHIND_A_PROXY = Refusal(
    status=403,
    title="Not through a proxy",
    message="Through a proxy the page cannot tell who you are.",
    advice="Open it directly, or start it with `FORWARDED_ALLOW_IPS=` to take whoever runs the proxy for you.",
)


def of_exchange(error: ApiError, entrance: Entrance, *, way_on: str) -> Refusal:
    """Why a ticket, or what the load balancer said of somebody, was not exchanged for a token."""
    status = error.status if error.status in _SHOWN_AS_IT_IS else 502
    title, advice = _words(error, entrance)
    return Refusal(
        status=status,
        title=title,
        message=str(error),
        advice=advice,
        request_id=error.request_id,
        way_on=way_on if entrance is Entrance.AWS else "",
    )


def _words(error: ApiError, entrance: Entrance) -> tuple[str, str]:
    if error.status in (400, 401, 413) and entrance is Entrance.AWS:
        return "This ticket does not open the page", NEW_TICKET
    if error.status in (400, 401, 413):
        return "You are not signed in", "Reload this page; if it stays, ask whoever runs this installation."
    if error.status == 403:
        return "You are not let in", "Ask whoever runs this installation."
    return (
        "Signing in did not work",
        "Reload this page in a moment; if it stays, ask whoever runs this installation.",
    )


def _with_code(text: str) -> str:
    """The text as HTML, what stands between backquotes as code."""
    pieces = [escape(piece) for piece in text.split("`")]
    return "".join(f"<code>{piece}</code>" if at % 2 else piece for at, piece in enumerate(pieces))
