"""Leases: a question is answered once, taken up when its worker is lost, stopped when somebody wishes."""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import replace

import pytest
from houses import ANNA, BERT, MakeHouse, asked, execute
from scripted_model import Says, Silent, always, in_turn

from analyst.errors import Conflict, NotFound
from analyst.identity import Principal
from analyst.question import Question, Status
from analyst.wiring import House

COUNT = Says(text="```sql\nSELECT count(*) AS flights FROM flights WHERE origin = 'JFK'\n```")
SLOW = Says(
    text="SELECT count(*) FROM flights a JOIN flights b ON a.origin = b.origin AND a.distance < b.distance + a.air_time"
)


def put(
    house: House, text: str = "How many flights left from JFK?", *, by: Principal = ANNA, **changes: object
) -> Question:
    question = replace(asked(house, text, by=by).question, **changes)  # type: ignore[arg-type]
    house.questions.add(question)
    return question


def until(house: House, question: Question, status: Status, *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while house.questions.get(question.id).status is not status:
        assert time.monotonic() < deadline, house.questions.get(question.id)
        time.sleep(0.05)


def test_a_stored_question_is_answered_once(make_house: MakeHouse) -> None:
    house = make_house(in_turn(COUNT, Says(text="111,279 flights.")))
    question = put(house)
    assert house.worker("a").take_up()
    assert not house.worker("b").take_up()
    record = house.questions.get(question.id)
    assert record.status is Status.ANSWERED and record.attempts == 1
    assert record.answer is not None and record.answer.words == "111,279 flights."
    document = house.desk.document(record, rows=10)
    assert document["answer"]["table"]["rows"] == [[111279]]
    assert document["answer"]["receipt"]["source"] == "flights"


def test_two_workers_never_share_a_question(make_house: MakeHouse) -> None:
    house = make_house(always(COUNT))
    for _ in range(6):
        put(house)
    claimed = [house.questions.claim(worker=f"w{i % 2}", lease_seconds=10) for i in range(7)]
    assert len({q.id for q in claimed if q}) == 6 and claimed[6] is None


def test_an_expired_lease_is_taken_up_once_and_then_fails(make_house: MakeHouse) -> None:
    house = make_house(always(COUNT))
    question = put(house)
    assert house.questions.claim(worker="lost", lease_seconds=0) is not None
    assert house.questions.to_hand_over(question.id)
    assert not house.questions.to_hand_over(question.id), "many lookers hand it over once"
    assert house.questions.claim(worker="lost too", lease_seconds=0) is not None
    assert not house.worker("third").take_up()
    record = house.questions.get(question.id)
    assert record.status is Status.FAILED and record.error is not None
    assert record.error["code"] == "worker_lost" and "ask it again" in record.error["message"]
    told = [kept.document["entry"] for kept in house.audit_entries.entries()]
    assert [(e["question_id"], e["verdict"]) for e in told] == [(question.id, "failed:worker_lost")]


def test_a_worker_that_lost_its_lease_writes_nothing_more(make_house: MakeHouse) -> None:
    house = make_house(always(COUNT))
    question = put(house)
    house.questions.claim(worker="slow", lease_seconds=0)
    house.questions.claim(worker="quick", lease_seconds=10)
    house.questions.finish(question.id, Status.FAILED, worker="slow", steps=())
    assert house.questions.get(question.id).status is Status.RUNNING
    with pytest.raises(Conflict):
        house.questions.renew(question.id, worker="slow", lease_seconds=10)


def test_a_cancelled_question_in_the_queue_never_runs(make_house: MakeHouse) -> None:
    house = make_house(always(COUNT))
    question = put(house)
    house.desk.cancel(question.id, principal=ANNA)
    assert not house.worker("a").take_up()
    assert house.questions.get(question.id).status is Status.CANCELLED


def test_cancel_stops_the_model(make_house: MakeHouse) -> None:
    house = make_house(always(Silent()))
    question = put(house)
    thread = threading.Thread(target=house.worker("a").take_up)
    thread.start()
    assert house.scripted.wait_until(lambda s: len(s.requests) == 1)  # type: ignore[attr-defined]
    began = time.monotonic()
    house.desk.cancel(question.id, principal=ANNA)
    thread.join(10)
    assert time.monotonic() - began < 5
    assert house.questions.get(question.id).status is Status.CANCELLED
    assert house.scripted.wait_until(lambda s: s.connections == 0)  # type: ignore[attr-defined]


def test_cancel_stops_the_database(make_house: MakeHouse) -> None:
    house = make_house(always(SLOW))
    question = put(house)
    thread = threading.Thread(target=house.worker("a").take_up)
    thread.start()
    deadline = time.monotonic() + 20
    while not house.questions.get(question.id).handle:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    house.desk.cancel(question.id, principal=ANNA)
    thread.join(10)
    assert house.questions.get(question.id).status is Status.CANCELLED
    running = (
        "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'analyst:%' AND state = 'active'"
    )
    assert execute(house.settings.state_url, running) == [(0,)]


def test_a_question_that_takes_too_long_is_stopped(make_house: MakeHouse) -> None:
    from analyst.worker import Worker

    house = make_house(always(Silent()))
    question = put(house)
    Worker(questions=house.questions, analyst=house.analyst, name="a", longest_seconds=1).take_up()
    record = house.questions.get(question.id)
    assert record.status is Status.FAILED and record.error is not None
    assert "took too long" in record.error["message"]


def test_an_unexpected_fault_ends_the_question_without_its_text(
    make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    house = make_house(always(COUNT))
    question = put(house)

    secret = "row data: " + "Ja" + "ne Doe"

    def broken(work: object) -> None:
        raise RuntimeError(secret)

    monkeypatch.setattr(house.analyst, "ask", broken)
    house.worker("a").take_up()
    record = house.questions.get(question.id)
    assert record.status is Status.FAILED and record.error is not None
    assert "Jane" not in record.error["message"] and "Jane" not in caplog.text
    assert "RuntimeError" in caplog.text


def test_follow_ups_see_the_earlier_turn(make_house: MakeHouse) -> None:
    house = make_house(in_turn(COUNT, Says(text="111,279."), COUNT, Says(text="111,279.")))
    first = put(house)
    house.worker("a").take_up()
    put(house, "And how many of them in May?", session_id=first.session_id)
    house.worker("a").take_up()
    messages = house.scripted.requests[2].document["messages"]  # type: ignore[attr-defined]
    assert any(m["content"] == "How many flights left from JFK?" for m in messages)


def test_sessions_belong_to_a_person(make_house: MakeHouse) -> None:
    house = make_house(always(COUNT))
    question = put(house)
    assert [s["session_id"] for s in house.questions.sessions(person=ANNA.key)] == [question.session_id]
    assert house.questions.sessions(person=BERT.key) == []
    with pytest.raises(NotFound):
        house.questions.session(question.session_id, person=BERT.key)
    with pytest.raises(NotFound):
        house.desk.show(question.id, principal=BERT, rows=1)
    with pytest.raises(NotFound):
        put(house, by=BERT, session_id=question.session_id)


def test_unknown_ids_are_not_found(make_house: MakeHouse) -> None:
    house = make_house(always(COUNT))
    for unknown in (str(uuid.uuid4()), "no uuid", "'; DROP TABLE questions; --"):
        with pytest.raises(NotFound):
            house.desk.show(unknown, principal=ANNA, rows=1)


def test_a_store_that_is_away_for_a_moment_loses_nothing(make_house: MakeHouse) -> None:
    house = make_house(in_turn(Says(text=COUNT.text, delay=1.0), Says(text="111,279.")))
    question = put(house)
    thread = threading.Thread(target=house.worker("a").take_up)
    thread.start()
    assert house.scripted.wait_until(lambda s: len(s.requests) == 1)  # type: ignore[attr-defined]
    execute(
        house.settings.state_url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'analyst-state'",
    )
    thread.join(20)
    until(house, question, Status.ANSWERED)
