"""Secrets by reference: read where they are kept, refused where they are open to others, never shown."""

from __future__ import annotations

import traceback
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from houses import execute
from tcp_postgres import TcpPostgres

from analyst.errors import ConfigurationError, DatabaseError
from analyst.source_secrets import SourceSecrets
from analyst.sources import SourceTable, read_sources

PASSWORD = "canary-p@ss/word"


def shop(server: TcpPostgres, secret: str, *, user: str = "reader", more: str = "") -> str:
    """A file with one source."""
    named = f'user = "{user}"\n' if user else ""
    return (
        f'[sources.shop]\nengine = "postgres"\naddress = "127.0.0.1:{server.port}"\ndatabase = "shop"\n'
        f'tls = "disable"\n{named}secret = "{secret}"\n{more}'
    )


def tables(found: SourceTable) -> list[str]:
    with closing(found.engine("shop", query_id="q")) as engine:
        return [table.name for table in engine.catalog(source="shop").tables]


@pytest.mark.parametrize(
    ("text", "user"),
    [
        (PASSWORD, "reader"),
        (f"postgresql://reader:{quote(PASSWORD, safe='')}@elsewhere/any", ""),
        ('{"username": "reader", "password": "canary-p@ss/word"}', ""),
    ],
)
def test_a_file_and_a_variable_open_the_database(
    server: TcpPostgres, secret: Path, text: str, user: str
) -> None:
    secret.write_text(text)
    assert tables(read_sources(shop(server, f"file:{secret}", user=user))) == ["orders"]
    variables = {"SHOP_PASSWORD": text}
    named = read_sources(
        shop(server, "env:SHOP_PASSWORD", user=user), variable=lambda n: variables.get(n, "")
    )
    assert tables(named) == ["orders"]


def test_a_password_that_was_changed_is_picked_up(server: TcpPostgres, secret: Path) -> None:
    table = read_sources(shop(server, f"file:{secret}", user="turning"))
    server.add_role("turning", PASSWORD)
    execute(server.url("shop"), "GRANT SELECT ON orders TO turning")
    with closing(table.engine("shop", query_id="q")) as engine:
        assert engine.can_write() is False
        execute(server.url(), "ALTER ROLE turning PASSWORD 'another'")
        with pytest.raises(DatabaseError, match="did not accept"):
            engine.can_write()
        secret.write_text("another")
        assert engine.can_write() is False


def test_a_kept_secret_of_aws_that_is_refused_is_read_anew(server: TcpPostgres) -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbCdEf"
    table = read_sources(
        shop(server, arn, user=""),
        login=lambda _: {"username": "reader", "password": "old"},
        anew=lambda _: {"username": "reader", "password": PASSWORD},
    )
    assert tables(table) == ["orders"]
    assert '"reader"' in table.connection_of("shop") and PASSWORD not in table.connection_of("shop")


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        (PASSWORD, 0o640, "is open to others; `chmod 600` it"),
        (PASSWORD, 0o604, "is open to others"),
        ("", 0o600, "holds no text"),
        (f'{{"password": "{PASSWORD}', 0o600, "has no password"),
        ("postgresql://reader@h/d", 0o600, "has no password"),
        ("http://[canary", 0o600, "has no password"),
        (None, 0o600, "cannot be read"),
    ],
)
def test_what_is_wrong_with_a_secret_is_told_without_it(
    server: TcpPostgres, secret: Path, content: str | None, mode: int, said: str
) -> None:
    if content is None:
        secret.unlink()
    else:
        secret.write_text(content)
        secret.chmod(mode)
    with pytest.raises(ConfigurationError) as refused:
        tables(read_sources(shop(server, f"file:{secret}")))
    assert said in str(refused.value) and "'shop'" in str(refused.value)
    assert "canary" not in "".join(traceback.format_exception(refused.value))


def test_a_secret_that_nobody_may_read_or_nobody_set() -> None:
    with pytest.raises(ConfigurationError, match="Nothing here may read the secret"):
        SourceSecrets().read("env:ABSENT", source="shop")
    with pytest.raises(
        ConfigurationError, match=r"The variable ABSENT, which holds the secret .* is not set"
    ):
        SourceSecrets(variable=lambda _: "").read("env:ABSENT", source="shop")
