"""Server-sent events out of bytes that arrive in any pieces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from analyst.errors import ModelError

LONGEST_LINE = 1_000_000
"""Bytes; a server that sends a longer line is cut off."""
_LINE_END = re.compile(rb"\r\n|\n|\r(?!\Z)")


def data_of(pieces: Iterable[bytes]) -> Iterator[str]:
    """The data of each event, comments and other fields left out; raises ModelError for what is no text."""
    data: list[str] = []
    for line in _lines(pieces):
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            yield "\n".join(data)
            data = []
    if data:
        yield "\n".join(data)


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for piece in pieces:
        # A CR at the very end may be half of a CRLF, so it stays until more has come.
        *whole, rest = _LINE_END.split(rest + piece)
        yield from map(_text, whole)
        if len(rest) > LONGEST_LINE:
            raise ModelError("The model's server sent something that is no reply.")
    yield from map(_text, rest.splitlines())


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        raise ModelError("The model's server sent something that is no text.") from None
