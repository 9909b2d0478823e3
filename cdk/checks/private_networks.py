"""Networks that are nobody else's on the internet."""

from __future__ import annotations

import ipaddress

from checks.refusing import refuse
from deployment import OptionsError

PRIVATE = tuple(
    ipaddress.IPv4Network(one) for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)


def private_network(key: str, text: str) -> ipaddress.IPv4Network:
    """A private IPv4 network, written as its first address."""
    try:
        network = ipaddress.IPv4Network(text)
    except ValueError as why:
        raise OptionsError(f'{key}: must be an IPv4 network such as 10.20.0.0/16, not "{text}".') from why
    if not any(network.subnet_of(private) for private in PRIVATE):
        refuse(key, f"{text} is not a private network (10/8, 172.16/12, 192.168/16 or 100.64/10).")
    return network
