"""A bucket that is there for one test, behind boto3's own client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from buckets import BUCKET, s3_client
from moto import mock_aws


@pytest.fixture
def s3() -> Iterator[Any]:
    """A client whose bucket `BUCKET` is empty."""
    with mock_aws():
        client = s3_client()
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        yield client
