"""Question/SQL pairs from their proposal to the end, in Postgres with pgvector."""

from __future__ import annotations

import json
from collections.abc import Sequence

from analyst.errors import Conflict, NotFound
from analyst.example import Example, ExampleStatus, Neighbour, Read
from analyst.stores.example_vectors import ExampleVectors, vector_text
from analyst.stores.state import Row, State

_COLUMNS = (
    "id, source, dialect, question, sql, status, decided_by, decided_at, note, fingerprint, reads, quarantine,"
    " version, coalesce(hits, 0) AS hits, coalesce(rejections, 0) AS rejections, last_used_at"
)
_FROM = f"SELECT {_COLUMNS} FROM examples LEFT JOIN example_uses ON example_id = id"


class Examples:
    """`ports.ExampleStore` on the product's own Postgres."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._vectors = ExampleVectors(state)

    def propose(self, example: Example, vector: Sequence[float], *, embedder: str) -> Example:
        """Keep a new example (its id is given here), or return the one that says the same.

        What that one reads is taken over as long as nobody has decided on it.
        """
        # In the order in which decisions lock, so that two of them in two transactions never wait for each other.
        self._state.rows(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s || ' ' || question_key(%s), 7204120))",
            (example.source, example.question),
        )
        row = self._state.row(
            "INSERT INTO examples AS kept"
            " (source, dialect, question, sql, note, fingerprint, reads, embedder, vector)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::vector)"
            " ON CONFLICT (source, question_key, sql_key) DO UPDATE SET"
            " dialect = CASE kept.status WHEN 'proposed' THEN excluded.dialect ELSE kept.dialect END,"
            " fingerprint = CASE kept.status WHEN 'proposed' THEN excluded.fingerprint ELSE kept.fingerprint END,"
            " reads = CASE kept.status WHEN 'proposed' THEN excluded.reads ELSE kept.reads END,"
            " embedder = excluded.embedder, vector = excluded.vector RETURNING id",
            (
                *(example.source, example.dialect, example.question, example.sql, example.note),
                *(example.fingerprint, json.dumps(example.reads), embedder, vector_text(vector)),
            ),
        )
        assert row is not None
        return self.get(row["id"])

    def decide(
        self,
        example_id: int,
        status: ExampleStatus,
        *,
        by: str,
        note: str = "",
        version: int | None = None,
    ) -> Example:
        """Approve or revoke; what answered the same question until then is revoked by an approval.

        Deciding what is decided already changes nothing. Raises NotFound, and Conflict where it is in quarantine, or
        no longer of the `version` that was looked at.
        """
        row = self._state.row(
            "SELECT decide_example(%s, %s, %s, %s, %s) AS done", (example_id, status.value, by, note, version)
        )
        assert row is not None
        if row["done"] == "unknown":
            raise _unknown(example_id)
        if row["done"] == "changed":
            raise _changed(example_id)
        if row["done"] == "quarantined":
            raise Conflict(f"Example {example_id} is in quarantine; it has to be checked again first.")
        return self.get(example_id)

    def quarantine(self, example_id: int, reason: str, *, version: int) -> bool:
        """Keep an approved example from serving, for a reason in one plain sentence; False where it changed since."""
        rows = self._state.rows(
            "UPDATE examples SET status = 'quarantined', quarantine = %s, version = version + 1"
            " WHERE id = %s AND version = %s AND status = 'approved' RETURNING id",
            (reason, example_id, version),
        )
        return bool(rows)

    def checked(
        self, example_id: int, *, dialect: str, fingerprint: str, reads: Sequence[Read], version: int
    ) -> Example:
        """Note that the SQL is right for the tables as they are, which ends a quarantine; raises Conflict, NotFound."""
        rows = self._state.rows(
            "UPDATE examples SET dialect = %s, fingerprint = %s, reads = %s, quarantine = '',"
            " version = version + CASE status WHEN 'quarantined' THEN 1 ELSE 0 END,"
            " status = CASE status WHEN 'quarantined' THEN 'approved' ELSE status END"
            " WHERE id = %s AND version = %s RETURNING id",
            (dialect, fingerprint, json.dumps(reads), example_id, version),
        )
        found = self.get(example_id)
        if not rows:
            raise _changed(example_id)
        return found

    def served(self, example_id: int) -> None:
        """Count an answer that it gave."""
        self._count(example_id, "hits = example_uses.hits + 1, last_used_at = now()", hits=1)

    def rejected(self, example_id: int) -> None:
        """Count an answer of its that a person called wrong."""
        self._count(example_id, "rejections = example_uses.rejections + 1", hits=0)

    def get(self, example_id: int) -> Example:
        """One example; raises NotFound."""
        row = self._state.row(f"{_FROM} WHERE id = %s", (example_id,))
        if row is None:
            raise _unknown(example_id)
        return example_of(row)

    def same(self, example: Example) -> Example | None:
        """The stored one that says the same, whatever its status; None without one."""
        row = self._state.row(
            f"{_FROM} WHERE source = %s AND sql_key = md5(%s) AND question_key = question_key(%s)",
            (example.source, example.sql, example.question),
        )
        return example_of(row) if row else None

    def worded(self, question: str, *, source: str) -> list[Example]:
        """The approved ones that ask in the same words, but for case, white space and closing punctuation."""
        rows = self._state.rows(
            f"{_FROM} WHERE source = %s AND question_key = question_key(%s) AND status = 'approved' ORDER BY id DESC",
            (source, question),
        )
        return [example_of(row) for row in rows]

    def all(self, *, source: str | None = None, status: ExampleStatus | None = None) -> list[Example]:
        """Examples, newest first."""
        rows = self._state.rows(
            f"{_FROM} WHERE (%s::text IS NULL OR source = %s) AND (%s::text IS NULL OR status = %s)"
            " ORDER BY id DESC",
            (source, source, status, status),
        )
        return [example_of(row) for row in rows]

    def outdated(self, *, source: str, fingerprint: str, after: int = 0, limit: int = 500) -> list[Example]:
        """Approved ones that may read what has changed, by their ids; those behind `after`."""
        rows = self._state.rows(
            f"{_FROM} WHERE source = %s AND status = 'approved'"
            " AND (fingerprint <> %s OR reads = '[]') AND id > %s"
            " ORDER BY id LIMIT %s",
            (source, fingerprint, after, limit),
        )
        return [example_of(row) for row in rows]

    def count(self, *, status: ExampleStatus) -> int:
        """How many there are of a status, in all sources."""
        row = self._state.row("SELECT count(*) AS count FROM examples WHERE status = %s", (status,))
        return int(row["count"]) if row else 0

    def nearest(
        self, vector: Sequence[float], *, source: str, embedder: str, limit: int = 5
    ) -> list[Neighbour]:
        """The approved examples of a source that are nearest to a question, nearest first."""
        rows = self._vectors.nearest(vector, source=source, embedder=embedder, limit=limit)
        return [Neighbour(example=example_of(row), similarity=float(row["similarity"])) for row in rows]

    def _count(self, example_id: int, change: str, *, hits: int) -> None:
        self._state.rows(
            "INSERT INTO example_uses (example_id, hits, rejections, last_used_at)"
            " SELECT id, %s, %s, CASE WHEN %s THEN now() END FROM examples WHERE id = %s"
            f" ON CONFLICT (example_id) DO UPDATE SET {change}",
            (hits, 1 - hits, bool(hits), example_id),
        )


def _unknown(example_id: int) -> NotFound:
    return NotFound(f"There is no example {example_id}.")


def _changed(example_id: int) -> Conflict:
    return Conflict(f"Somebody else has just decided on example {example_id}. Look at it again first.")


def example_of(row: Row) -> Example:
    """An example as its row says; how often it served is 0 where the row does not tell."""
    names = ("id", "source", "dialect", "question", "sql", "decided_by", "decided_at", "note", "fingerprint")
    return Example(
        status=ExampleStatus(row["status"]),
        reads=tuple((table, column, type) for table, column, type in row["reads"]),
        quarantine=row["quarantine"],
        version=row["version"],
        hits=row.get("hits", 0),
        rejections=row.get("rejections", 0),
        last_used_at=row.get("last_used_at"),
        **{name: row[name] for name in names},
    )
