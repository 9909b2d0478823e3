"""The request that is served now, so that every log line of it can say so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """The id of the request that this thread serves; empty outside of one."""
    return _REQUEST_ID.get()


@contextmanager
def serving(request_id: str) -> Iterator[None]:
    """Work for this request as long as the context lasts."""
    before = _REQUEST_ID.set(request_id)
    try:
        yield
    finally:
        _REQUEST_ID.reset(before)
