"""A column that a draft makes up for a thing that the database has no word for."""

from __future__ import annotations

from collections.abc import Sequence

from analyst.catalog import Catalog
from analyst.linking import stem
from analyst.repairing.reading import Sense
from analyst.repairing.statement import UNREADABLE, Statement

_SHORTEST = 3


def invented(sql: str, unknown: Sequence[str], *, dialect: str, catalog: Catalog) -> str:
    """The unknown thing for which the SQL has a column that does not exist; empty where there is none.

    Such a column is no slip of the pen that the nearest name could mend: it is what the data lacks.
    """
    wanted = [stem(w.lower()) for w in unknown if len(w) >= _SHORTEST and w.isalnum()]
    if not wanted:
        return ""
    try:
        reading = Statement(sql, dialect=dialect, catalog=catalog).read()
    except UNREADABLE:
        return ""
    names = [column.name.lower() for column, _ in reading.columns(Sense.NO_COLUMN, Sense.NO_RELATION)]
    return next((w for w in wanted if any(w in name for name in names)), "")
