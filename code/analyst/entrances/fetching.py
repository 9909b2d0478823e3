"""One small document from a server of AWS: in time, not too long, and from nowhere else."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from email.message import Message
from typing import IO

SECONDS = 5.0
LONGEST = 64 * 1024
"""Bytes."""

Fetch = Callable[[str, Mapping[str, str]], bytes]
"""A GET of a URL with headers; raises OSError for every answer but 200."""


def fetch(url: str, headers: Mapping[str, str]) -> bytes:
    """The body of a 200; redirections are not followed, and what is longer than `LONGEST` is an OSError."""
    opener = urllib.request.build_opener(_StaysHere)
    try:
        with opener.open(urllib.request.Request(url, headers=dict(headers)), timeout=SECONDS) as response:
            body: bytes = response.read(LONGEST + 1)
    except (http.client.HTTPException, ValueError) as error:
        raise OSError(type(error).__name__) from None
    if response.status != http.HTTPStatus.OK or len(body) > LONGEST:
        raise OSError("unexpected answer")
    return body


class _StaysHere(urllib.request.HTTPRedirectHandler):
    """A redirection is an error like any other."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """Follow none."""
