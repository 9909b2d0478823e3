"""A small catalog of a trading firm, as an engine would read it, without a database."""

from __future__ import annotations

from analyst.catalog import Catalog, Column, Table

_COUNTRIES = ("Germany", "France", "Denmark")


def firm_catalog() -> Catalog:
    """Orders and what became of them, people, products, tickets and pages; every named value is known."""
    return Catalog(
        source="firm",
        dialect="postgres",
        default_schema="public",
        tables=(
            _table("orders", _number("customer_id"), _days("ordered_on"), _text("paid_with", "voucher", "card"),
                   _text("status", "delivered", "cancelled"), _number("discount")),
            _table("lines", _number("order_id"), _number("product_id"), _number("quantity"), _number("unit_price")),
            _table("customers", _text("full_name", "Nora Lind", "Hugo Berg"), _text("country", *_COUNTRIES),
                   _text("email"), Column(name="newsletter", type="boolean"), _days("registered_on")),
            _table("products", _text("name", "Lamp", "Chair"), _text("category", "garden", "kitchen"),
                   _text("brand", "Velo", "Nord"), _number("list_price"), _number("cost_price"), _number("stock")),
            _table("returns", _number("order_id"), _days("returned_on"), _text("reason", "damaged", "wrong size"),
                   _number("refund_amount")),
            _table("stores", _text("name", "Main", "Harbour"), _text("country", *_COUNTRIES)),
            _table("employees", _number("store_id"), _text("department", "Sales", "Support"), _number("salary")),
            _table("reviews", _number("store_id"), _number("rating"), _days("reviewed_on")),
            _table("tickets", _text("category", "billing", "delivery"), _days("opened_at"), _days("resolved_at")),
            _table("page_views", _text("page", "home", "cart"), _text("country", *_COUNTRIES),
                   _text("device", "mobile", "desktop"), _days("viewed_at")),
            _table("trips", _text("origin", "HAM", "BER"), _text("dest", "CPH", "OSL"), _days("left_on"),
                   Column(name="duration", type="integer", comment="Duration in minutes.")),
        ),
    )  # fmt: skip


def _table(name: str, *columns: Column) -> Table:
    key = Column(name=f"{name}_id", type="integer")
    return Table(schema="public", name=name, rows=1_000, primary_key=(key.name,), columns=(key, *columns))


def _text(name: str, *values: str) -> Column:
    return Column(name=name, type="text", values=values, values_complete=bool(values))


def _number(name: str) -> Column:
    return Column(name=name, type="integer" if name.endswith("_id") else "numeric")


def _days(name: str) -> Column:
    kind = "timestamp without time zone" if name.endswith("_at") else "date"
    return Column(name=name, type=kind, lowest="2023-01-01", highest="2024-12-30")
