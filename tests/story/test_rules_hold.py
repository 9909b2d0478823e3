"""Policies hold on the whole way of a question: in prompts, in the SQL that runs, in what is offered and given out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from houses import ANNA, BERT, asked
from ruled_shop import CLEO, RULES, TOTAL, Shop

from analyst.errors import ConfigurationError, Conflict, Forbidden, NotFound, Refused
from analyst.question import Status, Turn
from analyst.wiring import House


def told(house: House) -> str:
    """Everything that the model was told."""
    return "\n".join(str(request.messages) for request in house.scripted.requests)  # type: ignore[attr-defined]


def tried(house: House) -> list[dict[str, Any]]:
    """The documents of the audit, oldest first."""
    return [kept.document["entry"] for kept in house.audit_entries.entries()]


def test_the_rows_are_the_askers_own_and_the_receipt_says_by_which_rules(shop: Shop) -> None:
    house = shop(TOTAL)
    answer = house.analyst.ask(asked(house, "What is the total amount of orders?"))
    assert answer.result is not None and answer.result.rows == (("60",),) and answer.receipt is not None
    assert answer.receipt.policy == "sales (version 7)"
    assert "tenant_id" in answer.receipt.executed_sql and "tenant_id" not in answer.receipt.sql
    assert answer.receipt.assumptions[-2:] == (
        "Of orders only the rows that your role may see were looked at.",
        "All rows that you may see of orders count; nothing was filtered out.",
    )
    answer = house.analyst.ask(asked(house, "What is the total amount of orders?", by=CLEO))
    assert answer.result is not None and answer.result.rows == (("4060",),) and answer.receipt is not None
    assert answer.receipt.policy == "boss (version 7)"
    assert answer.receipt.assumptions == ("All rows of orders count; nothing was filtered out.",)


def test_the_model_hears_nothing_of_what_the_asker_may_not_see(shop: Shop) -> None:
    house = shop(TOTAL)
    key = house.sources.get("").key
    for question, sql in (
        ("What is the tax code of Ada?", "SELECT tax_code FROM customers WHERE name = 'Ada Ltd'"),
        ("What does the boss earn?", "SELECT amount FROM salaries WHERE name = 'CANARY-BOSS'"),
        (
            "What is the total amount of orders of Zeta Canary?",
            "SELECT sum(amount) FROM orders o"
            " JOIN customers c ON c.id = o.customer_id WHERE c.name = 'Zeta Canary'",
        ),
        ("What is the total amount of paid orders?", "SELECT sum(amount) FROM orders WHERE state = 'paid'"),
    ):
        house.teach(key, question, sql, approve_as="cleo")
    house.analyst.ask(asked(house, "What is the total amount of orders that are not paid?"))
    said = told(house)
    assert "orders" in said and "state = 'paid'" in said, "what may be seen is told"
    for kept_back in ("CANARY", "Zeta", "Bergen", "tax_code", "salaries"):
        assert kept_back not in said


def test_private_and_hidden_are_refused_in_the_words_for_what_is_not_there(shop: Shop) -> None:
    house = shop("SELECT tax_code FROM customers")
    answer = house.analyst.ask(asked(house, "Which customers have a name like Oslo?"))
    assert answer.status is Status.UNANSWERABLE and "CANARY" not in repr(answer)
    for sql in (
        "SELECT amount FROM salaries",
        "SELECT tax_code FROM customers",
        "SELECT max(c.tax_code) FROM customers c",
    ):
        with pytest.raises(Refused, match=r"no (table|column)"):
            house.analyst.ask(asked(house, sql))
    whole = house.analyst.ask(asked(house, "SELECT c FROM customers c"))
    assert (
        whole.result is not None and whole.result.row_count == 2 and "CANARY" not in repr(whole.result.rows)
    )
    given = house.analyst.ask(asked(house, "SELECT name FROM customers ORDER BY name"))
    assert given.result is not None and given.result.rows == (("Ada Ltd",), ("Bix Ltd",))


def test_an_approved_answer_serves_everybody_by_their_own_rules(shop: Shop) -> None:
    house = shop("SELECT 1")
    key, question = house.sources.get("").key, "What is the total amount of orders?"
    example = house.teach(key, question, TOTAL, approve_as="cleo", principal=CLEO)
    for person, total in ((ANNA, "60"), (CLEO, "4060")):
        answer = house.analyst.ask(asked(house, question, by=person))
        assert answer.receipt is not None and answer.receipt.example_id == example.id
        assert answer.result is not None and answer.result.rows == ((total,),)
    assert house.scripted.requests == []  # type: ignore[attr-defined]


def test_an_approved_answer_that_the_asker_may_not_run_does_not_serve_nor_show(shop: Shop) -> None:
    house = shop("SELECT name FROM customers")
    key = house.sources.get("").key
    question = "Which customers have which tax codes?"
    example = house.teach(key, question, "SELECT name, tax_code FROM customers", approve_as="cleo")
    answer = house.analyst.ask(asked(house, question))
    assert answer.receipt is None or answer.receipt.example_id is None
    assert "CANARY" not in repr(answer) and question not in answer.suggestions
    library, source = house.library, house.sources.get("shop")
    assert library.describe(source, ANNA)["questions"] == [] and library.examples(ANNA) == []
    assert library.describe(source, ANNA)["tables"] == 2
    assert library.describe(source, CLEO)["questions"] == [question]
    assert [e.id for e in library.examples(CLEO, source="shop")] == [example.id]
    with pytest.raises(NotFound):
        library.example(example.id, ANNA)


def test_what_was_asked_before_is_told_as_far_as_it_may_be_asked_now(shop: Shop) -> None:
    house = shop(TOTAL)
    first = asked(house, "What are the tax codes?").question
    house.questions.add(first, worker="w", lease_seconds=60)
    work = asked(house, "and the total amount of orders?")
    work.question = replace(work.question, session_id=first.session_id)
    turns = (Turn(question="tax?", sql="SELECT tax_code FROM customers"), Turn(question="paid?", sql=TOTAL))
    kept = house.questions.conversation

    def conversation(session_id: str, *, before: str) -> object:
        return replace(kept(session_id, before=before), turns=turns)

    house.questions.conversation = conversation  # type: ignore[assignment,method-assign]
    house.analyst.ask(work)
    assert "paid?" in told(house) and "tax_code" not in told(house)


def test_nobody_asks_without_a_role_nor_a_source_that_is_not_theirs(shop: Shop) -> None:
    house = shop(TOTAL)
    with pytest.raises(Forbidden, match="You have no role here"):
        house.analyst.ask(asked(house, "How many orders are there?", by=BERT))
    nobody = asked(house, "How many orders are there?")
    nobody.question = replace(nobody.question, principal=None)
    with pytest.raises(Forbidden):
        house.analyst.ask(nobody)
    assert tried(house)[-1]["verdict"] == "refused:forbidden"
    with pytest.raises(NotFound, match=r"there is shop\.$"):
        house.library.open_sources(ANNA).get("other")
    assert [s.name for s in house.library.open_sources(CLEO).all] == ["shop", "other"]


def test_rows_are_given_out_only_while_the_rules_are_the_same(shop: Shop) -> None:
    house = shop(TOTAL)
    work = asked(house, "What is the total amount of orders?")
    house.questions.add(work.question)
    assert house.worker("a").take_up()
    give = house.desk.taken_away
    assert give(work.question.id, principal=ANNA, format="csv")
    narrower = shop(
        TOTAL, rules=RULES.replace('"public.orders" = "tenant_id', '"public.orders" = "id > 1 AND tenant_id')
    )
    with pytest.raises(Conflict, match="rules or the tables have changed"):
        narrower.desk.taken_away(work.question.id, principal=ANNA, format="csv")
    closed = shop(TOTAL, rules=RULES.replace("[roles.sales.sources.shop", "[roles.sales.sources.other"))
    with pytest.raises(NotFound):
        closed.desk.taken_away(work.question.id, principal=ANNA, format="csv")
    with pytest.raises(NotFound):
        closed.desk.show(work.question.id, principal=ANNA, rows=1)


def test_rules_that_do_not_fit_the_tables_let_nothing_be_read(shop: Shop) -> None:
    house = shop(TOTAL, rules=RULES.replace("customers.tax_code", "customers.taxcode"))
    with pytest.raises(ConfigurationError, match="do not fit"):
        house.analyst.ask(asked(house, "What is the total amount of orders?", by=CLEO))
    assert house.scripted.requests == []  # type: ignore[attr-defined]


def test_what_costs_more_than_a_role_may_is_not_run(shop: Shop) -> None:
    house = shop(TOTAL, rules=RULES.replace("row_limit = 50", "row_limit = 50\ncost_limit = 1.0"))
    with pytest.raises(Refused, match="more than your role may") as caught:
        house.analyst.ask(asked(house, TOTAL))
    assert caught.value.rule == "cost"


def test_why_nothing_was_found_is_asked_by_the_same_rules(shop: Shop) -> None:
    house = shop("SELECT name FROM customers WHERE city = 'Oslo' AND name = 'Zeta Canary'")
    answer = house.analyst.ask(asked(house, "Which customers in Oslo have the name Zeta Canary?"))
    entries = [entry["query"] for entry in tried(house) if entry["query"]]
    assert entries and all("tenant_id = '1'" in q or "tenant_id = 1" in q for q in entries), entries
    assert answer.receipt is not None and answer.result is not None and answer.result.rows == ()


def test_an_example_is_proposed_by_what_its_bringer_may_run(shop: Shop) -> None:
    house = shop(TOTAL)
    key = house.sources.get("").key
    with pytest.raises(Refused):
        house.teach(key, "Which tax codes are there?", "SELECT tax_code FROM customers", principal=ANNA)
    kept = house.teach(key, "What is the total?", TOTAL, principal=ANNA)
    assert "tenant_id" not in kept.sql and kept.status == "proposed"
    assert not house.access.may_approve(ANNA) and house.access.may_approve(CLEO)
