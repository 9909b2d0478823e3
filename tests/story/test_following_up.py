"""What an earlier question asked for still counts in the ones that follow it up."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from houses import MakeHouse, asked
from scripted_model import Says, in_turn

from analyst.answer import Answer
from analyst.journal import Journal
from analyst.ports import Cancellation
from analyst.question import Status
from analyst.wiring import House
from analyst.work import Work


def follow(house: House, questions: Sequence[str]) -> list[Answer]:
    """The answers to questions of one session, each stored before the next is asked."""
    session, answers = str(uuid.uuid4()), []
    for text in questions:
        question = replace(asked(house, text).question, session_id=session)
        house.questions.add(question, worker="test", lease_seconds=60)
        work = Work(question=question, journal=Journal(), cancellation=Cancellation())
        answers.append(house.analyst.ask(work))
        house.questions.finish(question.id, Status.ANSWERED, worker="test", steps=(), answer=answers[-1])
    return answers


def test_days_and_numbers_of_rows_carry_over(make_house: MakeHouse) -> None:
    drafts = [
        "SELECT dest, count(*) AS n FROM flights WHERE time_hour >= '2013-05-01' AND time_hour < '2013-06-01'"
        f" AND origin = '{origin}' GROUP BY dest ORDER BY n DESC LIMIT 7"
        for origin in ("JFK", "LGA", "EWR", "JFK")
    ]
    house = make_house(in_turn(*(Says(text=d) for d in drafts)), words="template")
    first = "Which were the top 7 destinations from JFK in May 2013?"
    for answer in follow(house, [first, "And from LGA?", "And from EWR?", "Those from JFK again"]):
        assert answer.result is not None and answer.result.row_count == 7
        assert answer.receipt is not None and "2013-06-01" in answer.receipt.sql
        assert not any("left out" in said or "All rows" in said for said in answer.receipt.assumptions)


def test_alone_the_same_draft_is_put_right(make_house: MakeHouse) -> None:
    draft = "SELECT dest FROM flights WHERE time_hour >= '2013-05-01' GROUP BY dest LIMIT 7"
    house = make_house(in_turn(Says(text=draft)), words="template")
    [answer] = follow(house, ["List the destinations of the flights."])
    assert answer.receipt is not None
    assert "LIMIT" not in answer.receipt.sql and "2013" not in answer.receipt.sql
