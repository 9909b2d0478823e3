"""Both ways to a real Redshift; skipped without one.

ANALYST_TEST_REDSHIFT_URL and ANALYST_TEST_REDSHIFT_DATA_URL name databases that may be read; nothing is written.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from conformance import run

from analyst.draft import Query
from analyst.engines import open_engine
from analyst.errors import Cancelled, QueryFailed, QueryTimeout
from analyst.ports import Engine
from analyst.result import Kind

pytestmark = pytest.mark.aws

_PLACES = ("ANALYST_TEST_REDSHIFT_URL", "ANALYST_TEST_REDSHIFT_DATA_URL")
_TEN = "SELECT 0 AS n" + "".join(f" UNION ALL SELECT {n}" for n in range(1, 10))
_NUMBERS = f"SELECT a.n * 100 + b.n * 10 + c.n AS n FROM ({_TEN}) a, ({_TEN}) b, ({_TEN}) c, ({_TEN}) d"
_SLOW = f"SELECT count(*) FROM ({_NUMBERS}) x, ({_NUMBERS}) y, ({_NUMBERS}) z WHERE x.n + y.n * z.n = -1"


@pytest.fixture(params=_PLACES)
def engine(request: pytest.FixtureRequest) -> Engine:
    url = os.environ.get(request.param)
    if not url:
        pytest.skip(f"{request.param} is not set")
    return open_engine(url, query_id="test")


@pytest.fixture
def ask(make_query: Callable[..., Query]) -> Callable[..., Query]:
    def make(sql: str, **changes: Any) -> Query:
        return make_query(sql, **{"dialect": "redshift", "row_limit": 20_000, **changes})

    return make


def test_rows_and_values(engine: Engine, ask: Callable[..., Query]) -> None:
    got, more = run(engine, ask(_NUMBERS), timeout_seconds=120)
    assert (len(got.all), more) == (10_000, False)
    values = "SELECT 12345678901234567890123456789012345678::numeric(38, 0) AS a, JSON_PARSE('{\"b\": [1, 2]}') AS s"
    got, _ = run(
        engine, ask(f"{values}, '2013-01-31 17:45'::timestamp AS t, NULL::float8 AS f"), timeout_seconds=120
    )
    assert got.kinds == [Kind.DECIMAL, Kind.JSON, Kind.TIMESTAMP, Kind.NUMBER]
    assert got.all == [["12345678901234567890123456789012345678", {"b": [1, 2]}, "2013-01-31T17:45:00", None]]


def test_catalog(engine: Engine) -> None:
    catalog = engine.catalog(source="test")
    assert catalog.dialect == "redshift"
    assert all(t.columns for t in catalog.tables)


def test_errors_and_limits(engine: Engine, ask: Callable[..., Query]) -> None:
    with pytest.raises(QueryFailed) as caught:
        run(engine, ask("SELECT nope FROM (SELECT 1 AS a) x"), timeout_seconds=60)
    assert caught.value.error_class == "undefined column"
    with pytest.raises(QueryTimeout):
        run(engine, ask(_SLOW), timeout_seconds=3)


def test_cancel_by_handle(engine: Engine, ask: Callable[..., Query]) -> None:
    found: list[bool] = []

    def stop(handle: Mapping[str, Any]) -> None:
        threading.Timer(5, lambda: found.append(engine.cancel(handle))).start()

    with pytest.raises(Cancelled):
        run(engine, ask(_SLOW), on_handle=stop, timeout_seconds=120)
    assert found == [True]


def test_what_the_role_may_do(engine: Engine) -> None:
    assert engine.can_write() in (True, False)
