"""What the functions read of a source."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from synthesis import SECRET, WAREHOUSE

from analyst.engines import open_engine
from analyst.source import Source, source_of_document
from deployment import SourceOptions
from plan import source_document


def test_rows_are_shown_again_only_where_an_option_says_so() -> None:
    source: dict[str, Any] = {"name": "lake", "engine": "athena", "database": "sales"}
    assert "reuse_seconds" not in source_document(SourceOptions(**source), own="analyst")
    document = source_document(SourceOptions(**source, reuse_seconds=900), own="analyst")
    assert document["reuse_seconds"] == 900


SERVED: dict[str, Any] = {
    "name": "s",
    "engine": "postgres",
    "address": "db.example.com:5432",
    "database": "d",
}
CALLS: dict[str, Any] = {"name": "c", "engine": "redshift", "via": "data-api", "database": "dev"}
LAKE: dict[str, Any] = {"name": "l", "engine": "athena", "database": "sales"}


def read(**options: Any) -> Source:
    """The source as the functions have it."""
    return source_of_document(source_document(SourceOptions(**options), own="analyst"))


@pytest.mark.parametrize(
    ("options", "url"),
    [
        ({**SERVED, "secret_arn": SECRET}, "postgresql://db.example.com:5432/d?sslmode=require"),
        (
            {**SERVED, "secret_arn": SECRET, "ca": "/here/roots.pem"},
            "postgresql://db.example.com:5432/d?sslmode=verify-full&sslrootcert=%2Fopt%2Fcertificates%2Froots.pem",
        ),
        (
            {**SERVED, "login": "iam", "user": "reader", "region": "eu-west-1"},
            "postgresql://reader@db.example.com:5432/d?sslmode=require&login=iam&region=eu-west-1",
        ),
        (
            {**SERVED, "address": "db.abc123.eu-central-1.rds.amazonaws.com:5432", "secret_arn": SECRET},
            "postgresql://db.abc123.eu-central-1.rds.amazonaws.com:5432/d?sslmode=verify-full",
        ),
        (WAREHOUSE, "redshift://warehouse.example.com:5439/dwh?sslmode=verify-full"),
        (
            {**SERVED, "engine": "redshift", "login": "iam", "cluster": "house", "tls": "require"},
            "redshift://db.example.com:5432/d?sslmode=require&login=iam&cluster=house",
        ),
        (
            {**CALLS, "workgroup": "analysts", "region": "eu-west-1", "secret_arn": SECRET},
            f"redshift-data://analysts/dev?region=eu-west-1&secret={SECRET}",
        ),
        ({**CALLS, "cluster": "house", "user": "u"}, "redshift-data://house/dev?user=u&kind=cluster"),
        (LAKE, "athena://analyst/sales"),
        (
            {**LAKE, "databases": ("web",), "glue_databases": ("sales", "old"), "workgroup": "w"},
            "athena://w/sales?databases=web,old",
        ),
        (
            {**LAKE, "catalog": "dynamo", "output": "s3://b/out", "workgroup": "w", "region": "eu-west-1"},
            "athena://w/sales?region=eu-west-1&catalog=dynamo&output=s3://b/out",
        ),
        (
            {**LAKE, "result_reuse_minutes": 60, "usd_per_tb": 6.5, "large_gb": 5, "large_partitions": 9},
            "athena://analyst/sales?result_reuse_minutes=60&usd_per_tb=6.5&large_gb=5&large_partitions=9",
        ),
    ],
    ids=[
        "secret",
        "ca",
        "iam",
        "rds",
        "redshift",
        "cluster",
        "workgroup",
        "data user",
        "lake",
        "more",
        "federated",
        "numbers",
    ],
)
def test_the_functions_read_what_the_options_say(options: dict[str, Any], url: str) -> None:
    found, wanted = urlsplit(read(**options).url), urlsplit(url)
    assert found._replace(query="") == wanted._replace(query="")
    assert parse_qs(found.query) == parse_qs(wanted.query)
    open_engine(read(**options).url)


def test_names_and_secrets_come_along() -> None:
    found = read(**SERVED, secret_arn=SECRET, title="Web shop", description="Orders")
    assert (found.title, found.description, found.secret) == ("Web shop", "Orders", SECRET)
