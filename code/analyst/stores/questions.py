"""Questions, sessions and leases in Postgres; any process can show, stop or take up a question."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from analyst.answer import Answer
from analyst.errors import Conflict, NotFound, TooMany
from analyst.identity import Principal
from analyst.ports import QuestionRecord
from analyst.question import Conversation, Mode, Question, Status, Step, Turn
from analyst.record import answer_from_dict, answer_to_dict, steps_from_list
from analyst.stores.state import Row, State

CHANNEL = "analyst_questions"
"""Where waiting workers are told of a new question."""
MOST_ATTEMPTS = 2
"""A question whose worker was lost is taken up once more, then failed."""
PICK_UP_SECONDS = 10
"""A queued question that nobody has taken up by then is handed over again."""

_LOST = {
    "code": "worker_lost",
    "message": "The question was interrupted twice and could not be finished. Please ask it again.",
}
_CANCELLED = {"code": "cancelled", "message": "The question was cancelled."}
_OPEN = "status IN ('queued', 'running')"
_WAITS = "(status = 'queued' OR lease_until < now())"
_CLAIM = f"""
WITH unfinished AS (
    SELECT id, person, asked_at, {_WAITS} AS waits FROM questions WHERE {_OPEN}
), turns AS (
    -- What runs counts as turns that its person has had; a tie is settled by when they were last served.
    SELECT id, asked_at,
           row_number() OVER (PARTITION BY person, waits ORDER BY asked_at, id)
               + count(*) FILTER (WHERE NOT waits) OVER (PARTITION BY person) AS turn,
           (SELECT max(q.taken_up_at) FROM questions AS q WHERE q.person = unfinished.person) AS served_at
    FROM unfinished
), next AS (
    SELECT q.id
    FROM questions AS q
    JOIN turns ON turns.id = q.id
    WHERE {_OPEN} AND {_WAITS} AND (%s::text IS NULL OR q.id = %s)
    ORDER BY turns.turn, turns.served_at NULLS FIRST, turns.asked_at, q.id
    FOR UPDATE OF q SKIP LOCKED
    LIMIT 1
)
UPDATE questions
SET status = 'running', worker = %s, attempts = attempts + 1, handle = NULL, taken_up_at = clock_timestamp(),
    lease_until = now() + %s * interval '1 second', steps = '[]', answer = NULL
