"""Which questions are declined without a model: those about other things, and none of those that can be answered."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from analyst import periods, values
from analyst.catalog import Catalog, Column, Table
from analyst.engines.postgres import PostgresEngine
from analyst.grounding import Grounds, ground
from analyst.grounding.vocabulary import Vocabulary

sys.path.insert(0, str(Path(__file__).parents[1] / "linking"))
from merged_catalog import Asked, asked, databases

HERE = Path(__file__).parent
SUITE = HERE.parents[1] / "tools" / "suites" / "flights.jsonl"
FEWEST_DECLINED = 9
"""Of the 15 questions of the suite that have no answer; the others are left to the model."""


def questions(name: str) -> list[tuple[str, str]]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    pairs = (line.partition(" | ")[::2] for line in lines if line and not line.startswith("#"))
    return [(database.strip(), question.strip()) for database, question in pairs]


@pytest.fixture(scope="module")
def known(flights: str) -> dict[str, Catalog]:
    """The databases of schemas.txt, and the sample data as it is read from its database."""
    engine = PostgresEngine(flights)
    try:
        return {**databases(), "nyc": engine.catalog(source="nyc")}
    finally:
        engine.close()


def grounds(question: str, catalog: Catalog, context: str = "") -> Grounds:
    return ground(question, catalog, mentions=values.find(question, catalog), context=context)


@pytest.mark.parametrize(("database", "question"), questions("ordinary.txt"))
def test_ordinary_words_are_no_reason(known: dict[str, Catalog], database: str, question: str) -> None:
    found = grounds(question, known[database])
    assert not found.missing, found


@pytest.mark.parametrize(("database", "question"), questions("foreign.txt"))
def test_other_things_are(known: dict[str, Catalog], database: str, question: str) -> None:
    found = grounds(question, known[database])
    assert found.missing, found


@pytest.mark.parametrize("one", asked(), ids=lambda one: one.id)
def test_what_the_large_catalogs_hold_is_answered(known: dict[str, Catalog], one: Asked) -> None:
    database = next(iter(one.needs))[0]
    found = grounds(one.question, known[database])
    assert not found.missing, found


def test_the_suite_of_the_sample_data(known: dict[str, Catalog]) -> None:
    lines = [json.loads(line) for line in SUITE.read_text(encoding="utf-8").splitlines()]
    found = {line["id"]: grounds(line["question"], known["nyc"]) for line in lines}
    assert not [id_ for line in lines if (id_ := line["id"]) and line.get("gold") and found[id_].missing]
    declined = [line["id"] for line in lines if not line.get("gold") and found[line["id"]].missing]
    assert len(declined) >= FEWEST_DECLINED, declined


def shop(*columns: Column, comment: str = "") -> Catalog:
    table = Table(schema="public", name="things", columns=columns, comment=comment)
    return Catalog(source="shop", dialect="postgres", tables=(table,))


UNKNOWN = "What is the average voltage of the appliances?"


@pytest.mark.parametrize(
    "catalog",
    [
        shop(Column(name="voltage", type="numeric"), Column(name="appliance_id", type="integer")),
        shop(Column(name="applvoltage", type="numeric"), comment="Appliances"),
        shop(Column(name="v", type="numeric", comment="Voltage"), Column(name="appl", type="text")),
        shop(Column(name="kind", type="text", values=("voltage", "appliance"), values_complete=True)),
        replace(shop(Column(name="v", type="numeric")), glossary=(("voltage of appliances", "v"),)),
    ],
    ids=["names", "parts of names", "comments and shorthand", "values", "glossary"],
)
def test_what_makes_a_word_known(catalog: Catalog) -> None:
    assert grounds(UNKNOWN, shop(Column(name="v", type="numeric"))).missing
    assert not grounds(UNKNOWN, catalog).missing


def test_two_english_words_are_enough() -> None:
    assert grounds("Average price?", shop(Column(name="v", type="numeric"))).missing


def test_time_words_that_were_understood_are_no_things() -> None:
    question = "Things on Christmas 2013 and New Year's  Eve 2014?"
    bare = shop(Column(name="v", type="numeric"))
    assert grounds(question, bare).missing
    times = [period.phrase for period in periods.find(question, anchor=date(2015, 1, 1))]
    assert not ground(question, bare, times=times).unknown


def test_remarks_beside_a_question_make_its_words_known() -> None:
    bare = shop(Column(name="v", type="numeric"))
    assert not grounds(UNKNOWN, bare, context="voltage of appliances = v of things").missing
    assert grounds(UNKNOWN, bare).missing, "the next question has other remarks, or none"


def test_the_words_of_a_catalog_are_gathered_once() -> None:
    bare, other = shop(Column(name="v", type="numeric")), shop(Column(name="voltage", type="numeric"))
    first = Vocabulary.of(bare)
    assert Vocabulary.of(bare) is first
    assert Vocabulary.of(replace(bare, links=(), edited=True)) is first, "of the same tables"
    assert Vocabulary.of(shop(Column(name="v", type="numeric"))) is first, "of equal tables, read anew"
    assert Vocabulary.of(other) != first
    for changed in (replace(bare, source="other"), replace(bare, glossary=(("voltage", "v"),))):
        assert Vocabulary.of(changed) == Vocabulary.build(changed) != first
    remarked = Vocabulary.of(bare, remarks="voltage of appliances")
    assert remarked.knows("voltage") and not first.knows("voltage")
    assert remarked.things == first.things, "remarks name no tables"


def test_names_may_be_values_that_were_not_read() -> None:
    read = Column(name="title", type="text", values=("Emma",), values_complete=True)
    more = Column(name="title", type="text", values=("Emma",))
    question = 'Who edited "Moby Dick" and "Walden"?'
    assert grounds(question, shop(read)).unknown != ()
    assert "Moby Dick" not in grounds(question, shop(more)).unknown


@pytest.mark.parametrize(
    "question",
    [
        "Wie hoch ist die mittlere Spannung der Geräte?",
        "Quelle est la tension moyenne des appareils ?",
        "¿Cuál es el voltaje medio de los aparatos?",
        "设备的平均电压是多少？",
        "Spannung Geräte?",
        "Wieviele Geräte?",
        "Сколько приборов?",
        "電圧 平均",
        "Voltaje total",
        "Was ist die Spannung der Geräte in Betrieb?",
        "Hoeveel apparaten is er in gebruik?",
        "Quante macchine a Roma in uso?",
        "Hvor mange apparater by for by?",
        "How many 機器?",
        "What is the average spannungsgröße?",
        "",
        "?!",
    ],
)
def test_other_languages_are_left_to_the_model(question: str) -> None:
    assert not grounds(question, shop(Column(name="v", type="numeric"))).missing


def test_what_is_called_a_column_must_be_one() -> None:
    priced = shop(Column(name="unit_price", type="numeric"))
    for column in ("price", "unit_price", "unit", "first", "same"):
        assert not grounds(f"What is in the {column} column of all these?", priced).missing, column
    assert grounds("What does it cost us? Show the cost column of it.", priced).measured == ("cost",)
