"""Approved answers serve other wordings and other literals, and never a question that means something else."""

from __future__ import annotations

import pytest
from houses import ANNA, MakeHouse, asked
from ruled_shop import CLEO, Shop
from scripted_model import Fails, Says, always

from analyst.answer import Answer, Receipt
from analyst.errors import ModelError
from analyst.example import Example, ExampleStatus
from analyst.identity import Principal
from analyst.wiring import House

QUESTION = "How many flights left from JFK?"
COUNT = "SELECT count(*) AS flights FROM flights WHERE origin = 'JFK'"


def taught(house: House, question: str = QUESTION, sql: str = COUNT) -> Example:
    return house.teach(house.sources.get("").key, question, sql, approve_as="me")


def answered(house: House, question: str, *, by: Principal = ANNA) -> tuple[Answer, Receipt]:
    answer = house.analyst.ask(asked(house, question, by=by))
    assert answer.receipt is not None
    return answer, answer.receipt


def rows(answer: Answer) -> object:
    return answer.result.rows if answer.result else None


def test_other_literals_are_put_in_and_said(make_house: MakeHouse) -> None:
    house = make_house(always(Fails(status=500)))
    example = taught(house)
    answer, receipt = answered(house, "How many flights left from LGA?")
    assert rows(answer) == ((104662,),) and (answer.words_by, receipt.attempts) == ("template", 0)
    assert (receipt.cached, receipt.example_id, receipt.usage.model) == ("bound", example.id, "")
    assert receipt.assumptions[0] == f"From approved question #{example.id} (“{QUESTION}”), with JFK -> LGA."
    assert "'LGA'" in receipt.executed_sql and "JFK" not in receipt.executed_sql


def test_other_words_are_served_and_said(make_house: MakeHouse) -> None:
    house = make_house(always(Fails(status=500)))
    example = taught(house)
    answer, receipt = answered(house, "What is the number of flights that left from JFK?")
    assert rows(answer) == ((111279,),) and (receipt.cached, receipt.example_id) == ("same", example.id)
    assert receipt.assumptions[0] == f"From approved question #{example.id} (“{QUESTION}”)."
    assert answered(house, QUESTION)[1].assumptions[0] == f"From approved question #{example.id}."


@pytest.mark.parametrize(
    "question",
    [
        "How many flights did not leave from JFK?",
        "How many flights went to JFK?",
        "How many carriers left from JFK?",
        "How many flights left from JFK each month?",
        "What share of flights left from JFK?",
        "How many of those flights left from JFK?",
        "How many late flights left from JFK?",
        "How many flights left from JFK or LGA?",
        "How many flights left from Atlantis?",
    ],
)
def test_what_means_something_else_goes_to_the_model(make_house: MakeHouse, question: str) -> None:
    house = make_house(always(Fails(status=500)), words="template")
    taught(house)
    try:
        _, receipt = answered(house, question)
    except ModelError:
        return
    assert receipt.cached is None


def test_hits_and_rejections_are_counted(make_house: MakeHouse) -> None:
    house = make_house(always(Fails(status=500)))
    example = taught(house)
    answered(house, QUESTION)
    answered(house, "How many flights left from LGA?")
    house.library.reject(example.id, asked=QUESTION, by="anna", decides=False)
    found = house.examples.get(example.id)
    assert (found.hits, found.rejections, found.status) == (2, 1, ExampleStatus.APPROVED)
    assert found.last_used_at is not None


def test_an_answer_called_wrong_serves_nobody_any_more(make_house: MakeHouse) -> None:
    house = make_house(always(Fails(status=500)))
    example, other = taught(house), taught(house, "How many carriers?", "SELECT count(*) FROM airlines")
    house.library.reject(example.id, asked="How many flights left from LGA?", by="cleo", decides=True)
    house.library.reject(other.id, asked="how many carriers", by="cleo", decides=True)
    found = house.examples.get(example.id)
    assert found.status is ExampleStatus.QUARANTINED
    assert found.quarantine == "cleo called its answer to “How many flights left from LGA?” wrong."
    assert house.examples.get(other.id).status is ExampleStatus.REVOKED
    with pytest.raises(ModelError):
        answered(house, QUESTION)


def test_what_the_asker_may_not_be_told_is_not_bound(shop: Shop) -> None:
    house = shop("SELECT 1 AS one")
    stored, sql = (
        "How many orders has Zeta Canary?",
        (
            "SELECT count(*) FROM orders JOIN customers ON customers.id = customer_id WHERE name = 'Zeta Canary'"
        ),
    )
    house.teach(house.sources.get("").key, stored, sql, approve_as="cleo", principal=CLEO)
    answer, receipt = answered(house, "How many orders has Ada Ltd?")
    assert receipt.cached is None and "Zeta" not in repr(answer)
    answer, receipt = answered(house, "How many orders has Ada Ltd?", by=CLEO)
    assert (receipt.cached, rows(answer)) == ("bound", ((2,),))


def test_a_hit_that_cannot_be_counted_is_served(make_house: MakeHouse) -> None:
    house = make_house(always(Fails(status=500)))
    taught(house)
    house.state.rows("ALTER TABLE example_uses RENAME TO away")
    try:
        house.analyst._approved.served(1)
    finally:
        house.state.rows("ALTER TABLE away RENAME TO example_uses")


def test_examples_that_cannot_be_looked_up_are_done_without_and_that_is_said(make_house: MakeHouse) -> None:
    house = make_house(always(Says(text=f"```sql\n{COUNT}\n```")), words="template")
    taught(house)
    house.state.rows("ALTER TABLE example_vectors RENAME TO away")
    try:
        answer, receipt = answered(house, QUESTION)
    finally:
        house.state.rows("ALTER TABLE away RENAME TO example_vectors")
    assert rows(answer) == ((111279,),) and receipt.cached is None
    said = "The approved questions could not be looked up; this was answered without them."
    assert said in receipt.assumptions


def test_one_whose_tables_have_changed_serves_no_more_until_it_was_checked(make_house: MakeHouse) -> None:
    house = make_house(always(Fails(status=500)))
    example = taught(house)
    reads = '[["public.flights", "origin", "integer"]]'
    house.state.rows(
        "UPDATE examples SET fingerprint = 'then', reads = %s WHERE id = %s", (reads, example.id)
    )
    with pytest.raises(ModelError):
        answered(house, QUESTION)
    (quarantined,) = house.teaching.sweep(house.catalog(example.source))
    assert quarantined.quarantine == "The column public.flights.origin is text now and was integer."


def test_without_an_embedding_model_the_very_same_question_is_served(make_house: MakeHouse) -> None:
    example = taught(make_house(always(Fails(status=500))))
    house = make_house(always(Fails(status=500)), embedder="bedrock", region="eu-west-1")
    _, receipt = answered(house, "how many flights left from JFK")
    assert (receipt.cached, receipt.example_id) == ("same", example.id)
    said = "Approved questions in other words could not be looked up; this was answered without them."
    assert receipt.assumptions[0] == said
    with pytest.raises(ModelError):
        answered(house, "What is the number of flights that left from JFK?")
