"""A small shop for the cases: orders with a date, times with and without a zone, and a text."""

from __future__ import annotations

from analyst.catalog import Catalog, Column, Table


def shop(dialect: str = "postgres") -> Catalog:
    """The catalog of the shop."""
    orders = (
        Column(name="order_id", type="integer"),
        Column(name="status", type="text"),
        Column(name="remark", type="text"),
        Column(name="placed", type="date"),
        Column(name="sent_at", type="timestamp without time zone"),
        Column(name="paid_at", type="timestamp with time zone"),
    )
    visits = (
        Column(name="order_id", type="integer"),
        Column(name="at", type="timestamp without time zone"),
    )
    tables = (
        Table(schema="public", name="orders", columns=orders),
        Table(schema="public", name="visits", columns=visits),
    )
    return Catalog(source="shop", dialect=dialect, tables=tables)
