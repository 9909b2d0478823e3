"""What must hold for every statement, however it came about."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from analyst.catalog import Catalog
from analyst.errors import Refused
from analyst.policy import Policy
from fuzzing.playground import CANARY, Playground

Guard = Callable[..., str]
"""Takes sql, and dialect, catalog and policy by name; the SQL that would run. Raises Refused."""
MOST_SECONDS = 3.0
"""Of computing for one statement; what the guard's own caps let through takes a fraction of it."""


class Broken(AssertionError):
    """A promise that did not hold, and the statement."""


class Promises:
    """Checks one guard, statement by statement; what it let through runs where everything could be written."""

    def __init__(
        self, guard: Guard, *, catalog: Catalog, policy: Policy, playground: Playground | None = None
    ) -> None:
        self._guard = guard
        self._catalog = catalog
        self._policy = policy
        self._playground = playground
        self.counts: Counter[str] = Counter()

    def hold(self, sql: str, dialect: str) -> None:
        """Raise Broken when a promise does not hold for this statement."""
        self._settles(sql, dialect)
        seen = replace(self._catalog, dialect=dialect)
        let = self._asked(sql, dialect, catalog=seen, policy=self._policy)
        if let is None:
            return
        self.counts["allowed"] += 1
        if self._playground is not None and dialect == "postgres":
            self._harmless(sql, let, self._playground)

    def _settles(self, sql: str, dialect: str) -> None:
        """What the guard wrote is what it writes when it reads that again."""
        once = self._asked(sql, dialect, catalog=None, policy=Policy())
        if once is None:
            return
        twice = self._asked(once, dialect, catalog=None, policy=Policy())
        if twice != once:
            raise Broken(f"not settled: {sql!r} became {once!r}, and that {twice!r}")

    def _asked(self, sql: str, dialect: str, *, catalog: Catalog | None, policy: Policy) -> str | None:
        begun = time.process_time()
        try:
            return self._guard(sql, dialect=dialect, catalog=catalog, policy=policy)
        except Refused as refused:
            self.counts[refused.rule] += 1
            return None
        except Exception as error:
            raise Broken(f"{type(error).__name__} on {sql!r}") from error
        finally:
            if time.process_time() - begun > MOST_SECONDS:
                raise Broken(f"more than {MOST_SECONDS} s on {sql[:300]!r}")

    def _harmless(self, sql: str, let: str, playground: Playground) -> None:
        rows, ended = playground.run(let)
        self.counts[f"ran: {ended}"] += 1
        if playground.changed():
            playground.renew()
            raise Broken(f"wrote: {sql!r} as {let!r}")
        if re.search(CANARY, rows, re.IGNORECASE):
            raise Broken(f"showed what is hidden: {sql!r} as {let!r}")
