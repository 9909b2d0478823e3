"""The audit in Postgres: append-only, chained by hashes, with a retention that the chain survives."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from analyst.audit import START, AuditEntry, chained
from analyst.stores.state import Row, State

logger = logging.getLogger(__name__)

PAGE = 500
"""Entries that are in memory at a time."""
_CONSISTENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An entry as it is stored."""

    number: int
    entry: str
    """Canonical JSON."""
    previous: str
    hash: str

    @property
    def document(self) -> dict[str, Any]:
        """{"entry", "number", "previous", "hash"}: what remains in canonical JSON without "hash" has that SHA-256."""
        return {
            "number": self.number,
            "entry": json.loads(self.entry),
            "previous": self.previous,
            "hash": self.hash,
        }


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A place in the chain: whoever keeps it elsewhere can tell later whether the entries up to it are the same."""

    number: int
    hash: str


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What a look at the whole chain found."""

    first: int
    """Number of the oldest entry that is kept, or that of the next one where none is."""
    newest: Mark
    """The last entry that holds."""
    broken: int | None = None
    """Number of the first entry that does not hold; None where all do."""
    why: str = ""


class AuditEntries:
    """`ports.AuditLog` on the product's own Postgres."""

    def __init__(self, state: State) -> None:
        self._state = state

    def write(self, entry: AuditEntry) -> None:
        """Keep an entry; raises StoreError.

        Inside `State.transaction` it is kept with what else is, or not at all; it should come last there, since
        other writers wait for the end of the transaction. An entry of the same id is kept once.
        """
        self._state.rows("INSERT INTO audit (entry) VALUES (%s)", (entry.text(),))

    def entries(
        self, *, since: datetime | None = None, until: datetime | None = None, person: str | None = None
    ) -> Iterator[Kept]:
        """Entries from `since` until before `until`, in the order in which they were written."""
        after = 0
        while page := self._page(
            after,
            "(%s::timestamptz IS NULL OR at >= %s) AND (%s::timestamptz IS NULL OR at < %s)"
            " AND (%s::text IS NULL OR person = %s)",
            (since, since, until, until, person, person),
        ):
            yield from (_kept(row) for row in page)
            after = page[-1]["number"]

    def forget(self, *, older_than_days: float) -> int:
        """Remove the oldest entries up to the first that is younger; how many. At least one day is kept.

        The log gets the newest mark, which shows later that nothing after it was taken away.
        """
        row = self._state.row(
            "INSERT INTO audit_forgotten (older_than_days) VALUES (%s) RETURNING entries", (older_than_days,)
        )
        head = self._head()
        logger.info("the audit's newest entry is %d:%s", head.number, head.hash)
        return int(row["entries"]) if row else 0

    def verify(self, *, known: Mark | None = None) -> Verified:
        """Go through the whole chain, as it is at one moment; `known` is a mark of earlier."""
        with self._state.transaction():
            self._state.rows(_CONSISTENT)
            before = self._forgotten()
            at = before
            for row in self._all():
                why = _wrong(row, after=at) or _unlike(row, known)
                if why:
                    return _broken(before, at, why)
                at = Mark(number=row["number"], hash=row["hash"])
            why = _ends_wrong(at, head=self._head(), known=known, before=before)
        return _broken(before, at, why) if why else Verified(first=before.number + 1, newest=at)

    def _all(self) -> Iterator[Row]:
        after = 0
        while page := self._page(after, "true", ()):
            yield from page
            after = page[-1]["number"]

    def _page(self, after: int, condition: str, values: tuple[Any, ...]) -> list[Row]:
        return self._state.rows(
            f"SELECT * FROM audit WHERE number > %s AND {condition} ORDER BY number LIMIT {PAGE}",
            (after, *values),
        )

    def _head(self) -> Mark:
        return _mark(self._state.row("SELECT number, hash FROM audit_head"))

    def _forgotten(self) -> Mark:
        """The last entry that the retention removed; the chain goes on from there."""
        sql = "SELECT through AS number, hash FROM audit_forgotten ORDER BY through DESC LIMIT 1"
        return _mark(self._state.row(sql))


def _mark(row: Row | None) -> Mark:
    return Mark(number=row["number"], hash=row["hash"]) if row else Mark(number=0, hash=START)


def _kept(row: Row) -> Kept:
    return Kept(**{name: row[name] for name in ("number", "entry", "previous", "hash")})


def _broken(before: Mark, at: Mark, why: str) -> Verified:
    return Verified(first=before.number + 1, newest=at, broken=at.number + 1, why=why)


def _wrong(row: Row, *, after: Mark) -> str:
    """Why an entry cannot be the one that was written after that mark; empty where it can."""
    if row["number"] != after.number + 1:
        return "it is missing"
    if row["previous"] != after.hash:
        return "it does not follow the entry before"
    if row["hash"] != chained(row["entry"], number=row["number"], previous=row["previous"]):
        return "its content was changed"
    said = json.loads(row["entry"])
    at = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    copies = {"id": row["id"], "person": row["person"], "at": at}
    return "" if copies.items() <= said.items() else "its id, time or person was changed"


def _unlike(row: Row, known: Mark | None) -> str:
    if known is None or known.number != row["number"] or known.hash == row["hash"]:
        return ""
    return "it is another one than was noted"


def _ends_wrong(at: Mark, *, head: Mark, known: Mark | None, before: Mark) -> str:
    if at != head:
        return (
            "it is missing" if head.number > at.number else "the newest entry is not the one that was noted"
        )
    if known is not None and known.number > at.number:
        return "it is missing"
    if known is not None and known.number == before.number and known.hash != before.hash:
        return "the entries before it are others than were noted"
    return ""
