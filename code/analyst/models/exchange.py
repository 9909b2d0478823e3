"""One POST over a connection of its own, on a leash."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
from collections.abc import Iterator, Mapping
from functools import cached_property
from urllib.parse import urlsplit

from analyst.errors import ModelError, ModelUnavailable
from analyst.models.leash import Leash

_PIECE = 65_536


class Exchange:
    """A request that was sent and the response that comes back piece by piece."""

    def __init__(self, connection: http.client.HTTPConnection, *, leash: Leash) -> None:
        """Takes a connected connection."""
        self._connection = connection
        self._socket: socket.socket = connection.sock
        self._response: http.client.HTTPResponse | None = None
        self._leash = leash
        leash.hold(self)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return 0 if self._response is None else self._response.status

    @property
    def headers(self) -> Mapping[str, str]:
        """The response's headers, names in lower case."""
        found = () if self._response is None else self._response.getheaders()
        return {name.lower(): value for name, value in found}

    def send(self, target: str, *, headers: Mapping[str, str], body: bytes) -> None:
        """Send the request and wait for the status; raises ModelUnavailable, ModelTimeout or Cancelled."""
        try:
            self._connection.request("POST", target, body=body, headers=headers)
            self._response = self._connection.getresponse()
        except (OSError, http.client.HTTPException):
            self._leash.check()
            raise ModelUnavailable("The model's server closed the connection without an answer.") from None

    def stream(self) -> Iterator[bytes]:
        """The body as it arrives; raises ModelError where it breaks off, ModelTimeout or Cancelled."""
        while piece := self._piece():
            yield piece
        self._leash.check()

    def _piece(self) -> bytes:
        if self._response is None:
            return b""
        try:
            return self._response.read1(_PIECE)
        except (OSError, http.client.HTTPException, ValueError):
            self._leash.check()
            raise ModelError("The model's server broke off in the middle of its reply.") from None

    def shut(self) -> None:
        """Make every read and write end at once."""
        # The plain socket's own method: TLS would take its state away under the thread that is reading.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection; the server sees it at once."""
        self.shut()
        if self._response is not None:
            self._response.close()
        self._connection.close()


class Connector:
    """Opens connections to http and https addresses."""

    def __init__(self, *, connect_seconds: float) -> None:
        self._connect_seconds = connect_seconds

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes, leash: Leash) -> Exchange:
        """Send one request; the leash holds the connection, and closes it when it is left.

        Raises ModelUnavailable where nobody answers, ModelError for a certificate nobody vouches for,
        ModelTimeout or Cancelled.
        """
        parts = urlsplit(url)
        exchange = Exchange(self._connected(url, leash=leash), leash=leash)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        exchange.send(target, headers=headers, body=body)
        return exchange

    def _connected(self, url: str, *, leash: Leash) -> http.client.HTTPConnection:
        connection = self._unconnected(url)
        where = f"{connection.host}:{connection.port}"
        try:
            connection.connect()
        except ssl.SSLError:
            leash.check()
            raise ModelError(f"No safe connection to the model's server at {where} can be made.") from None
        except OSError:
            leash.check()
            raise ModelUnavailable(f"The model's server at {where} cannot be reached.") from None
        # From here on the leash keeps the time.
        connection.sock.settimeout(None)
        return connection

    def _unconnected(self, url: str) -> http.client.HTTPConnection:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme == "https":
            return http.client.HTTPSConnection(
                host, parts.port, timeout=self._connect_seconds, context=self._tls
            )
        return http.client.HTTPConnection(host, parts.port, timeout=self._connect_seconds)
