"""The tables and columns that a statement reads, and where it may deny what it reads."""

from __future__ import annotations

from functools import cached_property

from sqlglot import exp

from analyst.catalog import Catalog, Column, Table
from analyst.matching.concepts import Names

_DENYING = (exp.Is, exp.Not, exp.NEQ, exp.Except, exp.Case, exp.Filter)


class Reads:
    """What a statement reads, found once."""

    def __init__(self, tree: exp.Expr, catalog: Catalog, names: Names) -> None:
        self.tree, self.catalog, self.names = tree, catalog, names
        nodes = list(tree.walk())
        self.table_nodes = [node for node in nodes if isinstance(node, exp.Table)]
        self.column_nodes = [node for node in nodes if isinstance(node, exp.Column)]
        self.emptiness = [node for node in nodes if isinstance(node, exp.Is)]
        self.aliases = [node.alias for node in nodes if isinstance(node, exp.Alias)]
        self._called = {node.name.lower() for node in nodes if isinstance(node, (exp.Column, exp.Identifier))}
        found = (catalog.table(node.name, node.db) for node in self.table_nodes)
        self.tables: list[Table] = [table for table in found if table is not None]

    @cached_property
    def first(self) -> Table | None:
        """The table that its rows are of."""
        node = self.tree.find(exp.From)
        inner = node.this if node is not None else None
        return self.catalog.table(inner.name, inner.db) if isinstance(inner, exp.Table) else None

    @cached_property
    def columns(self) -> list[Column]:
        """The columns of its tables that it names."""
        return [c for table in self.tables for c in table.columns if c.name.lower() in self._called]

    @cached_property
    def unread(self) -> list[Column]:
        """The columns of its tables that it does not name."""
        read = {column.name for column in self.columns}
        return [c for table in self.tables for c in table.columns if c.name not in read]

    @cached_property
    def denied(self) -> frozenset[str]:
        """The names of columns that stand where something may be denied: "left_on IS NULL"."""
        return frozenset(n.name.lower() for n in self.column_nodes if n.find_ancestor(*_DENYING) is not None)

    @cached_property
    def plainly(self) -> list[Column]:
        """The columns that stand nowhere else but where nothing is denied."""
        return [c for c in self.columns if c.name.lower() not in self.denied and c.type != "boolean"]

    @cached_property
    def plain_tables(self) -> list[Table]:
        """The tables that are read where nothing is denied."""
        plain = {n.name.lower() for n in self.table_nodes if n.find_ancestor(*_DENYING) is None}
        return [table for table in self.tables if table.name.lower() in plain]
