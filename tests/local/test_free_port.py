"""Ports that are taken, by whom, and on which of the two loopback addresses."""

from __future__ import annotations

import os
import socket

import pytest

from analyst.errors import StartupError
from analyst.local.free_port import check_port, pick_port


def test_a_free_port_is_free() -> None:
    check_port(pick_port(), setting="PORT", example=8090)


@pytest.mark.parametrize(
    ("family", "address"),
    [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::1")],
)
def test_a_taken_port_is_named_with_its_holder(family: socket.AddressFamily, address: str) -> None:
    if family == socket.AF_INET6 and not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    with socket.socket(family) as taken:
        taken.bind((address, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StartupError) as raised:
            check_port(port, setting="PORT", example=8090)
    assert f"Port {port} is already in use" in str(raised.value)
    assert f"process {os.getpid()}" in str(raised.value)
    assert "PORT=8090" in str(raised.value)


def test_a_port_that_was_just_given_up_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            server.accept()[0].close()
    check_port(port, setting="PORT", example=8090)


@pytest.mark.parametrize("port", [-1, 65536, 99999])
def test_a_number_that_is_no_port_is_refused(port: int) -> None:
    with pytest.raises(StartupError, match=f"no port {port}"):
        check_port(port, setting="PORT", example=8090)
