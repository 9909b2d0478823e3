"""The routes that API Gateway lets through: the product's own, and no other.

Who is asking is for data-analyst to verify: here the key only tells which page it is, and how fast it may ask.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Route:
    """One method of one path."""

    method: str
    path: str
    body: str = ""
    """The schema that a body must meet: a file of `bodies/`."""
    key: bool = True
    """Whether the API key is needed."""


ROUTES = (
    Route(method="POST", path="/entry", body="entry"),
    Route(method="GET", path="/me"),
    Route(method="POST", path="/tokens", body="token"),
    Route(method="GET", path="/tokens"),
    Route(method="DELETE", path="/tokens/{token_id}"),
    Route(method="POST", path="/query", body="ask"),
    Route(method="GET", path="/query/{query_id}"),
    Route(method="DELETE", path="/query/{query_id}"),
    Route(method="GET", path="/query/{query_id}/rows"),
    Route(method="POST", path="/query/{query_id}/feedback", body="feedback"),
    Route(method="GET", path="/sessions"),
    Route(method="GET", path="/sessions/{session_id}"),
    Route(method="POST", path="/sql", body="sql"),
    Route(method="GET", path="/sources"),
    Route(method="GET", path="/examples"),
    Route(method="POST", path="/examples", body="example"),
    Route(method="DELETE", path="/examples/{example_id}"),
    Route(method="GET", path="/cache"),
    Route(method="GET", path="/capabilities"),
    Route(method="GET", path="/health", key=False),
    Route(method="GET", path="/openapi.json", key=False),
)
