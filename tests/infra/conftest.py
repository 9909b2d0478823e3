"""Templates, made once for each set of options: starting the CDK's engine takes seconds."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from synthesis import Compose, Templates, groundwork, synthesized, whole

Synthesize = Callable[..., Templates]


def _once_each(compose: Compose) -> Synthesize:
    made: dict[str, Templates] = {}

    def synthesize(**options: Any) -> Templates:
        key = json.dumps(options, sort_keys=True)
        if key not in made:
            made[key] = synthesized(compose, options)
        return made[key]

    return synthesize


@pytest.fixture(scope="session")
def synthesize() -> Synthesize:
    """All stacks with these options: stack id -> template. Read them, do not change them."""
    return _once_each(whole)


@pytest.fixture(scope="session")
def ground() -> Synthesize:
    """Network, data and access only; needs neither layers nor code."""
    return _once_each(groundwork)
