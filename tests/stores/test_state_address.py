"""The product's own database is found again when its password has changed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import pytest
from houses import NewDatabase

from analyst import stores
from analyst.engines.roots import public_roots
from analyst.errors import StoreError
from analyst.settings import Settings
from analyst.stores.state import State
from analyst.wiring import House


def test_a_refused_address_is_asked_for_anew(new_database: NewDatabase) -> None:
    url = new_database()
    asked: list[bool] = []

    def address(anew: bool) -> str:
        asked.append(anew)
        return url if anew else url.replace("/test_", "/not_there_test_")

    state = State(address)
    assert state.row("SELECT 1 AS one") == {"one": 1}
    state.close()
    assert asked == [False, True]


def test_an_address_that_stays_wrong_is_asked_for_once_more_only(new_database: NewDatabase) -> None:
    url = new_database().replace("/test_", "/not_there_test_")
    asked: list[bool] = []

    def address(anew: bool) -> str:
        asked.append(anew)
        return url

    with pytest.raises(StoreError):
        State(address).row("SELECT 1")
    assert asked == [False, True]


def test_migrating_brings_the_vector_type(new_database: NewDatabase) -> None:
    state = State(new_database())
    state.migrate()
    state.migrate()
    files = len(list(Path(stores.__file__).parent.glob("schema/*.sql")))
    assert files and state.row("SELECT count(*) AS n FROM migrations") == {"n": files}
    assert state.rows("SELECT vector FROM examples") == []
    state.close()


@pytest.mark.parametrize(
    ("tls", "address", "roots"),
    [
        ("verify-full", "", "/opt/rds/global-bundle.pem"),
        ("verify-full", "analyst.proxy-abc.eu-central-1.rds.amazonaws.com:5432", public_roots()),
        ("require", "", ""),
    ],
)
def test_in_rds_it_is_verified(tls: str, address: str, roots: str) -> None:
    bundle = "/opt/rds/global-bundle.pem"
    house = House(Settings(state_secret="s", state_tls=tls, state_address=address, rds_ca=bundle))
    host = "analyst.abc123.eu-central-1.rds.amazonaws.com"
    secret = {"username": "u", "password": "p", "host": host, "port": 5432, "dbname": "analyst"}
    vars(house)["_secrets"] = SimpleNamespace(get=lambda _, fresh: secret)
    parts = urlsplit(house._state_address(False))
    assert parts.netloc == f"u:p@{address or f'{host}:5432'}"
    assert dict(parse_qsl(parts.query)) == {"sslmode": tls, **({"sslrootcert": roots} if roots else {})}
