"""The Athena engine on the real service; skipped unless ANALYST_TEST_ATHENA_URL names a source to ask.

The URL is a source's own: athena://workgroup/database?region=…; credentials are the environment's. Nothing is
read but constants and the catalog, so what it costs is next to nothing.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

import pytest
from athena.parts import Ask
from athena.parts import ask as ask
from conformance import EngineConformance, run

from analyst.draft import Query
from analyst.engines.athena import AthenaEngine
from analyst.errors import Cancelled
from analyst.result import Cell, Kind

_URL = os.environ.get("ANALYST_TEST_ATHENA_URL", "")

pytestmark = [
    pytest.mark.aws,
    pytest.mark.skipif(not _URL, reason="ANALYST_TEST_ATHENA_URL is not set"),
]


@pytest.fixture
def engine() -> Iterator[AthenaEngine]:
    """The source's own engine."""
    opened = AthenaEngine(_URL, query_id="test")
    yield opened
    opened.close()


class TestAthenaService(EngineConformance):
    """The suite that every engine passes, with what the stand-in cannot do as Athena does."""

    dialect = "athena"
    numbers_sql = (
        "SELECT a * 1000 + b AS n FROM UNNEST(SEQUENCE(0, 9)) AS t(a) CROSS JOIN UNNEST(SEQUENCE(0, 999)) AS u(b) "
        "WHERE a * 1000 + b < {count} ORDER BY 1"
    )
    slow_sql = (
        "SELECT COUNT(*) FROM UNNEST(SEQUENCE(1, 10000)) AS a(x) CROSS JOIN UNNEST(SEQUENCE(1, 10000)) AS b(y) "
        "CROSS JOIN UNNEST(SEQUENCE(1, 10000)) AS c(z) WHERE x + y + z = -1"
    )
    failing_sql: ClassVar[Mapping[str, str]] = {
        "undefined column": "SELECT nope FROM (VALUES 1) AS t(a) WHERE 'a' = '{secret}'",
        "undefined table": "SELECT * FROM canary_{secret}",
        "division by zero": "SELECT 1 / a FROM (VALUES 0) AS t(a)",
        "text cannot be read as that type": "SELECT CAST(a AS integer) FROM (VALUES '{secret}') AS t(a)",
        "syntax error": "SELECT 1 FROM WHERE '{secret}'",
        "types do not match": "SELECT 1 WHERE 1 = '{secret}'",
    }
    cells: ClassVar[Mapping[str, tuple[Kind, Cell]]] = {
        "BIGINT '9223372036854775807'": (Kind.INTEGER, 9223372036854775807),
        "7 / 2": (Kind.INTEGER, 3),
        "nan()": (Kind.NUMBER, "NaN"),
        "DECIMAL '12345678901234567890123456789.012345678'": (
            Kind.DECIMAL,
            "12345678901234567890123456789.012345678",
        ),
        "'ünï ☃ 😀'": (Kind.TEXT, "ünï ☃ 😀"),
        "''": (Kind.TEXT, ""),
        "CAST(NULL AS varchar)": (Kind.TEXT, None),
        "true": (Kind.BOOLEAN, True),
        "DATE '2013-01-31'": (Kind.DATE, "2013-01-31"),
        "TIMESTAMP '2013-01-31 17:45:00.500'": (Kind.TIMESTAMP, "2013-01-31T17:45:00.5"),
        "TIMESTAMP '2013-07-31 17:45:00 America/New_York'": (Kind.INSTANT, "2013-07-31T17:45:00-04:00"),
        "X'00ff'": (Kind.BYTES, "\\x00ff"),
        "ARRAY[1, NULL, 3]": (Kind.TEXT, "[1, null, 3]"),
        "NULL": (Kind.TEXT, None),
    }

    @pytest.fixture
    def make_query(self, make_query: Callable[..., Query]) -> Callable[..., Query]:
        """The suite asks in the engine's own dialect."""

        def make(sql: str, *, row_limit: int = 1000, dialect: str = "athena") -> Query:
            return make_query(sql, row_limit=row_limit, dialect=dialect)

        return make


def test_the_catalog(engine: AthenaEngine) -> None:
    assert engine.catalog(source="test").dialect == "athena"


def test_cancelled_from_elsewhere(engine: AthenaEngine, ask: Ask) -> None:
    def stop(handle: Mapping[str, Any]) -> None:
        threading.Timer(1.0, lambda: AthenaEngine(_URL).cancel(handle)).start()

    with pytest.raises(Cancelled):
        run(engine, ask(TestAthenaService.slow_sql), on_handle=stop)
