"""Clients of AWS's services; region, credentials and endpoints are the environment's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LONGEST_CALL = 150
"""Seconds that a called function may take; longer than any of them does."""
_READ_SECONDS = {"lambda": LONGEST_CALL}
_LONGEST_READ = 20
_ATTEMPTS = 3

BROKEN_OFF = "BrokenOff"
"""The code of an answer that is shorter than it said."""
_BAD_GATEWAY = 502


def client(service: str, *, region: str = "", endpoint_url: str = "", attempts: int = _ATTEMPTS) -> Any:
    """boto3's client of a service, which gives up in time, tries throttled calls again and takes whole answers only."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=5,
        read_timeout=_READ_SECONDS.get(service, _LONGEST_READ),
        retries={"mode": "standard", "total_max_attempts": attempts},
        # Links that are signed the old way are refused by newer regions and by encrypted buckets.
        signature_version="s3v4" if service == "s3" else None,
    )
    return whole_answers(
        boto3.client(service, region_name=region or None, endpoint_url=endpoint_url or None, config=config)
    )


def whole_answers(made: Any) -> Any:
    """The client, for which an answer that broke off is an error from now on; safe to say twice.

    botocore reads JSON that broke off as an answer with nothing in it, which would be an empty result. Such a call
    is sent again as after a "502", by the client's own rules, and then fails as ClientError with `BROKEN_OFF`.
    Streamed bodies are not looked at: reading one to its end raises a BotoCoreError by itself.
    """
    service = made.meta.service_model.service_id.hyphenize()
    # Of two handlers the one of the longer name comes first, so these take the names that botocore's own have.
    for event, handler in (("before-parse", _read_nothing), ("needs-retry", _refuse)):
        made.meta.events.register_first(f"{event}.{service}", handler, unique_id=f"analyst-{event}")
    return made


def _read_nothing(*, response_dict: Any, operation_model: Any, **_: Any) -> None:
    """Keep what broke off from botocore's parsers, of which some raise what nobody else ever does."""
    body = response_dict["body"]
    if isinstance(body, bytes) and _is_broken(operation_model, response_dict["headers"], body):
        response_dict["status_code"], response_dict["body"] = _BAD_GATEWAY, b""


def _refuse(*, response: Any = None, operation: Any = None, **_: Any) -> None:
    """Make a bad gateway's answer of it, before botocore decides whether to send again."""
    if response is None or operation.has_streaming_output or operation.has_event_stream_output:
        return
    http, parsed = response
    if _is_broken(operation, http.headers, http.content):
        http.status_code = _BAD_GATEWAY
        parsed["Error"] = {"Code": BROKEN_OFF, "Message": ""}


def _is_broken(operation: Any, headers: Mapping[str, str], body: bytes) -> bool:
    if operation.http.get("method") == "HEAD":
        return False
    said = str(headers.get("content-length") or "")
    return said.isdigit() and len(body) < int(said)
