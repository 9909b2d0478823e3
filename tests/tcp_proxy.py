"""A wire between a client and a server that a test can stall, reset and cut."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from psycopg2.extensions import parse_dsn

_CHUNK = 65_536


class TcpProxy:
    """Listens on a port of its own and hands on to one server, over TCP or a Unix socket.

    What it does happens to whole connections: it knows neither packets lost nor slow lines.
    """

    def __init__(self, upstream: tuple[str, int] | str, *, fault: str = "", after_bytes: int = 0) -> None:
        """`fault` ("stall", "reset" or "cut") happens once the server has sent so many bytes on a connection."""
        self._upstream = upstream
        self._fault, self._after = fault, after_bytes
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._open: list[tuple[socket.socket, socket.socket]] = []
        self._stalled = threading.Event()
        self._closed = threading.Event()
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens, at 127.0.0.1."""
        return int(self._listener.getsockname()[1])

    @property
    def open_connections(self) -> int:
        """How many clients hold a connection now."""
        with self._lock:
            return len(self._open)

    def __enter__(self) -> TcpProxy:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def stall(self) -> None:
        """From now on nothing gets through, while every connection stays open."""
        self._stalled.set()

    def cut(self) -> None:
        """Close every connection in good order."""
        self._each(linger=False)

    def reset(self) -> None:
        """Close every connection with a reset."""
        self._each(linger=True)

    def welcome(self, client: socket.socket) -> socket.socket:
        """The client's end as it is read from now on."""
        return client

    def to_server(self, data: bytes, state: dict[str, Any]) -> bytes:
        """What is handed on of the client's bytes; `state` is the connection's own."""
        return data

    def to_client(self, data: bytes, state: dict[str, Any]) -> bytes:
        """What is handed on of the server's bytes."""
        return data

    def _each(self, *, linger: bool) -> None:
        with self._lock:
            pairs, self._open = self._open, []
        for pair in pairs:
            _hang_up(pair, linger=linger)

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            try:
                client = self.welcome(client)
                server = self._connect()
            except OSError:
                client.close()
                continue
            pair, state = (client, server), dict[str, Any]()
            with self._lock:
                self._open.append(pair)
            threading.Thread(target=self._pump, args=(pair, state, True), daemon=True).start()
            threading.Thread(target=self._pump, args=(pair, state, False), daemon=True).start()

    def _connect(self) -> socket.socket:
        if isinstance(self._upstream, tuple):
            return socket.create_connection(self._upstream)
        server = socket.socket(socket.AF_UNIX)
        server.connect(self._upstream)
        return server

    def _pump(self, pair: tuple[socket.socket, socket.socket], state: dict[str, Any], outward: bool) -> None:
        source, target = pair if outward else pair[::-1]
        sent = 0
        try:
            while data := source.recv(_CHUNK):
                sent += len(data)
                if not outward and self._fault and sent > self._after:
                    getattr(self, self._fault)()
                if self._stalled.is_set():
                    continue
                target.sendall(self.to_server(data, state) if outward else self.to_client(data, state))
        except OSError:
            pass
        if not self._stalled.is_set():
            self._drop(pair)

    def _drop(self, pair: tuple[socket.socket, socket.socket]) -> None:
        with self._lock:
            if pair in self._open:
                self._open.remove(pair)
        _hang_up(pair, linger=False)


class TlsFront(TcpProxy):
    """The end of TLS before a Postgres that has none; refuses a client that does not ask for it.

    Fit for one message at a time each way, as Postgres speaks.
    """

    def __init__(self, upstream: tuple[str, int] | str, *, certificate: Path, key: Path) -> None:
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate, key)
        super().__init__(upstream)

    def welcome(self, client: socket.socket) -> socket.socket:
        """Say yes to the request for TLS and do as it says."""
        client.settimeout(5)
        if client.recv(8) != struct.pack("!ii", 8, 80_877_103):
            raise OSError("no TLS was asked for")
        client.sendall(b"S")
        wrapped = self._tls.wrap_socket(client, server_side=True)
        wrapped.settimeout(None)
        return wrapped


def _hang_up(pair: tuple[socket.socket, socket.socket], *, linger: bool) -> None:
    for end in pair:
        with suppress(OSError):
            if linger and end.family == socket.AF_INET:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                end.shutdown(socket.SHUT_RDWR)
        # A socket that another thread reads is only shut down: closing alone would leave that thread waiting.
        with suppress(OSError):
            if linger and end.family == socket.AF_INET:
                end.shutdown(socket.SHUT_RD)
            end.close()


def upstream_of(url: str) -> tuple[str, int] | str:
    """Where the server of a Postgres URL listens."""
    found = parse_dsn(url)
    port = int(found.get("port", 5432))
    host = found.get("host", "127.0.0.1")
    return f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port)


def through(url: str, port: int, *, scheme: str = "postgresql") -> str:
    """The same database by way of a proxy on this machine."""
    found = parse_dsn(url)
    user, database = (quote(found[part], safe="") for part in ("user", "dbname"))
    return f"{scheme}://{user}@127.0.0.1:{port}/{database}?sslmode=disable&gssencmode=disable"
