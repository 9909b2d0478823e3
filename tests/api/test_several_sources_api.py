"""Several sources over HTTP: each with its engine, each asked by name, and no context carried between them."""

from __future__ import annotations

import pytest
from houses import MakeHouse, NewDatabase
from scripted_model import Says, in_turn
from test_api import COUNT, WORDS, Caller

from analyst.wiring import House

SQL = Says(text="```sql\nSELECT name, amount FROM things\n```")


@pytest.fixture
def house(make_house: MakeHouse, new_database: NewDatabase, flights: str) -> House:
    shop = new_database("CREATE TABLE things (name text, amount integer); INSERT INTO things VALUES ('a', 1)")
    sources = (
        f"flights={flights} shop={shop} web_logs=athena://analysts/logs?region=eu-central-1"
        " house=redshift://u@127.0.0.1:1/dev"
    )
    return make_house(in_turn(COUNT, WORDS, SQL, WORDS, COUNT, WORDS, WORDS), sources=sources)


def test_each_is_shown_with_its_engine(house: House) -> None:
    status, body = Caller(house)("GET", "/sources")
    assert status == 200
    shown = [(s["name"], s["title"], s["engine"]) for s in body["sources"]]
    assert shown == [
        ("flights", "Flights", "Postgres"),
        ("shop", "Shop", "Postgres"),
        ("web_logs", "Web logs", "Athena"),
        ("house", "House", "Redshift"),
    ]
    assert {s["tables"] for s in body["sources"] if s["engine"] != "Postgres"} == {None}


def test_titles_and_descriptions_are_the_files(make_house: MakeHouse) -> None:
    text = '[sources.lake]\nengine = "athena"\nworkgroup = "w"\ndatabase = "d"\ntitle = "The lake"\n'
    made = make_house(in_turn(WORDS), sources=text + 'description = "All of it"')
    (shown,) = Caller(made)("GET", "/sources")[1]["sources"]
    assert (shown["title"], shown["description"], shown["engine"]) == ("The lake", "All of it", "Athena")


def test_a_session_stays_with_its_source_where_none_is_named(house: House) -> None:
    call = Caller(house)
    first = call.answered("How many flights left each airport?", source="flights")
    second = call.answered("How many are there?", source="shop", session_id=first["session_id"])
    third = call.answered("And the names?", session_id=first["session_id"])
    assert (second["source"], third["source"]) == ("shop", "shop")


def test_what_was_asked_of_one_source_is_no_context_for_another(house: House) -> None:
    call = Caller(house)
    first = call.answered("How many flights left each airport?")
    session = first["session_id"]
    second = call.answered("What is the amount of each thing?", source="shop", session_id=session)
    assert (first["source"], second["source"]) == ("flights", "shop")
    written = [text for text in house.scripted.prompts if "translate questions" in text]  # type: ignore[attr-defined]
    (asked_of_shop,) = [text for text in written if "What is the amount of each thing?" in text]
    assert "SELECT origin" not in asked_of_shop and "left each airport" not in asked_of_shop
