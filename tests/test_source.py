"""A source is known by engine, host, port and database, however its URL says them."""

from __future__ import annotations

import json

import pytest

from analyst.errors import ConfigurationError
from analyst.source import source_of, source_of_document
from analyst.sources import read_sources


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("postgresql://u:p@Host/d", "postgres://host:5432/d"),
        ("postgresql://host:6000/d", "postgres://host:6000/d"),
        ("postgresql:///d?host=host&port=6000", "postgres://host:6000/d"),
        ("postgresql:///d?host=/run/socket&port=6000", "postgres://local/d"),
    ],
)
def test_the_key(url: str, key: str) -> None:
    assert source_of(url).key == key


DOCUMENT = {
    "name": "flights",
    "engine": "postgres",
    "address": "db.internal:5432",
    "database": "fly away",
    "secret": "arn:secret",
    "tls": "verify-full",
}


def test_a_document_holds_no_login_and_gets_it_from_its_secret() -> None:
    source = source_of_document(DOCUMENT)
    assert (source.name, source.key) == ("flights", "postgres://db.internal:5432/fly away")
    assert "@" not in source.url and source.secret == "arn:secret"
    url = source.url_with({"username": "reader", "password": "p@ss/word:%"})
    assert url == "postgresql://reader:p%40ss%2Fword%3A%25@db.internal:5432/fly%20away?sslmode=verify-full"


def test_a_secret_without_a_password_is_named_and_not_shown() -> None:
    with pytest.raises(ConfigurationError, match="'flights' has no username and password"):
        source_of_document(DOCUMENT).url_with({"username": "reader", "pass": "hidden"})


def test_redshift_and_athena_have_keys_of_their_own() -> None:
    redshift = source_of_document({**DOCUMENT, "engine": "redshift", "address": "c:5439"})
    assert redshift.key == "redshift://c:5439/fly away"
    athena = source_of_document({"name": "lake", "engine": "athena", "workgroup": "w", "database": "sales"})
    assert athena.key == "athena://w/sales" and not athena.secret


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"engine": "oracle"}, "postgres, redshift or athena"),
        ({"name": ""}, "needs a name"),
        ({"address": ""}, "'flights' has no address"),
        ({"address": "", "database": ""}, "no address and no database"),
    ],
)
def test_what_is_missing_is_named(change: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence):
        source_of_document({**DOCUMENT, **change})


def test_a_table_of_documents_opens_engines_with_their_secrets() -> None:
    asked: list[str] = []

    def login(arn: str) -> dict[str, str]:
        asked.append(arn)
        return {"username": "reader", "password": "x"}

    table = read_sources(json.dumps([DOCUMENT]), login=login)
    table.engine("flights", query_id="q").close()
    assert asked == ["arn:secret"]
    with pytest.raises(ConfigurationError, match="may read the secret"):
        read_sources(json.dumps([DOCUMENT])).engine("flights", query_id="q")


@pytest.mark.parametrize("text", ["[1]", "[{", '["name=url"]'])
def test_a_list_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        read_sources(text)


def test_how_long_rows_may_be_shown_again_is_the_sources_own_and_no_part_of_its_address() -> None:
    plain = source_of("postgresql://u:p@host/d?sslmode=prefer")
    found = source_of("postgresql://u:p@host/d?sslmode=prefer&reuse_seconds=900")
    assert (found.reuse_seconds, found.url, found.key) == (900, plain.url, plain.key)
    assert source_of("postgresql://u@host/d?reuse_seconds=0").url == "postgresql://u@host/d"
    assert plain.reuse_seconds is None
    assert source_of_document({**DOCUMENT, "reuse_seconds": 900}).reuse_seconds == 900
    table = read_sources("a=postgresql://u@h/a?reuse_seconds=0 b=postgresql://u@h/b")
    assert [table.reuse_of(s.key, otherwise=60) for s in table.all] == [0, 60]
    assert table.reuse_of("unknown", otherwise=60) == 0


@pytest.mark.parametrize("wrong", ["-1", "1.5", "ten", "", "604801", True, None])
def test_an_age_that_is_none_is_refused_by_name(wrong: object) -> None:
    with pytest.raises(ConfigurationError, match="'flights': reuse_seconds is a whole number"):
        source_of_document({**DOCUMENT, "reuse_seconds": wrong})


def test_a_connection_is_all_of_the_address_but_the_password() -> None:
    one = source_of("postgresql://u:p@host/d?options=-csearch_path%3Da&password=x").connection()
    assert one == source_of("postgresql://u:q@host/d?options=-csearch_path%3Da").connection()
    for other in ("u@host/d?options=-csearch_path%3Db", "v@host/d?options=-csearch_path%3Da"):
        assert one != source_of(f"postgresql://{other}").connection()
    table = read_sources(json.dumps([DOCUMENT]), login=lambda _: {"username": "reader", "password": "hidden"})
    said = table.connection_of(table.all[0].key)
    assert "reader" in said and "hidden" not in said
