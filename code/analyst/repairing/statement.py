"""SQL read into a tree that may be changed, and written back: the very same text where nothing was changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import SqlglotError

from analyst.catalog import Catalog
from analyst.errors import Refused
from analyst.guard.dialects import Tongue, tongue
from analyst.guard.parsing import text_of, tree_of
from analyst.guard.text import checked_text, tokens_of
from analyst.repairing.reading import Reading
from analyst.repairing.ties import Ties

LONGEST = 20_000
"""Characters; longer SQL goes to the guard as it is, which has caps of its own."""
UNREADABLE = (SqlglotError, Refused, RecursionError)
"""What reading and writing raise where SQL is to be left as it is."""


@dataclass(frozen=True, kw_only=True)
class Rewritten:
    """SQL after all changes; the very same text where there was none."""

    sql: str
    notes: tuple[str, ...] = ()
    """What was changed, a plain sentence each."""
    warnings: tuple[str, ...] = ()
    """What looks wrong and was left as it is, a plain sentence each."""


class Statement:
    """One statement as a tree; rules look at a reading of it, and change the tree in place."""

    def __init__(self, sql: str, *, dialect: str, catalog: Catalog) -> None:
        """Raises one of UNREADABLE."""
        self.sql = sql
        self.tongue = tongue(dialect)
        self.tree = parsed(sql, self.tongue)
        self._catalog = catalog
        self._ties = Ties(catalog)

    def read(self) -> Reading:
        """What every part of the tree means now; to be asked for again after each change."""
        return Reading(self.tree, tongue=self.tongue, catalog=self._catalog, ties=self._ties)

    def rewritten(self, notes: Iterable[str], *, warnings: Iterable[str] = ()) -> Rewritten:
        """The tree as SQL where there are notes of changes, else the text as it was; raises one of UNREADABLE."""
        said, doubts = tuple(dict.fromkeys(notes)), tuple(dict.fromkeys(warnings))
        if not said:
            return Rewritten(sql=self.sql, warnings=doubts)
        after = text_of(self.tree, self.tongue)
        parsed(after, self.tongue)
        return Rewritten(sql=after, notes=said, warnings=doubts)


def parsed(sql: str, speech: Tongue) -> exp.Expr:
    """The tree of one statement; raises one of UNREADABLE, also for SQL that is too long to be looked into."""
    if len(sql) > LONGEST:
        raise Refused("The SQL is too long to be looked into.", rule="size")
    text = checked_text(sql)
    return tree_of(tokens_of(text, speech), text, speech)
