"""A small catalog of a shop, as an engine would read it, without a database."""

from __future__ import annotations

from analyst.catalog import Catalog, Column, Table


def shop_catalog() -> Catalog:
    """Orders, products, customers, employees, tickets, payments and refunds; every named value is known."""
    return Catalog(
        source="shop",
        dialect="postgres",
        default_schema="public",
        tables=(
            _table(
                "orders",
                Column(name="customer_id", type="integer"),
                Column(name="order_date", type="date"),
                Column(name="amount", type="numeric"),
                Column(name="cost", type="numeric"),
                _text("region", "North", "South"),
                _text("country", "Germany", "France"),
            ),
            _table("products", _text("name", "Lamp", "Chair"), _text("category", "Lighting", "Furniture")),
            _table(
                "order_items", Column(name="quantity", type="integer"), Column(name="revenue", type="numeric")
            ),
            _table("customers", Column(name="name", type="text"), _text("state", "California", "Texas")),
            _table(
                "employees", _text("department", "Sales", "Support"), Column(name="salary", type="numeric")
            ),
            _table(
                "tickets",
                Column(name="resolved_after_hours", type="numeric"),
                _text("priority", "high", "low"),
            ),
            _table("payments", _text("method", "card", "cash"), _text("status", "failed", "successful")),
            _table(
                "refunds", Column(name="amount", type="numeric"), Column(name="customer_id", type="integer")
            ),
        ),
    )


def _table(name: str, *columns: Column) -> Table:
    key = Column(name="id", type="integer")
    return Table(schema="public", name=name, rows=1_000, primary_key=("id",), columns=(key, *columns))


def _text(name: str, *values: str) -> Column:
    return Column(name=name, type="text", values=values, values_complete=True)
