"""The path of one question, with a scripted model and a real database."""

from __future__ import annotations

import pytest
from houses import MakeHouse, NewDatabase, asked, execute
from scripted_model import Behaviour, Endless, Fails, Says, always, by_question, in_turn

from analyst.errors import (
    Cancelled,
    DatabaseError,
    Miss,
    ModelError,
    QueryTimeout,
    Refused,
    UnusableReply,
)
from analyst.question import Status
from analyst.source import source_of

COUNT = Says(text="```sql\nSELECT count(*) AS flights FROM flights WHERE origin = 'JFK'\n```")
WORDS = Says(text="111,279 flights left from JFK.")


def messages_of(house: object, number: int) -> list[dict[str, str]]:
    """What the model read at its n-th call."""
    return house.scripted.requests[number].document["messages"]  # type: ignore[attr-defined,no-any-return]


def test_a_question_becomes_words_rows_and_a_receipt(make_house: MakeHouse) -> None:
    house = make_house(in_turn(COUNT, WORDS))
    work = asked(house, "How many flights left from JFK?")
    answer = house.analyst.ask(work)
    assert answer.status is Status.ANSWERED
    assert answer.words == "111,279 flights left from JFK."
    assert answer.words_by == "model"
    assert answer.result is not None and answer.result.rows == ((111279,),)
    receipt = answer.receipt
    assert receipt is not None
    assert receipt.tables == ("public.flights",)
    assert receipt.filters == ("origin = 'JFK'",)
    assert "LIMIT" in receipt.executed_sql and "LIMIT" not in receipt.sql
    assert (receipt.attempts, receipt.usage.calls >= 0, receipt.warnings) == (1, True, ())
    names = [step.name for step in work.journal.steps]
    assert names == [
        "catalog",
        "recall",
        "examples",
        "link",
        "draft",
        "guard",
        "explain",
        "run",
        "check",
        "words",
    ]
    assert all(step.done for step in work.journal.steps)


def test_the_prompt_has_the_stable_part_first_and_the_question_last(make_house: MakeHouse) -> None:
    house = make_house(in_turn(COUNT, WORDS, COUNT, WORDS))
    house.analyst.ask(asked(house, "How many flights left from JFK?"))
    house.analyst.ask(asked(house, "And from LaGuardia?"))
    first, second = messages_of(house, 0), messages_of(house, 2)
    assert first[0]["role"] == "system" and first[0] == second[0]
    assert "CREATE TABLE flights" in first[0]["content"]
    assert first[-1]["content"].endswith("How many flights left from JFK?")


def test_words_with_a_number_that_is_not_in_the_result_are_replaced(make_house: MakeHouse) -> None:
    house = make_house(in_turn(COUNT, Says(text="Exactly 111,280 flights left from JFK.")))
    answer = house.analyst.ask(asked(house, "How many flights left from JFK?"))
    assert answer.words_by == "template"
    assert "111,279" in answer.words and "111,280" not in answer.words


def test_words_that_state_no_number_are_replaced(make_house: MakeHouse) -> None:
    house = make_house(in_turn(COUNT, Says(text="I think you should look at flights, they are nice.")))
    answer = house.analyst.ask(asked(house, "How many flights left from JFK?"))
    assert answer.words_by == "template" and "111,279" in answer.words


def test_an_unknown_column_is_repaired_with_what_the_guard_said(make_house: MakeHouse) -> None:
    wrong = Says(text="```sql\nSELECT departure_city FROM flights\n```")
    house = make_house(in_turn(wrong, COUNT, WORDS))
    work = asked(house, "How many flights left from JFK?")
    assert house.analyst.ask(work).status is Status.ANSWERED
    assert work.attempts == 2
    repair = messages_of(house, 1)[-1]["content"]
    assert "departure_city" in repair and "did not work" in repair


def test_a_database_error_is_repaired_by_its_class_and_never_its_text(make_house: MakeHouse) -> None:
    wrong = Says(text="```sql\nSELECT sum(CAST(tailnum AS integer)) FROM flights\n```")
    house = make_house(in_turn(wrong, COUNT, WORDS))
    work = asked(house, "How many flights left from JFK?")
    assert house.analyst.ask(work).status is Status.ANSWERED
    assert "N14228" not in messages_of(house, 1)[-1]["content"]


