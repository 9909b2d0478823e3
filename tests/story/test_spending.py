"""A source that charges by the query: its cost is shown, noted and bounded, and nothing runs that need not."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from athena.parts import athena as athena
from athena.parts import world as world
from athena.server import AthenaStandIn
from athena.world import World
from houses import ANNA, MakeHouse, asked
from ruled_shop import CLEO
from scripted_model import Messages, Says, Script

from analyst.answer import Answer
from analyst.cli.ask import _text
from analyst.errors import DatabaseError, QueryTimeout, Refused
from analyst.identity import Principal
from analyst.ports import QuestionRecord
from analyst.record import answer_from_dict, answer_to_dict
from analyst.wiring import House

GB = 1_000_000_000
RULES = """
version = "7"
[[people]]
os = "anna"
role = "sales"
[[people]]
os = "cleo"
role = "boss"
[roles.boss]
monthly_budget = 10
[roles.boss.sources.lake]
tables = ["shop.*"]
[roles.sales]
monthly_budget = 0.05
[roles.sales.sources.lake]
tables = ["shop.*"]
private = ["shop.stores.rent"]
[roles.sales.sources.lake.rows]
"shop.stores" = "id < 3"
"""
TOTAL = "SELECT SUM(amount) AS total FROM shop.sales WHERE dt = '2026-01-02'"
DIVIDED = {
    "StateChangeReason": "DIVISION_BY_ZERO: Division by zero",
    "AthenaError": {
        "ErrorCategory": 2,
        "ErrorType": 1006,
        "ErrorMessage": "DIVISION_BY_ZERO: Division by zero",
    },
}
"""As the model is told of, so that it may write the SQL again."""

Lake = Callable[..., House]


def says_total(_: Messages) -> Says:
    """The same SQL, whatever is asked."""
    return Says(text=f"```sql\n{TOTAL}\n```")


@pytest.fixture
def lake(make_house: MakeHouse, world: World, athena: AthenaStandIn, tmp_path: Path) -> Lake:
    """Houses on one lake: two days of sales, 4 GB each, and three stores."""
    world.duck.execute(
        "CREATE TABLE shop.sales (amount bigint, dt varchar);"
        " INSERT INTO shop.sales VALUES (1, '2026-01-01'), (20, '2026-01-02'), (40, '2026-01-02');"
        " CREATE TABLE shop.stores (id bigint, name varchar, rent bigint);"
        " INSERT INTO shop.stores VALUES (1, 'North', 5), (2, 'South', 6), (3, 'Hidden', 7)"
    )
    world.add_table("sales", [("amount", "bigint")], keys=[("dt", "string")])
    for day in ("2026-01-01", "2026-01-02"):
        world.add_partition("sales", [day], sizes=[4 * GB])
    world.add_table("stores", [("id", "bigint"), ("name", "string"), ("rent", "bigint")])
    world.add_files("s3://lake/shop/stores", [1_000_000])
    world.duck.execute(
        "CREATE VIEW shop.endless AS SELECT a.range AS n FROM range(300000) AS a, range(300000) AS b"
        " WHERE a.range + b.range = -1"
    )
    world.add_table("endless", [("n", "bigint")])
    world.add_files("s3://lake/shop/endless", [1_000_000])
    world.scanned = 2 * GB

    def make(
        rules: str = RULES, *, script: Script = says_total, options: str = "", **changes: object
    ) -> House:
        path = tmp_path / "policies.toml"
        path.write_text(rules)
        address = f"athena://analysts/shop?region=eu-central-1{options}"
        given = {"policies": str(path) if rules else "", "words": "template", **changes}
        return make_house(script, sources=f"lake={address}", **given)

    return make


def ask(house: House, sql: str = TOTAL, *, by: Principal = ANNA) -> Answer:
    return house.analyst.ask(asked(house, sql, by=by))


def spent(house: House) -> dict[str, float]:
    rows = house.state.rows("SELECT role, source, usd FROM spending")
    assert {row["source"] for row in rows} <= {"athena://analysts/shop"}
    return {row["role"]: round(row["usd"], 6) for row in rows}


def entries(house: House) -> list[dict[str, Any]]:
    return [kept.document["entry"] for kept in house.audit_entries.entries()]


def ran(world: World) -> int:
    """Queries that Athena was sent and charges for."""
    return sum(not c["QueryString"].startswith("EXPLAIN ") for c in world.calls("StartQueryExecution"))


def test_the_receipt_and_the_audit_say_what_it_cost(lake: Lake) -> None:
    house = lake()
    answer = ask(house)
    assert answer.result is not None and answer.result.rows == ((60,),)
    assert answer.receipt is not None
    assert (answer.receipt.cost, answer.receipt.cost_usd) == ("2 GB read, about $0.0100", 0.01)
    assert answer_from_dict(answer_to_dict(answer)).receipt == answer.receipt
    assert entries(house)[-1]["detail"] == "2 GB read, about $0.0100"
    assert spent(house) == {"sales": 0.01}


def test_the_command_prints_it(lake: Lake) -> None:
    house = lake()
    work = asked(house, TOTAL)
    answer = house.analyst.ask(work)
    record = QuestionRecord(question=work.question, status=answer.status, answer=answer)
    assert "\n\nCost: 2 GB read, about $0.0100\n\n" in _text(house.desk.document(record, rows=10))


def test_an_answer_of_before_there_were_costs_is_still_read(lake: Lake) -> None:
    old = answer_to_dict(ask(lake()))
    del old["receipt"]["cost"], old["receipt"]["cost_usd"]
    found = answer_from_dict(old)
    assert found.receipt is not None and (found.receipt.cost, found.receipt.cost_usd) == ("", None)


def test_a_budget_ends_with_the_questions_of_one_role_and_not_of_another(lake: Lake, world: World) -> None:
    house = lake()
    world.scanned = 7 * GB
    ask(house)
    with pytest.raises(Refused, match="more than is left") as caught:
        ask(house)  # 0.015 is left, and 4 GB may cost 0.02
    assert caught.value.rule == "budget"
    assert ran(world) == 1 and spent(house) == {"sales": 0.035}
    assert entries(house)[-1]["verdict"] == "refused:budget"
    world.scanned = 3 * GB
    answer = ask(house, by=CLEO)
    assert answer.receipt is not None and answer.receipt.cost_usd == 0.015
    assert spent(house) == {"sales": 0.035, "boss": 0.015}


def test_a_budget_that_is_used_up_is_so_for_every_query_until_it_begins_anew(
    lake: Lake, world: World
) -> None:
    house = lake()
    world.scanned = 12 * GB
    ask(house)
    with pytest.raises(Refused, match="is used up; it begins anew on 1 "):
        ask(house, "SELECT name FROM shop.stores")
    house.state.rows("UPDATE spending SET month = month - interval '1 month'")
    ask(house, "SELECT name FROM shop.stores")


def test_what_cannot_be_bounded_is_refused_where_there_is_a_budget(lake: Lake, world: World) -> None:
    house = lake()
    house.catalog(house.sources.get("").key)
    del world.databases["shop"]["stores"]
    with pytest.raises(Refused, match="cannot be told beforehand"):
        ask(house, "SELECT name FROM shop.stores")
    assert ran(world) == 0
    free = RULES.replace("monthly_budget = 0.05\n", "")
    assert ask(lake(free), "SELECT name FROM shop.stores").result is not None


def test_a_limit_of_cost_is_in_bytes(lake: Lake, world: World) -> None:
    with pytest.raises(Refused, match="more than your role may"):
        ask(lake(RULES.replace("monthly_budget = 0.05", "cost_limit = 3_999_999_999")))
    assert ran(world) == 0
    ask(lake(RULES.replace("monthly_budget = 0.05", "cost_limit = 4_000_000_000")))


def test_what_failed_or_was_stopped_has_cost_too(lake: Lake, world: World) -> None:
    house = lake(RULES.replace("0.05", "0.05\ntimeout_seconds = 0.5"))
    world.lost_results = True
    with pytest.raises(DatabaseError):
        ask(house)
    assert spent(house) == {"sales": 0.01}
    assert entries(house)[-1]["detail"] == "2 GB read, about $0.0100"
    world.lost_results = False
    with pytest.raises(QueryTimeout):
        ask(house, "SELECT n FROM shop.endless")
    assert spent(house) == {"sales": 0.02}
    assert entries(house)[-1]["verdict"] == "failed:query_timeout"


def test_a_question_costs_what_its_repairs_cost(lake: Lake, world: World) -> None:
    replies: list[str] = []

    def write(_: Messages) -> Says:
        replies.append(
            "SELECT SUM(amount) AS total FROM sales" + " WHERE amount / amount = 1" * (not replies)
        )
        world.ending = {"State": "FAILED", **DIVIDED} if len(replies) == 1 else None
        return Says(text=f"```sql\n{replies[-1]}\n```")

    house = lake(script=write)
    answer = ask(house, "What is the total amount of sales?", by=CLEO)
    assert answer.receipt is not None and ran(world) == 2
    assert (answer.receipt.cost, answer.receipt.cost_usd) == ("4 GB read by 2 queries, about $0.0200", 0.02)
    assert spent(house) == {"boss": 0.02}
    assert [e["detail"] for e in entries(house)] == ["2 GB read, about $0.0100"] * 2


def test_a_filter_that_is_missing_is_named_with_a_value_only_to_who_sees_everything(
    lake: Lake, world: World
) -> None:
    whole = "SELECT SUM(amount) AS total FROM shop.sales"
    with pytest.raises(Refused, match=r"shop\.sales is large.* for example dt = '2026-01-02'"):
        ask(lake("", options="&large_gb=1"), whole)
    with pytest.raises(Refused) as caught:
        ask(lake(options="&large_gb=1"), whole)
    assert str(caught.value) == (
        "A table that this reads is large and is read in parts: put a filter on one of its partition keys."
    )
    assert caught.value.rule == "partitions" and ran(world) == 0


def test_nothing_runs_that_is_merely_of_use(lake: Lake, world: World) -> None:
    house = lake()
    answer = ask(house, "SELECT name FROM shop.stores WHERE name = 'Nowhere' AND id > 1")
    assert answer.result is not None and answer.result.row_count == 0
    assert ran(world) == 1, "no query asks which condition leaves nothing"
    work = asked(house, "How many stores are named North?")
    with contextlib.suppress(Refused):
        house.analyst.ask(work)
    assert "values" not in {step.name for step in work.journal.steps}, "no query looks names up"


def test_rows_that_are_shown_again_cost_nothing(lake: Lake, world: World) -> None:
    house = lake(result_reuse=3600)
    world.scanned = 9 * GB
    ask(house)
    again = ask(house)
    assert again.receipt is not None and again.receipt.reused_seconds is not None
    assert (again.receipt.cost, again.receipt.cost_usd) == ("", None)
    assert ran(world) == 1 and spent(house) == {"sales": 0.045}


def test_a_source_that_charges_nothing_says_nothing(make_house: MakeHouse) -> None:
    house = make_house(lambda _: Says(text="```sql\nSELECT 1 AS n\n```"), words="template")
    answer = ask(house, "SELECT count(*) AS n FROM airlines")
    assert answer.receipt is not None and (answer.receipt.cost, answer.receipt.cost_usd) == ("", None)
    assert spent(house) == {}
