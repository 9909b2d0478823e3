"""What one user of a database has read of it is not known to another one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from analyst.catalog import Catalog, Table
from analyst.stores.catalogs import Catalogs
from analyst.stores.state import State

WHOLE = Catalog(source="s", dialect="postgres", tables=(Table(schema="public", name="secrets", columns=()),))


@pytest.fixture
def state(state_url: str) -> Iterator[State]:
    state = State(state_url)
    yield state
    state.close()


def test_each_reader_reads_for_themselves(state: State) -> None:
    admin, guest = (Catalogs(state, reader_of=lambda _, name=name: name) for name in ("admin", "guest"))
    admin.save(WHOLE)
    assert admin.load("s") == WHOLE and guest.load("s") is None
    less = Catalog(source="s", dialect="postgres", tables=())
    guest.save(less)
    assert guest.load("s") == less and admin.load("s") is None
