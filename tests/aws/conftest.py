"""Clients of a cloud that is there for one test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

Connect = Callable[[str], Any]


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    """A clock that is set by hand."""
    return Watch()


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Makes clients with keys that open nothing; they try once."""

    def client(service: str) -> Any:
        return boto3.client(
            service,
            region_name="eu-central-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            config=Config(proxies={}, retries={"total_max_attempts": 1}),
        )

    with mock_aws():
        yield client
