"""Which stored result holds the rows of which query, in Postgres."""

from __future__ import annotations

from analyst.ports import Reusable
from analyst.stores.state import State


class ReusedResults:
    """`ports.ReusableStore` on the product's own Postgres, whose clock says how old rows are."""

    def __init__(self, state: State) -> None:
        self._state = state

    def find(self, key: str, *, newer_than_seconds: float) -> Reusable | None:
        """The result of a query that began less long ago; None where there is none."""
        row = self._state.row(
            "SELECT result_id, digest, can_write, extract(epoch FROM now() - ran_at)::float AS age"
            " FROM reusable_results WHERE key = %s AND ran_at > now() - %s * interval '1 second'",
            (key, newer_than_seconds),
        )
        if row is None:
            return None
        return Reusable(
            result_id=row["result_id"],
            digest=row["digest"],
            can_write=row["can_write"],
            age_seconds=max(0.0, row["age"]),
        )

    def keep(self, key: str, found: Reusable, *, source: str) -> None:
        """Note a result, unless that of a later run of the same query is known."""
        self._state.rows(
            "INSERT INTO reusable_results (key, source, result_id, digest, can_write, ran_at)"
            " VALUES (%s, %s, %s, %s, %s, now() - %s * interval '1 second') ON CONFLICT (key) DO UPDATE"
            " SET result_id = excluded.result_id, digest = excluded.digest, can_write = excluded.can_write,"
            " ran_at = excluded.ran_at WHERE reusable_results.ran_at < excluded.ran_at",
            (key, source, found.result_id, found.digest, found.can_write, found.age_seconds),
        )

    def forget(self, *, older_than_seconds: float) -> int:
        """Forget queries that ran longer ago than this; how many."""
        gone = self._state.rows(
            "DELETE FROM reusable_results WHERE ran_at < now() - %s * interval '1 second' RETURNING key",
            (older_than_seconds,),
        )
        return len(gone)
