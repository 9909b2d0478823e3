"""Rows are shown again where a source allows it: for the very same query, never past what it means, with their age."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from houses import ANNA, MakeHouse, NewDatabase, asked, execute
from ruled_shop import CLEO, RULES, SHOP, TOTAL
from scripted_model import Says

from analyst.answer import Answer
from analyst.errors import Refused, StoreError
from analyst.identity import Entrance, Principal
from analyst.ports import QuestionRecord, Reusable
from analyst.record import answer_from_dict, answer_to_dict
from analyst.wiring import House

DORA = Principal(entrance=Entrance.OS, name="dora")
EMIL = Principal(entrance=Entrance.OS, name="emil")
MORE = """
[[people]]
os = "dora"
role = "sales"
user = { tenant = "1" }
[[people]]
os = "emil"
role = "sales"
user = { tenant = "2" }
"""
MORE_ORDERS = "INSERT INTO orders SELECT 100 + n, 1, 1, 1000, 'paid' FROM generate_series(1, 3) AS n"

Reusing = Callable[..., House]


@pytest.fixture
def shop_url(new_database: NewDatabase) -> str:
    """The database of the shop."""
    return new_database(SHOP)


@pytest.fixture
def house_of(make_house: MakeHouse, shop_url: str, tmp_path: Path) -> Reusing:
    """Houses on one shop and one state, which show rows again for an hour unless they are told otherwise."""

    def make(rules: str = RULES + MORE, *, address: str = shop_url, **changes: object) -> House:
        path = tmp_path / "policies.toml"
        path.write_text(rules)
        given = {"result_reuse": 3600, "policies": str(path), "words": "template", **changes}
        return make_house(lambda _: Says(text=f"```sql\n{TOTAL}\n```"), sources=f"shop={address}", **given)

    return make


def ask(house: House, sql: str = TOTAL, *, by: Principal = ANNA, **changes: object) -> Answer:
    return house.analyst.ask(asked(house, sql, by=by, **changes))


def total(answer: Answer) -> str:
    assert answer.result is not None
    return str(answer.result.rows[0][0])


def is_reused(answer: Answer) -> bool:
    assert answer.receipt is not None
    return answer.receipt.reused_seconds is not None


def grow_older(house: House, minutes: float) -> None:
    """All that has been noted so far, as if it had run earlier."""
    house.state.rows("UPDATE reusable_results SET ran_at = ran_at - %s * interval '1 minute'", (minutes,))


def test_by_default_every_question_reads_anew(house_of: Reusing, shop_url: str) -> None:
    house = house_of(result_reuse=None)
    assert total(ask(house)) == "60"
    execute(shop_url, MORE_ORDERS)
    answer = ask(house)
    assert total(answer) == "3060" and not is_reused(answer)
    assert house.state.rows("SELECT * FROM reusable_results") == []


def test_the_same_query_is_shown_again_with_its_age(house_of: Reusing, shop_url: str) -> None:
    house = house_of()
    first = ask(house)
    assert total(first) == "60" and not is_reused(first)
    execute(shop_url, MORE_ORDERS)
    grow_older(house, 12.5)
    work = asked(house, "select  SUM(amount) as total from orders")
    again = house.analyst.ask(work)
    assert total(again) == "60" and again.receipt is not None and first.receipt is not None
    assert again.receipt.reused_seconds is not None and 750 <= again.receipt.reused_seconds < 810
    assert again.receipt.executed_sql == first.receipt.executed_sql
    steps = {step.name: step for step in work.journal.steps}
    assert steps["reuse"].detail == "1 rows, read 12 minutes ago" and not {"explain", "run"} & steps.keys()


def test_a_model_that_writes_the_same_sql_is_shown_them_too(house_of: Reusing, shop_url: str) -> None:
    house = house_of()
    ask(house)
    execute(shop_url, MORE_ORDERS)
    answer = ask(house, "What is the total amount of orders?")
    assert total(answer) == "60" and is_reused(answer)


def test_the_age_survives_the_store_and_is_in_the_document(house_of: Reusing) -> None:
    house = house_of()
    ask(house)
    grow_older(house, 12.5)
    work = asked(house, TOTAL)
    answer = house.analyst.ask(work)
    kept = answer_from_dict(answer_to_dict(answer))
    assert kept.receipt == answer.receipt
    record = QuestionRecord(question=work.question, status=kept.status, answer=kept)
    shown: dict[str, Any] = house.desk.document(record, rows=10)
    assert 750 <= shown["answer"]["receipt"]["reused_seconds"] < 810
    assert shown["answer"]["table"]["rows"] == [["60"]]


def test_an_answer_of_before_there_was_reuse_is_still_read(house_of: Reusing) -> None:
    old = answer_to_dict(ask(house_of()))
    del old["receipt"]["reused_seconds"]
    found = answer_from_dict(old)
    assert found.receipt is not None and found.receipt.reused_seconds is None


def test_people_share_only_what_both_would_have_had_run(house_of: Reusing, shop_url: str) -> None:
    house = house_of()
    assert total(ask(house, by=ANNA)) == "60"
    execute(shop_url, MORE_ORDERS)
    for person, expected, reused in (
        (EMIL, "4000", False),  # the same role, but other rows
        (CLEO, "7060", False),  # another role, which sees all rows
        (DORA, "60", True),  # the same rows as anna
        (EMIL, "4000", True),
        (CLEO, "7060", True),
    ):
        answer = ask(house, by=person)
        assert (total(answer), is_reused(answer)) == (expected, reused)


def test_changed_rules_hold_at_once(house_of: Reusing) -> None:
    house = house_of()
    assert total(ask(house)) == "60"
    stricter = RULES.replace(
        '"public.orders" = "tenant_id = :user.tenant"',
        '"public.orders" = "tenant_id = :user.tenant AND amount < 25"',
    )
    answer = ask(house_of(stricter))
    assert total(answer) == "30" and not is_reused(answer)
    hidden = RULES.replace('["public.customers", "public.orders"]', '["public.customers"]').replace(
        '"public.orders" = "tenant_id = :user.tenant"\n', ""
    )
    hidden = hidden.replace('open_values = ["public.orders.state"]\n', "")
    with pytest.raises(Refused, match="no table"):
        ask(house_of(hidden))


def test_a_role_that_may_not_afford_a_query_is_not_shown_it(house_of: Reusing) -> None:
    assert total(ask(house_of(), by=DORA)) == "60"
    poor = (RULES + MORE).replace("row_limit = 50\n", "row_limit = 50\ncost_limit = 0.01\n")
    with pytest.raises(Refused, match="more than your role may"):
        ask(house_of(poor))


def test_rows_that_are_too_old_are_read_anew(house_of: Reusing, shop_url: str) -> None:
    house = house_of()
    ask(house)
    execute(shop_url, MORE_ORDERS)
    grow_older(house, 61)
    answer = ask(house)
    assert total(answer) == "3060" and not is_reused(answer)
    assert is_reused(ask(house)), "and from then on those"


def test_reuse_does_not_make_rows_younger(house_of: Reusing) -> None:
    house = house_of()
    ask(house)
    grow_older(house, 40)
    assert is_reused(ask(house))
    grow_older(house, 40)
    assert not is_reused(ask(house))


def test_a_result_that_was_removed_is_read_anew(house_of: Reusing, shop_url: str) -> None:
    house = house_of()
    ask(house)
    execute(shop_url, MORE_ORDERS)
    house.results.expire(older_than_seconds=-1)
    answer = ask(house)
    assert total(answer) == "3060" and not is_reused(answer)


def test_a_result_that_became_another_one_is_read_anew(house_of: Reusing) -> None:
    house = house_of()
    first, other = ask(house), ask(house, "SELECT max(amount) AS total FROM orders")
    assert first.result is not None and other.result is not None
    columns, batches = house.results.stream(other.result.id)
    with house.results.open(first.result.id) as sink:  # as another try of the same question would
        sink.columns(columns)
        for batch in batches:
            sink.rows(batch)
    answer = ask(house)
    assert total(answer) == "60" and not is_reused(answer)


def test_each_answer_has_rows_of_its_own(house_of: Reusing) -> None:
    house = house_of()
    first, again = ask(house), ask(house, by=DORA)
    assert first.result is not None and again.result is not None and first.result.id != again.result.id
    Path(house.settings.data / "results" / f"{first.result.id}.rows").unlink()
    assert list(house.results.stream(again.result.id)[1]) == [[["60"]]]


def test_what_depends_on_the_moment_or_on_chance_always_runs(house_of: Reusing) -> None:
    house = house_of()
    for sql in (
        "SELECT CURRENT_DATE AS today, count(*) FROM orders",
        "SELECT id, random() AS chance FROM orders",
        "SELECT count(*) FROM orders WHERE now() > '2020-01-01'",
    ):
        assert [is_reused(ask(house, sql)) for _ in range(2)] == [False, False]


def test_a_filter_that_asks_for_the_time_keeps_its_rows_from_being_reused(house_of: Reusing) -> None:
    timed = RULES.replace(
        '"tenant_id = :user.tenant"', "\"tenant_id = :user.tenant AND now() > '2020-01-01'\""
    )
    house = house_of(timed)
    assert [is_reused(ask(house)) for _ in range(2)] == [False, False]


def test_a_view_may_ask_for_the_time_itself(house_of: Reusing, shop_url: str) -> None:
    execute(shop_url, "CREATE VIEW late AS SELECT *, now() AS seen_at FROM orders")
    house = house_of(policies="")
    assert [is_reused(ask(house, "SELECT count(*) FROM late")) for _ in range(2)] == [False, False]


def test_what_was_cut_or_found_nothing_always_runs(house_of: Reusing) -> None:
    house = house_of(row_limit=2)
    cut = [ask(house, "SELECT id FROM orders") for _ in range(2)]
    assert all(a.result is not None and a.result.truncated and not is_reused(a) for a in cut)
    nothing = [ask(house, "SELECT id FROM orders WHERE amount > 1000000") for _ in range(2)]
    assert [is_reused(a) for a in nothing] == [False, False]


def test_without_the_cache_rows_are_read_and_later_questions_reuse_those(
    house_of: Reusing, shop_url: str
) -> None:
    house = house_of()
    ask(house)
    execute(shop_url, MORE_ORDERS)
    fresh = ask(house, use_cache=False)
    assert total(fresh) == "3060" and not is_reused(fresh)
    later = ask(house)
    assert total(later) == "3060" and is_reused(later)


def test_the_audit_tells_that_rows_were_reused(house_of: Reusing) -> None:
    house = house_of()
    ask(house)
    grow_older(house, 12.5)
    ask(house, by=DORA)
    first, again = [kept.document["entry"] for kept in house.audit_entries.entries()]
    assert (first["detail"], again["detail"]) == ("", "rows reused from 12 minutes ago")
    assert again["person"] == DORA.key and again["verdict"] == "ran" and again["rows"] == 1
    assert again["query"] == first["query"] != ""


def test_a_source_says_for_itself(house_of: Reusing, shop_url: str) -> None:
    never = house_of(address=f"{shop_url}&reuse_seconds=0")
    assert [is_reused(ask(never)) for _ in range(2)] == [False, False]
    own = house_of(address=f"{shop_url}&reuse_seconds=600", result_reuse=0)
    assert [is_reused(ask(own)) for _ in range(2)] == [False, True]


def test_another_user_of_the_database_reads_for_themselves(house_of: Reusing, shop_url: str) -> None:
    execute(
        shop_url,
        "DROP ROLE IF EXISTS second_reader; CREATE ROLE second_reader LOGIN;"
        " GRANT SELECT ON ALL TABLES IN SCHEMA public TO second_reader;"
        " ALTER TABLE orders ENABLE ROW LEVEL SECURITY;"
        " CREATE POLICY small ON orders TO second_reader USING (amount < 15)",
    )
    try:
        assert total(ask(house_of())) == "60"
        answer = ask(house_of(address=shop_url.replace("postgres@", "second_reader@")))
        assert total(answer) == "10" and not is_reused(answer)
    finally:
        execute(shop_url, "DROP OWNED BY second_reader; DROP ROLE second_reader")


def test_the_warning_of_a_role_that_could_write_stays(house_of: Reusing) -> None:
    house = house_of()
    warnings = [a.receipt.warnings for a in (ask(house), ask(house)) if a.receipt is not None]
    assert "could also write" in warnings[0][0] and warnings[0] == warnings[1]


def test_where_it_cannot_be_looked_up_or_noted_the_query_just_runs(house_of: Reusing) -> None:
    house = house_of()

    class Gone:
        def find(self, key: str, *, newer_than_seconds: float) -> Reusable | None:
            raise StoreError("gone")

        def keep(self, key: str, found: Reusable, *, source: str) -> None:
            raise StoreError("gone")

    house.recall._kept = Gone()
    assert [total(ask(house)) for _ in range(2)] == ["60", "60"]


def test_tidying_forgets_them(house_of: Reusing) -> None:
    house = house_of()
    ask(house)
    house.tidy()
    assert len(house.state.rows("SELECT * FROM reusable_results")) == 1
    grow_older(house, 60 * 24 * 8)
    house.tidy()
    assert house.state.rows("SELECT * FROM reusable_results") == []


def test_many_rows_come_back_in_their_order(house_of: Reusing, shop_url: str) -> None:
    execute(
        shop_url,
        "CREATE TABLE many AS SELECT n, 'ä' || n AS name, n / 7.0 AS part, DATE '2013-01-01' + n AS day,"
        " CASE WHEN n % 3 = 0 THEN NULL ELSE n::float / 3 END AS third FROM generate_series(1, 4321) AS n",
    )
    house = house_of(policies="")
    sql = "SELECT * FROM many ORDER BY n DESC"
    first, again = ask(house, sql), ask(house, sql)
    assert is_reused(again) and first.result is not None and again.result is not None
    assert replace(first.result, id="") == replace(again.result, id="") and again.result.row_count == 4321
    one, other = (list(house.results.stream(a.result.id)[1]) for a in (first, again) if a.result)
    assert [row for batch in one for row in batch] == [row for batch in other for row in batch]
