"""Databases for the engines' tests; each is made anew and dropped again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from psycopg2.sql import SQL, Composed, Identifier

from analyst import draft
from analyst.draft import Query
from analyst.engines.redshift_data import RedshiftDataEngine

pytest.register_assert_rewrite("conformance")


MakeDatabase = Callable[[str, str], str]
MakeQuery = Callable[..., Query]


def _execute(url: str, sql: str | Composed) -> None:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        connection.cursor().execute(sql)


@pytest.fixture(scope="session")
def make_database(postgres_url: str) -> Iterator[MakeDatabase]:
    """Make a database of a name that holds what some SQL puts there, and give its URL."""
    made: list[str] = []

    def make(name: str, sql: str) -> str:
        assert re.fullmatch(r"engine_\w+", name)
        for command in ("DROP DATABASE IF EXISTS {} WITH (FORCE)", "CREATE DATABASE {}"):
            _execute(postgres_url, SQL(command).format(Identifier(name)))
        made.append(name)
        url = urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))
        if sql:
            _execute(url, sql)
        return url

    yield make
    for name in made:
        _execute(postgres_url, SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


@pytest.fixture(scope="session")
def make_query() -> MakeQuery:
    """Build a query without the guard, which is what these tests are not about."""

    def make(sql: str, *, row_limit: int = 1000, dialect: str = "postgres") -> Query:
        return Query(
            draft._SEAL,
            sql=sql,
            readable=sql,
            dialect=dialect,
            tables=(),
            columns=(),
            filters=(),
            row_limit=row_limit,
        )

    return make


DATA_URL = (
    "redshift-data://Analysts/shop?region=eu-central-1"
    "&secret=arn:aws:secretsmanager:eu-central-1:123456789012:secret:s"
)


@pytest.fixture(scope="session")
def data_engine() -> Callable[..., RedshiftDataEngine]:
    """Build an engine whose Data API is a stand-in, with keys that open nothing."""
    import boto3
    from botocore.config import Config

    def make(api: Any, url: str = DATA_URL) -> RedshiftDataEngine:
        client = boto3.client(
            "redshift-data",
            endpoint_url=api.url,
            region_name="eu-central-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            config=Config(proxies={}, retries={"mode": "standard", "total_max_attempts": 3}),
        )
        return RedshiftDataEngine(url, query_id="q-1", client=client)

    return make
