"""A company of several offices: what has a beginning and an end, and days that are told apart."""

from __future__ import annotations

from analyst.catalog import Catalog, Column, Table


def office_catalog() -> Catalog:
    """Employees, customers, tickets, bookings, payments and flights of meters."""
    return Catalog(
        source="office",
        dialect="postgres",
        default_schema="public",
        tables=(
            _table(
                "employees",
                _text("department", "Marketing", "Finance"),
                Column(name="salary", type="numeric", comment="Salary a year in euros."),
                Column(name="hired_on", type="date"),
                Column(name="left_on", type="date"),
            ),
            _table(
                "customers",
                _text("country", "Germany", "France"),
                Column(name="signup_date", type="date"),
            ),
            _table(
                "tickets",
                _text("priority", "high", "low"),
                _text("category", "billing", "technical"),
                Column(name="opened_at", type="timestamp"),
                Column(name="resolved_at", type="timestamp"),
            ),
            _table(
                "bookings",
                Column(name="booked_on", type="date"),
                Column(name="check_in", type="date"),
                Column(name="check_out", type="date"),
            ),
            _table(
                "payments",
                _text("method", "card", "cash"),
                Column(name="amount", type="numeric"),
                Column(name="paid_on", type="date"),
            ),
            _table(
                "machines",
                _text("site", "Oakford", "Riverton"),
                Column(name="wait", type="integer", comment="Waiting time in minutes."),
                Column(name="parts", type="integer"),
            ),
        ),
    )


def _table(name: str, *columns: Column) -> Table:
    key = Column(name="id", type="integer")
    return Table(schema="public", name=name, rows=1_000, primary_key=("id",), columns=(key, *columns))


def _text(name: str, *values: str) -> Column:
    return Column(name=name, type="text", values=values, values_complete=True)
