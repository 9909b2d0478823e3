"""How many characters tables and columns take where a catalog is written for a model; never too few."""

from __future__ import annotations

from analyst.catalog import Catalog, Link, Table
from analyst.linking.cutting import shortened, untold
from analyst.showing import column_text, quoted, schema_text, table_opening

_REMARK = len(" -- \n,")
_BETWEEN = len(", ")
_LINKED = len(" REFERENCES ()") + len("; ") + len("like ")
"""What a link adds beside its target: it is written behind the type or as a remark, and values are told otherwise."""
_JOINT = len("FOREIGN KEY () REFERENCES (), ")


class Sizes:
    """Reckons each size once."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._links: dict[tuple[str, str], list[Link]] = {}
        for link in catalog.links:
            self._links.setdefault(link.table, []).append(link)
        self._known: dict[tuple[int, int, bool], int] = {}

    def table(self, number: int) -> int:
        """A table without its columns, with its key and links of several columns."""
        table = self._catalog.tables[number]
        size = len(table_opening(shortened(table), self._catalog)) + 2 * _REMARK
        if len(table.primary_key) > 1:
            size += len(f"PRIMARY KEY ({_listed(table.primary_key)}), ")
        several = [link for link in self._links.get(table.key, ()) if len(link.columns) > 1]
        return size + sum(_JOINT + len(_listed(k.columns)) + _target(k) for k in several)

    def column(self, number: int, place: int, *, told: bool) -> int:
        """A column, in the longest of the forms that its table's links may give it."""
        known = self._known.get((number, place, told))
        if known is None:
            known = self._known[number, place, told] = self._column(
                self._catalog.tables[number], place, told=told
            )
        return known

    def _column(self, table: Table, place: int, *, told: bool) -> int:
        column = table.columns[place] if told else untold(table.columns[place])
        item, said = column_text(column, table, self._catalog)
        single = [_target(k) for k in self._links.get(table.key, ()) if k.columns == (column.name,)]
        linked = _LINKED + max(single) if single else 0
        return len(item) + len(said) + linked + (_REMARK if said or single else _BETWEEN)


def fits(catalog: Catalog, letters: float) -> bool:
    """Whether all of a catalog can be written in so many letters; a large one is not written out to its end."""
    left = letters
    for table in catalog.tables:
        left -= len(table.name) + sum(len(c.name) for c in table.columns)
        if left < 0:
            return False
    return len(schema_text(catalog)) <= letters


def _target(link: Link) -> int:
    schema, name = link.to_table
    return len(f"{quoted(schema)}.{quoted(name)}({_listed(link.to_columns)})")


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(map(quoted, names))
