"""A catalog from the short JSON form: schema, table, column, type."""

from __future__ import annotations

from collections.abc import Mapping

from analyst.catalog import Catalog, Column, Table


def load_catalog(data: Mapping[str, Mapping[str, Mapping[str, str]]], dialect: str) -> Catalog:
    """The catalog of `{"schema": {"table": {"column": "type"}}}`; raises AttributeError or TypeError on
    another shape.

    The default schema is "public" where there is one, else the first.
    """
    if not all(
        isinstance(kind, str) for found in data.values() for c in found.values() for kind in c.values()
    ):
        raise TypeError("a column's type must be text")
    tables = tuple(
        Table(
            schema=schema,
            name=name,
            columns=tuple(Column(name=column, type=kind) for column, kind in columns.items()),
        )
        for schema, found in data.items()
        for name, columns in found.items()
    )
    default = "public" if "public" in data or not data else next(iter(data))
    return Catalog(source="", dialect=dialect, tables=tables, default_schema=default)
