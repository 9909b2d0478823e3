"""An old catalog is served at once and read anew beside that, by one process, and never over an edited one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from houses import MakeHouse, NewDatabase, execute
from scripted_model import Says, always

from analyst.catalog import Catalog
from analyst.engines import open_engine
from analyst.errors import DatabaseUnavailable
from analyst.renewing import Renewal, renewed
from analyst.stores.catalogs import Catalogs
from analyst.stores.state import State
from analyst.wiring import House

ONE = """
CREATE TABLE things (id int PRIMARY KEY, colour text);
INSERT INTO things SELECT g, 'red' FROM generate_series(1, 9) AS g;
"""


def until(true: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def age(house: House, interval: str) -> None:
    execute(house.settings.state_url, f"UPDATE catalogs SET built_at = now() - interval '{interval}'")


@pytest.fixture
def shop(make_house: MakeHouse, new_database: NewDatabase) -> tuple[House, str, str]:
    """A house on a source of one table, the source's key, and the URL of its owner."""
    url = new_database(ONE)
    house = make_house(always(Says(text="no")), sources=f"shop={url}")
    return house, house.sources.get().key, url


def test_an_old_catalog_is_served_at_once_and_read_anew_in_the_background(
    shop: tuple[House, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, source, url = shop
    assert [t.name for t in house.catalog(source).tables] == ["things"]
    execute(url, "CREATE TABLE orders (id int)")
    age(house, "1 hour")
    go, engine = threading.Event(), house.sources.engine

    def slow(*given: Any, **named: Any) -> Any:
        assert threading.current_thread() is not threading.main_thread(), "nobody waits for it"
        assert go.wait(10)
        return engine(*given, **named)

    monkeypatch.setattr(house.sources, "engine", slow)
    assert [t.name for t in house.catalog(source).tables] == ["things"]
    go.set()
    until(lambda: len(house.catalog(source).tables) == 2)


def test_one_that_is_too_old_is_read_before_anything_is_answered(shop: tuple[House, str, str]) -> None:
    house, source, url = shop
    house.catalog(source)
    execute(url, "CREATE TABLE orders (id int)")
    age(house, "25 hours")
    assert [t.name for t in house.catalog(source).tables] == ["orders", "things"]


def test_one_process_reads_and_all_others_serve_the_old_one(shop: tuple[House, str, str]) -> None:
    house, source, _ = shop
    house.catalog(source)
    age(house, "1 hour")
    reading, read = threading.Barrier(2), []

    def engine(key: str) -> Any:
        read.append(key)
        reading.wait(10)
        return house.sources.engine(key, query_id="catalog")

    processes = [
        Renewal(catalogs=Catalogs(State(house.settings.state_url)), engine=engine, lease=house.catalogs.lease)
        for _ in range(4)
    ]
    for process in processes:
        process.soon(source)
    reading.wait(10)
    until(lambda: house.catalogs.load(source, newer_than_seconds=60) is not None)
    assert read == [source]


def test_a_source_that_cannot_be_read_is_tried_once_a_minute_and_the_old_catalog_serves(
    shop: tuple[House, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, source, _ = shop
    known = house.catalog(source)
    age(house, "1 hour")
    tried: list[str] = []

    def down(key: str, **_: Any) -> Any:
        tried.append(key)
        raise DatabaseUnavailable("It does not answer.")

    monkeypatch.setattr(house.sources, "engine", down)
    for _ in range(3):
        assert house.catalog(source) == known
    until(lambda: tried)
    time.sleep(0.1)
    assert tried == [source]
    execute(house.settings.state_url, "UPDATE catalog_leases SET until = now() - interval '1 second'")
    house.catalog(source)
    until(lambda: len(tried) == 2)


def test_what_a_person_edited_meanwhile_stays(
    shop: tuple[House, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, source, _ = shop
    edited = replace(house.catalog(source), edited=True, fiscal_start=4)
    engine = house.sources.engine

    def edits(*given: Any, **named: Any) -> Any:
        house.catalogs.save(edited)
        return engine(*given, **named)

    monkeypatch.setattr(house.sources, "engine", edits)
    house.renewal.now(source)
    assert house.catalogs.load(source) == edited


def test_the_api_in_aws_serves_an_old_catalog_and_tells_the_worker_once(
    shop: tuple[House, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, source, _ = shop
    known = house.catalog(source)
    age(house, "1 hour")
    told: list[str] = []

    class Errands:
        def renew_catalog(self, source: str) -> None:
            told.append(source)

    api = House(replace(house.settings, worker="the worker"))
    monkeypatch.setitem(api.__dict__, "_errands", Errands())
    with closing(api):
        for _ in range(3):
            assert api.catalog(source) == known
    assert told == [source]
    house.renew_catalog(source)
    assert house.catalogs.load(source, newer_than_seconds=60) is not None


def test_an_engine_that_cannot_tell_what_changed_is_read_whole(shop: tuple[House, str, str]) -> None:
    house, source, url = shop
    known = house.catalog(source)

    class Other:
        def catalog(self, *, source: str) -> Catalog:
            return replace(known, fiscal_start=7)

    assert renewed(Other(), known, source=source).fiscal_start == 7  # type: ignore[arg-type]
    with closing(open_engine(url)) as engine:
        assert renewed(engine, None, source=source).tables == known.tables
