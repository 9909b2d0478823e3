"""Whose turn it is: people are served one after another, whoever asked how much."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from houses import execute

from analyst.question import Question, Status
from analyst.stores.questions import Questions
from analyst.stores.state import State

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def questions(state_url: str) -> Iterator[Questions]:
    with closing(State(state_url)) as state:
        yield Questions(state)


def put(questions: Questions, person: str, count: int = 1, *, minute: int = 0) -> list[str]:
    """So many questions of a person, a second apart from that minute on; their ids, oldest first."""
    made = [
        Question(
            id=str(uuid.uuid4()),
            text="How many?",
            session_id=f"session of {person}",
            source="s",
            asked_at=NOON + timedelta(minutes=minute, seconds=second),
            request_id="r",
            person=person,
        )
        for second in range(count)
    ]
    for question in made:
        questions.add(question)
    return [question.id for question in made]


def served(questions: Questions, count: int, *, finish: bool = True) -> list[Question]:
    """What one worker takes up, one after another."""
    taken = []
    for _ in range(count):
        found = questions.claim(worker="w", lease_seconds=60)
        assert found is not None
        taken.append(found)
        if finish:
            questions.finish(found.id, Status.ANSWERED, worker="w", steps=())
    return taken


def people(taken: Sequence[Question]) -> str:
    return "".join(question.person for question in taken)


def test_one_worker_serves_people_in_turn_and_each_persons_questions_as_they_came(
    questions: Questions,
) -> None:
    many = put(questions, "A", 40)
    put(questions, "B", 2, minute=5)
    put(questions, "C", 1, minute=6)
    taken = served(questions, 43)
    assert people(taken)[:7] == "ABCABAA"
    assert [q.id for q in taken if q.person == "A"] == many


def test_who_comes_late_does_not_wait_for_who_has_queued_forty(questions: Questions) -> None:
    put(questions, "A", 40)
    served(questions, 7)
    put(questions, "B", 1, minute=9)
    assert people(served(questions, 2)) == "BA"


def test_what_runs_counts_as_a_turn(questions: Questions) -> None:
    put(questions, "A", 40)
    put(questions, "B", 40, minute=5)
    assert people(served(questions, 6, finish=False)) == "ABABAB"
    for late in put(questions, "C", 2, minute=9):
        taken = questions.claim(worker="w", lease_seconds=60)
        assert taken is not None and taken.id == late, "C has fewer that run than anybody else"


def test_a_slow_question_takes_no_second_worker_from_others(questions: Questions) -> None:
    put(questions, "A", 3)
    served(questions, 1, finish=False)
    put(questions, "B", 4, minute=5)
    assert people(served(questions, 6)) == "BBBBAA", "A has one that runs all the while"


def test_a_lost_question_waits_like_a_new_one_and_is_taken_up_again(questions: Questions) -> None:
    (first,) = put(questions, "A")
    assert questions.claim(worker="lost", lease_seconds=0) is not None
    put(questions, "B", 1, minute=1)
    assert people(served(questions, 2)) == "BA"
    assert questions.get(first).attempts == 2


def test_one_question_can_still_be_named(questions: Questions) -> None:
    *_, last = put(questions, "A", 3)
    taken = questions.claim(worker="w", lease_seconds=60, question_id=last)
    assert taken is not None and taken.id == last
    assert questions.claim(worker="w", lease_seconds=60, question_id=last) is None


def test_workers_side_by_side_share_none_and_stay_fair(questions: Questions, state_url: str) -> None:
    put(questions, "A", 40)
    put(questions, "B", 10, minute=5)
    put(questions, "C", 10, minute=6)
    order: list[tuple[str, str]] = []
    lock = threading.Lock()

    def work(name: str) -> None:
        with closing(State(state_url)) as state:
            own = Questions(state)
            while (found := own.claim(worker=name, lease_seconds=60)) is not None:
                with lock:
                    order.append((found.person, found.id))
                own.finish(found.id, Status.ANSWERED, worker=name, steps=())

    threads = [threading.Thread(target=work, args=(f"w{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({question_id for _, question_id in order}) == 60
    early = Counter(person for person, _ in order[:33])
    assert early["B"] >= 9 and early["C"] >= 9, early


def test_claiming_stays_quick_beside_many_finished_questions(questions: Questions, state_url: str) -> None:
    """Each person's last turn comes from the index, not from all that they ever asked."""
    put(questions, "A", 1)
    execute(
        state_url,
        "INSERT INTO questions (id, session_id, request_id, person, source, question, mode, asked_at, status,"
        " taken_up_at) SELECT 'old ' || n, 'session of A', 'r', 'A', 's', 'q', 'fast', now(), 'answered', now()"
        " FROM generate_series(1, 20000) AS n; ANALYZE questions",
    )
    plan = "\n".join(
        str(line)
        for (line,) in execute(
            state_url,
            "EXPLAIN SELECT (SELECT max(q.taken_up_at) FROM questions AS q WHERE q.person = u.person)"
            " FROM questions AS u WHERE status IN ('queued', 'running')",
        )
    )
    assert "questions_by_turn" in plan and "Seq Scan" not in plan, plan
