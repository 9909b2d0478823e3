"""Values of filtered tables are known to a question as far as its asker may see them."""

from __future__ import annotations

from houses import asked
from ruled_shop import CLEO, RULES, Shop

from analyst import guard
from analyst.own_values import lookups
from analyst.question import Status

STATES = RULES.replace('open_values = ["public.orders.state"]\n', "")
PAID = "SELECT sum(amount) AS total FROM orders WHERE state = 'Paid'"


def test_what_the_asker_may_see_is_found_and_told(shop: Shop) -> None:
    house = shop(PAID, rules=STATES)
    answer = house.analyst.ask(asked(house, "What is the total of the paid orders, and of Bix Ltd?"))
    assert answer.status is Status.ANSWERED, answer
    told = house.scripted.prompts[0]  # type: ignore[attr-defined]
    assert "paid" in told and "Bix Ltd" in told and "Zeta" not in told
    assert answer.receipt is not None and "state = 'paid'" in answer.receipt.sql, "as it is stored"


def test_what_only_others_see_is_not_found(shop: Shop) -> None:
    house = shop(PAID, rules=STATES)
    house.analyst.ask(asked(house, "How much did Zeta Canary order that was paid?"))
    told = house.scripted.prompts  # type: ignore[attr-defined]
    assert not any("'Zeta Canary'" in prompt for prompt in told)
    tried = [kept.document["entry"] for kept in house.audit_entries.entries()]
    looked = [e["query"] for e in tried if e["detail"] == "which values the question names"]
    assert looked and all("tenant_id" in query for query in looked)


def test_who_sees_every_row_needs_no_look(shop: Shop) -> None:
    house = shop(PAID, rules=STATES)
    house.analyst.ask(asked(house, "What is the total of the paid orders?", by=CLEO))
    assert "values" not in [kept.document["entry"]["detail"] for kept in house.audit_entries.entries()]
    work = asked(house, "What is the total of the paid orders?", by=CLEO)
    house.analyst.ask(work)
    assert "values" not in {step.name for step in work.journal.steps}


def test_words_become_texts_and_never_sql(shop: Shop) -> None:
    catalog = shop(PAID).analyst.catalog(shop(PAID).sources.get("").key)
    bare = catalog.without_values()
    limited = [t.key for t in bare.tables]
    (lookup, *_) = lookups("orders of 'it''s); DROP TABLE x'", bare, limited=limited)
    assert "DROP TABLE" in lookup.sql.upper()
    query = guard.check(lookup.sql, dialect="postgres", catalog=catalog)
    assert len(query.tables) == 1 and "drop table x" in query.readable
