"""Fixtures that tests of the Athena engine import: a world, the server that shows it, an engine that asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from athena.server import AthenaStandIn, serving
from athena.world import World
from botocore.config import Config

from analyst.aws.clients import whole_answers
from analyst.draft import Query
from analyst.engines.athena import AthenaEngine
from analyst.engines.athena_kept import kept_of

URL = "athena://analysts/shop?region=eu-central-1"

Ask = Callable[..., Query]


@pytest.fixture
def world() -> World:
    """A workgroup "analysts" and an empty database "shop"."""
    return World()


@pytest.fixture
def athena(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[AthenaStandIn]:
    """The server, and the environment that leads boto3 to it."""
    kept_of.cache_clear()  # another server may have had the same port a moment ago
    with serving(world) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        for name in ("AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
            monkeypatch.delenv(name, raising=False)
        yield server


@pytest.fixture
def engine(athena: AthenaStandIn) -> Iterator[AthenaEngine]:
    """An engine by URL; whatever it did, nothing of it still runs afterwards."""
    opened = AthenaEngine(URL, query_id="q-1")
    yield opened
    opened.close()
    assert athena.executions.settle() == [], "an execution was left running"


@pytest.fixture
def hasty(athena: AthenaStandIn) -> Iterator[AthenaEngine]:
    """An engine with clients of the test's own, which send nothing twice by themselves and wait for half a second."""

    def connect(service: str) -> Any:
        config = Config(retries={"total_max_attempts": 1}, proxies={}, read_timeout=0.5)
        return whole_answers(
            boto3.client(service, region_name="eu-central-1", endpoint_url=athena.url, config=config)
        )

    opened = AthenaEngine("athena://analysts/shop", connect=connect)
    yield opened
    opened.close()


@pytest.fixture
def ask(make_query: Callable[..., Query]) -> Ask:
    """Build a query of this dialect without the guard."""

    def make(sql: str, *, row_limit: int = 1000) -> Query:
        return make_query(sql, row_limit=row_limit, dialect="athena")

    return make
