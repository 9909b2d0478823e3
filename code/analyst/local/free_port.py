"""Which ports can be listened on."""

from __future__ import annotations

import errno
import socket

import psutil

from analyst.errors import StartupError

_LOOPBACKS = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))


def check_port(port: int, *, setting: str, example: int) -> None:
    """Raise StartupError, naming who holds it, unless the port is free.

    Both loopback addresses count: "localhost" in a browser may be either.
    """
    if not 0 < port < 65536:
        raise StartupError(
            f"There is no port {port}; choose one from 1 to 65535, for example {setting}=8080."
        )
    for family, address in _LOOPBACKS:
        reason = _refusal(family, address, port)
        if reason in (errno.EACCES, errno.EPERM):
            raise StartupError(
                f"Port {port} may not be used by this user; choose another: {setting}={example}."
            )
        if reason == errno.EADDRINUSE:
            raise StartupError(
                f"Port {port} is already in use{_holder(port)}: stop that program, or choose another port, "
                f"for example {setting}={example}."
            )


def pick_port() -> int:
    """A port that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _refusal(family: int, address: str, port: int) -> int:
    """Why a server could not listen there: an errno, or 0."""
    try:
        with socket.socket(family) as probe:
            # As servers do: a port whose last connections are just ending counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
            probe.listen(1)
    except OSError as error:
        return error.errno or 0
    return 0


def _holder(port: int) -> str:
    """Who listens there, in brackets, as far as this user may know."""
    try:
        pids = {
            found.pid
            for found in psutil.net_connections("tcp")
            if found.status == psutil.CONN_LISTEN and found.laddr and found.laddr.port == port and found.pid
        }
        names = [f"{psutil.Process(pid).name()}, process {pid}" for pid in sorted(pids)]
    except psutil.Error:
        return ""
    return f" ({'; '.join(names)})" if names else ""
