"""The yardstick's small shop, and policies on it in the file's own form."""

from __future__ import annotations

import json
from pathlib import Path

from analyst.catalog import Catalog
from analyst.draft import Query
from analyst.guard import check, load_catalog
from analyst.policies import Policies, read
from analyst.policy import Policy

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "docs" / "policies.example.toml"
DIALECTS = ("postgres", "redshift", "athena")

SALES = """
[roles.sales]
row_limit = 50
[roles.sales.sources."*"]
tables = ["public.customers", "public.orders", "public.products", "public.regions", "public.events"]
private = ["public.customers.ssn", "public.customers.email", "public.products.cost"]
[roles.sales.sources."*".rows]
"public.customers" = "tenant_id = 1"
"public.orders" = "customer_id IN (SELECT customer_id FROM customers WHERE tenant_id = 1)"
"public.events" = "tenant_id = :user.tenant"
"""


def schema(dialect: str = "postgres") -> Catalog:
    """Every table of the shop."""
    return load_catalog(json.loads((HERE / "schema.json").read_text(encoding="utf-8")), dialect)


def sales(text: str = SALES, **user: str | list[str]) -> Policy:
    """The policy of the role sales."""
    known: Policies = read(text)
    return known.of("sales", user or {"tenant": "1"})


def guarded(sql: str, policy: Policy, *, dialect: str = "postgres") -> Query:
    """What would run on the shop."""
    return check(sql, dialect=dialect, catalog=schema(dialect), policy=policy)