def test_three_useless_drafts_are_the_end(make_house: MakeHouse) -> None:
    house = make_house(always(Says(text="```sql\nSELECT nothing_like_it FROM flights\n```")))
    work = asked(house, "How many flights left from JFK?")
    answer = house.analyst.ask(work)
    assert answer.status is Status.UNANSWERABLE and "nothing_like_it" in answer.words
    assert work.attempts == 3


def test_invented_tables_for_a_foreign_question_end_at_once(make_house: MakeHouse) -> None:
    script = always(Says(text="```sql\nSELECT avg(salary) FROM pilots\n```"))
    house = make_house(script, without=("grounding",))
    work = asked(house, "What is the average salary of pilots?")
    answer = house.analyst.ask(work)
    assert (answer.status, work.attempts) == (Status.UNANSWERABLE, 1)


def test_what_the_data_knows_nothing_of_is_declined_without_a_model(make_house: MakeHouse) -> None:
    house = make_house(always(Says(text="```sql\nSELECT 1\n```")))
    work = asked(house, "What is the average ticket price of flights?")
    answer = house.analyst.ask(work)
    assert (answer.status, work.attempts) == (Status.UNANSWERABLE, 0)
    assert 'nothing in it is about "ticket" or "price"' in answer.words and "airlines" in answer.words
    assert answer.receipt is not None and answer.receipt.confidence == 0.0


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Says(text=""), ModelError),
        (Says(text="I would be glad to help with that."), UnusableReply),
        (Says(text="```sql\nSELECT 1; SELECT 2\n```"), Refused),
        (Says(text="```sql\nDELETE FROM flights\n```"), Refused),
        (Says(text="```sql\nDROP TABLE flights\n```"), Refused),
        (Says(text="```sql\nWITH x AS (DELETE FROM flights RETURNING *) SELECT * FROM x\n```"), Refused),
        (Says(text="```sql\nSELECT pg_sleep(100)\n```"), Refused),
        (Endless(), ModelError),
        (Fails(status=500), ModelError),
    ],
)
def test_what_a_model_may_write_instead(make_house: MakeHouse, reply: Says, error: type[Exception]) -> None:
    house = make_house(always(reply))
    with pytest.raises(error) as caught:
        house.analyst.ask(asked(house, "How many flights left from JFK?"))
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


def test_a_clarifying_question_and_a_refusal_with_a_reason(make_house: MakeHouse) -> None:
    house = make_house(
        by_question(
            [
                ("best", Says(text="CLARIFY: Do you mean the fastest or the most punctual flights?")),
                ("pilots", Says(text="CANNOT: there is no data on what pilots of flights earn.")),
            ]
        )
    )
    clarify = house.analyst.ask(asked(house, "Which flights are best?"))
    assert (clarify.status, "punctual" in clarify.words) == (Status.CLARIFY, True)
    cannot = house.analyst.ask(asked(house, "Which pilots flew these flights?"))
    assert cannot.status is Status.UNANSWERABLE
    assert "no data on what pilots" in cannot.words and "airlines" in cannot.words


def test_off_topic_gets_the_text_of_its_file(make_house: MakeHouse) -> None:
    house = make_house(always(Says(text="CANNOT: not about the data")))
    answer = house.analyst.ask(asked(house, "Compose poetry dedicated to my grandmother"))
    assert answer.status is Status.UNANSWERABLE
    assert answer.words.startswith("I answer questions about the data of this source")


@pytest.mark.parametrize("text", ["hello", "What can you do?", "Good morning!", "help"])
def test_greetings_and_abilities_need_no_model(make_house: MakeHouse, text: str) -> None:
    house = make_house(always(Fails(status=500)))
    answer = house.analyst.ask(asked(house, text))
    assert answer.status is Status.ANSWERED and "flights" in answer.words
    assert house.scripted.requests == []  # type: ignore[attr-defined]


def test_a_wish_to_delete_is_refused_without_a_model(make_house: MakeHouse) -> None:
    house = make_house(always(Fails(status=500)))
    with pytest.raises(Refused, match="only read"):
        house.analyst.ask(asked(house, "Please delete all flights of United"))


