"""Catalogs are read once a process, and anew as soon as another process has stored another one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from houses import execute

from analyst.catalog import Catalog, Column, Table
from analyst.stores.catalogs import MOST_KEPT, Catalogs
from analyst.stores.state import State


def catalog(source: str = "shop", *columns: str) -> Catalog:
    listed = tuple(Column(name=name, type="text") for name in columns or ("name",))
    table = Table(schema="public", name="things", columns=listed)
    return Catalog(source=source, dialect="postgres", tables=(table,))


@pytest.fixture
def state(state_url: str) -> Iterator[State]:
    with closing(State(state_url)) as state:
        yield state


def test_it_is_read_once(state: State) -> None:
    store = Catalogs(state)
    assert store.load("shop") is None
    store.save(catalog())
    first = store.load("shop")
    assert first == catalog()
    assert store.load("shop") is first, "with all that is derived from it"
    assert store.load("shop", newer_than_seconds=60) is first


def test_what_another_process_stores_is_seen(state: State, state_url: str) -> None:
    mine = Catalogs(state)
    mine.save(catalog())
    assert mine.load("shop") == catalog()
    with closing(State(state_url)) as other:
        Catalogs(other).save(catalog("shop", "name", "weight"))
    assert mine.load("shop") == catalog("shop", "name", "weight")
    mine.save(catalog())
    assert mine.load("shop") == catalog()


def test_an_old_one_counts_only_where_a_person_edited_it(state: State, state_url: str) -> None:
    store = Catalogs(state)
    for source, edited in (("read", False), ("edited", True)):
        store.save(replace(catalog(source), edited=edited))
        assert store.load(source) is not None
    execute(state_url, "UPDATE catalogs SET built_at = now() - interval '1 hour'")
    assert store.load("read", newer_than_seconds=60) is None
    assert store.load("edited", newer_than_seconds=60) == replace(catalog("edited"), edited=True)
    assert store.load("read") == catalog("read")


def test_one_that_is_gone_is_gone(state: State, state_url: str) -> None:
    store = Catalogs(state)
    store.save(catalog())
    assert store.load("shop") is not None
    execute(state_url, "DELETE FROM catalogs")
    assert store.load("shop") is None


def test_sources_are_not_mixed_up_however_many_there_are(state: State) -> None:
    store = Catalogs(state)
    sources = [f"source{n}" for n in range(MOST_KEPT + 3)]
    for source in sources:
        store.save(catalog(source, source))
    for _ in range(2):
        assert [store.load(s) for s in sources] == [catalog(s, s) for s in sources]
    last = store.load(sources[-1])
    assert store.load(sources[-1]) is last
    assert len(store._known) <= MOST_KEPT
