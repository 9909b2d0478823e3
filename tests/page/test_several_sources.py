"""Several sources on the page: each with its engine, and every conversation with one of them."""

from __future__ import annotations

import pytest
from stand_in_api import StandIn
from streamlit.testing.v1 import AppTest
from test_page_flow import PAGE, ask, elements, texts

ANOTHER = "A conversation stays with its source"


@pytest.fixture
def page(api: StandIn) -> AppTest:
    for name, title, engine in (("shop", "Web shop", "Athena"), ("house", "The _house_", "Redshift")):
        api.sources.append({"name": name, "title": title, "engine": engine, "tables": 1, "questions": []})
    return AppTest.from_file(PAGE, default_timeout=20).run()


def chosen(page: AppTest) -> str:
    return str(page.selectbox[0].value)


def test_each_is_offered_with_its_engine(page: AppTest) -> None:
    offered = ["New York flights 2013 · Postgres", "Web shop · Athena", "The _house_ · Redshift"]
    assert list(page.selectbox[0].options) == offered and chosen(page) == "flights"
    assert "New York flights 2013** :gray[· Postgres · 5 tables]" in texts(page)
    page.selectbox[0].set_value("house").run()
    assert "· Redshift · 1 table]" in texts(page)


def test_another_source_begins_a_new_conversation(api: StandIn, page: AppTest) -> None:
    ask(page, "anything")
    ask(page, "anything more")
    assert ANOTHER not in texts(page)
    page.selectbox[0].set_value("shop").run()
    assert ANOTHER in texts(page)
    assert "United Air Lines" in texts(page), "what was answered stays until then"
    ask(page, "anything else")
    assert ANOTHER not in texts(page)
    sent = [(asked.source, asked.session_id) for asked in api.asked.values()]
    assert [source for source, _ in sent] == ["flights", "flights", "shop"]
    assert sent[0][1] == sent[1][1] != sent[2][1]
    page.selectbox[0].set_value("flights").run()
    page.selectbox[0].set_value("shop").run()
    ask(page, "and this")
    assert [*api.asked.values()][-1].session_id == sent[2][1], "back to its own source it goes on"


def test_a_conversation_that_is_opened_brings_its_source(api: StandIn, page: AppTest) -> None:
    page.selectbox[0].set_value("shop").run()
    ask(page, "anything")
    session = next(iter(api.asked.values())).session_id
    fresh = AppTest.from_file(PAGE, default_timeout=20)
    fresh.query_params["session"] = session
    fresh.run()
    assert chosen(fresh) == "shop"
    ask(fresh, "anything more")
    assert [(a.source, a.session_id) for a in api.asked.values()] == [("shop", session)] * 2


def test_a_source_whose_tables_nobody_has_read_yet(api: StandIn, page: AppTest) -> None:
    api.sources[2]["tables"] = None
    fresh = AppTest.from_file(PAGE, default_timeout=20).run()
    fresh.selectbox[0].set_value("house").run()
    assert not fresh.exception and "· Redshift]" in texts(fresh)


def test_one_source_offers_no_choice(api: StandIn) -> None:
    page = AppTest.from_file(PAGE, default_timeout=20).run()
    assert not elements(page, "selectbox")
    ask(page, "anything")
    assert ANOTHER not in texts(page)