def test_sql_as_a_question_passes_the_guard_or_is_refused(make_house: MakeHouse) -> None:
    house = make_house(always(Fails(status=500)))
    answer = house.analyst.ask(asked(house, "SELECT count(*) FROM airlines"))
    assert answer.result is not None and answer.result.rows == ((16,),)
    with pytest.raises(Refused):
        house.analyst.ask(asked(house, "SELECT 1; DROP TABLE flights"))
    with pytest.raises(Refused):
        house.analyst.ask(asked(house, "DROP TABLE flights"))


def test_an_approved_example_answers_without_a_model(make_house: MakeHouse) -> None:
    house = make_house(always(Fails(status=500)))
    key = house.sources.get("").key
    example = house.teach(
        key, "How many carriers are there?", "SELECT count(*) FROM airlines", approve_as="me"
    )
    answer = house.analyst.ask(asked(house, "  how many carriers ARE there "))
    assert answer.receipt is not None
    assert (answer.receipt.cached, answer.receipt.example_id, answer.receipt.attempts) == (
        "same",
        example.id,
        0,
    )
    with pytest.raises(ModelError):
        house.analyst.ask(asked(house, "How many carriers are not there?"))
    work = asked(house, "How many carriers are there?")
    work.leave_one_out = work.cache_only = True
    with pytest.raises(Miss):
        house.analyst.ask(work)


def test_an_example_teaches_the_model(make_house: MakeHouse) -> None:
    house = make_house(in_turn(COUNT, WORDS))
    key = house.sources.get("").key
    house.teach(
        key,
        "How many flights left from Newark?",
        "SELECT count(*) FROM flights WHERE origin='EWR'",
        approve_as="me",
    )
    work = asked(house, "How many late flights left from JFK?")
    house.analyst.ask(work)
    shown = [m["content"] for m in messages_of(house, 0)]
    assert any("Newark" in text for text in shown) and any("'EWR'" in text for text in shown)
    assert len(work.examples_shown) == 1


def test_zero_rows_and_nulls_are_said_so(make_house: MakeHouse) -> None:
    nothing = Says(text="SELECT carrier FROM flights WHERE carrier = 'XX'")
    null = Says(text="SELECT avg(dep_delay) AS delay FROM flights WHERE carrier = 'XX'")
    house = make_house(in_turn(nothing, null, Says(text="It is 5.")))
    empty = house.analyst.ask(asked(house, "Which flights of XX?"))
    assert empty.receipt is not None and "found nothing" in empty.receipt.warnings[0]
    nothing_known = house.analyst.ask(asked(house, "What is the average delay of XX?"))
    assert nothing_known.words_by == "template"
    assert nothing_known.receipt is not None and "null" in nothing_known.receipt.warnings[0]


def test_a_limit_that_cuts_rows_is_said_so(make_house: MakeHouse) -> None:
    house = make_house(in_turn(Says(text="SELECT faa FROM airports"), Says(text="Many.")), row_limit=10)
    answer = house.analyst.ask(asked(house, "Which airports are there?"))
    assert answer.result is not None and (answer.result.row_count, answer.result.truncated) == (10, True)
    assert answer.receipt is not None and "first 10" in answer.receipt.warnings[0]


def test_a_query_past_its_time_is_stopped(make_house: MakeHouse) -> None:
    slow = "SELECT count(*) FROM flights a JOIN flights b ON a.origin = b.origin AND a.distance < b.air_time"
    house = make_house(always(Says(text=slow)), timeout_seconds=0.5)
    with pytest.raises(QueryTimeout):
        house.analyst.ask(asked(house, "Something slow?"))


def test_a_wish_to_cancel_ends_it(make_house: MakeHouse) -> None:
    house = make_house(always(COUNT))
    work = asked(house, "How many flights left from JFK?")
    work.cancellation.wish()
    with pytest.raises(Cancelled):
        house.analyst.ask(work)