WHERE id = (SELECT id FROM next)
RETURNING *
"""


class Questions:
    """`ports.QuestionStore` on the product's own Postgres."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(
        self, question: Question, *, worker: str = "", lease_seconds: float = 0, most_at_once: int = 0
    ) -> None:
        """Store a new question as queued, or as running where a worker is named.

        Raises NotFound for a session of somebody else's, TooMany where more than `most_at_once` (0: any number) of
        the person's questions would wait or run.
        """
        with self._state.transaction():
            self._check_at_once(question.person, most_at_once)
            self._state.rows(
                "INSERT INTO sessions (id, person) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                (question.session_id, question.person),
            )
            self.check_session(question.session_id, person=question.person)
            self._state.rows(
                "INSERT INTO questions (id, session_id, request_id, person, source, question, context, mode,"
                " use_cache, asked_at, principal, status, worker, attempts, lease_until)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, now() + %s * interval '1 second')",
                (
                    *(question.id, question.session_id, question.request_id, question.person),
                    *(question.source, question.text, question.context, question.mode.value),
                    *(question.use_cache, question.asked_at),
                    _json(question.principal.to_dict()) if question.principal else None,
                    *(
                        ("running", worker, 1, lease_seconds)
                        if worker
                        else ("queued", None, 0, PICK_UP_SECONDS)
                    ),
                ),
            )

    def _check_at_once(self, person: str, most: int) -> None:
        if not most:
            return
        # Until the end of the transaction: two that come together must not both be the last one.
        self._state.rows("SELECT pg_advisory_xact_lock(hashtextextended(%s, 4))", (person,))
        row = self._state.row(f"SELECT count(*) AS n FROM questions WHERE person = %s AND {_OPEN}", (person,))
        if row is not None and row["n"] >= most:
            raise TooMany(
                f"{row['n']} of your questions are being answered, and that is as many as one person may have"
                " at once. Wait for one of them, or cancel one."
            )

    def get(self, question_id: str) -> QuestionRecord:
        """One question; raises NotFound."""
        row = self._state.row("SELECT * FROM questions WHERE id = %s", (question_id,))
        if row is None:
            raise NotFound("There is no question of this id.")
        return _record(row)

    def to_hand_over(self, question_id: str) -> bool:
        """True, and then for a while not again, when the question waits for a worker or has lost it."""
        row = self._state.row(
            f"UPDATE questions SET handed_over_at = now() WHERE id = %s AND {_OPEN} AND lease_until < now()"
            " AND coalesce(handed_over_at < now() - %s * interval '1 second', true) RETURNING 1",
            (question_id, PICK_UP_SECONDS),
        )
        return row is not None

    def check_session(self, session_id: str, *, person: str) -> None:
        """Raise NotFound unless the session exists and is this person's."""
        row = self._state.row("SELECT person FROM sessions WHERE id = %s", (session_id,))
        if row is None or row["person"] != person:
            raise NotFound("There is no session of this id. Leave it out to start a new one.")

    def session(self, session_id: str, *, person: str, limit: int = 50) -> list[QuestionRecord]:
        """The newest questions of a session, oldest first; raises NotFound for another person's."""
        self.check_session(session_id, person=person)
        rows = self._state.rows(
            "SELECT * FROM questions WHERE session_id = %s ORDER BY asked_at DESC LIMIT %s",
            (session_id, limit),
        )
        return [_record(row) for row in reversed(rows)]

    def sessions(self, *, person: str, limit: int = 50) -> list[Mapping[str, Any]]:
        """A person's sessions, newest first."""
        rows = self._state.rows(
            "SELECT s.id AS session_id, (array_agg(q.question ORDER BY q.asked_at))[1] AS title,"
            " count(*) AS questions, max(q.asked_at) AS last_asked_at"
            " FROM sessions s JOIN questions q ON q.session_id = s.id"
            " WHERE s.person = %s GROUP BY s.id ORDER BY last_asked_at DESC LIMIT %s",
            (person, limit),
        )
        return [{**row, "last_asked_at": row["last_asked_at"].isoformat()} for row in rows]

    def conversation(self, session_id: str, *, before: str, limit: int = 4) -> Conversation:
        """The answered turns before a question, oldest first."""
        rows = self._state.rows(
            "SELECT question, answer->'receipt'->>'sql' AS sql FROM questions"
            " WHERE session_id = %s AND id <> %s AND status = 'answered'"
            " AND answer->'receipt'->>'sql' <> ''"
            " AND source = (SELECT source FROM questions WHERE id = %s)"
            " AND asked_at <= (SELECT asked_at FROM questions WHERE id = %s)"
            " ORDER BY asked_at DESC LIMIT %s",
            (session_id, before, before, before, limit),
        )
        turns = tuple(Turn(question=r["question"], sql=r["sql"]) for r in reversed(rows))
        return Conversation(session_id=session_id, turns=turns)

    def claim(self, *, worker: str, lease_seconds: float, question_id: str | None = None) -> Question | None:
        """Take up one queued question, or one whose lease ran out; None when there is none.

        People take turns: first whoever has the fewest that run, then whoever was served longest ago; of one
        person's, the oldest.
        """
        row = self._state.row(_CLAIM, (question_id, question_id, worker, lease_seconds))
        return _question(row) if row else None

    def renew(self, question_id: str, *, worker: str, lease_seconds: float) -> bool:
        """Keep the lease; True when somebody wishes to cancel; raises Conflict when it was lost."""
        row = self._state.row(
            "UPDATE questions SET lease_until = now() + %s * interval '1 second'"
            " WHERE id = %s AND worker = %s AND status = 'running' RETURNING cancel_wished",
            (lease_seconds, question_id, worker),
        )
        if row is None:
            raise Conflict("The question is in other hands now.")
        return bool(row["cancel_wished"])

    def step(self, question_id: str, steps: Sequence[Step], *, worker: str) -> None:
        """Show the steps so far."""
        self._update(question_id, worker, "steps = %s", (_steps(steps),))

    def show(self, question_id: str, answer: Answer, *, worker: str) -> None:
        """Show a part of the answer early."""
        self._update(question_id, worker, "answer = %s", (_json(answer_to_dict(answer)),))

    def hold(self, question_id: str, handle: Mapping[str, Any] | None, *, worker: str) -> None:
        """Note the engine's handle, or that there is none any more."""
        self._update(question_id, worker, "handle = %s", (_json(handle) if handle else None,))

    def finish(
        self,
        question_id: str,
        status: Status,
        *,
        worker: str,
        steps: Sequence[Step],
        answer: Answer | None = None,
        error: Mapping[str, str] | None = None,
    ) -> None:
        """The end of a question; what ended already, or is in other hands, is left as it is."""
        self._update(
            question_id,
            worker,
            "status = %s, steps = %s, answer = %s, error = %s, handle = NULL, lease_until = NULL, finished_at = now()",
            (
                status.value,
                _steps(steps),
                _json(answer_to_dict(answer)) if answer else None,
                _json(error) if error else None,
            ),
        )

    def wish_cancel(self, question_id: str) -> QuestionRecord:
        """Note the wish; a question that nobody works on is cancelled at once. Returns it as it was before."""
        before = self.get(question_id)
        self._state.rows(
            f"UPDATE questions SET cancel_wished = true WHERE id = %s AND {_OPEN}", (question_id,)
        )
        self._state.rows(
            "UPDATE questions SET status = 'cancelled', error = %s, finished_at = now(), lease_until = NULL"
            " WHERE id = %s AND cancel_wished"
            " AND (status = 'queued' OR (status = 'running' AND lease_until < now()))",
            (_json(_CANCELLED), question_id),
        )
        return before

    def feedback(self, question_id: str, feedback: Mapping[str, Any]) -> None:
        """Keep what a person thought of the answer."""
        self._state.rows("UPDATE questions SET feedback = %s WHERE id = %s", (_json(feedback), question_id))

    def forget(self, *, older_than_days: float) -> int:
        """Remove finished questions and then empty sessions; how many questions."""
        gone = self._state.rows(
            f"DELETE FROM questions WHERE NOT {_OPEN} AND finished_at < now() - %s * interval '1 day' RETURNING id",
            (older_than_days,),
        )
        self._state.rows(
            "DELETE FROM sessions s WHERE created_at < now() - interval '1 day'"
            " AND NOT EXISTS (SELECT 1 FROM questions q WHERE q.session_id = s.id)"
        )
        return len(gone)

    def announce(self, question_id: str) -> None:
        """Tell waiting workers of a question."""
        self._state.rows(f"SELECT pg_notify('{CHANNEL}', %s)", (question_id,))

    def _update(self, question_id: str, worker: str, assignment: str, values: tuple[Any, ...]) -> None:
        self._state.rows(
            f"UPDATE questions SET {assignment} WHERE id = %s AND worker = %s AND status = 'running'",
            (*values, question_id, worker),
        )

    def fail_lost(self, tell: Callable[[Question, Status], None]) -> None:
        """End the questions whose workers were lost too often; `tell` is told of each as a part of it."""
        with self._state.transaction():
            for row in self._lost():
                tell(_question(row), Status(row["status"]))

    def _lost(self) -> list[Row]:
        return self._state.rows(
            "UPDATE questions SET status = CASE WHEN cancel_wished THEN 'cancelled' ELSE 'failed' END,"
            " error = CASE WHEN cancel_wished THEN %s::jsonb ELSE %s::jsonb END,"
            " finished_at = now(), lease_until = NULL, handle = NULL"
            " WHERE status = 'running' AND lease_until < now() AND (attempts >= %s OR cancel_wished)"
            " RETURNING *",
            (_json(_CANCELLED), _json(_LOST), MOST_ATTEMPTS),
        )


def _json(value: Any) -> str:
    return json.dumps(value, default=str, ensure_ascii=True).replace("\\u0000", "\\ufffd")


def _steps(steps: Sequence[Step]) -> str:
    return _json([asdict(step) for step in steps])


def _question(row: Row) -> Question:
    return Question(
        id=row["id"],
        text=row["question"],
        session_id=row["session_id"],
        source=row["source"],
        asked_at=row["asked_at"],
        request_id=row["request_id"],
        person=row["person"],
        mode=Mode(row["mode"]),
        use_cache=row["use_cache"],
        context=row["context"],
        principal=Principal.from_dict(row["principal"]) if row["principal"] else None,
    )


def _record(row: Row) -> QuestionRecord:
    return QuestionRecord(
        question=_question(row),
        status=Status(row["status"]),
        steps=steps_from_list(row["steps"]),
        answer=answer_from_dict(row["answer"]) if row["answer"] else None,
        error=row["error"],
        attempts=row["attempts"],
        cancel_wished=row["cancel_wished"],
        handle=row["handle"],
        finished_at=row["finished_at"],
        feedback=row["feedback"],
    )
