"""What tables and columns are called in a question: words of plain English, as far as their names have any."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyst import labels
from analyst.catalog import Catalog, Column, Table
from analyst.suggesting.word_lists import is_listed, is_private

LONGEST = 40
"""Characters; a longer name reads badly in a question."""
_FEW = 3
"""Names up to which what they begin with may be chance."""
_SHORTEST_REST = 3
_PLAIN = re.compile(r"[a-z][a-z0-9 ]*\Z")


class Names:
    """The names of one catalog, without what all of them begin with: "dim_", "sb"."""

    def __init__(self, catalog: Catalog) -> None:
        self._prefix = _prefix([t.name for t in catalog.tables])

    def rows(self, table: Table) -> str:
        """What a table's rows are called: "flights", "order items"; "weather rows" for what cannot be counted."""
        name = labels.readable(table.name.removeprefix(self._prefix))
        return f"{name} rows" if is_listed(name, "uncountable") else _plural(name)

    def column(self, column: Column, table: Table) -> str:
        """What a column is called beside its table."""
        return labels.readable(column.name.removeprefix(_prefix([c.name for c in table.columns])))


def is_sayable(thing: Table | Column) -> bool:
    """True where a question can be made with the name, and may be."""
    said = labels.readable(thing.name)
    return len(said) <= LONGEST and bool(_PLAIN.match(said)) and not is_private(thing.name)


def _prefix(names: Sequence[str]) -> str:
    """What all names begin with, up to the end of a word; empty for few names."""
    if len(names) <= _FEW:
        return ""
    first, last = min(names), max(names)
    size = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    divided = any("_" in name for name in names)
    common = first[: first.rfind("_", 0, size) + 1] if divided else first[:size]
    shortest = 1 if divided else _SHORTEST_REST
    return common if len(common) > 1 and all(len(n) - len(common) >= shortest for n in names) else ""


def _plural(name: str) -> str:
    if name.endswith("s") and not name.endswith(("ss", "us", "is")):
        return name
    if name.endswith(("s", "x", "ch", "sh")):
        return f"{name}es"
    return f"{name[:-1]}ies" if re.search(r"[^aeiou]y\Z", name) else f"{name}s"
