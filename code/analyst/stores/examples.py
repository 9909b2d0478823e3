"""Approved question/SQL pairs with their vectors, in Postgres with pgvector."""

from __future__ import annotations

from collections.abc import Sequence

from analyst.errors import NotFound
from analyst.example import Example, ExampleStatus, Neighbour
from analyst.stores.state import Row, State


class Examples:
    """`ports.ExampleStore` on the product's own Postgres."""

    def __init__(self, state: State) -> None:
        self._state = state

    def propose(self, example: Example, vector: Sequence[float], *, embedder: str) -> Example:
        """Keep a new example (its id is given here), or return the one that says the same."""
        row = self._state.row(
            "INSERT INTO examples (source, dialect, question, sql, note, fingerprint, embedder, vector)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s::vector)"
            " ON CONFLICT (source, question, sql) DO UPDATE SET fingerprint = excluded.fingerprint,"
            " embedder = excluded.embedder, vector = excluded.vector RETURNING *",
            (
                *(example.source, example.dialect, example.question, example.sql),
                *(example.note, example.fingerprint, embedder, _vector(vector)),
            ),
        )
        assert row is not None
        return _example(row)

    def decide(self, example_id: int, status: ExampleStatus, *, by: str, note: str = "") -> Example:
        """Approve or revoke; raises NotFound."""
        row = self._state.row(
            "UPDATE examples SET status = %s, decided_by = %s, decided_at = now(),"
            " note = CASE WHEN %s = '' THEN note ELSE %s END WHERE id = %s RETURNING *",
            (status.value, by, note, note, example_id),
        )
        if row is None:
            raise _unknown(example_id)
        return _example(row)

    def get(self, example_id: int) -> Example:
        """One example; raises NotFound."""
        row = self._state.row("SELECT * FROM examples WHERE id = %s", (example_id,))
        if row is None:
            raise _unknown(example_id)
        return _example(row)

    def all(self, *, source: str | None = None, status: ExampleStatus | None = None) -> list[Example]:
        """Examples, newest first."""
        rows = self._state.rows(
            "SELECT * FROM examples WHERE (%s::text IS NULL OR source = %s)"
            " AND (%s::text IS NULL OR status = %s) ORDER BY id DESC",
            (source, source, status, status),
        )
        return [_example(row) for row in rows]

    def nearest(
        self, vector: Sequence[float], *, source: str, embedder: str, limit: int = 5
    ) -> list[Neighbour]:
        """The approved examples of a source that are nearest to a question, nearest first."""
        text = _vector(vector)
        rows = self._state.rows(
            "SELECT *, 1 - (vector <=> %s::vector) AS similarity FROM examples"
            " WHERE source = %s AND embedder = %s AND status = 'approved' AND vector_dims(vector) = %s"
            " ORDER BY vector <=> %s::vector LIMIT %s",
            (text, source, embedder, len(vector), text, limit),
        )
        return [Neighbour(example=_example(row), similarity=float(row["similarity"])) for row in rows]


def _unknown(example_id: int) -> NotFound:
    return NotFound(f"There is no example {example_id}.")


def _vector(vector: Sequence[float]) -> str:
    """pgvector's text form, which needs no driver of its own."""
    return "[" + ",".join(f"{x:.7g}" for x in vector) + "]"


def _example(row: Row) -> Example:
    names = ("id", "source", "dialect", "question", "sql", "decided_by", "decided_at", "note", "fingerprint")
    return Example(status=ExampleStatus(row["status"]), **{name: row[name] for name in names})
