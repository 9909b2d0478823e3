"""A small catalog of flights, as an engine would read it, without a database."""

from __future__ import annotations

from analyst.catalog import Catalog, Column, Link, Table

NAMES = ("United Air Lines Inc.", "Delta Air Lines Inc.", "JetBlue Airways")
CODES = ("UA", "DL", "B6")


def flight_catalog() -> Catalog:
    """Flights, airlines, airports and planes; every named value is known."""
    whole = ("year", "month", "day", "hour", "dep_delay", "arr_delay", "distance")
    flights = Table(
        schema="public",
        name="flights",
        rows=336_776,
        columns=(
            *(Column(name=name, type="integer", lowest="1", highest="12") for name in whole),
            _text("carrier", *CODES),
            _text("origin", "EWR", "JFK", "LGA"),
            _text("dest", "LAX", "SFO", "BOS", "JFK"),
            _text("status", "on time", "cancelled", "diverted"),
            Column(name="flown_on", type="date", lowest="2013-01-01", highest="2013-12-31"),
        ),
    )
    airlines = Table(
        schema="public",
        name="airlines",
        rows=3,
        primary_key=("carrier",),
        columns=(
            _text("carrier", *CODES),
            Column(name="name", type="text", values=NAMES, values_complete=True, value_keys=CODES),
        ),
    )
    planes = Table(
        schema="public",
        name="planes",
        rows=3_000,
        primary_key=("tailnum",),
        columns=(
            Column(name="tailnum", type="text"),
            _text("manufacturer", "BOEING", "AIRBUS", "EMBRAER"),
            Column(name="seats", type="integer"),
        ),
    )
    return Catalog(
        source="flights",
        dialect="postgres",
        tables=(flights, airlines, planes),
        links=(
            Link(
                table=("public", "flights"),
                columns=("carrier",),
                to_table=("public", "airlines"),
                to_columns=("carrier",),
            ),
        ),
    )


def _text(name: str, *values: str) -> Column:
    return Column(name=name, type="text", values=values, values_complete=True)