def test_a_source_that_is_gone_is_one_clear_error(make_house: MakeHouse, new_database: NewDatabase) -> None:
    url = new_database("CREATE TABLE things (id int)")
    house = make_house(always(Says(text="SELECT count(*) FROM things")))
    source = source_of(url)
    house.add_source(source)
    house.analyst.catalog(source.key)
    execute(house.settings.state_url, f"DROP DATABASE {source.key.rsplit('/', 1)[1]} WITH (FORCE)")
    with pytest.raises(DatabaseError) as caught:
        work = asked(house, "How many things?")
        object.__setattr__(work.question, "source", source.key)
        house.analyst.ask(work)
    assert "\n" not in str(caught.value)


def test_a_role_that_could_write_is_mentioned(make_house: MakeHouse, new_database: NewDatabase) -> None:
    source = source_of(new_database("CREATE TABLE things (id int); INSERT INTO things VALUES (1), (2)"))
    house = make_house(always(Says(text="SELECT count(*) AS things FROM things")), words="template")
    house.add_source(source)
    work = asked(house, "How many things?")
    object.__setattr__(work.question, "source", source.key)
    answer = house.analyst.ask(work)
    assert answer.receipt is not None and any("could also write" in w for w in answer.receipt.warnings)


def test_without_the_embedder_answers_go_on(make_house: MakeHouse) -> None:
    house = make_house(in_turn(COUNT, WORDS), embedder="bedrock", region="eu-west-1")
    answer = house.analyst.ask(asked(house, "How many flights left from JFK?"))
    assert answer.status is Status.ANSWERED


@pytest.mark.parametrize(
    ("reply", "words", "by"),
    [
        (Endless(piece="and so on "), "The answer is 111,279 (flights).", "template"),
        (Says(text="There were 111,279. And the", finish="length"), "There were 111,279.", "model"),
    ],
)
def test_words_that_were_cut_short_are_shown_as_whole_sentences_or_not_at_all(
    make_house: MakeHouse, reply: Behaviour, words: str, by: str
) -> None:
    house = make_house(in_turn(COUNT, reply))
    answer = house.analyst.ask(asked(house, "How many flights left from JFK?"))
    assert (answer.words, answer.words_by) == (words, by)


def test_a_database_without_tables_is_said_so(make_house: MakeHouse, new_database: NewDatabase) -> None:
    url = new_database()
    house = make_house(always(COUNT), sources=f"empty={url}")
    for question in ("How many flights are there?", "What can you do?"):
        answer = house.analyst.ask(asked(house, question))
        assert answer.status is Status.UNANSWERABLE and "no table" in answer.words
    execute(url, "CREATE TABLE flights (origin text)")
    assert house.analyst.ask(asked(house, "How many flights are there?")).status is Status.ANSWERED


def test_a_bare_name_is_the_table_that_was_checked_whatever_the_role_looks_in_first(
    make_house: MakeHouse, new_database: NewDatabase
) -> None:
    url = new_database(
        "CREATE SCHEMA other; CREATE TABLE public.same (a int); CREATE TABLE other.same (a int);"
        "INSERT INTO public.same VALUES (1); INSERT INTO other.same VALUES (2)"
    )
    house = make_house(always(COUNT), sources=f"two={url}&options=-csearch_path%3Dother")
    answer = house.analyst.ask(asked(house, "SELECT a FROM same"))
    assert answer.receipt is not None and answer.receipt.tables == ("public.same",)
    assert answer.result is not None and answer.result.rows == ((1,),)


def test_tables_that_changed_are_read_anew(make_house: MakeHouse, new_database: NewDatabase) -> None:
    url = new_database("CREATE TABLE things (id int)")
    source = source_of(url)
    house = make_house(
        in_turn(
            Says(text="SELECT sum(weight) FROM things"), Says(text="SELECT sum(weight) AS kilos FROM parts")
        ),
        words="template",
    )
    house.add_source(source)
    house.analyst.catalog(source.key)
    execute(url, "DROP TABLE things; CREATE TABLE parts (weight int); INSERT INTO parts VALUES (3), (4)")
    work = asked(house, "What do all parts weigh?")
    object.__setattr__(work.question, "source", source.key)
    answer = house.analyst.ask(work)
    assert answer.result is not None and answer.result.rows == ((7,),)
    assert "CREATE TABLE parts" in messages_of(house, 1)[0]["content"]
