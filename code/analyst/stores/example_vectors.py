"""Examples found by their vectors, and vectors made anew: pgvector, filtered by source, embedder and status."""

from __future__ import annotations

from collections.abc import Sequence

from analyst.stale_vector import StaleVector
from analyst.stores.state import Row, State

INDEXED = frozenset({256, 384, 512, 1024})
"""Lengths of vectors that the schema has an index for."""
FEW = 2_000
"""So many examples of a source are compared one by one, which is exact and as fast as an index."""
_COLUMNS = (
    "id, source, dialect, question, sql, status, decided_by, decided_at, note, fingerprint, reads, quarantine,"
    " version, 1 - (vector <=> %s::vector) AS similarity"
)
"""All but the vector, which nobody needs and which is long."""
_THOSE = "example_vectors WHERE source = %s AND embedder = %s"
_COUNT = f"SELECT count(*) AS count FROM (SELECT FROM {_THOSE} LIMIT %s) AS counted"
_NEAREST = f"SELECT {_COLUMNS} FROM examples WHERE id IN"
_IN_ORDER = "AND status = 'approved' ORDER BY vector <=> %s::vector, id DESC LIMIT %s"
_EXACT = f"""
{_NEAREST} (
    SELECT example_id FROM {_THOSE} AND vector_dims(vector) = %s
    ORDER BY vector <=> %s::halfvec, example_id DESC LIMIT %s
) {_IN_ORDER}
"""
# The settings hold for this look-up alone: the statements are sent, and done, as one transaction.
_INDEXED = f"""
SET LOCAL hnsw.iterative_scan = strict_order;
SET LOCAL hnsw.ef_search = 100;
WITH same AS MATERIALIZED (
    SELECT example_id FROM {_THOSE} AND md5(vector::text) = md5(%s::halfvec::text)
    ORDER BY example_id DESC LIMIT %s
), near AS MATERIALIZED (
    SELECT example_id FROM {_THOSE} AND vector_dims(vector) = %s
    ORDER BY vector::halfvec(%s) <=> %s::halfvec(%s) LIMIT %s
)
{_NEAREST} (SELECT example_id FROM same UNION SELECT example_id FROM near) {_IN_ORDER}
"""


class ExampleVectors:
    """Looks examples up by vector and replaces vectors; raises StoreError."""

    def __init__(self, state: State) -> None:
        self._state = state

    def nearest(self, vector: Sequence[float], *, source: str, embedder: str, limit: int) -> list[Row]:
        """Rows of approved examples with their cosine as "similarity", nearest first, of equals the newest first.

        What has the same vector is always among them; of all others an index may miss a few.
        """
        those, text, length = (source, embedder), vector_text(vector), len(vector)
        if length in INDEXED and self._count(*those, most=FEW + 1) > FEW:
            same, near = (*those, text, limit), (*those, length, length, text, length, limit)
            rows = self._state.rows(_INDEXED, (*same, *near, text, text, limit))
            if len(rows) == limit:
                return rows
        # Few examples, or spread so thinly that the index gave up: one by one.
        return self._state.rows(_EXACT, (text, *those, length, text, limit, text, limit))

    def stale(self, *, embedder: str, after: tuple[str, int] = ("", 0), limit: int) -> list[StaleVector]:
        """The next examples whose vectors are of one other embedder, by its name and their id; none at the end.

        `after` is the embedder and id of the last one that was given before.
        """
        rows = self._stale_of(after[0], after[1], limit=limit) if after[0] not in ("", embedder) else []
        other = None if rows else self._next_embedder(after[0], but=embedder)
        if other is not None:
            rows = self._stale_of(other, 0, limit=limit)
        return [StaleVector(**row) for row in rows]

    def replace(self, stale: StaleVector, vector: Sequence[float], *, embedder: str) -> bool:
        """Put a new vector in place of an example's; False where the example is another one by now."""
        row = self._state.row(
            "UPDATE examples SET embedder = %s, vector = %s::vector"
            " WHERE id = %s AND embedder = %s AND question = %s RETURNING id",
            (embedder, vector_text(vector), stale.id, stale.embedder, stale.question),
        )
        return row is not None

    def _stale_of(self, embedder: str, after: int, *, limit: int) -> list[Row]:
        return self._state.rows(
            "SELECT id, source, question, embedder FROM examples WHERE embedder = %s AND id > %s"
            " ORDER BY id LIMIT %s",
            (embedder, after, limit),
        )

    def _next_embedder(self, after: str, *, but: str) -> str | None:
        """The first name of an embedder behind `after`, in the database's order; two short looks into an index."""
        row = self._state.row(
            "SELECT coalesce((SELECT min(embedder) FROM examples WHERE embedder > %s AND embedder < %s),"
            " (SELECT min(embedder) FROM examples WHERE embedder > greatest(%s, %s))) AS name",
            (after, but, after, but),
        )
        return row["name"] if row else None

    def _count(self, source: str, embedder: str, *, most: int) -> int:
        row = self._state.row(_COUNT, (source, embedder, most))
        return int(row["count"]) if row else 0


def vector_text(vector: Sequence[float]) -> str:
    """pgvector's text form, which needs no driver of its own."""
    return "[" + ",".join(f"{x:.7g}" for x in vector) + "]"
