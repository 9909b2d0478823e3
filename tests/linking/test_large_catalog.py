"""What is kept of a catalog of 1,000 tables and 20,000 columns for the questions of questions.jsonl."""

from __future__ import annotations

from dataclasses import replace

import pytest
from merged_catalog import Asked, asked, databases, merged

from analyst import values
from analyst.catalog import Catalog
from analyst.linking import CHARACTERS_PER_TOKEN, Index, link
from analyst.showing import schema_text

BUDGET = 2000
ENOUGH = 0.98


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """All databases of schemas.txt in one, with copies and filler."""
    return merged(list(databases().values()))


@pytest.fixture(scope="module")
def index(catalog: Catalog) -> Index:
    """Built once for all questions."""
    return Index.build(catalog)


def kept(one: Asked, catalog: Catalog, index: Index, *, budget: int = BUDGET) -> Catalog:
    named = values.find(one.question, catalog)
    return link(one.question, catalog, budget=budget, mentions=named, index=index)


def lost(one: Asked, small: Catalog) -> set[tuple[str, str, str]]:
    return set(one.needs) - {(t.schema, t.name, c.name) for t in small.tables for c in t.columns}


def test_the_catalog_is_large_and_has_what_the_questions_need(catalog: Catalog) -> None:
    places = {(t.schema, t.name, c.name) for t in catalog.tables for c in t.columns}
    assert len(catalog.tables) == len({t.key for t in catalog.tables}) == 1000
    assert len(places) == 20_000
    assert len(databases()) >= 12 and len(asked()) >= 120
    assert all(one.needs <= places for one in asked())
    assert len(schema_text(catalog)) > 100 * BUDGET


@pytest.fixture(scope="module")
def answers(catalog: Catalog, index: Index) -> list[tuple[Asked, Catalog]]:
    """Every question with what is kept for it."""
    return [(one, kept(one, catalog, index)) for one in asked()]


def test_the_needed_columns_are_kept_within_the_budget(answers: list[tuple[Asked, Catalog]]) -> None:
    for one, small in answers:
        assert len(schema_text(small)) <= BUDGET * CHARACTERS_PER_TOKEN, one.id
    missed = {one.id: sorted(gone) for one, small in answers if (gone := lost(one, small))}
    assert len(missed) <= (1 - ENOUGH) * len(answers), missed


def test_questions_that_were_not_looked_at_do_as_well(answers: list[tuple[Asked, Catalog]]) -> None:
    held = [(one, small) for one, small in answers if one.part == "held"]
    missed = [one.id for one, small in held if lost(one, small)]
    assert len(held) >= 40 and len(missed) <= 1, missed


@pytest.mark.parametrize("budget", [300, 1000, 4000])
def test_every_budget_is_kept_and_what_is_left_holds_together(
    budget: int, catalog: Catalog, index: Index
) -> None:
    for one in asked()[::9]:
        small = kept(one, catalog, index, budget=budget)
        assert len(schema_text(small)) <= budget * CHARACTERS_PER_TOKEN, one.id
        assert_whole(small, catalog)


def test_the_same_question_gives_the_same_text(catalog: Catalog, index: Index) -> None:
    one = asked()[0]
    texts = {
        schema_text(kept(one, catalog, made)) for made in (index, Index.build(catalog), Index.build(catalog))
    }
    assert len(texts) == 1


@pytest.mark.parametrize(
    "bare",
    [
        lambda c: replace(c, tables=tuple(replace(t, rows=None) for t in c.tables)),
        lambda c: replace(c, links=(), tables=tuple(replace(t, primary_key=()) for t in c.tables)),
        lambda c: replace(
            c,
            glossary=(),
            tables=tuple(
                replace(t, comment="", columns=tuple(replace(x, comment="", values=()) for x in t.columns))
                for t in c.tables
            ),
        ),
    ],
    ids=["no rows", "no keys", "no comments, values and glossary"],
)
def test_a_catalog_that_says_less_still_serves_most_questions(bare: object, catalog: Catalog) -> None:
    assert callable(bare)
    plain = bare(catalog)
    made = Index.build(plain)
    missed = [one.id for one in asked() if lost(one, kept(one, plain, made))]
    assert len(missed) <= 0.15 * len(asked()), missed


def test_a_copy_goes_in_where_its_mark_is_named(catalog: Catalog, index: Index) -> None:
    question = "How many shipments did the archive of logistics book per state?"
    small = link(question, catalog, budget=600, index=index)
    assert ("logistics", "shipments") in {t.key for t in small.tables}
    copy = next(t for t in catalog.tables if t.name.startswith("shipments_") or "_shipments" in t.name)
    named = link(f"What do {copy.name} hold by state?", catalog, budget=600, index=index)
    assert copy.key in {t.key for t in named.tables}


def assert_whole(small: Catalog, catalog: Catalog) -> None:
    """In the catalog's order, and without keys or links of what is not there."""
    order = {t.key: n for n, t in enumerate(catalog.tables)}
    places = [order[t.key] for t in small.tables]
    assert places and places == sorted(places)
    for table in small.tables:
        whole = catalog.table(table.name, table.schema)
        assert whole is not None and table.columns
        names = [c.name for c in table.columns]
        assert names == [c.name for c in whole.columns if c.name in names]
        assert set(table.primary_key) <= set(names) and table.primary_key in ((), whole.primary_key)
        assert table.unique_keys == tuple(k for k in whole.unique_keys if set(k) <= set(names))
    for one in small.links:
        for key, columns in ((one.table, one.columns), (one.to_table, one.to_columns)):
            end = small.table(key[1], key[0])
            assert end is not None and all(end.column(name) for name in columns)
    assert set(small.links) <= set(catalog.links)
