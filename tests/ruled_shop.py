"""A small shop with what must not be seen, and rules on it: anna sells, cleo sees everything, bert has no role."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from houses import MakeHouse, NewDatabase
from scripted_model import Messages, Says

from analyst.identity import Entrance, Principal
from analyst.wiring import House

SHOP = """
CREATE TABLE customers (id int PRIMARY KEY, tenant_id int NOT NULL, name text NOT NULL, city text, tax_code text);
COMMENT ON COLUMN customers.city IS 'where they live; the tax_code is beside it';
CREATE TABLE orders (
    id int PRIMARY KEY, customer_id int REFERENCES customers, tenant_id int, amount numeric, state text);
CREATE TABLE salaries (name text, amount numeric);
INSERT INTO customers VALUES (1, 1, 'Ada Ltd', 'Oslo', 'CANARY-1'), (2, 1, 'Bix Ltd', 'Bergen', 'CANARY-2'),
    (3, 2, 'Zeta Canary', 'Oslo', 'CANARY-3');
INSERT INTO orders VALUES (1, 1, 1, 10, 'paid'), (2, 1, 1, 20, 'open'), (3, 2, 1, 30, 'paid'), (4, 3, 2, 4000, 'paid');
INSERT INTO salaries VALUES ('CANARY-BOSS', 1);
ANALYZE;
"""
RULES = """
version = "7"
[[people]]
os = "anna"
role = "sales"
user = { tenant = "1" }
[[people]]
os = "cleo"
role = "boss"
[roles.boss]
approves = true
[roles.boss.sources.shop]
tables = ["public.*"]
[roles.boss.sources.other]
tables = ["public.*"]
[roles.sales]
row_limit = 50
[roles.sales.sources.shop]
tables = ["public.customers", "public.orders"]
private = ["public.customers.tax_code"]
open_values = ["public.orders.state"]
[roles.sales.sources.shop.rows]
"public.customers" = "tenant_id = :user.tenant"
"public.orders" = "tenant_id = :user.tenant"
"""
CLEO = Principal(entrance=Entrance.OS, name="cleo")
TOTAL = "SELECT sum(amount) AS total FROM orders"

Shop = Callable[..., House]


@pytest.fixture
def shop(make_house: MakeHouse, new_database: NewDatabase, tmp_path: Path) -> Shop:
    """A house on the shop with these rules, of which the model writes one statement after the other."""
    url = new_database(SHOP)

    def make(*statements: str, rules: str = RULES) -> House:
        path = tmp_path / "policies.toml"
        path.write_text(rules)
        left = list(statements)

        def says(messages: Messages) -> Says:
            return Says(text=f"```sql\n{left.pop(0) if len(left) > 1 else left[0]}\n```")

        return make_house(says, sources=f"shop={url} other={url}_", policies=str(path), words="template")

    return make
