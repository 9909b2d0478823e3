"""Clients of AWS's services; region, credentials and endpoints are the environment's."""

from __future__ import annotations

from typing import Any

LONGEST_CALL = 150
"""Seconds that a called function may take; longer than any of them does."""
_READ_SECONDS = {"lambda": LONGEST_CALL}
_LONGEST_READ = 20


def client(service: str, *, endpoint_url: str = "") -> Any:
    """boto3's client of a service, which gives up in time and tries throttled calls again."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=5,
        read_timeout=_READ_SECONDS.get(service, _LONGEST_READ),
        retries={"mode": "standard", "total_max_attempts": 3},
        # Links that are signed the old way are refused by newer regions and by encrypted buckets.
        signature_version="s3v4" if service == "s3" else None,
    )
    return boto3.client(service, endpoint_url=endpoint_url or None, config=config)
