"""Whose process is at the other end of a connection within this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import NamedTuple

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
"""Every TCP socket of this machine, as Linux tells everybody."""
_LISTENING = "0A"
_LOOKS = 3
"""The tables change while they are read, so a line may be missed."""

Address = IPv4Address | IPv6Address


class _End(NamedTuple):
    address: Address
    port: int


class _Socket(NamedTuple):
    local: _End
    remote: _End
    state: str
    uid: int
    held: bool
    """False once its process has let go of it; the kernel then says that it is root's."""


def is_stranger(peer: tuple[str, int] | None, own: tuple[str, int] | None) -> bool:
    """True when the peer is a process of another user of this machine, or one that is gone already.

    Our own user and root are none. False for callers from elsewhere, and where it cannot be told.
    """
    there, here = _end(peer), _end(own)
    if there is None or here is None or not there.address.is_loopback:
        return False
    for _ in range(_LOOKS):
        known = list(_sockets({there.port, here.port}))
        holders = {s.uid for s in known if (s.local, s.remote) == (there, here) and s.held}
        if holders:
            return not holders <= {0, os.getuid(), os.geteuid()}
    # Where the tables name the door but nobody at it, the caller has left: what it sent is not to be acted on.
    return any(s.state == _LISTENING and s.local.port == here.port for s in known)


def _end(pair: tuple[str, int] | None) -> _End | None:
    try:
        return _End(_plain(ip_address(pair[0])), pair[1]) if pair else None
    except ValueError:
        return None


def _sockets(ports: set[int]) -> Iterator[_Socket]:
    """The sockets whose own port is one of these."""
    endings = tuple(f":{port:04X}" for port in ports)
    for table in TABLES:
        try:
            lines = table.read_text(encoding="ascii").splitlines()[1:]
        except (OSError, ValueError):
            continue
        for fields in (line.split() for line in lines):
            if len(fields) > 9 and fields[1].endswith(endings):
                yield _socket(fields)


def _socket(fields: list[str]) -> _Socket:
    local, remote, state, uid, inode = fields[1], fields[2], fields[3], fields[7], fields[9]
    return _Socket(_decoded(local), _decoded(remote), state, int(uid), inode != "0")


def _decoded(text: str) -> _End:
    """ "0100007F:1F90", whose address is written as words in this machine's order of bytes."""
    address, _, port = text.partition(":")
    words = (int(address[at : at + 8], 16) for at in range(0, len(address), 8))
    return _End(
        _plain(ip_address(b"".join(word.to_bytes(4, sys.byteorder) for word in words))), int(port, 16)
    )


def _plain(address: Address) -> Address:
    """IPv4 as IPv4, also where a socket for both carries it."""
    return getattr(address, "ipv4_mapped", None) or address
