"""What an error may say of a query: nothing that the asker's policy may keep back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from analyst.draft import Query
from analyst.errors import QueryFailed, Refused
from analyst.policy import Policy

_BEFORE, _AFTER = 20, 40
"""Characters around the place of an error."""


@contextmanager
def redacted(query: Query, policy: Policy) -> Iterator[None]:
    """Errors of a query's plan and run, as the asker may know them."""
    try:
        yield
    except Refused as error:
        raise _without_values(error, policy) from None
    except QueryFailed as error:
        error.near = _near(query, error, policy)
        raise


def _without_values(error: Refused, policy: Policy) -> Refused:
    """The same in words that name nothing which the policy may keep back."""
    if error.rule != "partitions" or not policy.restricts:
        return error
    return Refused(
        "A table that this reads is large and is read in parts: put a filter on one of its partition keys.",
        rule=error.rule,
    )


def _near(query: Query, error: QueryFailed, policy: Policy) -> str:
    """The SQL around the place of an error; none where it holds what the policy put in."""
    if not error.position or policy.restricts:
        return ""
    start = max(0, error.position - _BEFORE)
    return " ".join(query.sql[start : error.position + _AFTER].split())
