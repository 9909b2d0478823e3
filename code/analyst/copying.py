"""Examples of one source for another: transpiled, guarded and planned there before they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from analyst.catalog import Catalog
from analyst.errors import (
    AnalystError,
    CannotAnswer,
    Conflict,
    QueryFailed,
    QueryTimeout,
    Refused,
    WrongUsage,
)
from analyst.example import Example
from analyst.policies import View
from analyst.ports import Engine
from analyst.teaching import Teaching
from analyst.transpiling import transpiled
from analyst.understanding import same_question

_LEFT_OUT = (CannotAnswer, Conflict, QueryFailed, QueryTimeout, Refused, WrongUsage)
"""What one pair may meet that says nothing of the others."""


@dataclass(frozen=True, kw_only=True)
class Copied:
    """What became of one example."""

    example: Example
    """As it was."""
    kept: Example | None = None
    """As it is in the other source."""
    reason: str = ""
    """Why it is not."""


@dataclass(frozen=True, kw_only=True)
class Copying:
    """Takes examples of the source `origin` over into the one that is `seen` through `engine`."""

    teaching: Teaching
    origin: Catalog
    seen: View
    engine: Engine
    approve_as: str = ""
    """In whose name they are approved; only proposed without one."""
    by: str = ""

    def copy(self, examples: Iterable[Example], *, revoked: Sequence[Example] = ()) -> Iterator[Copied]:
        """Each with what became of it, at once; what the other source has `revoked` stays so.

        Each is kept as a whole or not at all. Raises what none of them is to blame for: a DatabaseError where the
        other source cannot be asked, StoreError, ModelUnavailable.
        """
        for example in examples:
            if any(same_question(example.question, other.question) for other in revoked):
                yield Copied(example=example, reason="The same question was revoked there.")
                continue
            yield self._one(example)

    def _one(self, example: Example) -> Copied:
        try:
            sql = transpiled(example.sql, source=self.origin, target=self.seen.whole)
            kept = self.teaching.propose(
                example.question,
                sql,
                seen=self.seen,
                engine=self.engine,
                by=self.by,
                approve_as=self.approve_as,
                note=example.note,
            )
        except _LEFT_OUT as error:
            return Copied(example=example, reason=_sentence(error))
        return Copied(example=example, kept=kept)


def _sentence(error: AnalystError) -> str:
    return " ".join(str(error).split())
