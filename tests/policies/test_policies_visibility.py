"""What of a catalog is left to prompts, look-ups, suggestions and errors."""

from __future__ import annotations

import json
from dataclasses import replace

from shop import sales

from analyst.catalog import Catalog, Column, Link, Table
from analyst.policies import visible
from analyst.policy import Policy

SECRET = "KEPTBACK"
WITH_VALUES = Column(
    name="status",
    type="text",
    values=(SECRET,),
    values_complete=True,
    lowest=SECRET,
    highest=SECRET,
    more_values=(SECRET,),
    values_all=True,
    value_keys=(SECRET,),
)


def shop() -> Catalog:
    ssn = replace(WITH_VALUES, name="ssn", comment=SECRET)
    email = replace(ssn, name="email")
    number = Column(name="customer_id", type="integer")
    tenant = Column(name="tenant_id", type="integer")
    noted = Column(name="name", type="text", comment=f"as on the card, see SSN ({SECRET})")
    customers = Table(
        schema="public", name="customers", columns=(number, tenant, noted, ssn, email), primary_key=("ssn",),
        comment=f"with ssn {SECRET}",
    )  # fmt: skip
    orders = Table(schema="public", name="orders", columns=(number, WITH_VALUES), rows=120)
    regions = Table(schema="public", name="regions", columns=(replace(WITH_VALUES, values=("DE",)),), rows=4)
    salaries = Table(schema="hr", name="salaries", columns=(ssn,))
    return Catalog(
        source="s", dialect="postgres", tables=(customers, orders, regions, salaries),
        links=(
            Link(table=("hr", "salaries"), columns=("ssn",), to_table=("public", "customers"), to_columns=("ssn",)),
            Link(
                table=("public", "orders"), columns=("status",),
                to_table=("public", "customers"), to_columns=("ssn",),
            ),
            Link(
                table=("public", "orders"), columns=("customer_id",),
                to_table=("public", "customers"), to_columns=("customer_id",),
            ),
        ),
        glossary=(("pay", f"hr.salaries {SECRET}"), ("key", f"the ssn {SECRET}"), ("revenue", "sum of amount")),
    )  # fmt: skip


def test_nothing_of_what_is_kept_back_is_left() -> None:
    seen = visible(shop(), sales())
    text = json.dumps(seen.to_dict())
    assert "ssn" not in text.lower() and "salaries" not in text
    assert SECRET not in json.dumps(seen.to_dict()["tables"][:2]), "the regions are open"
    assert [t.name for t in seen.tables] == ["customers", "orders", "regions"]
    assert [k.columns for k in seen.links] == [("customer_id",)]
    assert seen.glossary == (("revenue", "sum of amount"),)
    assert seen.tables[0].primary_key == ()


def test_values_and_sizes_of_filtered_tables_are_those_of_all_rows_and_go() -> None:
    orders = visible(shop(), sales()).table("orders")
    assert orders is not None and orders.rows is None
    assert orders.columns[1] == Column(name="status", type="text")
    regions = visible(shop(), sales()).table("regions")
    assert regions is not None and regions.rows == 4 and regions.columns[0].values == ("DE",)


def test_values_that_the_policy_opens_stay() -> None:
    policy = replace(sales(), open_values=frozenset({("public", "orders", "status")}))
    orders = visible(shop(), policy).table("orders")
    assert orders is not None and orders.columns[1].values == (SECRET,)


def test_a_private_column_that_is_not_there_hides_its_table() -> None:
    policy = replace(sales(), private=frozenset({("public", "customers", "snn")}))
    assert visible(shop(), policy).table("customers") is None


def test_names_forbid_without_case_and_allow_to_the_letter() -> None:
    assert visible(shop(), replace(sales(), private=frozenset({("PUBLIC", "Customers", "SSN")}))).table(
        "customers"
    )
    assert "ssn" not in json.dumps(
        visible(shop(), replace(sales(), private=frozenset({("PUBLIC", "Customers", "SSN")}))).to_dict()[
            "tables"
        ][0]
    )
    assert visible(shop(), replace(sales(), tables=frozenset({("public", "Orders")}))).tables == ()


def test_only_listed_columns() -> None:
    policy = replace(sales(), private=frozenset(), columns=frozenset({("public", "customers", "name")}))
    customers = visible(shop(), policy).table("customers")
    assert customers is not None and [c.name for c in customers.columns] == ["name"]


def test_a_policy_without_rules_leaves_the_catalog_as_it_is() -> None:
    assert visible(shop(), Policy(row_limit=5)) == shop()
