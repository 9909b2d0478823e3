"""What is told apart by identity, so that large catalogs are not compared value by value."""

from __future__ import annotations

from dataclasses import replace

from analyst.catalog import Catalog, Column, Table
from analyst.values.kept import Held
from analyst.values.shelves import shelves_of

TOWNS = Table(schema="public", name="towns", columns=(Column(name="town", type="text", values=("Oslo",)),))
CATALOG = Catalog(source="x", dialect="postgres", tables=(TOWNS,))


def test_the_same_objects_are_equal_and_equal_ones_are_not() -> None:
    twin = replace(TOWNS)
    assert twin == TOWNS and twin is not TOWNS
    assert Held.of([TOWNS]) == Held.of((TOWNS,)) and hash(Held.of([TOWNS])) == hash(Held.of((TOWNS,)))
    assert Held.of([TOWNS]) != Held.of([twin]) and Held.of([TOWNS]) != Held.of([])


def test_shelves_are_made_once_for_what_has_not_changed() -> None:
    made = shelves_of(CATALOG)
    read_anew = Catalog.from_dict(CATALOG.to_dict())
    assert shelves_of(replace(CATALOG)) is made
    assert shelves_of(read_anew) is made
    changed = replace(TOWNS, columns=(replace(TOWNS.columns[0], values=("Bergen",)),))
    assert shelves_of(replace(CATALOG, tables=(changed,))).values == ["Bergen"]
