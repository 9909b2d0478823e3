"""Large files that are being made of stored results, in Postgres; any process can show or stop one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from analyst.errors import Conflict, TooMany
from analyst.stores.state import Row, State

MOST_ATTEMPTS = 2
"""A file whose worker was lost is begun once more, then given up."""
PICK_UP_SECONDS = 10
"""A file that nobody has begun by then is handed over again."""
MOST_AT_ONCE = 3
"""Files of one person that may be made or wait at the same time."""

_LOST = {
    "code": "worker_lost",
    "message": "Writing this file was interrupted twice. Ask for fewer rows or columns, or try again later.",
}
_OPEN = "status IN ('queued', 'running')"


class ExportStatus(StrEnum):
    """How far a file is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def finished(self) -> bool:
        """True when nobody works on it any more."""
        return self not in (ExportStatus.QUEUED, ExportStatus.RUNNING)


@dataclass(frozen=True, kw_only=True)
class ExportJob:
    """A file that is being made, or was."""

    name: str
    """ "<result id>.<format>"."""
    status: ExportStatus
    rows_done: int
    row_count: int
    error: Mapping[str, str] | None = None
    """{"code", "message"} where it failed."""


class Exports:
    """Who makes which file, and how far they are."""

    def __init__(self, state: State) -> None:
        self._state = state

    def ask(self, name: str, *, question_id: str, person: str, row_count: int) -> ExportJob:
        """Have a file made, from the start where an earlier try has ended; raises TooMany."""
        with self._state.transaction():
            self._state.rows("SELECT pg_advisory_xact_lock(hashtextextended(%s, 8))", (person,))
            known = self.get(name)
            if known is not None and not known.status.finished:
                return known
            self._check_at_once(person)
            row = self._state.row(
                "INSERT INTO exports (name, question_id, person, row_count, lease_until)"
                " VALUES (%s, %s, %s, %s, now() - interval '1 second') ON CONFLICT (name) DO UPDATE SET"
                " status = 'queued', rows_done = 0, error = NULL, asked_at = now(), attempts = 0, worker = NULL,"
                " lease_until = excluded.lease_until, cancel_wished = false, row_count = excluded.row_count"
                " RETURNING *",
                (name, question_id, person, row_count),
            )
        assert row is not None
        return _job(row)

    def _check_at_once(self, person: str) -> None:
        row = self._state.row(f"SELECT count(*) AS n FROM exports WHERE person = %s AND {_OPEN}", (person,))
        if row is not None and row["n"] >= MOST_AT_ONCE:
            raise TooMany(
                f"{row['n']} large files are being made for you. Wait for one of them, or cancel one."
            )

    def get(self, name: str) -> ExportJob | None:
        """One file; None where nobody ever asked for it."""
        row = self._state.row("SELECT * FROM exports WHERE name = %s", (name,))
        return _job(row) if row else None

    def to_hand_over(self, name: str) -> bool:
        """True, and then for a while not again, when the file waits for a worker or has lost it."""
        row = self._state.row(
            f"UPDATE exports SET lease_until = now() + %s * interval '1 second', status = 'queued'"
            f" WHERE name = %s AND {_OPEN} AND lease_until < now() AND attempts < %s RETURNING 1",
            (PICK_UP_SECONDS, name, MOST_ATTEMPTS),
        )
        return row is not None

    def claim(self, *, worker: str, lease_seconds: float) -> ExportJob | None:
        """Take up a file that waits, or whose worker was lost; of whoever has the fewest in work first."""
        self.fail_lost()
        row = self._state.row(
            "UPDATE exports SET status = 'running', worker = %s, attempts = attempts + 1, rows_done = 0,"
            " lease_until = now() + %s * interval '1 second' WHERE name = ("
            "SELECT e.name FROM exports AS e"
            f" WHERE {_OPEN} AND (status = 'queued' OR lease_until < now())"
            " ORDER BY (SELECT count(*) FROM exports AS o WHERE o.person = e.person AND o.status = 'running'"
            " AND o.lease_until >= now()), e.asked_at FOR UPDATE OF e SKIP LOCKED LIMIT 1) RETURNING *",
            (worker, lease_seconds),
        )
        return _job(row) if row else None

    def renew(self, name: str, *, worker: str, lease_seconds: float, rows_done: int) -> bool:
        """Keep the lease and show how far it is; True when somebody wishes to cancel; raises Conflict when lost."""
        row = self._state.row(
            "UPDATE exports SET lease_until = now() + %s * interval '1 second', rows_done = %s"
            " WHERE name = %s AND worker = %s AND status = 'running' RETURNING cancel_wished",
            (lease_seconds, rows_done, name, worker),
        )
        if row is None:
            raise Conflict("The file is in other hands now.")
        return bool(row["cancel_wished"])

    def finish(
        self, name: str, status: ExportStatus, *, worker: str, error: Mapping[str, str] | None = None
    ) -> None:
        """The end of a file; one in other hands is left as it is."""
        self._state.rows(
            "UPDATE exports SET status = %s, error = %s, lease_until = NULL,"
            " rows_done = CASE WHEN %s = 'done' THEN row_count ELSE rows_done END"
            " WHERE name = %s AND worker = %s AND status = 'running'",
            (status.value, json.dumps(dict(error)) if error else None, status.value, name, worker),
        )

    def wish_cancel(self, question_id: str) -> None:
        """Stop the files of a question's result; those that nobody works on at once."""
        self._state.rows(
            f"UPDATE exports SET cancel_wished = true, status = CASE WHEN status = 'queued' OR lease_until < now()"
            f" THEN 'cancelled' ELSE status END WHERE question_id = %s AND {_OPEN}",
            (question_id,),
        )

    def fail_lost(self) -> None:
        """End the files whose workers were lost too often."""
        self._state.rows(
            "UPDATE exports SET status = CASE WHEN cancel_wished THEN 'cancelled' ELSE 'failed' END,"
            " error = CASE WHEN cancel_wished THEN NULL ELSE %s::jsonb END, lease_until = NULL"
            f" WHERE {_OPEN} AND lease_until < now() AND (attempts >= %s OR cancel_wished)",
            (json.dumps(_LOST), MOST_ATTEMPTS),
        )


def _job(row: Row) -> ExportJob:
    error: Mapping[str, Any] | None = row["error"]
    return ExportJob(
        name=row["name"],
        status=ExportStatus(row["status"]),
        rows_done=row["rows_done"],
        row_count=row["row_count"],
        error=error,
    )
